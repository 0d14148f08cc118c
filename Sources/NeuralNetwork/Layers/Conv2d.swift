import Autograd
import Tensors

/// A convolution of [N, H, W, Cin] to [N, H', W', Cout].
public struct Conv2d: Module {
    /// The kernel, [Cout, k, k, Cin] in memory ([Cout, Cin, k, k] on disk).
    public var weight: Variable
    /// The bias, [Cout].
    public var bias: Variable
    /// Stride and padding.
    public let geometry: ConvolutionGeometry

    /// A convolution by a square kernel; its parameters are placeholders until they are loaded.
    public init(_ inputs: Int, _ outputs: Int, kernel: Int, _ geometry: ConvolutionGeometry) {
        weight = .parameter(outputs, kernel, kernel, inputs)
        bias = .parameter(outputs)
        self.geometry = geometry
    }

    /// A 3×3 convolution with padding 1, as nearly all of Stable Diffusion's are.
    public init(_ inputs: Int, _ outputs: Int, stride: Int = 1) {
        self.init(inputs, outputs, kernel: 3, ConvolutionGeometry(stride: stride, padding: 1))
    }

    /// A 1×1 convolution.
    public static func pointwise(_ inputs: Int, _ outputs: Int) -> Conv2d {
        Conv2d(inputs, outputs, kernel: 1, ConvolutionGeometry())
    }

    /// The output [N, H', W', Cout] for x [N, H, W, Cin], plus `residual` of the output's shape.
    public func callAsFunction(_ x: Variable, residual: Variable? = nil) -> Variable {
        x.conv2d(weight, bias: bias, residual: residual, geometry)
    }

    /// Calls `body` for `weight` and `bias`.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        try body(path + "bias", &bias)
    }
}
