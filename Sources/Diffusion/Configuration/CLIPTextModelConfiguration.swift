// text_encoder/config.json, with the defaults of transformers 5 (CLIPTextConfig).
import Tensors

/// The settings of a `CLIPTextModel`.
public struct CLIPTextModelConfiguration: Sendable, Equatable {
    /// The activation of the feed-forward layers.
    public enum Activation: String, CaseIterable, Sendable {
        /// x·Φ(x), by the error function (Stable Diffusion 2).
        case gelu
        /// x·σ(1.702x) (Stable Diffusion 1).
        case quickGELU = "quick_gelu"
    }

    /// The number of tokens without the handles.
    public internal(set) var vocabularySize: Int
    /// The width D of the text states.
    public let hiddenSize: Int
    /// The width of the feed-forward layers.
    public let intermediateSize: Int
    /// The number of transformer layers.
    public let layers: Int
    /// Heads of each layer.
    public let attentionHeads: Int
    /// The longest prompt in tokens, with the tokens at its beginning and end.
    public let maxPositionEmbeddings: Int
    /// The activation of the feed-forward layers.
    public let activation: Activation
    /// The epsilon that layer norms add to the variance.
    public let layerNormEpsilon: Float
    /// The token at the beginning of a prompt, as the file says; nil where it says null.
    public let bosTokenID: Int?
    /// The tokens that end a prompt, as the file says.
    public let eosTokenIDs: [Int]
    /// The token that prompts are filled up with, as the file says; nil where it says null.
    public let padTokenID: Int?
    /// The members of the file, for writing it again.
    public let source: JSONObject

    /// Reads `text_encoder/config.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Reads the settings from JSON. Throws ``ConfigurationError``, which names `file`.
    public init(_ json: JSON, file: String) throws {
        try self.init(ConfigurationReader(json, file: file))
    }

    private init(_ reader: ConfigurationReader) throws {
        try reader.require("model_type", "clip_text_model")
        try reader.require("attention_dropout", 0, nil)
        source = reader.object
        vocabularySize = try reader.int("vocab_size", default: 49408)
        hiddenSize = try reader.int("hidden_size", default: 512, in: 1...65536)
        intermediateSize = try reader.int("intermediate_size", default: 2048)
        layers = try reader.int("num_hidden_layers", default: 12, in: 1...1024)
        attentionHeads = try reader.int("num_attention_heads", default: 8, in: 1...1024)
        maxPositionEmbeddings = try reader.int("max_position_embeddings", default: 77, in: 3...65536)
        activation = try reader.choice("hidden_act", default: .quickGELU)
        layerNormEpsilon = Float(try reader.double("layer_norm_eps", default: 1e-5, in: 0...1))
        bosTokenID = reader.has("bos_token_id") ? try reader.optionalInt("bos_token_id") : 49406
        padTokenID = reader.has("pad_token_id") ? try reader.optionalInt("pad_token_id", in: -1...1 << 20) : 1
        eosTokenIDs = try Self.eosTokenIDs(reader)
        guard hiddenSize % attentionHeads == 0 else {
            throw reader.fail(
                "hidden_size",
                .inconsistent(
                    "\(hiddenSize) does not divide into \(attentionHeads) heads (num_attention_heads)"))
        }
    }

    private static func eosTokenIDs(_ reader: ConfigurationReader) throws -> [Int] {
        guard let value = reader.object["eos_token_id"] else { return [49407] }
        if value.isNull { return [] }
        if value.arrayValue != nil { return try reader.ints("eos_token_id", default: [], in: 0...1 << 20) }
        return [try reader.int("eos_token_id", default: 49407, in: 0...1 << 20)]
    }
}
