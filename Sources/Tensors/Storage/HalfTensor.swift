import CKernels

/// A floating-point format of 16 bits. Each of its numbers is a float32 too, so widening loses nothing.
public enum HalfFormat: Int32, Sendable {
    /// Raw values are those of `bas_half_format` in CKernels.h.
    case float16 = 0
    /// The upper half of a float32.
    case bfloat16 = 1
}

// Frozen weights stay in memory as their file has them, in half the bytes of float32: products widen them while they pack
// them for the kernels. Everything else that reads such a tensor gets float32.
extension Tensor {
    /// Makes a tensor of which `fill` must write every element, 16 bits each. Throws what `fill` throws.
    public static func make(_ shape: [Int], _ format: HalfFormat, _ fill: (UnsafeMutableBufferPointer<UInt16>) throws -> Void) rethrows
        -> Tensor
    {
        let result = Tensor(Storage(count: Shape.count(shape), format), shape: shape)
        try fill(UnsafeMutableBufferPointer(start: result.storage.halves, count: result.count))
        return result
    }

    /// The format of the elements; nil for float32.
    public var format: HalfFormat? { storage.half?.format }

    /// The bytes of the elements.
    public var byteCount: Int { count * (format == nil ? 4 : 2) }

    /// The address of elements of 16 bits; nil for float32.
    var halves: UnsafePointer<UInt16>? { format == nil ? nil : UnsafePointer(storage.halves + offset) }

    /// The same elements in float32: the tensor itself, or a copy where it is kept in 16 bits. The copy has the same mark
    /// where the tensor starts at the beginning of its storage, since the elements are the same.
    public var widened: Tensor {
        guard format != nil else { return self }
        return Tensor(Storage(widening: storage, from: offset, count: count), shape: shape)
    }

    /// A copy of the elements alone, which does not keep the rest of a shared storage in memory.
    public var compacted: Tensor {
        defer { keepAlive(self) }
        guard let format, let source = halves else { return Tensor.make(shape) { $0.baseAddress?.update(from: pointer, count: count) } }
        return Tensor.make(shape, format) { $0.baseAddress?.update(from: source, count: count) }
    }

    /// A convolution's weight [O, I, H, W], as on disk, as [O, H, W, I], as in memory; a contiguous copy in the same
    /// format.
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
