import Tensors

/// An array in double precision with the plainest loops that compute each operation, against which the engine is tested. Row-major, NHWC,
/// like `Tensor`.
public struct Reference: Sendable {
    /// The size of each axis.
    public var shape: [Int]
    /// The elements in row-major order.
    public var values: [Double]

    /// Creates an array; traps where the number of values does not fit the shape.
    public init(_ values: [Double], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for \(shape)")
        (self.shape, self.values) = (shape, values)
    }

    /// Creates an array of a tensor's elements.
    public init(_ tensor: Tensor) { self.init(tensor.values.map(Double.init), shape: tensor.shape) }

    /// Creates a scalar, of shape [].
    public init(_ scalar: Double) { self.init([scalar], shape: []) }

    /// Creates an array of one value.
    public init(repeating value: Double, shape: [Int]) {
        self.init([Double](repeating: value, count: shape.reduce(1, *)), shape: shape)
    }

    /// The array rounded to float32.
    public var tensor: Tensor { Tensor(values.map { Float($0) }, shape: shape) }

    /// The number of elements.
    public var count: Int { values.count }
    /// The number of axes.
    public var rank: Int { shape.count }

    /// The largest magnitude, to which tolerances are relative.
    public var range: Double { values.reduce(0) { max($0, abs($1)) } }

    static func strides(_ shape: [Int]) -> [Int] {
        var result = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { result[axis] = result[axis + 1] * shape[axis + 1] }
        return result
    }

    /// Calls `body` with every index of `shape` in row-major order.
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
