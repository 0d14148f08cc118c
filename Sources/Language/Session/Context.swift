import Synchronization

/// What a run shares with builtins: events, interrupt, limits, files and the host's own state. One per
/// session.
///
/// Evaluation happens on one thread at a time. State that other threads may touch is behind a lock.
public final class Context: @unchecked Sendable {
    public typealias Sink = @Sendable (Event) -> Void

    public let interrupt: Interrupt
    public let builtins: BuiltinTable
    public let limits: Limits
    /// Where `import` and the host look for what ships with the language, in order.
    public let standardLibrary: [String]
    private let display: @Sendable () -> DisplayContext
    /// Whether runs are checked before they begin. Set by the session when it is made.
    var checksFirst = false
    /// What the cells of a prompt or notebook gave.
    public let results = Results()

    struct Shared {
        var sink: Sink
        var drawers: [ObjectIdentifier: any Sendable] = [:]
        var currentFile: String?
        var programText: String?
        /// Whether the run is one of a script, with which the program ends.
        var isScript = false
        /// Errors and warnings of the run so far.
        var diagnostics: [Diagnostic] = []
        var progress = RunProgress()
        /// Where this run, or the next one, is to be stopped.
        var stop: ProgressMark?

        /// Whether the run is to be stopped here.
        mutating func note(_ step: Progress) -> Bool {
            progress.note(step)
            guard let stop, progress.mark == stop else { return false }
            self.stop = nil
            return true
        }
    }

    let shared: Mutex<Shared>
    /// Set by the session; the evaluator's own state. Only the evaluator's thread touches it.
    weak var machine: Machine?

    init(
        builtins: BuiltinTable, limits: Limits, standardLibrary: [String],
        display: @escaping @Sendable () -> DisplayContext, sink: @escaping Sink
    ) {
        interrupt = Interrupt()
        self.builtins = builtins
        self.limits = limits
        self.standardLibrary = standardLibrary
        self.display = display
        shared = Mutex(Shared(sink: sink))
    }

    /// Where values are shown at this moment.
    public var displayContext: DisplayContext {
        var context = display()
        context.program = programText
        return context
    }

    /// Gives an event to the session's consumer, on the calling thread.
    public func emit(_ event: Event) {
        if AsideWork.current?.isLeft == true { return }
        let sink = shared.withLock { state in
            if case .diagnostic(let diagnostic) = event { state.diagnostics.append(diagnostic) }
            return state.sink
        }
        sink(event)
    }

    func beginRun(script: String?, isCell: Bool, text: String) {
        shared.withLock {
            $0.programText = text
            $0.diagnostics = []
            $0.progress = RunProgress()
            if let script { $0.currentFile = script }
            $0.isScript = script != nil && !isCell
        }
    }

    /// The errors and warnings of the run that ends.
    func endRun() -> [Diagnostic] {
        shared.withLock { state in
            (state.currentFile, state.programText) = (nil, nil)
            state.stop = nil
            defer { state.diagnostics = [] }
            return state.diagnostics
        }
    }

    func setSink(_ sink: @escaping Sink) {
        shared.withLock { $0.sink = sink }
    }

    /// The script that is running, as it was named; nil at a prompt.
    public internal(set) var currentFile: String? {
        get { shared.withLock { $0.currentFile } }
        set { shared.withLock { $0.currentFile = newValue } }
    }

    /// The text of what runs: a script's as it was read, a cell's, a command line's; nil between runs.
    public var programText: String? { shared.withLock { $0.programText } }

    /// Whether the run is one of a script, with which everything ends; a prompt's cells leave what they bound.
    public var isScript: Bool { shared.withLock { $0.isScript } }

    /// The host's state of one kind.
    public subscript<Key: ContextKey>(key: Key.Type) -> Key.State {
        get { shared.withLock { $0.drawers[ObjectIdentifier(key)] as? Key.State } ?? Key.initial }
        set { shared.withLock { $0.drawers[ObjectIdentifier(key)] = newValue } }
    }

    /// The host's state of all kinds.
    var drawers: [ObjectIdentifier: any Sendable] {
        get { shared.withLock(\.drawers) }
        set { shared.withLock { $0.drawers = newValue } }
    }

    /// Throws the `.interrupted` problem when a stop was asked for. Call it between steps of long work.
    public func checkInterrupt() throws {
        try interrupt.check()
    }

    /// Makes this run's interrupt and limits those of the calling thread while `body` runs.
    func adopted<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Interrupt.$current.withValue(interrupt) { try Limits.$current.withValue(limits, operation: body) }
    }

    /// Tells of something that works but is probably not meant, at the call that is running.
    public func warn(
        _ code: ErrorCode, _ message: String, argument: String? = nil, label: String = "",
        notes: [String] = [],
        help: String? = nil
    ) {
        var labels: [Diagnostic.Label] = []
        if let span = machine?.site?.span(of: argument) {
            labels = [Diagnostic.Label(span: span, text: label, primary: true)]
        }
        emit(
            .diagnostic(
                Diagnostic(
                    code: code, severity: .warning, message: message, labels: labels, notes: notes, help: help
                )))
    }

    /// Calls a function value on the calling thread, which must be the evaluator's.
    public func invoke(
        _ function: FunctionValue, arguments: [Value], named: [(String, Value)] = [], site: Span? = nil
    ) throws -> Value {
        guard let machine else { throw Problem(.internal, "the session of this function has ended") }
        return try machine.invoke(function, arguments: arguments, named: named, span: site)
    }
}

/// "3.2 GiB".
public func byteText(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "KiB", "MiB"] {
        if value < 1024 { return unit == "bytes" ? "\(count) bytes" : "\(formatFixed(value, 1)) \(unit)" }
        value /= 1024
    }
    return "\(formatFixed(value, 1)) GiB"
}
