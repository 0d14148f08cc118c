import Autograd
import Tensors

/// Convolution of [N, H, W, Cin]; weight [Cout, k, k, Cin] in memory (OIHW on disk), bias [Cout].
public struct Conv2d: Module {
    public var weight: Variable
    public var bias: Variable
    public let geometry: ConvolutionGeometry

    public init(_ inputs: Int, _ outputs: Int, kernel: Int, _ geometry: ConvolutionGeometry) {
        weight = .parameter(outputs, kernel, kernel, inputs)
        bias = .parameter(outputs)
        self.geometry = geometry
    }

    /// 3×3 with padding 1: what nearly all of Stable Diffusion's convolutions are.
    public init(_ inputs: Int, _ outputs: Int, stride: Int = 1) {
        self.init(inputs, outputs, kernel: 3, ConvolutionGeometry(stride: stride, padding: 1))
    }

    public static func pointwise(_ inputs: Int, _ outputs: Int) -> Conv2d {
        Conv2d(inputs, outputs, kernel: 1, ConvolutionGeometry())
    }

    public func callAsFunction(_ x: Variable, residual: Variable? = nil) -> Variable {
        x.conv2d(weight, bias: bias, residual: residual, geometry)
    }

    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        try body(path + "bias", &bias)
    }
}
