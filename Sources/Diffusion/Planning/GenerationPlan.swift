import NeuralNetwork
import Tensors

/// The memory and arithmetic of drawing pictures, estimated from the model's configuration before anything is computed.
public struct GenerationPlan: Sendable, Equatable {
    /// Bytes of all three networks as they are kept.
    public let weights: Int
    /// Bytes of the packed forms of weights, which products read.
    public let packed: Int
    /// Bytes of the activations at their peak, in the U-Net or the autoencoder.
    public let activations: Int
    /// Floating-point operations of all pictures, multiplications and additions counted apart.
    public let operations: Double

    /// Bytes needed at the peak: the sum of all parts.
    public var peak: Int { weights + packed + activations }

    /// Estimates `count` pictures of `size` pixels (nil: the model's own size) in `steps` steps, up to eight at a time.
    /// `isGuided`: two passes per step.
    public init(_ model: DiffusionModel, count: Int, steps: Int, isGuided: Bool, size: (height: Int, width: Int)? = nil) {
        let (unet, vae, text) = (model.unet.configuration, model.vae.configuration, model.textEncoder.configuration)
        let (pixels, f) = (size ?? model.pixelSize, vae.downscale)
        let (height, width) = (pixels.height / f, pixels.width / f)
        let passes = isGuided ? 2 : 1
        weights = model.byteCount
        packed = min(Tensor.packedBytesLimit, 4 * 2 * model.unet.parameterCount)
        let pass = unet.passCost(height: height, width: width, text: text.maxPositionEmbeddings)
        let decoding = vae.decodingCost(height: height, width: width)
        activations = 4 * max(passes * min(count, 8) * pass.alive, decoding.alive)
        // Prompts with handles that have an embedding for each layer are encoded for each.
        let texts = (passes - 1 + (model.hasHandlesPerLayer ? model.crossAttentionLayers.count : 1)) * min(count, 8)
        operations =
            Double(count) * (Double(steps * passes) * pass.operations + decoding.operations) + Double(texts) * text.passCost.operations
    }
}

extension DiffusionModel {
    /// The bytes of all parameters, each in the format that it is kept in.
    public var byteCount: Int {
        [unet.parameters(), textEncoder.parameters(), vae.parameters()].joined().reduce(0) { $0 + $1.value.value.byteCount }
    }
}

extension AutoencoderKLConfiguration {
    /// The cost of decoding one picture from `height` × `width` latents.
    func decodingCost(height: Int, width: Int) -> PassCost {
        let widths = Array(blockOutChannels.reversed())
        var total = PassCost()
        func places(_ level: Int) -> Int { (height << level) * (width << level) }
        func resnet(_ inputs: Int, _ outputs: Int, _ level: Int) {
            total.add(layer: .resnet(inputs, outputs, places: places(level), timeEmbedding: 0), input: places(level) * inputs)
            total.live(places(level) * (2 * inputs + outputs))
        }
        for _ in 0..<2 { resnet(widths[0], widths[0], 0) }
        if midBlockAddAttention {
            var cost = PassCost()
            for _ in 0..<4 { cost.linear(widths[0], widths[0], rows: places(0)) }
            cost.attention(rows: places(0), context: places(0), width: widths[0], heads: 1, keepsProbabilities: false)
            total.add(layer: cost, input: places(0) * widths[0])
        }
        var current = widths[0]
        for level in widths.indices {
            for _ in 0...layersPerBlock {
                resnet(current, widths[level], level)
                current = widths[level]
            }
            guard level < widths.count - 1 else { continue }
            var cost = PassCost()
            cost.convolution(current, current, places: places(level + 1))
            total.add(layer: cost, input: places(level + 1) * current)
            total.live(2 * places(level + 1) * current + places(level) * current)
        }
        var last = PassCost()
        last.convolution(current, outChannels, places: places(widths.count - 1))
        total.add(layer: last, input: places(widths.count - 1) * current)
        return total
    }
}
