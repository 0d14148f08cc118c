import Diffusion
import Tensors

/// The settings of a vision tower, with the defaults of transformers 5 (`CLIPVisionConfig`, `ViTConfig`, `Dinov2Config`).
public struct VisionConfiguration: Sendable, Equatable {
    /// The names of parameters, and what the layers have.
    public enum Layout: String, Sendable {
        /// transformers' `CLIPVisionModel`: CLIP's tower (Radford et al. 2021), which has a layer norm before its layers.
        case clip
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
    /// The activation of the feed-forward layers.
    public let activation: CLIPTextModelConfiguration.Activation
    /// The epsilon that layer norms add to the variance.
    public let layerNormEpsilon: Float

    /// The number of patches along a side of such pictures.
    var side: Int { imageSize / patchSize }

    /// What the kinds differ in where a file says nothing.
    private struct Defaults {
        let patchSize: Int
        let layerNormEpsilon: Double

        init(_ layout: Layout) {
            (patchSize, layerNormEpsilon) =
                switch layout {
                case .clip: (32, 1e-5)
                case .vit: (16, 1e-12)
                case .dinov2: (14, 1e-6)
                }
        }
    }

    init(_ reader: ConfigurationReader, _ layout: Layout) throws {
        self.layout = layout
        let defaults = Defaults(layout)
        if layout == .clip { try reader.require("model_type", "clip_vision_model") }
        try reader.require("num_channels", 3)
        if layout == .clip {
            activation = try reader.choice("hidden_act", default: .quickGELU)
            hasQKVBias = true
        } else {
            try reader.require("hidden_act", "gelu")
            try reader.require("use_swiglu_ffn", false)
            activation = .gelu
            hasQKVBias = try reader.bool("qkv_bias", default: true)
        }
        hiddenSize = try reader.int("hidden_size", default: 768, in: 1...65536)
        intermediateSize =
            layout == .dinov2
            ? hiddenSize * (try reader.int("mlp_ratio", default: 4, in: 1...64))
            : try reader.int("intermediate_size", default: 3072)
        layers = try reader.int("num_hidden_layers", default: 12, in: 1...1024)
        attentionHeads = try reader.int("num_attention_heads", default: 12, in: 1...1024)
        imageSize = try reader.int("image_size", default: 224, in: 1...8192)
        patchSize = try reader.int("patch_size", default: defaults.patchSize, in: 1...8192)
        layerNormEpsilon = Float(try reader.double("layer_norm_eps", default: defaults.layerNormEpsilon, in: 0...1))
        guard hiddenSize % attentionHeads == 0 else {
            throw reader.fail(
                "hidden_size", .inconsistent("\(hiddenSize) does not divide into \(attentionHeads) heads (num_attention_heads)"))
        }
        guard imageSize >= patchSize else {
            throw reader.fail("patch_size", .inconsistent("\(patchSize) is more than image_size, \(imageSize)"))
        }
    }
}
