import Autograd
import NeuralNetwork
import Tensors

/// One level of the autoencoder, either way: resnets, then a change of resolution.
struct AutoencoderLevel<Resample: Module>: Module {
    var resnets: [ResnetBlock2D]
    var resample: [Resample]
    let resampleName: String

    init(_ inputs: Int, _ outputs: Int, layers: Int, groups: Int, resample: Resample?, name: String) {
        resnets = (0..<layers).map {
            ResnetBlock2D(
                $0 == 0 ? inputs : outputs, outputs, timeEmbedding: nil, groups: groups, eps: AutoencoderKLConfiguration.normEpsilon)
        }
        self.resample = resample.map { [$0] } ?? []
        resampleName = name
    }

    func callAsFunction(_ x: Variable, _ apply: (Resample, Variable) -> Variable) -> Variable {
        var h = x
        for resnet in resnets { h = resnet(h) }
        for layer in resample { h = apply(layer, h) }
        return h
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try resnets.forEachParameter(path + "resnets.", body)
        try resample.forEachParameter(path + resampleName + ".", body)
    }
}

/// Attention with one head over all places, in the middle of Stable Diffusion's autoencoder.
struct AutoencoderAttention: Module {
    var groupNorm: GroupNorm
    var attention: Attention

    init(_ width: Int, groups: Int) {
        groupNorm = GroupNorm(groups, width, eps: AutoencoderKLConfiguration.normEpsilon)
        attention = Attention(width, heads: 1, bias: true)
    }

    func callAsFunction(_ x: Variable) -> Variable {
        let (n, places, channels) = (x.shape[0], x.shape[1] * x.shape[2], x.shape[3])
        return attention(groupNorm(x).reshaped([n, places, channels]), residual: x.reshaped([n, places, channels])).reshaped(x.shape)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try groupNorm.forEachParameter(path + "group_norm.", body)
        try attention.forEachParameter(path, body)
    }
}

/// The middle of the autoencoder: a resnet, attention if there is any, a resnet.
struct AutoencoderMidBlock: Module {
    var resnets: [ResnetBlock2D]
    var attentions: [AutoencoderAttention]

    init(_ width: Int, groups: Int, hasAttention: Bool) {
        resnets = (0..<2).map { _ in
            ResnetBlock2D(width, width, timeEmbedding: nil, groups: groups, eps: AutoencoderKLConfiguration.normEpsilon)
        }
        attentions = hasAttention ? [AutoencoderAttention(width, groups: groups)] : []
    }

    func callAsFunction(_ x: Variable) -> Variable {
        var h = resnets[0](x)
        for attention in attentions { h = attention(h) }
        return resnets[1](h)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try attentions.forEachParameter(path + "attentions.", body)
        try resnets.forEachParameter(path + "resnets.", body)
    }
}

/// The encoder: pictures [N, H, W, 3] to moments [N, H/f, W/f, 2C].
struct Encoder: Module {
    var convIn: Conv2d
    var downBlocks: [AutoencoderLevel<Downsample2D>]
    var midBlock: AutoencoderMidBlock
    var convNormOut: GroupNorm
    var convOut: Conv2d

    init(_ c: AutoencoderKLConfiguration) {
        let (widths, groups) = (c.blockOutChannels, c.normGroups)
        let last = widths[widths.count - 1]
        convIn = Conv2d(c.inChannels, widths[0])
        downBlocks = widths.indices.map { level in
            AutoencoderLevel(
                level == 0 ? widths[0] : widths[level - 1], widths[level], layers: c.layersPerBlock, groups: groups,
                resample: level == widths.count - 1 ? nil : Downsample2D(widths[level], isAutoencoder: true), name: "downsamplers")
        }
        midBlock = AutoencoderMidBlock(last, groups: groups, hasAttention: c.midBlockAddAttention)
        convNormOut = GroupNorm(groups, last, eps: AutoencoderKLConfiguration.normEpsilon)
        convOut = Conv2d(last, 2 * c.latentChannels)
    }

    func callAsFunction(_ x: Variable) -> Variable {
        var h = convIn(x)
        for block in downBlocks { h = block(h) { $0($1) } }
        return convOut(convNormOut(midBlock(h), silu: true))
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try convIn.forEachParameter(path + "conv_in.", body)
        try downBlocks.forEachParameter(path + "down_blocks.", body)
        try midBlock.forEachParameter(path + "mid_block.", body)
        try convNormOut.forEachParameter(path + "conv_norm_out.", body)
        try convOut.forEachParameter(path + "conv_out.", body)
    }
}

/// The decoder: latents [N, H/f, W/f, C] to pictures [N, H, W, 3].
struct Decoder: Module {
    var convIn: Conv2d
    var midBlock: AutoencoderMidBlock
    var upBlocks: [AutoencoderLevel<Upsample2D>]
    var convNormOut: GroupNorm
    var convOut: Conv2d

    init(_ c: AutoencoderKLConfiguration) {
        let (widths, groups) = (Array(c.blockOutChannels.reversed()), c.normGroups)
        convIn = Conv2d(c.latentChannels, widths[0])
        midBlock = AutoencoderMidBlock(widths[0], groups: groups, hasAttention: c.midBlockAddAttention)
        upBlocks = widths.indices.map { level in
            AutoencoderLevel(
                level == 0 ? widths[0] : widths[level - 1], widths[level], layers: c.layersPerBlock + 1, groups: groups,
                resample: level == widths.count - 1 ? nil : Upsample2D(widths[level]), name: "upsamplers")
        }
        convNormOut = GroupNorm(groups, widths[widths.count - 1], eps: AutoencoderKLConfiguration.normEpsilon)
        convOut = Conv2d(widths[widths.count - 1], c.outChannels)
    }

    func callAsFunction(_ z: Variable) -> Variable {
        var h = midBlock(convIn(z))
        for block in upBlocks { h = block(h) { $0($1) } }
        return convOut(convNormOut(h, silu: true))
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try convIn.forEachParameter(path + "conv_in.", body)
        try upBlocks.forEachParameter(path + "up_blocks.", body)
        try midBlock.forEachParameter(path + "mid_block.", body)
        try convNormOut.forEachParameter(path + "conv_norm_out.", body)
        try convOut.forEachParameter(path + "conv_out.", body)
    }
}
