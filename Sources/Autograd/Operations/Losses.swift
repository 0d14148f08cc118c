import Tensors

extension Variable {
    /// The masked mean squared error mean(((a − b) · mask)²), a scalar; `mask` is a constant that broadcasts, nil is 1
    /// everywhere. The mean is over all elements, masked or not (Break-A-Scene, equation 1, with the reduction of its code:
    /// Sources/BreakAScene/README.md, "Losses").
    public static func meanSquaredError(_ a: Variable, _ b: Variable, mask: Tensor? = nil) -> Variable {
        precondition(a.shape == b.shape, "mean squared error of \(Shape.text(a.shape)) and \(Shape.text(b.shape))")
        let difference = mask.map { (a.value - b.value) * $0 } ?? (a.value - b.value)
        let count = Float(max(1, difference.count))
        return record("mse", Tensor(Float(difference.sumOfSquares) / count), [a, b]) { dy, needs in
            let d = (mask.map { difference * $0 } ?? difference).scaled(by: 2 * dy.scalar / count)
            return [needs[0] ? d : nil, needs[1] ? d.scaled(by: -1) : nil]
        }
    }
}
