import Synchronization
import Tensors

/// How often `body` asks whether its work is still wanted; it is told yes until question `limit`, no from there on.
public func questions(limit: Int = .max, _ body: () throws -> Void) rethrows -> Int {
    let count = Counter()
    try Parallel.abandonable(when: { count.value.add(1, ordering: .relaxed).newValue > limit }) { try body() }
    return count.value.load(ordering: .relaxed)
}

private final class Counter: Sendable {
    let value = Atomic(0)
}
