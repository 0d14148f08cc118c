import Diffusion
import Tensors

/// The settings of a segmenter's network, from config.json with `model_type` "segmenter".
struct SegmenterConfiguration: Sendable, Equatable {
    /// The width D of the tokens, a multiple of 48: narrower parts have a half, a third, a quarter and a sixth of it.
    let hiddenSize: Int
    /// The number of blocks.
    let layers: Int
    /// Heads of each attention.
    let attentionHeads: Int
    /// The side S in pixels of the pictures that it looks at, a multiple of 16.
    let imageSize: Int
    /// The width E of the tokens of the encoder that reads the reference.
    let referenceHiddenSize: Int
    /// Where that encoder lies, seen from the segmenter's folder.
    let referenceEncoder: String

    /// Reads the settings. Throws `ConfigurationError`.
    init(_ reader: ConfigurationReader) throws {
        hiddenSize = try reader.int("hidden_size", default: 96, in: 48...6144)
        layers = try reader.int("num_hidden_layers", default: 3, in: 1...1024)
        attentionHeads = try reader.int("num_attention_heads", default: 4, in: 1...1024)
        imageSize = try reader.int("image_size", default: 96, in: 16...8192)
        referenceHiddenSize = try reader.int("reference_hidden_size", default: 96, in: 1...65536)
        referenceEncoder = try reader.string("reference_encoder", default: "../identity")
        guard hiddenSize % 48 == 0 else { throw reader.fail("hidden_size", .inconsistent("\(hiddenSize) is no multiple of 48")) }
        guard hiddenSize % attentionHeads == 0 else {
            throw reader.fail(
                "hidden_size", .inconsistent("\(hiddenSize) does not divide into \(attentionHeads) heads (num_attention_heads)"))
        }
        guard imageSize % 16 == 0 else { throw reader.fail("image_size", .inconsistent("\(imageSize) is no multiple of 16")) }
    }
}
