/// How a run ended.
public struct Outcome: Sendable {
    /// Whether the run came to its end, failed or was stopped.
    public var status: RunStatus
    /// The value of the last expression statement; nil where there was none.
    public var value: Value?
    /// The errors and warnings, in order. They were also emitted as events.
    public var diagnostics: [Diagnostic]
    /// The exit code for a process that does nothing but this run.
    public var exitCode: ExitCode
    /// The duration of the run, in seconds.
    public var seconds: Double
    /// The number of UTF-8 bytes of the source whose statements have run.
    public var completed = 0
    /// The numbers of the cells whose results were released to make room for this one's.
    public var evicted: [Int] = []
}

/// One completion: `text` replaces `range`, in UTF-8 bytes of the code.
public struct Candidate: Sendable, Equatable {
    /// The kind of thing that a completion inserts.
    public enum Kind: String, Sendable {
        case keyword, name, builtin, parameter, value, field, file
    }

    /// The text to insert.
    public var text: String
    /// The kind of thing that is inserted.
    public var kind: Kind
    /// A few words about it: a signature, a type, a unit; may be empty.
    public var detail: String
    /// The UTF-8 bytes of the code that are replaced.
    public var range: Range<Int>

    /// Creates a completion.
    public init(text: String, kind: Kind, detail: String = "", range: Range<Int>) {
        self.text = text
        self.kind = kind
        self.detail = detail
        self.range = range
    }
}

/// The options of a session.
public struct SessionOptions: Sendable {
    /// The limits of every run.
    public var limits: Limits
    /// The folders in which `import` and the host look for what ships with the language, in order of preference.
    public var standardLibrary: [String]
    /// Returns the properties of the place where values are shown; asked anew for every value, because windows change their size.
    public var display: @Sendable () -> DisplayContext
    /// Whether a program that is certain to fail (`Analysis.mustFail`) is not begun; its errors are reported instead.
    public var checksFirst = false

    /// Creates options; the defaults are those of a session without a library.
    public init(
        limits: Limits = Limits(), standardLibrary: [String] = [],
        display: @escaping @Sendable () -> DisplayContext = { DisplayContext() }
    ) {
        self.limits = limits
        self.standardLibrary = standardLibrary
        self.display = display
    }
}

/// The names and values of a running program: the cells of a prompt or notebook, or one script.
///     let session = Session(builtins: table) { event in … }
///     let outcome = session.run(source: "1 + 1", file: "In [1]")
///
/// Runs happen one at a time, on a thread of their own with a large stack, and `run` waits for the end. `interrupt` may be used from any
/// thread meanwhile.
public final class Session: @unchecked Sendable {
    /// The state that runs share with builtins.
    public let context: Context
    let machine: Machine
    /// The number of runs so far.
    public private(set) var runCount = 0

    /// Creates a session with the host's builtins. They replace core builtins of the same name (which `Call.fallBack` reaches).
    public convenience init(
        builtins: [Builtin] = [], options: SessionOptions = SessionOptions(),
        events: @escaping Context.Sink = { _ in }
    ) {
        self.init(table: BuiltinTable(host: builtins), options: options, events: events)
    }

    /// Creates a session with a table that several sessions share.
    public init(table: BuiltinTable, options: SessionOptions = SessionOptions(), events: @escaping Context.Sink = { _ in }) {
        context = Context(
            builtins: table, limits: options.limits,
            standardLibrary: options.standardLibrary, display: options.display, sink: events)
        context.checksFirst = options.checksFirst
        machine = Machine(context: context)
        context.machine = machine
    }

    deinit {
        // Releasing deeply nested values may need a large stack.
        let machine = machine
        BigStack.run { _ in machine.clear() }
    }

    /// The request to stop the current run.
    public var interrupt: Interrupt { context.interrupt }

    /// Replaces the consumer of events.
    public func setEvents(_ events: @escaping Context.Sink) {
        context.setSink(events)
    }

    /// Parses, then executes statement by statement. The value of an expression statement is emitted as
    /// `.result` unless it is none or silenced by `;`, and becomes `_`. Names stay for the next run, also
    /// after an error.
    ///
    /// `cell`: the number of the input at a prompt or in a notebook, under which it is kept as `In[n]` and its last
    /// value as `Out[n]` and `_n`. `script`: the file that the source was read from; paths are looked for beside it.
    /// `program`: the text that pictures record as their origin; nil is the source.
    @discardableResult
    public func run(
        source: String, file: String = "input", cell: Int? = nil, script: String? = nil, program: String? = nil
    ) -> Outcome {
        runCount += 1
        return Runner(machine: machine).run(source: source, file: file, number: runCount, script: script, cell: cell, program: program)
    }

    /// Reads and runs a script. A file that cannot be read is a diagnostic with exit code 66 (missing), 74 (unreadable), 77 (no permission)
    /// or 65 (not UTF-8).
    @discardableResult
    public func run(path: String) -> Outcome {
        runCount += 1
        return Runner(machine: machine).run(path: path, number: runCount)
    }

