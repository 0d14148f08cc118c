// unet/config.json, with the defaults of diffusers 0.42 (UNet2DConditionModel.__init__).
import Tensors

/// The settings of a `UNet2DConditionModel`. Level 0 is the finest; lists have one value for each level.
public struct UNet2DConditionModelConfiguration: Sendable, Equatable {
    /// The kind of a block on the way down.
    public enum DownBlockType: String, CaseIterable, Sendable {
        /// Resnets, each followed by a transformer with self- and cross-attention.
        case crossAttnDownBlock2D = "CrossAttnDownBlock2D"
        /// Resnets alone.
        case downBlock2D = "DownBlock2D"

        /// Whether the block has transformers.
        public var hasCrossAttention: Bool { self == .crossAttnDownBlock2D }
    }

    /// The kind of a block on the way up.
    public enum UpBlockType: String, CaseIterable, Sendable {
        /// Resnets, each followed by a transformer with self- and cross-attention.
        case crossAttnUpBlock2D = "CrossAttnUpBlock2D"
        /// Resnets alone.
        case upBlock2D = "UpBlock2D"

        /// Whether the block has transformers.
        public var hasCrossAttention: Bool { self == .crossAttnUpBlock2D }
    }

    /// The height of the latents that the model was trained on; nil where the file says none.
    public let sampleHeight: Int?
    /// The width of these latents; nil where the file says none.
    public let sampleWidth: Int?
    /// Channels of the latents.
    public let inChannels: Int
    /// Channels of the prediction.
    public let outChannels: Int
    /// The blocks on the way down, from the finest level to the coarsest.
    public let downBlockTypes: [DownBlockType]
    /// The blocks on the way up, from the coarsest level to the finest, as in the file.
    public let upBlockTypes: [UpBlockType]
    /// Whether there is a middle block (`UNetMidBlock2DCrossAttn`); diffusers allows none.
    public let hasMidBlock: Bool
    /// Channels of each level.
    public let blockOutChannels: [Int]
    /// Resnets of each level on the way down; one more on the way up.
    public let layersPerBlock: [Int]
    /// Transformer blocks behind each resnet.
    public let transformerLayersPerBlock: [Int]
    /// The width of the text states that cross-attention looks at.
    public let crossAttentionDimension: [Int]
    /// The number of attention heads. The file calls it `attention_head_dim`, a mistake that stays for compatibility
    /// (huggingface/diffusers#2011).
    public let attentionHeads: [Int]
    /// Whether the projections into and out of transformers are linear layers (SD 2), or 1×1 convolutions (SD 1).
    public let useLinearProjection: Bool
    /// Whether diffusers computes attention scores in float32; here they always are.
    public let upcastAttention: Bool
    /// Groups of every group norm.
    public let normGroups: Int
    /// The epsilon that the group norms of resnets add to the variance.
    public let normEpsilon: Float
    /// Whether the timestep's embedding has its cosines first.
    public let flipSinToCos: Bool
    /// The number that is subtracted from the number of that embedding's frequencies.
    public let frequencyShift: Float
    /// The width of the timestep's embedding behind its two linear layers.
    public let timeEmbeddingDimension: Int
    /// The members of the file, for writing it again.
    public let source: JSONObject

    /// The number of levels.
    public var levels: Int { blockOutChannels.count }

    /// Reads `unet/config.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Reads the settings from JSON. Throws ``ConfigurationError``, which names `file`.
    public init(_ json: JSON, file: String) throws {
        try self.init(ConfigurationReader(json, file: file))
    }

