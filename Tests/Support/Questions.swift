import Synchronization
import Tensors

/// Returns how often `body` asks whether its work has been abandoned. From question `limit` + 1 on the answer is that it has.
public func questions(limit: Int = .max, _ body: () throws -> Void) rethrows -> Int {
    let count = Counter()
    try Parallel.abandonable(when: { count.value.add(1, ordering: .relaxed).newValue > limit }) { try body() }
    return count.value.load(ordering: .relaxed)
}

private final class Counter: Sendable {
    let value = Atomic(0)
}
