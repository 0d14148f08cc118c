import Diffusion
import Tensors

/// The settings of a `VisionTransformer`, with the defaults of transformers 5 (`ViTConfig`, `Dinov2Config`).
public struct VisionTransformerConfiguration: Sendable, Equatable {
    /// The names of parameters, and what the layers have.
    public enum Layout: String, Sendable {
        /// transformers' `ViTModel`: DINO (Caron et al. 2021), as in `facebook/dino-vitb16`.
        case vit
        /// transformers' `Dinov2Model`: DINOv2 (Oquab et al. 2023), whose layers scale what they add.
        case dinov2
    }

    /// The names of parameters.
    public let layout: Layout
    /// The width of the tokens.
    public let hiddenSize: Int
    /// The width of the feed-forward layers.
    public let intermediateSize: Int
    /// The number of transformer layers.
    public let layers: Int
    /// Heads of each layer.
    public let attentionHeads: Int
    /// The side in pixels of the pictures that the positions were trained for.
    public let imageSize: Int
    /// The side of a patch in pixels.
    public let patchSize: Int
    /// Whether queries, keys and values have a bias.
    public let hasQKVBias: Bool
    /// The epsilon that layer norms add to the variance.
    public let layerNormEpsilon: Float

    init(_ reader: ConfigurationReader, _ layout: Layout) throws {
        self.layout = layout
        let isSecond = layout == .dinov2
        try reader.require("num_channels", 3)
        try reader.require("hidden_act", "gelu")
        try reader.require("use_swiglu_ffn", false)
        hiddenSize = try reader.int("hidden_size", default: 768, in: 1...65536)
        intermediateSize =
            isSecond
            ? hiddenSize * (try reader.int("mlp_ratio", default: 4, in: 1...64))
            : try reader.int("intermediate_size", default: 3072)
        layers = try reader.int("num_hidden_layers", default: 12, in: 1...1024)
        attentionHeads = try reader.int("num_attention_heads", default: 12, in: 1...1024)
        imageSize = try reader.int("image_size", default: 224, in: 1...8192)
        patchSize = try reader.int("patch_size", default: isSecond ? 14 : 16, in: 1...8192)
        hasQKVBias = try reader.bool("qkv_bias", default: true)
        layerNormEpsilon = Float(try reader.double("layer_norm_eps", default: isSecond ? 1e-6 : 1e-12, in: 0...1))
        try CLIPVisionConfiguration.check(reader, hiddenSize, attentionHeads, imageSize, patchSize)
    }
}
