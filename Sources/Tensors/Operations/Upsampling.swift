import CKernels

extension Tensor {
    /// Nearest-neighbour upsampling by two: [N, H, W, C] to [N, 2H, 2W, C].
    public func upsampledByTwo() -> Tensor {
        precondition(rank == 4)
        defer { keepAlive(self) }
        let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
        let cost = Profile.Cost("copies", floats: 5 * count)
        defer { cost.end() }
        let result = Tensor(uninitialized: [n, 2 * h, 2 * w, c])
        let (x, y) = (pointer, result.writable)
        Parallel.run(tasks: n) { bas_upsample2(y + 4 * $0 * h * w * c, x + $0 * h * w * c, h, w, c) }
        return result
    }

    /// The gradient dx [N, H, W, C], where self is dy [N, 2H, 2W, C]: sums of 2×2 elements.
    public func upsampledByTwoBackward() -> Tensor {
        defer { keepAlive(self) }
        let (n, h, w, c) = (shape[0], shape[1] / 2, shape[2] / 2, shape[3])
        let cost = Profile.Cost("copies", floats: 5 * count / 4)
        defer { cost.end() }
        let result = Tensor(uninitialized: [n, h, w, c])
        let (dy, dx) = (pointer, result.writable)
        Parallel.run(tasks: n) { bas_upsample2_backward(dx + $0 * h * w * c, dy + 4 * $0 * h * w * c, h, w, c) }
        return result
    }
}
