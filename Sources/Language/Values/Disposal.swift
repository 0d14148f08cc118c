import Synchronization

/// Letting go of many values takes as long as making them did: it is done on a thread of its own, so that nobody waits.
enum Disposal {
    /// Whether such a thread is at work. Who makes values faster than they are let go waits for that.
    private static let isBusy = Atomic(false)

    /// Empties what only the caller holds. Few values, or numbers, are not worth a thread.
    static func release<T>(_ values: inout [T]) {
        guard isLengthy(values), !isBusy.exchange(true, ordering: .relaxed) else {
            values = []
            return
        }
        let last = Last(values)
        values = []
        let isBegun = BigStack.detached {
            last.release()
            isBusy.store(false, ordering: .relaxed)
        }
        if !isBegun { isBusy.store(false, ordering: .relaxed) }
    }

    private static func isLengthy<T>(_ values: [T]) -> Bool {
        guard let values = values as? [Value] else { return values.count >= Aside.noticed }
        return isLengthy(values)
            || values.count < Aside.noticed && values.contains { if case .list(let items) = $0 { isLengthy(items) } else { false } }
    }

    /// Whether a list holds many values that hold something themselves.
    static func isLengthy(_ items: [Value]) -> Bool {
        guard items.count >= Aside.noticed else { return false }
        return switch items[0] {
        case .none, .bool, .int, .float: false
        default: true
        }
    }

    /// The last holder; the thread is the only one that touches it.
    private final class Last<T>: @unchecked Sendable {
        private var values: [T]

        init(_ values: [T]) { self.values = values }

        func release() { values = [] }
    }
}
