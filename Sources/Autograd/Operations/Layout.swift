import Tensors

extension Variable {
    /// The same elements under another shape of the same count; traps for another count.
    public func reshaped(_ shape: [Int]) -> Variable {
        Self.record("reshape", value.reshaped(shape), [self]) { [own = self.shape] dy, _ in [dy.reshaped(own)] }
    }

    /// The axes in the order `order`, which must be a permutation of 0..<rank.
    public func permuted(_ order: [Int]) -> Variable {
        Self.record("permute", value.permuted(order), [self]) { dy, _ in
            var inverse = order
            for (place, axis) in order.enumerated() { inverse[axis] = place }
            return [dy.permuted(inverse)]
        }
    }

    /// The elements that `slices` names, one slice for each axis.
    public func sliced(_ slices: [Tensor.Slice]) -> Variable {
        Self.record("slice", value.sliced(slices), [self]) { [shape] dy, _ in [dy.scattered(to: shape, slices)] }
    }

    /// The rows `range` of the outermost axis, without a copy. Rows of a concatenation that lie in one of its parts are
    /// taken from that part, so they are a constant where it is one.
    public func rows(_ range: Range<Int>) -> Variable {
        var start = 0
        for piece in node?.pieces ?? [] {
            let end = start + piece.shape[0]
            if range == start..<end { return piece }
            if range.lowerBound >= start && range.upperBound <= end {
                return piece.rows(range.lowerBound - start..<range.upperBound - start)
            }
            start = end
        }
        return Self.record("rows", value.rows(range), [self]) { [shape] dy, _ in
            let slices = shape.indices.map {
                $0 == 0 ? Tensor.Slice(start: range.lowerBound, count: range.count) : .init(start: 0, count: shape[$0])
            }
            return [dy.scattered(to: shape, slices)]
        }
    }

    /// Element `index` of the outermost axis, without that axis.
    public func row(_ index: Int) -> Variable { rows(index..<index + 1).reshaped(Array(shape.dropFirst())) }

    /// The parts joined along `axis`, which may count from the end; traps where their other axes differ, or for no parts.
    public static func concatenated(_ parts: [Variable], axis: Int) -> Variable {
        let sizes = parts.map { $0.shape[Shape.axis(axis, rank: $0.shape.count)] }
        let result = record("concatenate", Tensor.concatenated(parts.map(\.value), axis: axis), parts) { dy, needs in
            zip(dy.split(sizes, axis: axis), needs).map { $1 ? $0 : nil }
        }
        if axis == 0 { result.node?.pieces = parts }
        return result
    }

    /// The elements repeated to `shape` by NumPy's broadcasting rule.
    public func broadcast(to shape: [Int]) -> Variable {
        Self.record("broadcast", value + Tensor.zeros(shape), [self]) { [own = self.shape] dy, _ in [dy.summed(to: own)] }
    }
}
