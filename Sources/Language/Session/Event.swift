/// What a run reports to its consumer (a prompt, script runner, server or test), in order.
public enum Event: Sendable {
    /// The run with this number begins; `source` is the text that runs, empty where it could not be read.
    case started(number: Int, source: String)
    /// Text that the program printed.
    case stream(String)
    /// A step of a long computation.
    case progress(Progress)
    /// A value that `show` or `plot` displays.
    case display(Display)
    /// The value of an expression statement, with its display.
    case result(Value, Display)
    /// An error or a warning.
    case diagnostic(Diagnostic)
    /// The run has ended, after this many seconds.
    case finished(RunStatus, seconds: Double)
}

/// How a run ended: to its end, by an error, or by a requested stop.
public enum RunStatus: String, Sendable {
    case ok, error, interrupted
}

/// The state of a long computation. Events with the same `id` update the same progress bar.
public struct Progress: Sendable {
    /// The identity of the bar.
    public var id: Int
    /// The title of the bar.
    public var title: String
    /// The number of steps done.
    public var completed: Int
    /// The number of steps in all.
    public var total: Int
    /// The noun for one step: "step".
    public var unit: String
    /// Short pairs of name and value, shown beside the bar: ("rec", ".031").
    public var detail: [(String, String)]
    /// Whether this is the last event of the computation.
    public var finished: Bool

    /// Creates a state of progress.
    public init(
        id: Int, title: String, completed: Int, total: Int, unit: String = "step",
        detail: [(String, String)] = [],
        finished: Bool = false
    ) {
        self.id = id
        self.title = title
        self.completed = completed
        self.total = total
        self.unit = unit
        self.detail = detail
        self.finished = finished
    }
}
