// vae/config.json, with the defaults of diffusers 0.42 (AutoencoderKL.__init__).
import Tensors

/// The settings of an `AutoencoderKL`. Level 0 is the finest.
public struct AutoencoderKLConfiguration: Sendable, Equatable {
    /// Channels of the pictures.
    public let inChannels: Int
    /// Channels of the decoded pictures.
    public let outChannels: Int
    /// Channels of each level.
    public let blockOutChannels: [Int]
    /// Resnets of a level in the encoder; the decoder has one more.
    public let layersPerBlock: Int
    /// Channels of the latents.
    public let latentChannels: Int
    /// Groups of every group norm.
    public let normGroups: Int
    /// The side in pixels of the pictures that it was trained on.
    public let sampleSize: Int
    /// The factor that latents are multiplied by for the U-Net.
    public let scalingFactor: Float
    /// Whether a 1×1 convolution follows the encoder.
    public let useQuantConv: Bool
    /// Whether a 1×1 convolution precedes the decoder.
    public let usePostQuantConv: Bool
    /// Whether there is attention in the middle.
    public let midBlockAddAttention: Bool
    /// The members of the file, for writing it again.
    public let source: JSONObject

    /// The number of levels.
    public var levels: Int { blockOutChannels.count }
    /// The side in pixels of what one latent stands for, f: 8 for Stable Diffusion.
    public var downscale: Int { 1 << (levels - 1) }
    /// The epsilon that every group norm adds to the variance; diffusers has no setting for it.
    public static let normEpsilon: Float = 1e-6

    /// Reads `vae/config.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Reads the settings from JSON. Throws ``ConfigurationError``, which names `file`.
    public init(_ json: JSON, file: String) throws {
        try self.init(ConfigurationReader(json, file: file))
    }

    private init(_ reader: ConfigurationReader) throws {
        try reader.require("_class_name", "AutoencoderKL")
        try reader.require("act_fn", "silu", "swish")
        try reader.require("down_block_types", "DownEncoderBlock2D")
        try reader.require("up_block_types", "UpDecoderBlock2D")
        for key in ["shift_factor", "latents_mean", "latents_std"] { try reader.require(key, nil) }
        source = reader.object
        inChannels = try reader.int("in_channels", default: 3, in: 1...64)
        outChannels = try reader.int("out_channels", default: 3, in: 1...64)
        blockOutChannels = try reader.ints("block_out_channels", default: [64], in: 1...16384)
        layersPerBlock = try reader.int("layers_per_block", default: 1, in: 1...64)
        latentChannels = try reader.int("latent_channels", default: 4, in: 1...4096)
        normGroups = try reader.int("norm_num_groups", default: 32, in: 1...16384)
        sampleSize = try reader.levels("sample_size", count: 1, default: 32, in: 1...65536)[0]
        scalingFactor = Float(try reader.double("scaling_factor", default: 0.18215, in: 1e-6...1e6))
        useQuantConv = try reader.bool("use_quant_conv", default: true)
        usePostQuantConv = try reader.bool("use_post_quant_conv", default: true)
        midBlockAddAttention = try reader.bool("mid_block_add_attention", default: true)
        try check(reader)
    }

    private func check(_ reader: ConfigurationReader) throws {
        guard levels <= 16 else {
            throw reader.fail(
                "block_out_channels", .outOfRange(value: "\(levels) levels", expected: "at most 16 levels"))
        }
        for key in ["down_block_types", "up_block_types"] {
            let count = reader.object[key]?.arrayValue?.count ?? 1
            guard count == levels else { throw reader.fail(key, .wrongCount(expected: levels, given: count)) }
        }
        for channels in blockOutChannels where channels % normGroups != 0 {
            throw reader.fail(
                "block_out_channels",
                .inconsistent(
                    "\(channels) channels do not divide into \(normGroups) groups (norm_num_groups)"))
        }
    }
}
