import Tensors

extension Variable {
    /// mean(((a − b) · mask)²) over all elements, a scalar; `mask` broadcasts and is a constant. With no mask the
    /// plain mean squared error. (Break-A-Scene eq. 1; the mean over all elements is the code's, method.md §1.3.)
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
