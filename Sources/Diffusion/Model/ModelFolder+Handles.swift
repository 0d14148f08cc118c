import Autograd
import NeuralNetwork
import Tensors

/// `bas.json` in a model's folder names the tokens that are handles, and the mask that each was made for: `{"handles":
/// ["<asset0>", …], "handle_scenes": [{"scene": "toys", …}, …]}`. For diffusers they are ordinary tokens, the last rows of
/// the token table.
extension ModelFolder {
    private static let notes = "bas.json"

    /// Writes `bas.json`.
    static func writeHandles(_ model: DiffusionModel, to folder: String) throws {
        let object = JSONObject([
            ("handles", .array(model.handles.map { .string($0) })), ("handle_scenes", HandleOrigin.json(model.handleOrigins)),
        ])
        try write(object, to: "\(folder)/\(notes)")
    }

    /// The handles that a folder names, none where it has no such file. Throws `ModelError.parts` where they are not the
    /// last tokens, or the file cannot be understood, and what reading throws.
    static func handles(
        _ folder: String, _ tokenizer: CLIPTokenizer, vocabularySize: Int
    ) throws -> (tokens: [String], origins: [HandleOrigin?]) {
        let path = "\(folder)/\(notes)"
        guard FileSystem.exists(path) else { return ([], []) }
        let json: JSON
        do {
            json = try JSON.parse(String(decoding: try ReadableFile.contents(path, limit: 1 << 20), as: UTF8.self))
        } catch let error as JSONError {
            throw ModelError.parts(path: path, "not valid JSON: \(error)")
        }
        guard let list = json.objectValue?["handles"]?.arrayValue else {
            throw ModelError.parts(path: path, "\"handles\" is a list of tokens")
        }
        let handles = list.compactMap(\.stringValue)
        let first = vocabularySize - handles.count
        for (index, token) in handles.enumerated() where tokenizer.id(of: token) != first + index {
            throw ModelError.parts(path: path, "the handle \(token) is not token \(first + index) of the tokenizer")
        }
        guard handles.count == list.count, first > 0 else { throw ModelError.parts(path: path, "\"handles\" is a list of tokens") }
        return (handles, HandleOrigin.list(json["handle_scenes"], count: handles.count))
    }
}

extension CLIPTextModel {
    /// Moves the last `count` rows of the token table into a table of handles, [K, D], in float32; an outline, which has no
    /// values, gets zeros.
    mutating func separateHandles(_ count: Int, _ extent: ParameterFile.Extent) {
        guard count > 0 else { return }
        let size = configuration.vocabularySize - count
        let table = tokenEmbedding.value
        // Handles are what training changes: float32, whatever the table is kept in.
        let shape = [count, configuration.hiddenSize]
        handleEmbedding = Variable(extent == .values ? Tensor(table.rows(size..<size + count).values, shape: shape) : .zeros(shape))
        tokenEmbedding = Variable(table.rows(0..<size))
        configuration.vocabularySize = size
    }
}
