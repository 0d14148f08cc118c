import Tensors

extension Variable {
    /// The sum over `axes`, which may count from the end (nil: all axes). They are dropped, or stay with size 1 where
    /// `keepsAxes`.
    public func sum(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Variable {
        let kept = keptShape(axes)
        return Self.record("sum", value.sum(axes, keepsAxes: keepsAxes), [self]) { [shape] dy, _ in
            [dy.reshaped(kept) + Tensor.zeros(shape)]
        }
    }

    /// The mean over `axes`, as `sum` takes them.
    public func mean(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Variable {
        let total = sum(axes, keepsAxes: keepsAxes)
        return total.scaled(by: Float(total.value.count) / Float(max(1, value.count)))
    }

    /// The largest of all elements, a scalar. Its gradient goes to the first one of that value; PyTorch's `max` shares it
    /// among all of them.
    public func maximum() -> Variable {
        let (y, index) = value.reshaped([value.count]).maximum(along: 0)
        return Self.record("maximum", y.reshaped([]), [self]) { [shape, count = value.count] dy, _ in
            [dy.reshaped([1, 1]).scatterRows(index, into: count).reshaped(shape)]
        }
    }

    /// The shape with size 1 along `axes` (nil: all axes).
    private func keptShape(_ axes: [Int]?) -> [Int] {
        let axes = Set((axes ?? Array(shape.indices)).map { Shape.axis($0, rank: shape.count) })
        return shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    }
}