    private init(_ reader: ConfigurationReader) throws {
        try Self.requireSupported(reader)
        source = reader.object
        (sampleHeight, sampleWidth) = try Self.sampleSize(reader)
        inChannels = try reader.int("in_channels", default: 4, in: 1...4096)
        outChannels = try reader.int("out_channels", default: 4, in: 1...4096)
        blockOutChannels = try reader.ints(
            "block_out_channels", default: [320, 640, 1280, 1280], in: 1...16384)
        let levels = blockOutChannels.count
        downBlockTypes = try reader.choices(
            "down_block_types",
            default: [.crossAttnDownBlock2D, .crossAttnDownBlock2D, .crossAttnDownBlock2D, .downBlock2D])
        upBlockTypes = try reader.choices(
            "up_block_types",
            default: [.upBlock2D, .crossAttnUpBlock2D, .crossAttnUpBlock2D, .crossAttnUpBlock2D])
        hasMidBlock = reader.object["mid_block_type"]?.isNull != true
        layersPerBlock = try reader.levels("layers_per_block", count: levels, default: 2, in: 1...64)
        transformerLayersPerBlock = try reader.levels(
            "transformer_layers_per_block", count: levels, default: 1, in: 1...64)
        crossAttentionDimension = try reader.levels(
            "cross_attention_dim", count: levels, default: 1280, in: 1...65536)
        attentionHeads = try reader.levels("attention_head_dim", count: levels, default: 8, in: 1...1024)
        useLinearProjection = try reader.bool("use_linear_projection", default: false)
        upcastAttention = try reader.bool("upcast_attention", default: false)
        normGroups = try reader.int("norm_num_groups", default: 32, in: 1...16384)
        normEpsilon = Float(try reader.double("norm_eps", default: 1e-5, in: 0...1))
        flipSinToCos = try reader.bool("flip_sin_to_cos", default: true)
        frequencyShift = Float(try reader.double("freq_shift", default: 0, in: 0...1))
        timeEmbeddingDimension =
            try reader.optionalInt("time_embedding_dim", in: 1...65536)
            ?? 4 * blockOutChannels[0]
        try check(reader)
    }
}

extension UNet2DConditionModelConfiguration {
    private static func requireSupported(_ reader: ConfigurationReader) throws {
        try reader.require("_class_name", "UNet2DConditionModel")
        try reader.require("mid_block_type", "UNetMidBlock2DCrossAttn", nil)
        try reader.require("act_fn", "silu", "swish")
        for key in unsupportedUnlessFalse { try reader.require(key, false, nil) }
        for key in unsupportedUnlessNull { try reader.require(key, nil) }
        for key in unsupportedUnlessOne { try reader.require(key, 1) }
        try reader.require("conv_in_kernel", 3)
        try reader.require("conv_out_kernel", 3)
        try reader.require("dropout", 0)
        try reader.require("attention_type", "default")
        try reader.require("resnet_time_scale_shift", "default")
        try reader.require("time_embedding_type", "positional")
    }

    private static let unsupportedUnlessFalse = [
        "center_input_sample", "only_cross_attention", "dual_cross_attention", "resnet_skip_time_act",
        "class_embeddings_concat", "mid_block_only_cross_attention",
    ]

    private static let unsupportedUnlessNull = [
        "num_attention_heads", "reverse_transformer_layers_per_block", "encoder_hid_dim",
        "encoder_hid_dim_type", "class_embed_type", "addition_embed_type", "num_class_embeds",
        "time_embedding_act_fn", "timestep_post_act", "time_cond_proj_dim", "cross_attention_norm",
    ]

    private static let unsupportedUnlessOne = [
        "downsample_padding", "mid_block_scale_factor", "resnet_out_scale_factor",
    ]

    private static func sampleSize(_ reader: ConfigurationReader) throws -> (Int?, Int?) {
        guard let value = reader.object["sample_size"], !value.isNull else { return (nil, nil) }
        let sides = try reader.levels("sample_size", count: 2, default: 1, in: 1...65536)
        return (sides[0], sides[1])
    }

    private func check(_ reader: ConfigurationReader) throws {
        for (key, count) in [
            ("down_block_types", downBlockTypes.count), ("up_block_types", upBlockTypes.count),
        ]
        where count != levels {
            throw reader.fail(key, .wrongCount(expected: levels, given: count))
        }
        for (level, channels) in blockOutChannels.enumerated() {
            guard channels % normGroups == 0 else {
                throw reader.fail(
                    "block_out_channels",
                    .inconsistent(
                        "\(channels) channels do not divide into \(normGroups) groups (norm_num_groups)"))
            }
            guard channels % attentionHeads[level] == 0 || !hasAttention(level) else {
                throw reader.fail(
                    "attention_head_dim",
                    .inconsistent("\(channels) channels do not divide into \(attentionHeads[level]) heads"))
            }
        }
        guard blockOutChannels[0] % 2 == 0 else {
            throw reader.fail(
                "block_out_channels",
                .inconsistent("the first must be even: sines and cosines of the timestep"))
        }
    }

    private func hasAttention(_ level: Int) -> Bool {
        downBlockTypes[level].hasCrossAttention || upBlockTypes[levels - 1 - level].hasCrossAttention
            || hasMidBlock && level == levels - 1
    }
}
