import Language
import Synchronization

/// What the thread of the cells has to do, as the thread of the sockets knows it: whether there is anything to interrupt, and whether the
/// kernel is to end.
final class Activity: Sendable {
    private struct State {
        /// The number of requests to execute that have come and are not answered.
        var executions = 0
        var isEnding = false
        var hasLeft = false
    }

    private let interrupt: Interrupt
    private let state = Mutex(State())

    init(_ interrupt: Interrupt) { self.interrupt = interrupt }

    /// Counts a request to execute that has come.
    func expect() { state.withLock { $0.executions += 1 } }

    /// Counts a request to execute as answered. A request to stop that came too late for it is forgotten.
    func finish() {
        state.withLock { state in
            state.executions -= 1
            if state.executions == 0, !state.isEnding { interrupt.reset() }
        }
    }

    /// Requests that the running cell, or the next of those that wait, stops. Returns false where there is none.
    @discardableResult
    func stop() -> Bool {
        state.withLock { state in
            guard state.executions > 0 else { return false }
            interrupt.request()
            return true
        }
    }

    /// Requests that the kernel ends, and with it what runs.
    func end() {
        state.withLock { state in
            state.isEnding = true
            interrupt.request()
        }
    }

    /// Whether the kernel is to end.
    var isEnding: Bool { state.withLock(\.isEnding) }

    /// Notes that the thread of the cells has ended.
    func leave() { state.withLock { $0.hasLeft = true } }

    /// Whether the thread of the cells has ended.
    var hasLeft: Bool { state.withLock(\.hasLeft) }
}
