import Autograd
import NeuralNetwork
import Tensors

/// Halves height and width by a 3×3 convolution of stride 2. The U-Net pads all sides, the autoencoder right and bottom
/// only.
struct Downsample2D: Module {
    var conv: Conv2d

    init(_ channels: Int, isAutoencoder: Bool = false) {
        let geometry =
            isAutoencoder
            ? ConvolutionGeometry(stride: 2, top: 0, left: 0, bottom: 1, right: 1) : ConvolutionGeometry(stride: 2, padding: 1)
        conv = Conv2d(channels, channels, kernel: 3, geometry)
    }

    func callAsFunction(_ x: Variable) -> Variable { conv(x) }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try conv.forEachParameter(path + "conv.", body)
    }
}

/// Doubles height and width by nearest neighbours, then applies a 3×3 convolution.
struct Upsample2D: Module {
    var conv: Conv2d

    init(_ channels: Int) { conv = Conv2d(channels, channels) }

    func callAsFunction(_ x: Variable) -> Variable { conv(x.upsampledByTwo()) }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try conv.forEachParameter(path + "conv.", body)
    }
}
