import Tensors

/// `local_attention.safetensors` in a model's folder has the local features of its handles (`LocalAttention.tensors`). `bas.json` names it,
/// so that one which an older model left there is not read. diffusers knows of neither, and draws with the handles' words alone.
extension ModelFolder {
    private static let file = "local_attention.safetensors"
    /// The key of `bas.json` that names the file.
    static let localKey = "handle_local_features"

    /// Writes the file of a model that has local features; returns its name, nil for others.
    static func writeLocalAttention(_ model: DiffusionModel, to folder: String) throws -> String? {
        guard let local = model.localAttention else { return nil }
        try SafetensorsWriter.write("\(folder)/\(file)", local.tensors.map { SafetensorsTensor($0.name, $0.tensor) })
        return file
    }

    /// The model with the local features of the file that `bas.json` names. Throws `ModelError.parts` where they do not fit the model, and
    /// what reading throws.
    static func readLocalAttention(_ name: String?, _ folder: String, into model: DiffusionModel) throws -> DiffusionModel {
        guard let name else { return model }
        let path = "\(folder)/\(name)"
        guard name == file else { throw ModelError.parts(path: folder, "bas.json names local features in \"\(name)\", not in \(file)") }
        let source = try SafetensorsFile(path: path)
        var tensors: [String: Tensor] = [:]
        for entry in source.tensors { tensors[entry.name] = Tensor(try source.readFloats(entry.name), shape: entry.shape) }
        return try model.with(localAttention: LocalAttention(tensors: tensors, path: path), from: path)
    }
}
