/// What a run tells its consumer (prompt, script runner, notebook, kernel, tests), in order.
public enum Event: Sendable {
    case started(number: Int, source: String)
    /// Text that the program printed.
    case stream(String)
    case progress(Progress)
    /// `show` and `plot`.
    case display(Display)
    /// The value of an expression statement.
    case result(Value, Display)
    case diagnostic(Diagnostic)
    case finished(RunStatus, seconds: Double)
}

public enum RunStatus: String, Sendable {
    case ok, error, interrupted
}

/// The state of a long computation. The same `id` updates the same bar.
public struct Progress: Sendable {
    public var id: Int
    public var title: String
    public var completed: Int
    public var total: Int
    /// "step".
    public var unit: String
    /// Short pairs shown beside the bar: ("rec", ".031").
    public var detail: [(String, String)]
    public var finished: Bool

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
