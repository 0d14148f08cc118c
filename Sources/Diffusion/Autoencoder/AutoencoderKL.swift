import Autograd
import NeuralNetwork
import Tensors

/// The posterior that the encoder gives for a picture: a normal distribution over latents [N, H, W, C], not yet
/// multiplied by the scaling factor.
public struct DiagonalGaussian: Sendable {
    public let mean: Tensor
    public let std: Tensor

    public init(mean: Tensor, std: Tensor) { (self.mean, self.std) = (mean, std) }

    /// mean + std · noise.
    public func sample(_ noise: Tensor) -> Tensor { mean + std * noise }

    public subscript(_ range: Range<Int>) -> DiagonalGaussian {
        DiagonalGaussian(mean: mean.rows(range), std: std.rows(range))
    }
}

/// Stable Diffusion's autoencoder (diffusers' `AutoencoderKL`): pictures in [−1, 1], [N, H, W, 3], to latents an f-th
/// of the size and back. Frozen in both phases of the method; never differentiated.
public struct AutoencoderKL: Module {
    public let configuration: AutoencoderKLConfiguration
    var encoder: Encoder
    var decoder: Decoder
    var quantConv: Conv2d?
    var postQuantConv: Conv2d?

    public init(_ configuration: AutoencoderKLConfiguration) {
        self.configuration = configuration
        encoder = Encoder(configuration)
        decoder = Decoder(configuration)
        let channels = configuration.latentChannels
        quantConv = configuration.useQuantConv ? .pointwise(2 * channels, 2 * channels) : nil
        postQuantConv = configuration.usePostQuantConv ? .pointwise(channels, channels) : nil
    }

    /// The posterior of pictures [N, H, W, 3] in [−1, 1]; H and W multiples of f. The log-variance is clamped to
    /// −30…20, as in diffusers.
    public func encode(_ pictures: Tensor) -> DiagonalGaussian {
        let moments = quantConv.map { $0(encoder(Variable(pictures))) } ?? encoder(Variable(pictures))
        let channels = configuration.latentChannels
        let parts = moments.value.split([channels, channels], axis: -1)
        let clamped = Tensor.binary(.minimum, Tensor.binary(.maximum, parts[1], Tensor(-30)), Tensor(20))
        return DiagonalGaussian(mean: parts[0], std: clamped.scaled(by: 0.5).map(.exp))
    }

    /// Pictures of unscaled latents [N, h, w, C], about [−1, 1], not clamped. One at a time: a big batch gains nothing
    /// and an interrupt is seen sooner.
    public func decode(_ latents: Tensor) -> Tensor {
        let pictures = (0..<latents.shape[0]).map { index in
            let z = Variable(latents.rows(index..<index + 1))
            return decoder(postQuantConv.map { $0(z) } ?? z).value
        }
        return Tensor.concatenated(pictures, axis: 0)
    }

    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try encoder.forEachParameter(path + "encoder.", body)
        try decoder.forEachParameter(path + "decoder.", body)
        try quantConv.forEachParameter(path + "quant_conv.", body)
        try postQuantConv.forEachParameter(path + "post_quant_conv.", body)
    }
}
