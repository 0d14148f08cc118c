import Tensors

extension Variable {
    /// Sum over `axes` (all where nil).
    public func sum(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Variable {
        let kept = keptShape(axes)
        return Self.record("sum", value.sum(axes, keepsAxes: keepsAxes), [self]) { [shape] dy, _ in
            [dy.reshaped(kept) + Tensor.zeros(shape)]
        }
    }

    public func mean(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Variable {
        let total = sum(axes, keepsAxes: keepsAxes)
        return total.scaled(by: Float(total.value.count) / Float(max(1, value.count)))
    }

    /// The largest of all elements, a scalar; the gradient goes to the first of them (PyTorch's `max` of all spreads
    /// it over ties).
    public func maximum() -> Variable {
        let (y, index) = value.reshaped([value.count]).maximum(along: 0)
        return Self.record("maximum", y.reshaped([]), [self]) { [shape, count = value.count] dy, _ in
            [dy.reshaped([1, 1]).scatterRows(index, into: count).reshaped(shape)]
        }
    }

    private func keptShape(_ axes: [Int]?) -> [Int] {
        let axes = Set((axes ?? Array(shape.indices)).map { Shape.axis($0, rank: shape.count) })
        return shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    }
}
