import Diffusion
import Tensors

/// The settings of CLIP's vision tower, with the defaults of transformers 5 (`CLIPVisionConfig`).
public struct CLIPVisionConfiguration: Sendable, Equatable {
    /// The width of the tokens.
    public let hiddenSize: Int
    /// The width of the feed-forward layers.
    public let intermediateSize: Int
    /// The number of transformer layers.
    public let layers: Int
    /// Heads of each layer.
    public let attentionHeads: Int
    /// The side of the pictures in pixels.
    public let imageSize: Int
    /// The side of a patch in pixels.
    public let patchSize: Int
    /// The activation of the feed-forward layers.
    public let activation: CLIPTextModelConfiguration.Activation
    /// The epsilon that layer norms add to the variance.
    public let layerNormEpsilon: Float

    init(_ reader: ConfigurationReader) throws {
        try reader.require("model_type", "clip_vision_model")
        try reader.require("num_channels", 3)
        hiddenSize = try reader.int("hidden_size", default: 768, in: 1...65536)
        intermediateSize = try reader.int("intermediate_size", default: 3072)
        layers = try reader.int("num_hidden_layers", default: 12, in: 1...1024)
        attentionHeads = try reader.int("num_attention_heads", default: 12, in: 1...1024)
        imageSize = try reader.int("image_size", default: 224, in: 1...8192)
        patchSize = try reader.int("patch_size", default: 32, in: 1...8192)
        activation = try reader.choice("hidden_act", default: .quickGELU)
        layerNormEpsilon = Float(try reader.double("layer_norm_eps", default: 1e-5, in: 0...1))
        try Self.check(reader, hiddenSize, attentionHeads, imageSize, patchSize)
    }

    /// Throws `ConfigurationError` where a width does not divide into its heads, or a picture is smaller than a patch.
    static func check(_ reader: ConfigurationReader, _ width: Int, _ heads: Int, _ image: Int, _ patch: Int) throws {
        guard width % heads == 0 else {
            throw reader.fail("hidden_size", .inconsistent("\(width) does not divide into \(heads) heads (num_attention_heads)"))
        }
        guard image >= patch else { throw reader.fail("patch_size", .inconsistent("\(patch) is more than image_size, \(image)")) }
    }
}

/// The settings of a `CLIPModel` (transformers' `CLIPConfig`).
public struct CLIPConfiguration: Sendable, Equatable {
    /// The settings of the text tower.
    public let text: CLIPTextModelConfiguration
    /// The settings of the vision tower.
    public let vision: CLIPVisionConfiguration
    /// The width of the common space.
    public let projectionSize: Int

    init(_ reader: ConfigurationReader) throws {
        text = try CLIPTextModelConfiguration(Self.part("text", reader), file: "\(reader.file): text_config")
        let vision = try Self.part("vision", reader)
        self.vision = try CLIPVisionConfiguration(ConfigurationReader(vision, file: "\(reader.file): vision_config"))
        projectionSize = try reader.int("projection_dim", default: 512, in: 1...65536)
    }

    /// The settings of one tower. Old files have some of them in `text_config_dict` as well, which counts more.
    private static func part(_ name: String, _ reader: ConfigurationReader) throws -> JSON {
        guard var settings = reader.object["\(name)_config"]?.objectValue else { throw reader.fail("\(name)_config", .missing) }
        if let more = reader.object["\(name)_config_dict"]?.objectValue {
            for (key, value) in more.members { settings[key] = value }
        }
        return .object(settings)
    }
}
