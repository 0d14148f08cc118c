import Language
import Tensors

/// Work of the engine that Ctrl-C ends within the time of one task: tasks that have not begun are left out, and the result of the others is
/// thrown away.
///
/// Training is no such work, because its results are kept elsewhere: it ends at a step. Files are written whole or not at all.
enum Cancellable {
    /// Returns the result of `body`, an operator or a field, which has no call: it is cancelled by the interrupt of the run on this thread.
    static func operation<T>(_ body: () throws -> T) throws -> T {
        guard let interrupt = Interrupt.current else { return try body() }
        return try Cost.cancellable(interrupt, body)
    }

    /// Returns the result of `body` for a value that shows or compares itself: whoever asked notices the stop and throws the result away. A
    /// stop that was asked for before is not considered, so that a training that was stopped can be shown.
    static func answer<T>(_ body: () -> T) -> T {
        guard let interrupt = Interrupt.current, !interrupt.isRequested else { return body() }
        return Cancellation.scope(when: interrupt.question, body)
    }
}
