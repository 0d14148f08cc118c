import CKernels

/// What 16 bits stand for. Every such number is a float32 too, so computing with them loses nothing.
public enum HalfFormat: Int32, Sendable {
    /// Raw values as CKernels.h has them.
    case float16 = 0
    case bfloat16 = 1
}

// Frozen weights stay in memory as a folder has them, in half of float32's room: products widen them while they lay them
// out for the kernels. Everything else that reads such a tensor sees float32.
extension Tensor {
    /// A tensor whose elements `fill` writes as 16 bits each.
    public static func make(_ shape: [Int], _ format: HalfFormat, _ fill: (UnsafeMutableBufferPointer<UInt16>) throws -> Void) rethrows
        -> Tensor
    {
        let result = Tensor(Storage(count: Shape.count(shape), format), shape: shape)
        try fill(UnsafeMutableBufferPointer(start: result.storage.halves, count: result.count))
        return result
    }

    /// What the elements are kept in, where that is not float32.
    public var format: HalfFormat? { storage.half?.format }

    /// Bytes that the elements take.
    public var byteCount: Int { count * (format == nil ? 4 : 2) }

    /// Where the elements of 16 bits are; nil for float32.
    var halves: UnsafePointer<UInt16>? { format == nil ? nil : UnsafePointer(storage.halves + offset) }

    /// The same in float32: a copy of its own where it is kept in 16 bits. It has the same mark where it is all of its
    /// storage, since nothing has changed.
    public var widened: Tensor {
        guard format != nil else { return self }
        return Tensor(Storage(widening: storage, from: offset, count: count), shape: shape)
    }

    /// A copy of the elements alone, which lets go of what lies around them.
    public var compacted: Tensor {
        defer { keepAlive(self) }
        guard let format, let source = halves else { return Tensor.make(shape) { $0.baseAddress?.update(from: pointer, count: count) } }
        return Tensor.make(shape, format) { $0.baseAddress?.update(from: source, count: count) }
    }

    /// The axes of a convolution's weight exchanged, [O, I, H, W] on disk to [O, H, W, I] in memory, in the format that it is
    /// kept in.
    public var channelsLast: Tensor {
        guard let format, let source = halves else { return permuted([0, 2, 3, 1]) }
        defer { keepAlive(self) }
        let (outputs, inputs, taps) = (shape[0], shape[1], shape[2] * shape[3])
        let result = Tensor(Storage(count: count, format), shape: [outputs, shape[2], shape[3], inputs])
        let target = result.storage.halves
        let tasks = Parallel.tasks(work: 4 * count, limit: outputs)
        Parallel.run(tasks: tasks, always: true) { task in
            for o in Parallel.range(task, of: tasks, count: outputs) {
                bas_transpose_half(target + o * inputs * taps, source + o * inputs * taps, inputs, taps)
            }
        }
        return result
    }
}
