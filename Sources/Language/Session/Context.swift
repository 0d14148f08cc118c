import Files
import Synchronization

/// The state that a run shares with builtins: events, interrupt, limits, files and the host's own state. A session has one.
///
/// Evaluation happens on one thread at a time. State that other threads may touch is guarded by a lock.
public final class Context: @unchecked Sendable {
    /// A consumer of events, called on the thread that emits them.
    public typealias Sink = @Sendable (Event) -> Void

    /// The request to stop the session's run.
    public let interrupt: Interrupt
    /// The table of all builtins, the core's and the host's.
    public let builtins: BuiltinTable
    /// The limits of every run.
    public let limits: Limits
    /// The folders in which `import` and the host look for what ships with the language, in order of preference.
    public let standardLibrary: [String]
    /// Returns the properties of the place where values are shown.
    private let display: @Sendable () -> DisplayContext
    /// Whether a program is checked before it runs. The session sets it when it is created.
    var checksFirst = false
    /// The inputs and results of the cells of a prompt or notebook.
    public let results = Results()

    /// The state that the lock guards.
    struct Shared {
        var sink: Sink
        var drawers: [ObjectIdentifier: any Sendable] = [:]
        var currentFile: String?
        var outputFolder: String?
        var programText: String?
        /// Whether the run is that of a script, after which the session ends.
        var isScript = false
        /// The errors and warnings of the run so far.
        var diagnostics: [Diagnostic] = []
        var progress = RunProgress()
        /// The files that programs are confined to; nil where they may use all.
        var confinement: Confinement?
        /// Whether what is shown ends up in a page.
        var isForPages = false
        /// The seconds that are left to all runs together; nil for no limit.
        var secondsLeft: Double?
        /// The place at which the run, or the next one, is to be stopped; nil where there is none.
        var stop: ProgressMark?
        var recordWidth: Int?

        /// Records a step of progress and returns whether the run is to be stopped at it.
        mutating func note(_ step: Progress) -> Bool {
            progress.note(step)
            guard let stop, progress.mark == stop else { return false }
            self.stop = nil
            return true
        }
    }

    let shared: Mutex<Shared>
    /// The evaluator's own state. The session sets it; only the evaluator's thread touches it.
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

    /// The properties of the place where values are shown, asked for anew at each access.
    public var displayContext: DisplayContext {
        var context = display()
        context.program = programText
        context.wantsExplorables = isForPages
        return context
    }

    /// Whether what runs show ends up in a page, as that of a notebook's cells does (`DisplayContext.wantsExplorables`).
    public var isForPages: Bool {
        get { shared.withLock(\.isForPages) }
        set { shared.withLock { $0.isForPages = newValue } }
    }

    /// The columns of texts that are recorded, whatever the width of the place where values are shown; nil where nothing is recorded.
    public var recordWidth: Int? {
        get { shared.withLock { $0.recordWidth } }
        set { shared.withLock { $0.recordWidth = newValue } }
    }

    /// Returns what `render` makes of a value for the place where values are shown, with its text for the record.
    public func display(_ render: (DisplayContext) throws -> Display) rethrows -> Display {
        let here = displayContext
        var display = try render(here)
        if let page = recordContext, page.width != here.width || page.unicode != here.unicode {
            let text = try render(page).plain
            if text != display.plain { display.record = text }
        }
        return display
    }

    /// The properties of a record, without pictures; nil where nothing is recorded.
    var recordContext: DisplayContext? {
        guard let width = recordWidth else { return nil }
        var context = DisplayContext(width: width, wantsImages: false)
        context.program = programText
        return context
    }

    /// Passes an event to the session's consumer, on the calling thread. Events of abandoned work (`Aside`) are dropped.
    public func emit(_ event: Event) {
        if AsideWork.current?.isLeft == true { return }
        let sink = shared.withLock { state in
            if case .diagnostic(let diagnostic) = event { state.diagnostics.append(diagnostic) }
            return state.sink
        }
        sink(event)
    }

    /// Begins a run of `text`. `script` is the file that it was read from, nil for other input.
    func beginRun(script: String?, isCell: Bool, text: String) {
        shared.withLock {
            $0.programText = text
            $0.diagnostics = []
            $0.progress = RunProgress()
            if let script { $0.currentFile = script }
            $0.isScript = script != nil && !isCell
        }
    }

    /// Ends a run and returns its errors and warnings.
    func endRun() -> [Diagnostic] {
        shared.withLock { state in
            (state.currentFile, state.programText) = (nil, nil)
            state.stop = nil
            defer { state.diagnostics = [] }
            return state.diagnostics
        }
    }

    /// Replaces the consumer of events.
    func setSink(_ sink: @escaping Sink) {
        shared.withLock { $0.sink = sink }
    }

    /// The path of the script or imported file whose statements are running, as it was given; nil at a prompt.
    public internal(set) var currentFile: String? {
        get { shared.withLock { $0.currentFile } }
        set { shared.withLock { $0.currentFile = newValue } }
    }

    /// The folder, by its absolute path, into which everything goes that programs write, whatever path they name; nil where files are written
    /// at their paths. What was written there is found again under the same path.
    public var outputFolder: String? {
        get { shared.withLock { $0.outputFolder } }
        set { shared.withLock { $0.outputFolder = newValue } }
    }

    /// The text of the program that is running: a script, a cell or a command line; nil between runs.
    public var programText: String? { shared.withLock { $0.programText } }

    /// Whether the run is that of a script, after which the session ends. The cells of a prompt, in contrast, leave their variables to
    /// later ones.
    public var isScript: Bool { shared.withLock { $0.isScript } }

    /// The host's state under a key; `Key.initial` where none was set.
    public subscript<Key: ContextKey>(key: Key.Type) -> Key.State {
        get { shared.withLock { $0.drawers[ObjectIdentifier(key)] as? Key.State } ?? Key.initial }
        set { shared.withLock { $0.drawers[ObjectIdentifier(key)] = newValue } }
    }

    /// The host's state under all keys.
    var drawers: [ObjectIdentifier: any Sendable] {
        get { shared.withLock(\.drawers) }
        set { shared.withLock { $0.drawers = newValue } }
    }

    /// Throws the `.interrupted` problem where a stop was requested. Long work calls it between its steps.
    public func checkInterrupt() throws {
        try interrupt.check()
    }

    /// Runs `body` with this context's interrupt, limits and confinement as those of the calling thread.
    func adopted<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Interrupt.$current.withValue(interrupt) {
            try Limits.$current.withValue(limits) { try confined(body) }
        }
    }

    /// Emits a warning at the builtin's call that is running: at the given argument, else at its name.
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

    /// Calls a function on the calling thread, which must be the evaluator's. Throws what the function throws, and `.internal` where the
    /// session has ended.
    public func invoke(
        _ function: FunctionValue, arguments: [Value], named: [(String, Value)] = [], site: Span? = nil
    ) throws -> Value {
        guard let machine else { throw Problem(.internal, "the session of this function has ended") }
        return try machine.invoke(function, arguments: arguments, named: named, span: site)
    }
}

/// Returns a number of bytes in words: "3.2 GiB".
public func byteText(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "KiB", "MiB"] {
        if value < 1024 { return unit == "bytes" ? "\(count) bytes" : "\(formatFixed(value, 1)) \(unit)" }
        value /= 1024
    }
    return "\(formatFixed(value, 1)) GiB"
}
