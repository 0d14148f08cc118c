import Tensors

/// An array in double precision with the plainest loops that compute each operation: what the engine is tested
/// against. Row-major, NHWC, like `Tensor`.
public struct Reference: Sendable {
    public var shape: [Int]
    public var values: [Double]

    public init(_ values: [Double], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for \(shape)")
        (self.shape, self.values) = (shape, values)
    }

    public init(_ tensor: Tensor) { self.init(tensor.values.map(Double.init), shape: tensor.shape) }

    public init(_ scalar: Double) { self.init([scalar], shape: []) }

    public init(repeating value: Double, shape: [Int]) {
        self.init([Double](repeating: value, count: shape.reduce(1, *)), shape: shape)
    }

    /// Rounded to float32.
    public var tensor: Tensor { Tensor(values.map { Float($0) }, shape: shape) }

    public var count: Int { values.count }
    public var rank: Int { shape.count }

    /// The largest magnitude: what tolerances are relative to.
    public var range: Double { values.reduce(0) { max($0, abs($1)) } }

    static func strides(_ shape: [Int]) -> [Int] {
        var result = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { result[axis] = result[axis + 1] * shape[axis + 1] }
        return result
    }

    /// Every index of `shape` in row-major order.
    static func forEachIndex(_ shape: [Int], _ body: ([Int]) -> Void) {
        guard !shape.contains(0) else { return }
        var index = [Int](repeating: 0, count: shape.count)
        while true {
            body(index)
            var axis = shape.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
