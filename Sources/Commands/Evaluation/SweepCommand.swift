import Language

/// Experiments: a function run for every combination of settings, and what its runs have in common.
enum EvaluationCommands {
    static let family = "evaluation"

    static let all: [Builtin] = [
        Builtin(
            "sweep", family: family, summary: "Runs a function for every combination of settings; a table of what the runs measured.",
            parameters: [
                Parameter(
                    "settings", .record,
                    doc: "Values by name; of lists and ranges every combination, the last name changing fastest."),
                Parameter("run", .function, doc: "A function of a record of one combination; gives a record of measures, or a number."),
                Parameter(
                    "done", .oneOf([.host("table"), .list(.any)]), doc: "A table of the same sweep: runs that stand in it are not run again.",
                    keywordOnly: true, optional: true),
            ],
            result: "table", terms: ["grid", "search", "experiment", "ablation", "hyperparameters", "repeat", "seeds", "combinations"],
            examples: [
                .init(
                    "sweep({x: [1, 2], seed: 0..1}, fn(p) { {y: 10 * p.x + p.seed} })",
                    shows: "x  seed   y\n1     0  10\n1     1  11\n2     0  20\n2     1  21")
            ],
            run: { .host(try Sweep($0).table()) }),
        Builtin(
            "summary", family: family, summary: "Means over the rows of a table that are alike, with 95 % intervals.",
            parameters: [
                Parameter(
                    "table", .oneOf([.host("table"), .host("history"), .list(.any), .record]), doc: "A sweep's table, or what becomes one."),
                Parameter(
                    "by", .oneOf([.string, .list(.string)]),
                    doc: "Columns whose values make rows alike; a sweep's settings but for its seed where not given.", keywordOnly: true,
                    optional: true),
                Parameter(
                    "columns", .list(.string), doc: "What is averaged; every other column of numbers where not given.", keywordOnly: true,
                    optional: true),
            ],
            result: "table", terms: ["mean", "average", "interval", "confidence", "group", "aggregate", "statistics"],
            examples: [
                .init(
                    "summary([{w: 0, iou: 0.5}, {w: 0, iou: 0.7}, {w: 1, iou: 0.8}], by=\"w\")",
                    shows: "w  n  iou  iou_low  iou_high\n0  2  0.6  -0.6706     1.871\n1  1  0.8        –         –")
            ],
            run: { .host(try TableSummary($0).table()) }),
    ]
}

/// The runs of one `sweep`.
struct Sweep {
    /// More combinations than anyone waits for are a mistake.
    private static let most = 100_000

    private struct Setting {
        let name: String
        let values: [Value]
        /// What stands in the table for each.
        let labels: [Value]
    }

    private let call: Call
    private let settings: [Setting]
    private let function: FunctionValue
    private let count: Int

    init(_ call: Call) throws {
        self.call = call
        function = try call.function("run")
        settings = try call.record("settings").pairs.map { name, value in
            let values = switch value {
            case .list, .range: value.elements ?? []
            default: [value]
            }
            guard !values.isEmpty else {
                throw Problem(.badArgument, "sweep: \(name) has no value", argument: "settings", help: "a list of one is one value for all runs")
            }
            return Setting(name: name, values: values, labels: values.map(Self.label))
        }
        guard !settings.isEmpty else {
            throw Problem(.badArgument, "sweep: there is no setting", argument: "settings", help: "{seed: 1..3} runs the function three times")
        }
        let count = settings.reduce(1) { $0 > Self.most ? $0 : $0 * $1.values.count }
        guard count <= Self.most else {
            throw Problem(
                .outOfRange, "sweep: these are more than \(Self.most) combinations", argument: "settings",
                notes: [settings.map { "\($0.name) \($0.values.count)" }.joined(separator: " × ")])
        }
        self.count = count
    }

