import Dispatch
import Synchronization

/// A result that one thread waits for and another gives.
public final class Pending<Result: Sendable>: Sendable {
    private let result = Mutex<Result?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    /// Creates one without a result.
    public init() {}

    /// Gives the result.
    public func fulfil(_ value: Result) {
        result.withLock { $0 = value }
        isThere.signal()
    }

    /// Waits for the result.
    public func wait() -> Result {
        while true {
            isThere.wait()
            if let value = result.withLock({ $0 }) { return value }
        }
    }
}

/// Returns what `work` returns, which runs as a task; the calling thread, which waits, is not among those that tasks use.
public func waiting<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Result {
    let result = Pending<Result>()
    Task.detached { result.fulfil(await work()) }
    return result.wait()
}
