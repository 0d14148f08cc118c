// text_encoder/config.json, with the defaults of transformers 5 (CLIPTextConfig).
import Tensors

/// The settings of a `CLIPTextModel`.
public struct CLIPTextModelConfiguration: Sendable, Equatable {
    public enum Activation: String, CaseIterable, Sendable {
        /// x·Φ(x), by the error function (SD 2).
        case gelu
        /// x·σ(1.702x) (SD 1).
        case quickGELU = "quick_gelu"
    }

    public internal(set) var vocabularySize: Int
    public let hiddenSize: Int
    public let intermediateSize: Int
    public let layers: Int
    public let attentionHeads: Int
    /// The longest prompt in tokens, the two at its ends included.
    public let maxPositionEmbeddings: Int
    public let activation: Activation
    public let layerNormEpsilon: Float
    public let bosTokenID: Int?
    public let eosTokenIDs: [Int]
    public let padTokenID: Int?
    /// The file as it was, for writing it again.
    public let source: JSONObject

    /// Reads `text_encoder/config.json`. Throws ``FileError`` and ``ConfigurationError``.
    public init(path: String) throws { try self.init(ConfigurationReader(path: path)) }

    /// Throws ``ConfigurationError``; `file` is what it names.
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
