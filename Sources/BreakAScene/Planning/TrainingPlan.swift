import Diffusion
import NeuralNetwork
import Tensors

/// The memory and arithmetic of a phase, estimated from the model's configuration and the options before anything is
/// computed.
public struct TrainingPlan: Sendable, Equatable {
    /// Bytes of all three networks as they are kept, and of a float32 copy of the parameters that are trained.
    public let weights: Int
    /// Bytes of the packed forms of frozen weights, which products read.
    public let packed: Int
    /// Bytes of the gradients, those included that only count in the clipped norm.
    public let gradients: Int
    /// Bytes of AdamW's moments.
    public let optimizerState: Int
    /// Bytes of the activations of a step at their peak.
    public let activations: Int
    /// The number of parameters that are trained.
    public let trainable: Int
    /// Floating-point operations of a step, multiplications and additions counted apart.
    public let operationsPerStep: Double
    /// Steps of the phase.
    public let steps: Int

    /// Bytes needed at the peak: the sum of all parts.
    public var peak: Int { weights + packed + gradients + optimizerState + activations }

    /// Estimates phase 1 or 2 of training `model`, at the size that it has.
    public init(_ model: DiffusionModel, phase: Int, _ options: TrainingOptions) {
        let (c, text, size) = (model.unet.configuration, model.textEncoder.configuration, model.latentSize)
        let includes = (phase == 1 ? TrainableParts.handles : options.trains).includes
        let unet = c.passCost(height: size.height, width: size.width, text: text.maxPositionEmbeddings)
        let encoder = text.passCost
        let samples = options.batchSize * (options.priorWeight > 0 ? 2 : 1)

        // With an embedding for each layer, prompts that name handles are encoded for each.
        let layers = options.isPerLayer || model.hasHandlesPerLayer ? max(1, model.crossAttentionLayers.count) : 1
        let texts = options.batchSize * layers + samples - options.batchSize
        let handles = max(1, model.handles.count) * text.hiddenSize * layers
        let named = model.namedParameters
        let adapters = phase == 2 && options.trains == .lora ? model.adapterParameterCount(rank: options.loraRank) : 0
        let moving = named.filter { includes($0.name) }.reduce(0) { $0 + $1.value.value.count }
        trainable = moving + handles + adapters
        // Frozen weights are kept in the forms that products read (forward, backward, Winograd's) up to a limit.
        let frozen = named.reduce(0) { $0 + $1.value.value.count } - moving
        packed = min(Tensor.packedBytesLimit, 4 * 3 * frozen)
        weights = model.byteCount + 4 * (moving + adapters)
        // In phase one the clipped norm is that of the whole table's gradient, as in the paper's code.
        let observed = phase == 1 && options.clipsWholeTable ? text.vocabularySize * text.hiddenSize : 0
        gradients = 4 * (trainable + observed)
        let large = options.optimizer.stateBits == 8 ? moving : 0
        optimizerState = 8 * (trainable - large) + large * 2 + large / 32
        let movesWeights = moving + adapters > 0
        let kept = options.checkpointsGradients ? unet.layerInputs + unet.largestLayer : movesWeights ? unet.kept : unet.keptFrozen
        // Gradients of activations: about as much as the largest layer, twice.
        // Photos that are not seen as they are, are encoded anew, one by one, before the pass; a step with none costs nothing
        // for it.
        let encoding = model.vae.configuration.encodingCost(height: size.height, width: size.width)
        let encoded = options.changedShare * Double(options.batchSize) * encoding.operations
        let passes = LossTerm.all.reduce(0) { $0 + (options.weight(of: $1) > 0 ? $1.extraPasses : 0) } * options.batchSize
        let pass = 4 * (samples * (kept + 2 * unet.largestLayer / 3) + texts * (movesWeights ? encoder.kept : encoder.keptFrozen))
        activations = max(pass, options.changedShare > 0 ? 4 * encoding.alive : 0)
        // Backward: once for what flows through, once more for weights.
        let backward = movesWeights ? 2.0 : 1.0
        let again = options.checkpointsGradients ? unet.operations : 0
        // Previews are drawn with guidance.
        let preview = 2 * Double(TrainingRun.previewSteps) * unet.operations / Double(max(1, options.previews))
        operationsPerStep =
            Double(samples) * (unet.operations * (1 + backward) + again) + Double(texts) * encoder.operations * (1 + backward) + encoded
            + Double(passes) * (unet.operations + encoder.operations) + (options.previews > 0 ? preview : 0)
        steps = options.steps
    }

    /// The maps that the attention loss goes by, in words: "24×24 maps of down_blocks.2 and up_blocks.1, the level nearest
    /// to the paper's 16×16".
    public static func text(_ level: AttentionLevel, _ model: DiffusionModel) -> String {
        let c = model.unet.configuration
        let blocks = [
            c.downBlockTypes[level.level].hasCrossAttention ? "down_blocks.\(level.level)" : nil,
            c.upBlockTypes[c.levels - 1 - level.level].hasCrossAttention ? "up_blocks.\(c.levels - 1 - level.level)" : nil,
        ].compactMap { $0 }
        let nearest = level.isPaperSize ? "as in the paper" : "the level nearest to the paper's 16×16"
        return "\(level.text) maps of \(blocks.joined(separator: " and ")), \(nearest)"
    }

    /// The peak in words, with the parts that are at least 2 % of it: "5.1 GB of memory (weights 4.3 GB, gradients …)".
    public var summary: String {
        let parts = [
            ("weights", weights), ("packed weights", packed), ("gradients", gradients), ("AdamW", optimizerState),
            ("activations", activations),
        ]
        return
            "\(Self.text(peak)) of memory (\(parts.filter { $0.1 * 50 > peak }.map { "\($0.0) \(Self.text($0.1))" }.joined(separator: ", ")))"
    }

    /// A number of bytes in words: "812 MB", "4.3 GB".
    public static func text(_ bytes: Int) -> String {
        if bytes < 1_000_000_000 { return "\((bytes + 500_000) / 1_000_000) MB" }
        let tenths = (bytes + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10) GB"
    }
}

extension TrainingOptions {
    /// The share of photos whose picture is encoded for this step alone: the photo's own, and those that things are pasted on, come again.
    fileprivate var changedShare: Double {
        data == .collection || degradesOutside > 0 ? 1 : (1 - (1 - zoom) * (1 - segmix)) * (1 - copyPaste)
    }
}