    /// Returns whether the parser needs more lines before the source can run.
    public func isIncomplete(_ source: String) -> Bool {
        Parser.isIncomplete(source, commands: context.builtins.commandNames)
    }

    /// Returns the errors and warnings that can be found without running. The session's names count as known.
    public func check(source: String, file: String = "input") -> [Diagnostic] {
        analyze(source: source, file: file).diagnostics
    }

    /// Returns the program in its canonical form. Throws `FormatFailure` with the syntax errors of a program that cannot be parsed.
    public func format(source: String, file: String = "input") throws(FormatFailure) -> String {
        try Formatter.format(source, file: file, commands: context.builtins.commandNames)
    }

    /// Analyzes a program without running it. `read` returns the text of an imported file; where it is nil, files are read from disk.
    public func analyze(
        source: String, file: String = "input", read: ((String) throws -> String)? = nil
    ) -> Analysis {
        var outside = Dictionary(globals.map { ($0.0, StaticType($0.1)) }) { first, _ in first }
        outside["args"] = .listOf(.string)  // whatever they are when it runs
        let source = SourceFile(name: file, text: source)
        return BigStack.running {
            context.confined { Analysis(source, context: context, outside: outside, read: read ?? Paths.readText) }
        }
    }

    /// Returns the text of a file that a program imports. Throws a `Problem` where it does not exist or is not a script.
    public static func readImport(_ path: String) throws -> String { try Paths.readText(path) }

    /// Returns the text of a script that a person names, which may come out of a pipe; waiting for it ends when `interrupt` requests a
    /// stop. Throws a `Problem`, also `.interrupted`.
    public static func readScript(_ path: String, _ interrupt: Interrupt? = nil) throws -> String {
        try Interrupt.$current.withValue(interrupt) { try Paths.readScript(path) }
    }

    /// Returns the completions at `cursor`, a UTF-8 offset.
    public func complete(_ code: String, cursor: Int) -> [Candidate] {
        Completer(machine: machine, analysis: nil).complete(code, cursor: cursor)
    }

    /// Returns the completions at `cursor` in an analyzed program, with its names and their types.
    public func complete(_ analysis: Analysis, cursor: Int) -> [Candidate] {
        Completer(machine: machine, analysis: analysis).complete(analysis.file.text, cursor: cursor)
    }

    /// Returns the completions for code that begins at byte `start` of a line. `cursor` and the ranges are offsets in the line.
    public func complete(_ line: String, cursor: Int, from start: Int) -> [Candidate] {
        let code = String(decoding: line.utf8.dropFirst(start), as: UTF8.self)
        return complete(code, cursor: cursor - start).map { candidate in
            var candidate = candidate
            candidate.range = candidate.range.lowerBound + start..<candidate.range.upperBound + start
            return candidate
        }
    }

    /// Returns the text of `?name`: help on a builtin, a user's function, a value or an error code, or the nearest names where it is
    /// unknown.
    public func help(_ name: String) -> String { Help(machine: machine).text(for: name) }
    /// Returns the text of `??name`: the source of a user's function, or everything that the table knows about a builtin.
    public func details(_ name: String) -> String { Help(machine: machine).details(for: name) }
    /// Returns the text of `?"words"`: the builtins whose name, summary, terms or parameters mention these words, best first.
    public func apropos(_ words: String) -> String { Help(machine: machine).apropos(words) }

    /// The global variables with their values, in the order in which programs first mentioned them. Of the names of results only `_` is
    /// among them.
    public var globals: [(String, Value)] {
        machine.main.globals.filter { $0.0 == "_" || !Results.isName($0.0) }
    }

    /// The value of a global variable, nil where it has none.
    public subscript(global name: String) -> Value? {
        get { machine.main.existing(name)?.value }
        set { machine.main.box(name).value = newValue }
    }

    /// Keeps the source of a cell that something else than `run` has brought in, as `In[n]`.
    public func note(cell number: Int, source: String) { context.results.begin(number, source: source) }

    /// Forgets all variables, results, imported modules and the host's state.
    public func reset() {
        let (machine, context) = (machine, context)
        BigStack.run { _ in
            machine.clear()
            context.results.clear()
            context.drawers = [:]
        }
    }

    /// The state that a run may change: the values of variables and the host's state, such as seeds. Values never change, so a snapshot
    /// costs only a table of names.
    public struct Snapshot: Sendable {
        let names: [String: Value]
        let drawers: [ObjectIdentifier: any Sendable]
    }

    /// Returns the current state.
    public func snapshot() -> Snapshot { Snapshot(names: machine.main.snapshot, drawers: context.drawers) }

    /// Puts a state back. Files that were written since stay.
    public func restore(_ snapshot: Snapshot) {
        let machine = machine
        BigStack.run { _ in machine.main.restore(snapshot.names) }
        context.drawers = snapshot.drawers
    }
}
