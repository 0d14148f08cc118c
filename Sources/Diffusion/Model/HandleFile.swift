import Tensors

/// Handles on disk as textual inversions, as diffusers' `load_textual_inversion` reads them: a safetensors file with one
/// tensor [D] (or [1, D]) under the handle's token. Several handles are a folder of such files, and `handles.json` names
/// these in order. Files with several tokens, as earlier versions wrote them, are read too. The metadata entry
/// `handle_scenes` says what each handle was made for.
public enum HandleFile {
    private static let scenes = "handle_scenes"
    private static let index = "handles.json"

    /// Writes a file where the path ends in .safetensors, else a folder; what an earlier call left in the folder is
    /// replaced, other files stay. Without handles it does nothing. Throws `FileError`, and `HandleFileError.several` for a
    /// file of several handles.
    public static func write(_ model: DiffusionModel, to path: String) throws {
        guard let table = model.textEncoder.handleEmbedding?.value else { return }
        func write(_ place: Int, _ path: String) throws {
            let origins = model.handleOrigins[place].map { JSONObject([(model.handles[place], $0.json)]) }
            try SafetensorsWriter.write(
                path, [SafetensorsTensor(model.handles[place], shape: [table.shape[1]], table.row(place).values)],
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
        let rows = try file.tensors.map { entry in
            guard entry.shape == [width] || entry.shape == [1, width] else {
                throw HandleFileError.shape(path: path, token: entry.name, shape: entry.shape, width: width)
            }
            return Tensor(try file.readFloats(entry.name), shape: [1, width])
        }
        let known = file.metadata[scenes].flatMap { try? JSON.parse($0) }
        return try model.addingHandles(
            file.tensors.map(\.name), embeddings: .concatenated(rows, axis: 0),
            origins: file.tensors.map { known?[$0.name].flatMap(HandleOrigin.init) })
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

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .empty(let path): "\(path) holds no handles"
        case .several(let path, let tokens):
            "a file holds one handle, as diffusers wants it, and \(path) would hold \(tokens.count): \(tokens.joined(separator: ", "))"
        case .shape(let path, let token, let shape, let width):
            "\(path): \(token) is \(Shape.text(shape)), this model's embeddings are [\(width)]: it was learned with another model"
        }
    }
}
