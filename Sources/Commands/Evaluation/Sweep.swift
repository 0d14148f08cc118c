import Language

/// The runs of one `sweep`.
struct Sweep {
    private typealias Keys = EvaluationCommands

    /// The most combinations of one call.
    private static let most = 100_000

    private struct Setting {
        let name: String
        let values: [Value]
        /// What the table shows for each value.
        let labels: [Value]
        /// The identities of the values, for the sweep's file; empty where there is none.
        let identities: [String]
    }

    /// A run: its number, its settings, their labels in the table, and the identity of their values.
    private struct Combination {
        let number: Int
        let values: Record
        let labels: [Value]
        let identity: String
    }

    private let call: Call
    private let settings: [Setting]
    private let function: FunctionValue
    /// The file to which the runs are written; nil for none.
    private let fileName: String?
    private let count: Int

    init(_ call: Call) throws {
        self.call = call
        let fileName = try call[Keys.file]
        (function, self.fileName) = (try call[Keys.run], fileName)
        settings = try call[Keys.settings].pairs.map { name, value in
            let values =
                switch value {
                case .list, .range: try value.elements ?? []
                default: [value]
                }
            guard !values.isEmpty else {
                throw Problem(
                    .badArgument, "sweep: \(name) has no value", argument: Keys.settings.name,
                    help: "a list of one is one value for all runs")
            }
            return Setting(
                name: name, values: values, labels: values.map(Self.label),
                identities: fileName == nil ? [] : values.map(SweepIdentity.of))
        }
        if let name = settings.map(\.name).first(where: { $0 == SweepFile.about || $0 == SweepResults.error }) {
            throw Problem(
                .badArgument, "sweep: no setting may be called \"\(name)\", which the table needs itself", argument: Keys.settings.name)
        }
        guard !settings.isEmpty else {
            throw Problem(
                .badArgument, "sweep: there is no setting", argument: Keys.settings.name, help: "{seed: 1..3} runs the function three times"
            )
        }
        let count = settings.reduce(1) { $0 > Self.most ? $0 : $0 * $1.values.count }
        guard count <= Self.most else {
            throw Problem(
                .outOfRange, "sweep: these are more than \(Self.most) combinations", argument: Keys.settings.name,
                notes: [settings.map { "\($0.name) \($0.values.count)" }.joined(separator: " × ")])
        }
        self.count = count
    }

    /// Returns a value's name in a table: a scene's title, a function's name, else the value itself.
    private static func label(_ value: Value) -> Value {
        if case .function(let function) = value { return .string(function.name) }
        if case .host(let host) = value, case .string(let title) = (try? host.field("title")) ?? nil { return .string(title) }
        return value
    }

    /// Runs the function for all combinations and returns the table, or that of the runs that were done when a stop was requested. Throws
    /// what the function throws as long as no run has ended well; later, a run that fails keeps its row, with the error.
    func table() throws -> TableValue {
        var results = SweepResults(settings: settings.map(\.name), known: try known())
        let file = try fileName.map { try SweepFile(call, $0, settings: settings.map(\.name), of: function) }
        var bar = ProgressBar(call.context, title: "sweep", unit: "run")
        // Every run begins with the same draws, whichever came before it.
        let seeds = call.context[SeedState.self]
        defer {
            bar.finish()
            call.context[SeedState.self] = seeds
        }
        for number in 0..<count {
            let one = combination(number)
            bar.update(number, of: count, zip(settings, one.labels).filter { $0.0.values.count > 1 }.map { ($0.name, $1.inlineText) })
            if results.takeKnown(one.labels) { continue }
            if let row = file?.row(one.labels, one.identity) {
                results.take(one.labels, row)
                continue
            }
            do {
                call.context[SeedState.self] = seeds
                let outcome = try measured(.record(one.values), isFirst: results.hasNone)
                try results.add(one.labels, outcome)
                try file?.append(one.labels, one.identity, outcome)
                if case .failed(let diagnostic) = outcome { tellFailure(one, diagnostic) }
            } catch  where call.context.interrupt.isRequested && !results.hasNone {
                tellStop(results.rows.count)
                break
            }
        }
        bar.update(results.rows.count, of: count)
        return results.table
    }

    private func combination(_ number: Int) -> Combination {
        var rest = number
        let places = Array(
            settings.reversed().map { setting in
                defer { rest /= setting.values.count }
                return rest % setting.values.count
            }.reversed())
        let pairs = zip(settings, places)
        return Combination(
            number: number, values: Record(pairs.map { ($0.name, $0.values[$1]) }), labels: pairs.map { $0.labels[$1] },
            identity: pairs.compactMap { $1 < $0.identities.count ? $0.identities[$1] : nil }.joined(separator: "-"))
    }

    /// Runs the function once and returns the record that it gave, or its error.
    private func measured(_ combination: Value, isFirst: Bool) throws -> SweepResults.Outcome {
        try call.context.checkInterrupt()
        let attempt =
            isFirst
            ? Attempt.value(try call.invoke(function, arguments: [combination])) : try call.attempt(function, arguments: [combination])
        // A training that was stopped still gives a model, but what is measured of it is no result.
        try call.context.checkInterrupt()
        let value: Value
        switch attempt {
        case .failed(let diagnostic): return .failed(diagnostic)
        case .value(let given): value = given
        }
        if case .record(let record) = value { return .measured(record) }
        if value.isNone { return .measured(Record()) }
        if let number = NumberReading.number(value) { return .measured(Record([("value", value.number == nil ? .float(number) : value)])) }
        throw Problem(
            .wrongType, "sweep: a run gives a record of what it measured, or a number", argument: Keys.run.name,
            label: "this gave \(value.describedType)", help: "fn(p) { { iou: … } }")
    }

    /// Returns the rows of `done=`, by their settings.
    private func known() throws -> [String: Record] {
        guard let value = try call[Keys.done] else { return [:] }
        let table = try TableCommands.rows(value, call, Keys.done.name)
        if let missing = settings.first(where: { !table.columns.contains($0.name) }) {
            throw Problem(
                .unknownField, "sweep: done has no column \"\(missing.name)\"", argument: Keys.done.name,
                notes: ["it has \(table.columns.joined(separator: ", "))"], help: "it is a table of a sweep over the same settings")
        }
        return Dictionary(
            table.rows.compactMap { row -> (String, Record)? in
                let record = Record(zip(table.columns, row).filter { !$1.isNone })
                guard record[SweepResults.error] == nil else { return nil }
                return (SweepResults.key(settings.map { record[$0.name] ?? .none }), record)
            }
        ) { first, _ in first }
    }

    /// Prints which run failed, and the error with its line and the calls that led there.
    private func tellFailure(_ one: Combination, _ diagnostic: Diagnostic) {
        let which = zip(settings, one.labels).map { "\($0.name) \($1.inlineText)" }.joined(separator: ", ")
        call.context.emit(.stream("Run \(one.number + 1) of \(count) failed (\(which)):\n\(diagnostic.plain())\n"))
    }

    private func tellStop(_ finished: Int) {
        let name = call.assignedName ?? "…"
        let what = call.assignedName.map { "`\($0)`" } ?? "the result"
        let rest = fileName == nil ? "Go on with sweep(…, done=\(name))." : "The same call goes on from its file."
        let text = "Interrupted after \(finished) of \(count) runs: \(what) is the table so far. \(rest)"
        call.context.emit(.stream(TextWrapping.lines(text, width: call.context.displayContext.width).joined(separator: "\n") + "\n"))
    }
}
