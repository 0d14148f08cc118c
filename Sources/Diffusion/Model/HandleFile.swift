import Tensors

/// Handles on disk as textual inversions, as diffusers' `load_textual_inversion` reads them: a safetensors file with one
/// tensor [D] (or [1, D]) under the handle's token. Several handles are a folder of such files, and `handles.json` names
/// these in order. Files with several tokens, as earlier versions wrote them, are read too. The metadata entry
/// `handle_scenes` says what each handle was made for.
///
/// A handle with an embedding for each cross-attention layer is a file with a tensor [D] for each layer, `<asset0>/LAYER`. diffusers
/// refuses it; one tensor [A, D] it would take for a concept of A tokens.
public enum HandleFile {
    private static let scenes = "handle_scenes"
    private static let index = "handles.json"

    /// Writes a file where the path ends in .safetensors, else a folder; what an earlier call left in the folder is
    /// replaced, other files stay. Without handles it does nothing. Throws `FileError`, and `HandleFileError.several` for a
    /// file of several handles, `HandleFileError.localFeatures` where a handle is more than its embedding.
    public static func write(_ model: DiffusionModel, to path: String) throws {
        guard let table = model.textEncoder.handleEmbedding?.value else { return }
        let local = model.handlesWithLocalFeatures
        guard local.isEmpty else { throw HandleFileError.localFeatures(tokens: local) }
        func write(_ place: Int, _ path: String) throws {
            let origins = model.handleOrigins[place].map { JSONObject([(model.handles[place], $0.json)]) }
            try SafetensorsWriter.write(
                path, tensors(model.handles[place], table.row(place), model.crossAttentionLayers),
                metadata: origins.map { [scenes: JSON.object($0).text()] } ?? [:])
        }
        guard !path.hasSuffix(".safetensors") else {
            guard model.handles.count == 1 else { throw HandleFileError.several(path: path, tokens: model.handles) }
            return try write(0, path)
        }
        let old = listed(path) ?? []
        try FileSystem.createFolder(path)
        // The name that diffusers looks for in a folder.
        let names = model.handles.count == 1 ? ["learned_embeds.safetensors"] : model.handles.map { fileName($0) + ".safetensors" }
        for (place, name) in names.enumerated() { try write(place, "\(path)/\(name)") }
        try AtomicFile.write("\(path)/\(index)", text: JSON.array(names.map(JSON.string)).text() + "\n")
        for name in old where !names.contains(name) { try? FileSystem.remove("\(path)/\(name)") }
    }

    /// A handle's tensors: its embedding [D], or those [A, D] of the layers.
    private static func tensors(_ token: String, _ embedding: Tensor, _ layers: [String]) -> [SafetensorsTensor] {
        guard embedding.rank == 2 else { return [SafetensorsTensor(token, shape: embedding.shape, embedding.values)] }
        return layers.enumerated().map { SafetensorsTensor("\(token)/\($1)", shape: [embedding.shape[1]], embedding.row($0).values) }
    }

    /// "asset0" for "<asset0>"; characters that a file's name should not have are written %XX.
    private static func fileName(_ token: String) -> String {
        token.dropFirst().dropLast().utf8.map { byte in
            let isPlain = byte == 45 || byte == 95 || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// The files that the folder's list names, if they lie in the folder; nil without a list that can be read.
    private static func listed(_ folder: String) -> [String]? {
        guard let bytes = try? ReadableFile.contents("\(folder)/\(index)", limit: 1 << 20), let list = (try? JSON.parse(bytes))?.arrayValue
        else { return nil }
        return list.compactMap(\.stringValue).filter { !$0.contains("/") && $0.hasSuffix(".safetensors") }
    }

    /// `model` with the handles of a file, or of a folder's files, added. Throws `SafetensorsError`, `FileError`,
    /// `ModelError`, `HandleFileError`.
    public static func read(_ path: String, into model: DiffusionModel) throws -> DiffusionModel {
        guard FileSystem.isFolder(path) else { return try readFile(path, into: model) }
        let names = listed(path) ?? FileSystem.contents(path).filter { $0.hasSuffix(".safetensors") }
        guard !names.isEmpty else { throw HandleFileError.empty(path: path) }
        return try names.reduce(model) { try readFile("\(path)/\($1)", into: $0) }
    }

    private static func readFile(_ path: String, into model: DiffusionModel) throws -> DiffusionModel {
        let file = try SafetensorsFile(path: path)
        let width = model.textEncoder.configuration.hiddenSize
        guard !file.tensors.isEmpty else { throw HandleFileError.empty(path: path) }
        var (tokens, layers) = ([String](), [String: [String]]())
        for entry in file.tensors {
            guard entry.shape == [width] || entry.shape == [1, width] else {
                throw HandleFileError.shape(path: path, token: entry.name, shape: entry.shape, width: width)
            }
            let (token, layer) = parts(entry.name)
            if !tokens.contains(token) { tokens.append(token) }
            if let layer { layers[token, default: []].append(layer) }
        }
        let rows = try tokens.map { try row($0, layers: layers[$0], file, model) }
        let known = file.metadata[scenes].flatMap { try? JSON.parse($0) }
        return try model.addingHandles(
            tokens, embeddings: DiffusionModel.handleTable(rows), origins: tokens.map { known?[$0].flatMap(HandleOrigin.init) })
    }

    /// The embedding of a handle, [1, D], or [1, A, D] where the file has one for each of `layers`.
    private static func row(_ token: String, layers: [String]?, _ file: SafetensorsFile, _ model: DiffusionModel) throws -> Tensor {
        let width = model.textEncoder.configuration.hiddenSize
        guard let layers else { return Tensor(try file.readFloats(token), shape: [1, width]) }
        let wanted = model.crossAttentionLayers
        guard Set(layers) == Set(wanted), layers.count == wanted.count, !file.contains(token) else {
            throw HandleFileError.layers(path: file.path, token: token, found: layers.count, wanted: wanted.count)
        }
        return Tensor(try wanted.flatMap { try file.readFloats("\(token)/\($0)") }, shape: [1, wanted.count, width])
    }

    /// The token and the layer in a tensor's name: "<asset0>/mid_block…" has both.
    private static func parts(_ name: String) -> (token: String, layer: String?) {
        guard let range = name.firstRange(of: ">/") else { return (name, nil) }
        return (name[..<range.lowerBound] + ">", String(name[range.upperBound...]))
    }
}

/// An error of a file or folder of handles.
public enum HandleFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or folder has no handles.
    case empty(path: String)
    /// One file was to hold several handles.
    case several(path: String, tokens: [String])
    /// The embedding of `token` has not the model's width.
    case shape(path: String, token: String, shape: [Int], width: Int)
    /// The embeddings of `token` are for other cross-attention layers than the model's: `found` of them, the model has `wanted`.
    case layers(path: String, token: String, found: Int, wanted: Int)
    /// Handles have local features, for which such a file has no place.
    case localFeatures(tokens: [String])

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .empty(let path): "\(path) holds no handles"
        case .several(let path, let tokens):
            "a file holds one handle, as diffusers wants it, and \(path) would hold \(tokens.count): \(tokens.joined(separator: ", "))"
        case .shape(let path, let token, let shape, let width):
            "\(path): \(token) is \(Shape.text(shape)), this model's embeddings are [\(width)]: it was learned with another model"
        case .layers(let path, let token, let found, let wanted):
            "\(path): \(token) has embeddings for \(found) cross-attention layers that are not this model's \(wanted): it was learned with another model"
        case .localFeatures(let tokens):
            "a textual inversion is an embedding, and local features of \(tokens.joined(separator: ", ")) would be lost"
        }
    }
}
