import Language

/// The runs of one `sweep`.
struct Sweep {
    private typealias Keys = EvaluationCommands

    private let call: Call
    private let grid: SettingGrid
    private let function: FunctionValue
    /// The file to which the runs are written; nil for none.
    private let fileName: String?

    init(_ call: Call) throws {
        self.call = call
        (function, fileName) = (try call[Keys.run], try call[Keys.file])
        let options = try JobOptions(call)
        if options.folder != nil, let name = try call.firstGiven(Keys.file, Keys.done) {
            throw Problem(
                .badArgument, "sweep: the runs are kept in the folder; \(name) would keep them twice", argument: name,
                help: "leave \(name) or folder out")
        }
        self.options = options
        grid = try SettingGrid(
            call[Keys.settings], call, Keys.settings.name, identified: fileName != nil || options.folder != nil)
    }

    /// A sweep of a function over a grid that another command makes, without a file.
    init(_ call: Call, _ grid: SettingGrid, _ function: FunctionValue) throws {
        (self.call, self.grid, self.function, fileName, options) = (call, grid, function, nil, try JobOptions(call))
    }

    private let options: JobOptions
    private var settings: [SettingGrid.Setting] { grid.settings }
    private var count: Int { grid.count }

    /// Runs the function for all combinations and returns the table, or that of the runs that were done when a stop was requested. Throws
    /// what the function throws as long as no run has ended well; later, a run that fails keeps its row, with the error.
    func table() throws -> TableValue {
        if let folder = options.folder {
            return try JobCoordinator(call, grid, function, JobSpec(grid, function, call), options, folder).table()
        }
        var results = SweepResults(settings: settings.map(\.name), known: try known())
        let file = try fileName.map { try SweepFile(call, $0, settings: settings.map(\.name), of: function) }
        var bar = ProgressBar(call.context, title: call.builtin.name, unit: "run")
        // Every run begins with the same draws, whichever came before it.
        let seeds = call.context[SeedState.self]
        defer {
            bar.finish()
            call.context[SeedState.self] = seeds
        }
        for number in 0..<count {
            let one = grid.combination(number)
            bar.update(number, of: count, grid.text(one))
            if results.takeKnown(one.labels) { continue }
            if let row = file?.row(one.labels, Self.identity(one)) {
                results.take(one.labels, row)
                continue
            }
            do {
                call.context[SeedState.self] = seeds
                let outcome = try measured(.record(one.values), isFirst: results.hasNone)
                try results.add(one.labels, outcome)
                try file?.append(one.labels, Self.identity(one), outcome)
                if case .failed(let diagnostic) = outcome { tellFailure(one, diagnostic) }
            } catch  where call.context.interrupt.isRequested && !results.hasNone {
                tellStop(results.rows.count)
                break
            }
        }
        bar.update(results.rows.count, of: count)
        return results.table
    }

    private static func identity(_ one: SettingGrid.Combination) -> String { one.identities.joined(separator: "-") }

    /// Runs the function once and returns the record that it gave, or its error.
    private func measured(_ combination: Value, isFirst: Bool) throws -> SweepResults.Outcome {
        try call.context.checkInterrupt()
        let attempt =
            isFirst
            ? Attempt.value(try call.invoke(function, arguments: [combination])) : try call.attempt(function, arguments: [combination])
        // A training that was stopped still gives a model, but what is measured of it is no result.
        try call.context.checkInterrupt()
        return try Self.outcome(attempt, call)
    }

    /// Returns what a run gave as a row's measures, or its error. Throws a `Problem` where it gave neither a record nor a number.
    static func outcome(_ attempt: Attempt, _ call: Call) throws -> SweepResults.Outcome {
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
        guard call.has(Keys.done), let value = try call[Keys.done] else { return [:] }
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
    private func tellFailure(_ one: SettingGrid.Combination, _ diagnostic: Diagnostic) {
        let which = zip(settings, one.labels).map { "\($0.name) \($1.inlineText)" }.joined(separator: ", ")
        call.context.emit(.stream("Run \(one.number + 1) of \(count) failed (\(which)):\n\(diagnostic.plain())\n"))
    }

    private func tellStop(_ finished: Int) {
        let name = call.assignedName ?? "…"
        let what = call.assignedName.map { "`\($0)`" } ?? "the result"
        let rest =
            !call.builtin.parameters.contains { $0.name == Keys.done.name }
            ? "With folder= the same call goes on."
            : fileName == nil ? "Go on with sweep(…, done=\(name))." : "The same call goes on from its file."
        let text = "Interrupted after \(finished) of \(count) runs: \(what) is the table so far. \(rest)"
        call.tell(text)
    }
}