    /// What a value is called in a table: a scene by its title, a function by its name.
    private static func label(_ value: Value) -> Value {
        if case .function(let function) = value { return .string(function.name) }
        if case .host(let host) = value, case .string(let title) = (try? host.field("title")) ?? nil { return .string(title) }
        return value
    }

    /// The table of all runs; of those that were done where a stop ended one. Throws what the function threw as long as no
    /// run went well; later a run that fails keeps its row, with the error.
    func table() throws -> TableValue {
        var results = SweepResults(settings: settings.map(\.name), known: try known())
        var bar = ProgressBar(call.context, title: "sweep", unit: "run")
        // Every run begins with the same draws, whichever came before it.
        let seeds = call.context[SeedState.self]
        defer {
            bar.finish()
            call.context[SeedState.self] = seeds
        }
        for number in 0..<count {
            let places = places(number)
            let labels = zip(settings, places).map { $0.labels[$1] }
            bar.update(number, of: count, zip(settings, labels).filter { $0.0.values.count > 1 }.map { ($0.name, $1.inlineText) })
            if results.takeKnown(labels) { continue }
            do {
                call.context[SeedState.self] = seeds
                let combination = Record(zip(settings, places).map { ($0.name, $0.values[$1]) })
                let outcome = try measured(.record(combination), isFirst: results.hasNone)
                try results.add(labels, outcome)
                if case .failed(let text) = outcome { tellFailure(number, labels, text) }
            } catch where call.context.interrupt.isRequested && !results.hasNone {
                tellStop(results.rows.count)
                break
            }
        }
        bar.update(results.rows.count, of: count)
        return results.table
    }

    /// The place of each setting's value in a combination.
    private func places(_ number: Int) -> [Int] {
        var rest = number
        return settings.reversed().map { setting in
            defer { rest /= setting.values.count }
            return rest % setting.values.count
        }.reversed()
    }

    /// What one run gave, as a record; the error's text where it failed.
    private func measured(_ combination: Value, isFirst: Bool) throws -> SweepResults.Outcome {
        try call.context.checkInterrupt()
        let attempt = isFirst ? Attempt.value(try call.invoke(function, arguments: [combination])) : try call.attempt(function, arguments: [combination])
        // A training that was stopped gives a model; what is measured of it is no result.
        try call.context.checkInterrupt()
        let value: Value
        switch attempt {
        case .failed(let diagnostic): return .failed(diagnostic.message)
        case .value(let given): value = given
        }
        if case .record(let record) = value { return .measured(record) }
        if value.isNone { return .measured(Record()) }
        if let number = NumberReading.number(value) { return .measured(Record([("value", value.number == nil ? .float(number) : value)])) }
        throw Problem(
            .wrongType, "sweep: a run gives a record of what it measured, or a number", argument: "run",
            label: "this gave \(value.describedType)", help: "fn(p) { { iou: … } }")
    }

    /// The rows of `done=`, by their settings.
    private func known() throws -> [String: Record] {
        guard let value = call.optional("done") else { return [:] }
        let table = try TableCommands.rows(value, call, "done")
        if let missing = settings.first(where: { !table.columns.contains($0.name) }) {
            throw Problem(
                .unknownField, "sweep: done has no column \"\(missing.name)\"", argument: "done",
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

    private func tellFailure(_ number: Int, _ labels: [Value], _ text: String) {
        let which = zip(settings, labels).map { "\($0.name) \($1.inlineText)" }.joined(separator: ", ")
        call.context.emit(.stream("Run \(number + 1) of \(count) failed (\(which)): \(text)\n"))
    }

    private func tellStop(_ finished: Int) {
        let name = call.assignedName ?? "…"
        let what = call.assignedName.map { "`\($0)`" } ?? "the result"
        let text = "Interrupted after \(finished) of \(count) runs: \(what) is the table so far. Go on with sweep(…, done=\(name))."
        call.context.emit(.stream(TextWrapping.lines(text, width: call.context.displayContext.width).joined(separator: "\n") + "\n"))
    }
}
