import Tensors

/// Handles on disk as textual inversions are: `learned_embeds.safetensors`, one tensor [D] (or [1, D]) a token. The
/// metadata entry `handle_scenes` says what each belongs to, by token.
public enum HandleFile {
    private static let scenes = "handle_scenes"

    /// Throws `FileError`.
    public static func write(_ model: DiffusionModel, to path: String) throws {
        guard let table = model.textEncoder.handleEmbedding?.value else { return }
        let tensors = model.handles.enumerated().map { SafetensorsTensor($0.element, shape: [table.shape[1]], table.row($0.offset).values) }
        let origins = zip(model.handles, model.handleOrigins).compactMap { token, origin in origin.map { (token, $0.json) } }
        try SafetensorsWriter.write(path, tensors, metadata: origins.isEmpty ? [:] : [scenes: JSON.object(JSONObject(origins)).text()])
    }

    /// `model` with the file's handles. Throws `SafetensorsError`, `FileError`, `ModelError`, `HandleFileError`.
    public static func read(_ path: String, into model: DiffusionModel) throws -> DiffusionModel {
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

public enum HandleFileError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty(path: String)
    case shape(path: String, token: String, shape: [Int], width: Int)

    public var description: String {
        switch self {
        case .empty(let path): "\(path) holds no handles"
        case .shape(let path, let token, let shape, let width):
            "\(path): \(token) is \(Shape.text(shape)), this model's embeddings are [\(width)]: it was learned with another model"
        }
    }
}
