/// How a run ended.
public struct Outcome: Sendable {
    public var status: RunStatus
    /// The value of the last expression statement; nil where there was none.
    public var value: Value?
    /// Errors and warnings, in order. They were also emitted as events.
    public var diagnostics: [Diagnostic]
    public var exitCode: ExitCode
    public var seconds: Double
    /// UTF-8 bytes of the source whose statements were carried out: all of them where the run went well.
    public var completed = 0
    /// Cells whose results were let go to make room for this one's.
    public var evicted: [Int] = []
}

/// One completion: `range` (UTF-8 bytes of the code) is replaced by `text`.
public struct Candidate: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case keyword, name, builtin, parameter, value, field, file
    }

    public var text: String
    public var kind: Kind
    /// A few words: a signature, a type, a unit.
    public var detail: String
    public var range: Range<Int>

    public init(text: String, kind: Kind, detail: String = "", range: Range<Int>) {
        self.text = text
        self.kind = kind
        self.detail = detail
        self.range = range
    }
}

/// What a session is given besides the builtin table.
public struct SessionOptions: Sendable {
    public var limits: Limits
    public var standardLibrary: [String]
    /// Asked anew for every value that is shown, because windows change their size.
    public var display: @Sendable () -> DisplayContext
    /// Whether a program in which something must fail is not begun (`Analysis.mustFail`): all of that is told instead.
    public var checksFirst = false

    public init(
        limits: Limits = Limits(), standardLibrary: [String] = [],
        display: @escaping @Sendable () -> DisplayContext = { DisplayContext() }
    ) {
        self.limits = limits
        self.standardLibrary = standardLibrary
        self.display = display
    }
}

/// A running program's names and values: cells of a prompt or notebook, or one script.
///
///     let session = Session(builtins: table) { event in … }
///     let outcome = session.run(source: "1 + 1", file: "In [1]")
///
/// Runs happen one at a time, on a thread of their own with a large stack; `run` waits for it. `interrupt`
/// may be used from any thread meanwhile.
public final class Session: @unchecked Sendable {
    public let context: Context
    let machine: Machine
    /// Cells run so far.
    public private(set) var runCount = 0

    /// `builtins` is the host's table: its rows replace core rows of the same name (`Call.fallBack` reaches
    /// those).
    public convenience init(
        builtins: [Builtin] = [], options: SessionOptions = SessionOptions(),
        events: @escaping Context.Sink = { _ in }
    ) {
        self.init(table: BuiltinTable(host: builtins), options: options, events: events)
    }

    /// With a table that was made before: who makes many sessions makes it once.
    public init(table: BuiltinTable, options: SessionOptions = SessionOptions(), events: @escaping Context.Sink = { _ in }) {
        context = Context(
            builtins: table, limits: options.limits,
            standardLibrary: options.standardLibrary, display: options.display, sink: events)
        context.checksFirst = options.checksFirst
        machine = Machine(context: context)
        context.machine = machine
    }

    deinit {
        // Deep values may need a deep stack to be released.
        let machine = machine
        BigStack.run { _ in machine.clear() }
    }

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
    @discardableResult
    public func run(
        source: String, file: String = "input", cell: Int? = nil, script: String? = nil
    ) -> Outcome {
        runCount += 1
        return Runner(machine: machine).run(source: source, file: file, number: runCount, script: script, cell: cell)
    }

    /// Reads and runs a script. A missing or unreadable file is a diagnostic with exit code 66 or 74.
    @discardableResult
    public func run(path: String) -> Outcome {
        runCount += 1
        return Runner(machine: machine).run(path: path, number: runCount)
    }

    /// Whether more lines are needed before this can run, as the parser sees it.
    public func isIncomplete(_ source: String) -> Bool {
        Parser.isIncomplete(source, commands: context.builtins.commandNames)
    }

    /// Errors and warnings that are known without running. The session's names count as known.
    public func check(source: String, file: String = "input") -> [Diagnostic] {
        analyze(source: source, file: file).diagnostics
    }

