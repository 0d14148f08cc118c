import Dispatch
import Synchronization

/// A result that one thread waits for and another gives.
final class Pending<Result: Sendable>: Sendable {
    private let result = Mutex<Result?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    /// Gives the result.
    func fulfil(_ value: Result) {
        result.withLock { $0 = value }
        isThere.signal()
    }

    /// Waits for the result.
    func wait() -> Result {
        while true {
            isThere.wait()
            if let value = result.withLock({ $0 }) { return value }
        }
    }
}
