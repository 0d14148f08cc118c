import CKernels

extension Tensor {
    /// The sum of all elements; blocks are summed in float32, the blocks in double.
    public var sum: Double { withValues { bas_sum($0.baseAddress, count) } }
    /// A 64-bit hash of every bit of every element; not cryptographic.
    public var fingerprint: UInt64 { withValues { bas_fingerprint($0.baseAddress, count) } }
    /// The mean of all elements; 0 for a tensor without elements.
    public var mean: Double { sum / Double(max(1, count)) }
    /// The sum of the squares of all elements, in double like `sum`.
    public var sumOfSquares: Double { withValues { bas_sum_of_squares($0.baseAddress, count) } }
    /// The largest element; NaN is ignored, and without elements it is −∞.
    public var maximum: Float { withValues { bas_maximum($0.baseAddress, count) } }
    /// The smallest element; NaN is ignored, and without elements it is ∞.
    public var minimum: Float { withValues { bas_minimum($0.baseAddress, count) } }

    /// The inner product with a tensor of the same count; shapes do not matter.
    public func dot(_ other: Tensor) -> Double {
        precondition(count == other.count)
        let (a, b) = (widened, other.widened)
        defer { keepAlive(a, b) }
        return bas_dot(a.pointer, b.pointer, count)
    }

    /// The sum over `axes`, which may count from the end (nil: all axes). They are dropped, or stay with size 1 where
    /// `keepsAxes`.
    public func sum(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Tensor {
        let axes = Set((axes ?? Array(0..<rank)).map { Shape.axis($0, rank: rank) })
        var result = self
        for axis in axes.sorted(by: >) { result = result.sumAlong(axis) }
        return keepsAxes ? result : result.reshaped(shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
    }

    /// The mean over `axes`, as `sum` takes them.
    public func mean(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Tensor {
        let total = sum(axes, keepsAxes: keepsAxes)
        return total.scaled(by: Float(total.count) / Float(max(1, count)))
    }

    /// The largest elements along `axis`, which stays with size 1, and their places along it (the first of equal ones).
    public func maximum(along axis: Int) -> (values: Tensor, indices: [Int]) {
        let axis = Shape.axis(axis, rank: rank)
        let (outer, length, inner) = split(at: axis)
        var indices = [Int](repeating: 0, count: outer * inner)
        let result = Tensor(uninitialized: shape.enumerated().map { $0.offset == axis ? 1 : $0.element })
        let (x, y) = (pointer, result.writable)
        var question = Parallel.Question()
        walk: for o in 0..<outer {
            for i in 0..<inner {
                let base = x + o * length * inner + i
                var best = 0
                for start in stride(from: 0, to: length, by: Parallel.Question.piece) {
                    let end = min(start + Parallel.Question.piece, length)
                    for step in start..<end where base[step * inner] > base[best * inner] { best = step }
                    // A strided walk counts more, since most of its reads miss the cache.
                    guard question.goesOn(after: (end - start) * (inner == 1 ? 1 : 16)) else { break walk }
                }
                y[o * inner + i] = base[best * inner]
                indices[o * inner + i] = best
            }
        }
        keepAlive(self)
        return (result, indices)
    }

    /// The sum over the axes that `target` was broadcast along, of the shape `target`: the gradient of broadcasting.
    public func summed(to target: [Int]) -> Tensor {
        if shape == target { return self }
        let missing = rank - target.count
        let axes = shape.indices.filter { $0 < missing || (target[$0 - missing] == 1 && shape[$0] != 1) }
        return sum(axes, keepsAxes: true).reshaped(target)
    }

    /// The product of the sizes before `axis`, its own size, and the product of those after it.
    func split(at axis: Int) -> (outer: Int, length: Int, inner: Int) {
        (shape[..<axis].reduce(1, *), shape[axis], shape[(axis + 1)...].reduce(1, *))
    }

    /// The sum along one axis, which stays with size 1.
    private func sumAlong(_ axis: Int) -> Tensor {
        defer { keepAlive(self) }
        let cost = Profile.Cost("sums", floats: count)
        defer { cost.end() }
        let (outer, length, inner) = split(at: axis)
        let result = Tensor(repeating: 0, shape: shape.enumerated().map { $0.offset == axis ? 1 : $0.element })
        let (x, y) = (pointer, result.writable)
        var question = Parallel.Question()
        for o in 0..<outer {
            guard question.goesOn(after: length * inner) else { break }
            if inner == 1 {
                y[o] = Float(bas_sum(x + o * length, length))
            } else {
                bas_sum_rows(y + o * inner, x + o * length * inner, length, inner)
            }
        }
        return result
    }
}
