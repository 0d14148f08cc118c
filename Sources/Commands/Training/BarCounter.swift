import Synchronization

/// Counts the progress bars, whose number tells an observer which bar an event updates.
final class BarCounter: Sendable {
    private let value = Atomic(0)
    /// Returns a number that was not given before.
    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
