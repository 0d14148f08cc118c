import Autograd
import NeuralNetwork
import Tensors

/// The posterior that the encoder gives for pictures: a normal distribution over latents [N, h, w, C], not yet multiplied
/// by the scaling factor.
public struct DiagonalGaussian: Sendable {
    /// The mean, [N, h, w, C].
    public let mean: Tensor
    /// The standard deviation of every element, [N, h, w, C].
    public let std: Tensor

    /// A distribution with this mean and standard deviation, of one shape.
    public init(mean: Tensor, std: Tensor) { (self.mean, self.std) = (mean, std) }

    /// The sample mean + std · noise, for standard normal `noise` of the same shape.
    public func sample(_ noise: Tensor) -> Tensor { mean + std * noise }

    /// The distributions of some of the pictures.
    public subscript(_ range: Range<Int>) -> DiagonalGaussian {
        DiagonalGaussian(mean: mean.rows(range), std: std.rows(range))
    }
}

/// Stable Diffusion's autoencoder (diffusers' `AutoencoderKL`): pictures [N, H, W, 3] in [−1, 1] to latents [N, H/f, W/f,
/// C] and back. It is frozen in both phases of the method, and never differentiated.
public struct AutoencoderKL: Module {
    /// The settings that it was built from.
    public let configuration: AutoencoderKLConfiguration
    var encoder: Encoder
    var decoder: Decoder
    var quantConv: Conv2d?
    var postQuantConv: Conv2d?

    /// An autoencoder whose parameters are placeholders until they are loaded.
    public init(_ configuration: AutoencoderKLConfiguration) {
        self.configuration = configuration
        encoder = Encoder(configuration)
        decoder = Decoder(configuration)
        let channels = configuration.latentChannels
        quantConv = configuration.useQuantConv ? .pointwise(2 * channels, 2 * channels) : nil
        postQuantConv = configuration.usePostQuantConv ? .pointwise(channels, channels) : nil
    }

    /// The posterior of pictures [N, H, W, 3] in [−1, 1]; H and W are multiples of f. The log-variance is clamped to
    /// −30…20, as in diffusers.
    public func encode(_ pictures: Tensor) -> DiagonalGaussian {
        let moments = quantConv.map { $0(encoder(Variable(pictures))) } ?? encoder(Variable(pictures))
        let channels = configuration.latentChannels
        let parts = moments.value.split([channels, channels], axis: -1)
        let clamped = Tensor.binary(.minimum, Tensor.binary(.maximum, parts[1], Tensor(-30)), Tensor(20))
        return DiagonalGaussian(mean: parts[0], std: clamped.scaled(by: 0.5).map(.exp))
    }

    /// The pictures [N, H, W, 3] of unscaled latents [N, h, w, C], about in [−1, 1], not clamped. They are decoded one at a
    /// time: a batch gains nothing, and the work can be cancelled sooner.
    public func decode(_ latents: Tensor) -> Tensor {
        let pictures = (0..<latents.shape[0]).map { index in
            let z = Variable(latents.rows(index..<index + 1))
            return decoder(postQuantConv.map { $0(z) } ?? z).value
        }
        return Tensor.concatenated(pictures, axis: 0)
    }

    /// Calls `body` for the parameters, by diffusers' names.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try encoder.forEachParameter(path + "encoder.", body)
        try decoder.forEachParameter(path + "decoder.", body)
        try quantConv.forEachParameter(path + "quant_conv.", body)
        try postQuantConv.forEachParameter(path + "post_quant_conv.", body)
    }
}
