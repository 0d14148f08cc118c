import CKernels
import Glibc
import Synchronization

/// A block of float32 memory, 64-byte aligned, taken from and given back to the caching allocator.
///
/// Shared by every tensor that views it; written only by its creator before it is shared, or through
/// `Tensor.mutate`, which copies where it is shared.
public final class Storage: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Float>
    /// Floats that fit, at least as many as were asked for.
    public let capacity: Int
    /// Forms of what lies here that products read, dropped when it is written.
    private let forms = Mutex<[PackedMatrix.Key: PackedMatrix]>([:])
    /// A number that changes with every write after the first: equal numbers, equal contents.
    private let state: Atomic<Int>

    private static let states = Atomic(0)

    /// Uninitialised memory for `count` floats.
    public init(count: Int) {
        (pointer, capacity) = MemoryPool.shared.take(count)
        state = Atomic(Self.states.add(1, ordering: .relaxed).newValue)
    }

    static let empty = Storage(count: 0)

    deinit { MemoryPool.shared.give(pointer, capacity) }

    func packed(_ key: PackedMatrix.Key) -> PackedMatrix? { forms.withLock { $0[key] } }

    func keep(_ form: PackedMatrix, as key: PackedMatrix.Key) { forms.withLock { $0[key] = form } }

    var stateNumber: Int { state.load(ordering: .relaxed) }

    /// What lies here is about to change.
    func willChange() {
        state.store(Self.states.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        forms.withLock { if !$0.isEmpty { $0 = [:] } }
    }
}