    /// The program in its canonical form. Throws `FormatFailure` with what is wrong with one that cannot be read.
    public func format(source: String, file: String = "input") throws(FormatFailure) -> String {
        try Formatter.format(source, file: file, commands: context.builtins.commandNames)
    }

    /// Goes through a program without running it: what is wrong, and what its names mean. `read` gives the text
    /// of imported files, from disk where nil.
    public func analyze(
        source: String, file: String = "input", read: ((String) throws -> String)? = nil
    ) -> Analysis {
        var outside = Dictionary(globals.map { ($0.0, StaticType($0.1)) }) { first, _ in first }
        outside["args"] = .listOf(.string)  // whatever they are when it runs
        let source = SourceFile(name: file, text: source)
        return BigStack.running { Analysis(source, context: context, outside: outside, read: read ?? Paths.readText) }
    }

    /// The text of a file that a program imports. Throws a `Problem` where there is none, or what lies there is no script.
    public static func readImport(_ path: String) throws -> String { try Paths.readText(path) }

    /// The text of a script that a person names, which may come out of a pipe: waiting for it ends when `interrupt` asks to
    /// stop. Throws a `Problem`, also `.interrupted`.
    public static func readScript(_ path: String, _ interrupt: Interrupt? = nil) throws -> String {
        try Interrupt.$current.withValue(interrupt) { try Paths.readScript(path) }
    }

    /// What could be written at `cursor` (a UTF-8 offset).
    public func complete(_ code: String, cursor: Int) -> [Candidate] {
        Completer(machine: machine, analysis: nil).complete(code, cursor: cursor)
    }

    /// The same in a program that was gone through: its names and what is known of them count too.
    public func complete(_ analysis: Analysis, cursor: Int) -> [Candidate] {
        Completer(machine: machine, analysis: analysis).complete(analysis.file.text, cursor: cursor)
    }

    /// The same for code that begins at byte `start` of a line; ranges are of the line.
    public func complete(_ line: String, cursor: Int, from start: Int) -> [Candidate] {
        let code = String(decoding: line.utf8.dropFirst(start), as: UTF8.self)
        return complete(code, cursor: cursor - start).map { candidate in
            var candidate = candidate
            candidate.range = candidate.range.lowerBound + start..<candidate.range.upperBound + start
            return candidate
        }
    }

    /// `?name`: help on a builtin, a user's function, a value, or an error code; nearest names where unknown.
    public func help(_ name: String) -> String { Help(machine: machine).text(for: name) }
    /// `??name`: the source of a user's function, or everything that the table knows about a builtin.
    public func details(_ name: String) -> String { Help(machine: machine).details(for: name) }
    /// `?"words"`: builtins whose name, summary, terms or parameters speak of these words, best first.
    public func apropos(_ words: String) -> String { Help(machine: machine).apropos(words) }

    /// Global names and their values, in the order in which they were first set; of those that stand for results
    /// only `_`.
    public var globals: [(String, Value)] {
        machine.main.globals.filter { $0.0 == "_" || !Results.isName($0.0) }
    }

    public subscript(global name: String) -> Value? {
        get { machine.main.existing(name)?.value }
        set { machine.main.box(name).value = newValue }
    }

    /// Forgets all names, results, imported modules and the host's state: as in a new session.
    public func reset() {
        let (machine, context) = (machine, context)
        BigStack.run { _ in
            machine.clear()
            context.results.clear()
            context.drawers = [:]
        }
    }

    /// What a run may change: the values of names and the host's state (seeds). Values never change, so this costs
    /// a table of names.
    public struct Snapshot: Sendable {
        let names: [String: Value]
        let drawers: [ObjectIdentifier: any Sendable]
    }

    public func snapshot() -> Snapshot { Snapshot(names: machine.main.snapshot, drawers: context.drawers) }

    /// Names and seeds are again what they were. Files that were written stay.
    public func restore(_ snapshot: Snapshot) {
        let machine = machine
        BigStack.run { _ in machine.main.restore(snapshot.names) }
        context.drawers = snapshot.drawers
    }
}
