import Autograd
import NeuralNetwork
import Tensors

/// `bas.json` in a model's folder names the tokens that are handles, and the mask that each was made for: `{"handles":
/// ["<asset0>", …], "handle_scenes": [{"scene": "toys", …}, …]}`. For diffusers they are ordinary tokens, the last rows of
/// the token table. Of handles with an embedding for each cross-attention layer these rows are the means; `bas.json` lists the layers
/// under "handle_layers", and `handles_per_layer.safetensors` has all embeddings, [A, D] under the handle's token.
/// `"handle_local_features"` names the file of their local features, where they have any.
extension ModelFolder {
    private static let notes = "bas.json"
    /// The file with the embeddings of handles that have one for each layer.
    public static let layeredHandles = "handles_per_layer.safetensors"

    /// Writes `bas.json`; `local` is the file of local features.
    static func writeHandles(_ model: DiffusionModel, local: String?, to folder: String) throws {
        var object = JSONObject([
            ("handles", .array(model.handles.map { .string($0) })), ("handle_scenes", HandleOrigin.json(model.handleOrigins)),
        ])
        if let local { object[localKey] = .string(local) }
        if model.hasHandlesPerLayer, let table = model.textEncoder.handleEmbedding?.value {
            object["handle_layers"] = .array(model.crossAttentionLayers.map { .string($0) })
            try SafetensorsWriter.write(
                "\(folder)/\(layeredHandles)",
                model.handles.enumerated().map { SafetensorsTensor($1, shape: Array(table.shape.dropFirst()), table.row($0).values) })
        }
        try write(object, to: "\(folder)/\(notes)")
    }

    /// Removes what an earlier model in the folder had and this one has not: other files of an old folder stay.
    static func removeOldHandles(_ model: DiffusionModel, from folder: String) {
        if !model.hasHandlesPerLayer { try? FileSystem.remove("\(folder)/\(layeredHandles)") }
    }

    /// The handles that a folder names, none where it has no such file. Throws `ModelError.parts` where they are not the
    /// last tokens, or the file cannot be understood, and what reading throws.
    static func handles(
        _ folder: String, _ tokenizer: CLIPTokenizer, vocabularySize: Int
    ) throws -> (tokens: [String], origins: [HandleOrigin?], layers: [String]?, local: String?) {
        let path = "\(folder)/\(notes)"
        guard FileSystem.exists(path) else { return ([], [], nil, nil) }
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
        let layers = json["handle_layers"]?.arrayValue?.compactMap(\.stringValue)
        return (handles, HandleOrigin.list(json["handle_scenes"], count: handles.count), layers, json[localKey]?.stringValue)
    }

    /// The embeddings [K, A, D] of a folder's handles that have one for each of `layers`; an outline has zeros. Throws
    /// `ModelError.parts` where they do not fit the model, and what reading throws.
    static func layeredTable(
        _ folder: String, _ tokens: [String], layers: [String], _ model: DiffusionModel, _ extent: ParameterFile.Extent
    ) throws -> Tensor {
        let path = "\(folder)/\(layeredHandles)"
        guard layers == model.crossAttentionLayers else {
            throw ModelError.parts(path: "\(folder)/\(notes)", "its handles have embeddings for other layers than the U-Net's")
        }
        guard FileSystem.exists(path) else {
            throw ModelError.parts(path: path, "this file has the handles' embeddings for each layer, and is missing")
        }
        let shape = [layers.count, model.textEncoder.configuration.hiddenSize]
        if extent == .outline { return .zeros([tokens.count] + shape) }
        let file = try SafetensorsFile(path: path)
        return .concatenated(
            try tokens.map { token in
                guard file.contains(token), try file.entry(token).shape == shape else {
                    throw ModelError.parts(path: path, "it has no embeddings \(Shape.text(shape)) of \(token)")
                }
                return Tensor(try file.readFloats(token), shape: [1] + shape)
            }, axis: 0)
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
