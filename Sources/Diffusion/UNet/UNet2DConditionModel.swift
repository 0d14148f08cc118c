import Autograd
import NeuralNetwork
import Tensors

/// Stable Diffusion's U-Net (diffusers' `UNet2DConditionModel`): predicts the noise (or velocity) in latents, given a
/// timestep and a text.
///
/// Legend: N batch, H W height and width of the latents, C their channels, L tokens, D text width, E time embedding.
public struct UNet2DConditionModel: Module {
    /// The settings that it was built from.
    public let configuration: UNet2DConditionModelConfiguration
    var convIn: Conv2d
    var timeEmbedding: TimestepEmbedding
    var downBlocks: [DownBlock]
    var midBlock: MidBlock?
    var upBlocks: [UpBlock]
    var convNormOut: GroupNorm
    var convOut: Conv2d
    /// The number of parameters, without adapters.
    private(set) var size = 0

    /// A U-Net whose parameters are placeholders until they are loaded.
    public init(_ configuration: UNet2DConditionModelConfiguration) {
        let c = configuration
        self.configuration = c
        let widths = c.blockOutChannels
        let (levels, first, last) = (widths.count, widths[0], widths[widths.count - 1])
        let style = UNetBlockStyle(
            timeEmbedding: c.timeEmbeddingDimension, groups: c.normGroups, eps: c.normEpsilon, isLinear: c.useLinearProjection)
        func attention(_ level: Int, _ wanted: Bool) -> UNetBlockStyle.CrossAttention? {
            wanted
                ? .init(
                    heads: c.attentionHeads[level], layers: c.transformerLayersPerBlock[level], context: c.crossAttentionDimension[level])
                : nil
        }
        convIn = Conv2d(c.inChannels, first)
        timeEmbedding = TimestepEmbedding(
            width: first, embedding: c.timeEmbeddingDimension, flipSinToCos: c.flipSinToCos, freqShift: c.frequencyShift)
        downBlocks = (0..<levels).map { level in
            DownBlock(
                level == 0 ? first : widths[level - 1], widths[level], layers: c.layersPerBlock[level],
                attention: attention(level, c.downBlockTypes[level].hasCrossAttention), isLast: level == levels - 1,
                name: "down_blocks.\(level).", style)
        }
        midBlock = attention(levels - 1, c.hasMidBlock).map { MidBlock(last, $0, style) }
        // What each up block's resnets take from the way down: the skips, last in first out.
        var skips = [first]
        for level in 0..<levels {
            skips += Array(repeating: widths[level], count: c.layersPerBlock[level])
            if level < levels - 1 { skips.append(widths[level]) }
        }
        upBlocks = (0..<levels).map { index in
            let level = levels - 1 - index
            let taken = (0..<c.layersPerBlock[level] + 1).map { _ in skips.removeLast() }
            return UpBlock(
                index == 0 ? last : widths[level + 1], widths[level], skips: taken,
                attention: attention(level, c.upBlockTypes[index].hasCrossAttention),
                isLast: level == 0, name: "up_blocks.\(index).", style)
        }
        convNormOut = GroupNorm(c.normGroups, first, eps: c.normEpsilon)
        convOut = Conv2d(first, c.outChannels)
        size = parameterCount
    }

    /// The prediction [N, H, W, C] for latents [N, H, W, C] with one timestep for each sample, in 0…999. H and W are
    /// multiples of 2^(levels − 1); traps where the timesteps are not as many as the samples.
    public func callAsFunction(_ latents: Variable, timesteps: [Float], _ pass: inout UNetPass) -> Variable {
        precondition(timesteps.count == latents.shape[0])
        let lanes = lanes(latents, pass)
        return lanes.count > 1 ? predict(latents, timesteps: timesteps, in: lanes, &pass) : predict(latents, timesteps: timesteps, &pass)
    }

    /// The predictions of all samples in one pass.
    func predict(_ latents: Variable, timesteps: [Float], _ pass: inout UNetPass) -> Variable {
        let time = timeEmbedding(timesteps).silu()
        var h = convIn(latents)
        var skips = [h]
        for block in downBlocks { h = block(h, time: time, skips: &skips, &pass) }
        if let midBlock { h = midBlock(h, time: time, &pass) }
        for block in upBlocks { h = block(h, time: time, skips: &skips, &pass) }
        return convOut(convNormOut(h, silu: true))
    }

    /// Calls `body` for the parameters, by diffusers' names.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try convIn.forEachParameter(path + "conv_in.", body)
        try timeEmbedding.forEachParameter(path + "time_embedding.", body)
        try downBlocks.forEachParameter(path + "down_blocks.", body)
        try upBlocks.forEachParameter(path + "up_blocks.", body)
        try midBlock.forEachParameter(path + "mid_block.", body)
        try convNormOut.forEachParameter(path + "conv_norm_out.", body)
        try convOut.forEachParameter(path + "conv_out.", body)
    }
}
