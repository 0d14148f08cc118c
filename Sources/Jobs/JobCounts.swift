/// How many jobs of a list are in which state.
public struct JobCounts: Sendable, Equatable {
    /// Jobs with measures.
    public var done = 0
    /// Jobs that failed, with their errors.
    public var failed = 0
    /// Jobs that have begun and not ended.
    public var running = 0
    /// Jobs that have not begun.
    public var waiting = 0

    /// Makes counts of nothing.
    public init() {}

    /// All jobs.
    public var all: Int { done + failed + running + waiting }

    subscript(state: String) -> Int {
        get {
            switch state {
            case "done": done
            case "failed": failed
            case "running": running
            default: waiting
            }
        }
        set {
            switch state {
            case "done": done = newValue
            case "failed": failed = newValue
            case "running": running = newValue
            default: waiting = newValue
            }
        }
    }
}
