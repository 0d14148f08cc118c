import Synchronization

/// Releases large lists on a thread of its own, because releasing many values takes as long as making them.
enum Disposal {
    /// Whether a thread is releasing values. Meanwhile others are released by the caller, so that a program cannot make values faster than
    /// they are released.
    private static let isBusy = Atomic(false)

    /// Empties a list that only the caller holds. Short lists and lists of numbers are released on the calling thread.
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

    /// Returns whether a list has many items that take time to release.
    static func isLengthy(_ items: [Value]) -> Bool {
        guard items.count >= Aside.noticed else { return false }
        return switch items[0] {
        case .none, .bool, .int, .float: false
        default: true
        }
    }

    /// The last holder of the values; only the releasing thread touches it.
    private final class Last<T>: @unchecked Sendable {
        private var values: [T]

        init(_ values: [T]) { self.values = values }

        func release() { values = [] }
    }
}
