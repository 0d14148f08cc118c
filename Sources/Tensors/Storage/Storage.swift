import CKernels
import Glibc

/// A block of float32 memory, 64-byte aligned, taken from and given back to the caching allocator.
///
/// Shared by every tensor that views it; written only by its creator before it is shared, or through
/// `Tensor.mutate`, which copies where it is shared.
public final class Storage: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Float>
    /// Floats that fit, at least as many as were asked for.
    let capacity: Int

    /// Uninitialised memory for `count` floats.
    public init(count: Int) {
        (pointer, capacity) = MemoryPool.shared.take(count)
    }

    static let empty = Storage(count: 0)

    deinit { MemoryPool.shared.give(pointer, capacity) }
}
