import Synchronization

/// Numbers for progress bars: the same number updates the same bar.
final class BarCounter: Sendable {
    private let value = Atomic(0)
    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
