import Synchronization
import Tensors

/// Returns how often `body` asks whether its work was cancelled. From question `limit` + 1 on the answer is that it was.
public func questions(limit: Int = .max, _ body: () throws -> Void) rethrows -> Int {
    let count = Counter()
    try Cancellation.scope(when: { count.value.add(1, ordering: .relaxed).newValue > limit }) { try body() }
    return count.value.load(ordering: .relaxed)
}

private final class Counter: Sendable {
    let value = Atomic(0)
}
