import Synchronization

/// One run: parses, checks, compiles and executes a program statement by statement, and emits its events in order.
struct Runner: Sendable {
    let machine: Machine
    private var context: Context { machine.context }

    /// What a run leaves behind. The evaluator's thread writes it; it is read after that has ended.
    private final class Report: @unchecked Sendable {
        var status = RunStatus.ok
        var value: Value?
        var diagnostics: [Diagnostic] = []
        var exitCode = ExitCode.ok
        var completed = 0
        var evicted: [Int] = []
    }

    init(machine: Machine) {
        self.machine = machine
    }

    /// Reads a script and runs it. A file that cannot be read is a diagnostic.
    func run(path: String, number: Int) -> Outcome {
        do {
            let text = try context.adopted { try Paths.readScript(path) }
            return run(source: text, file: path, number: number, script: path)
        } catch let problem as Problem {
            return refuse(Failure(problem, labels: []).diagnostic, number)
        } catch {
            return refuse(asFailure(error, at: nil).diagnostic, number)
        }
    }

    /// Emits the events of a run that could not begin.
    private func refuse(_ diagnostic: Diagnostic, _ number: Int) -> Outcome {
        let status: RunStatus = diagnostic.code == .interrupted ? .interrupted : .error
        context.interrupt.reset()
        context.emit(.started(number: number, source: ""))
        context.emit(.diagnostic(diagnostic))
        context.emit(.finished(status, seconds: 0))
        return Outcome(
            status: status, value: nil, diagnostics: [diagnostic], exitCode: diagnostic.exitCode, seconds: 0)
    }

    /// Runs a program. `cell` is the number of a prompt's cell, `script` the path of a script, `program` what pictures record as their
    /// origin; nil for other input.
    func run(
        source: String, file: String, number: Int, script: String? = nil, cell: Int? = nil, program: String? = nil
    ) -> Outcome {
        let begin = monotonicSeconds()
        context.emit(.started(number: number, source: source))
        context.beginRun(script: script, isCell: cell != nil, text: program ?? source)
        let report = Report()
        let watch = LimitWatch(context)
        BigStack.run { stackBytes in
            machine.begin(stackBytes: stackBytes)
            // The script itself counts as loading, so that an import that leads back to it is a cycle.
            if let script { machine.imports.begin(Paths.canonical(script)) }
            defer { if script != nil { machine.imports.end() } }
            if let cell { beginCell(cell, source) }
            context.adopted {
                execute(SourceFile(name: file, text: source), report)
                if let cell, let value = report.value { keep(value, cell, report) }
            }
            machine.escaped.releaseUnreachable()
        }
        watch?.end()
        let seconds = monotonicSeconds() - begin
        context.spend(seconds)
        if context.interrupt.isRequested, report.status == .ok {
            // A builtin handled the request itself and returned early with a partial result.
            end(report, Failure(Interrupt.problem, labels: []).diagnostic, isSilent: context.interrupt.reached == nil)
        }
        report.diagnostics = context.endRun()
        context.interrupt.reset()
        context.emit(.finished(report.status, seconds: seconds))
        return Outcome(
            status: report.status, value: report.value, diagnostics: report.diagnostics,
            exitCode: report.exitCode,
            seconds: seconds, completed: report.completed, evicted: report.evicted)
    }

    // MARK: results of cells

    /// Keeps a cell's input, and assigns `In` and `Out` unless the program has taken these names.
    private func beginCell(_ cell: Int, _ source: String) {
        let results = context.results
        results.begin(cell, source: source)
        let (inputs, outputs) = (machine.main.box("In"), machine.main.box("Out"))
        if inputs.value == nil { inputs.value = .host(CellInputs(results: results)) }
        if outputs.value == nil { outputs.value = .host(CellOutputs(results: results)) }
    }

    /// Keeps a cell's result and assigns `_`, `__`, `___` and `_n`.
    private func keep(_ value: Value, _ cell: Int, _ report: Report) {
        let main = machine.main
        var went = context.results.keep(value, cell) {
            main.globals.filter { !Results.isName($0.0) }.map(\.1)
        }
        report.evicted = went.map(\.number)
        for number in report.evicted { main.box(Results.name(number)).value = nil }
        var values = went.map(\.value)
        went = []
        defer { Disposal.release(&values) }
        main.box(Results.name(cell)).value = value
        let newest = context.results.newest(3)
        for (place, name) in ["_", "__", "___"].enumerated() {
            main.box(name).value = place < newest.count ? newest[place] : nil
        }
    }

    /// Parses and checks a program, and runs it only where nothing is wrong with it.
    private func execute(_ file: SourceFile, _ report: Report) {
        do {
            let (program, errors) = try machine.parsed(file)
            // A program with a syntax error does not run in part.
            guard errors.isEmpty else { return errors.forEach { end(report, $0) } }
            let certain = context.checksFirst ? mustFail(file) : []
            guard certain.isEmpty else {
                certain.forEach { end(report, $0) }
                report.exitCode = certain[0].exitCode
                return
            }
            try execute(program, report)
        } catch {
            let failure = asFailure(error, at: nil)
            for diagnostic in [failure.diagnostic] + failure.further { end(report, diagnostic) }
        }
    }

    /// Returns the errors that the run is certain to raise, so that all of them are reported before anything costs time.
    private func mustFail(_ file: SourceFile) -> [Diagnostic] {
        // Only values that the program mentions get a type: inferring one may be costly.
        let words = Set(file.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }))
        let outside = machine.main.globals.map { ($0.0, words.contains($0.0[...]) ? StaticType($0.1) : .unknown) }
        return Analysis(file, context: context, outside: Dictionary(outside) { first, _ in first }, read: Paths.readText).mustFail
    }

    private func execute(_ program: Program, _ report: Report) throws {
        let compiler = Compiler(statements: program.statements, module: machine.main, machine: machine)
        let nodes = try program.statements.polledMap { compiler.compile($0) }
        let frame = Frame(machine: machine, slots: compiler.slotCount, boxes: compiler.boxNames, captures: [])
        for (statement, node) in zip(program.statements, nodes) {
            try machine.tick(node)
            let value = try node.evaluate(frame)
            report.completed = statement.span.end
            guard case .expression = statement.kind, !value.isNone else { continue }
            report.value = value
            machine.main.box("_").value = value
            if !statement.silenced { try show(value, of: node) }
        }
    }

    /// Emits the value of an expression statement with its display. Throws `.interrupted` where a stop is requested while it is rendered.
    private func show(_ value: Value, of node: Node) throws {
        // The partial result of a stopped training is shown; a value whose rendering is interrupted is not.
        let wasAsked = context.interrupt.isRequested
        let context = context
        let display =
            wasAsked
            ? context.display { value.display($0) }
            : try Aside.run(extent: value.extent, context.interrupt) { context.display { value.display($0) } }
        if !wasAsked { try machine.tick(node) }
        context.emit(.result(value, display))
    }

    /// Ends the run with an error. A stop at a limit becomes the error that names the limit.
    private func end(_ report: Report, _ given: Diagnostic, isSilent: Bool = false) {
        var diagnostic = given
        if given.code == .interrupted, let limit = context.interrupt.reached {
            (diagnostic.code, diagnostic.message, diagnostic.exitCode) = (limit.code, limit.message, limit.code.exitCode)
            (diagnostic.notes, diagnostic.help) = (limit.notes, limit.help)
        }
        let interrupted = diagnostic.code == .interrupted
        report.status = interrupted ? .interrupted : .error
        report.exitCode = diagnostic.exitCode
        if !isSilent { context.emit(.diagnostic(diagnostic)) }
    }
}
