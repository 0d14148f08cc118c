import Glibc

extension Reference {
    /// Returns the array with a function applied to each element.
    public func map(_ function: (Double) -> Double) -> Reference {
        Reference(values.map(function), shape: shape)
    }

    /// Returns the shape of two operands by NumPy's rule; traps where they do not broadcast.
    public static func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
        let rank = max(a.count, b.count)
        let p = [Int](repeating: 1, count: rank - a.count) + a
        let q = [Int](repeating: 1, count: rank - b.count) + b
        return zip(p, q).map { x, y in
            precondition(x == y || x == 1 || y == 1, "\(a) and \(b) do not broadcast")
            return x == 1 ? y : x
        }
    }

    /// Returns f of two operands, element by element, broadcast.
    public static func combine(_ a: Reference, _ b: Reference, _ f: (Double, Double) -> Double) -> Reference {
        if a.shape == b.shape { return Reference(zip(a.values, b.values).map { f($0, $1) }, shape: a.shape) }
        let target = broadcast(a.shape, b.shape)
        let (p, q) = (a.broadcast(to: target), b.broadcast(to: target))
        return Reference(zip(p.values, q.values).map { f($0, $1) }, shape: target)
    }

    /// Returns the array repeated along axes of size 1, and along new leading ones, to a shape.
    public func broadcast(to target: [Int]) -> Reference {
        if shape == target { return self }
        let missing = target.count - rank
        let own = Self.strides(shape)
        var result: [Double] = []
        Self.forEachIndex(target) { index in
            var offset = 0
            for axis in shape.indices where shape[axis] != 1 { offset += index[axis + missing] * own[axis] }
            result.append(values[offset])
        }
        return Reference(result, shape: target)
    }

    /// Returns the sum, broadcast.
    public static func + (a: Reference, b: Reference) -> Reference { combine(a, b, +) }
    /// Returns the difference, broadcast.
    public static func - (a: Reference, b: Reference) -> Reference { combine(a, b, -) }
    /// Returns the product of the elements, broadcast.
    public static func * (a: Reference, b: Reference) -> Reference { combine(a, b, *) }
    /// Returns the quotient, broadcast.
    public static func / (a: Reference, b: Reference) -> Reference { combine(a, b, /) }

    /// Returns scale · x + offset.
    public func scaled(by scale: Double, plus offset: Double = 0) -> Reference { map { scale * $0 + offset } }

    /// Returns 1 / (1 + exp(−x)).
    public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    /// Returns x · sigmoid(x).
    public static func silu(_ x: Double) -> Double { x * sigmoid(x) }
    /// Returns x · Φ(x), by erf, as PyTorch's default does.
    public static func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.0.squareRoot()) }
    /// Returns x · sigmoid(1.702 x), CLIP's approximation of GELU.
    public static func quickGELU(_ x: Double) -> Double { x * sigmoid(1.702 * x) }
}
