import Diffusion
import Tensors

/// A learned model in two files beside each other, exactly: what training changed in its base (`ResultFile`), and the history. A notebook
/// keeps the models of its cells so.
public enum LearnedFile {
    /// Writes a model to `path` (.safetensors) and its history beside it. Returns false, and writes nothing, where the files would not be
    /// the same model again: it has no base, its training was interrupted, or nothing differs from the base. Throws `LoRAError`,
    /// `SafetensorsError`, `FileError`.
    public static func write(_ learned: LearnedModel, to path: String) throws -> Bool {
        guard let base = learned.base, learned.unfinished == nil, learned.pendingPrior == nil else { return false }
        let handles = Set(learned.history.handles).union(learned.model.handles).sorted()
        let metadata = [
            "hash": learned.model.fingerprint, "phases": JSON.array(learned.provenance.map { .string($0) }).text(),
            "history_handles": JSON.array(handles.map { .string($0) }).text(),
        ]
        do {
            _ = try ResultFile.write(learned.model, base: base, to: path, rank: nil, metadata: metadata)
        } catch LoRAError.nothing {
            return false
        }
        try SafetensorsWriter.write(
            historyPath(path),
            HistoryTensors.write(learned.history, handles: handles).map { name, tensor in
                SafetensorsTensor(name, shape: tensor.shape) { try tensor.withValues($0) }
            })
        return true
    }

    /// Reads what `write` wrote, given the base model. Throws `ResultError` for another base, `CheckpointError.damaged` where it is not the
    /// same model, and what reading throws.
    public static func read(_ path: String, base: DiffusionModel) throws -> LearnedModel {
        let (model, metadata) = try ResultFile.read(path, base: base)
        guard metadata["hash"] == model.fingerprint else {
            throw CheckpointError.damaged(path: path, "it is another model than was written")
        }
        var learned = LearnedModel(model)
        learned.base = base
        learned.provenance = texts(metadata["phases"])
        let file = try SafetensorsFile(path: historyPath(path))
        var tensors: [String: Tensor] = [:]
        for entry in file.tensors { tensors[entry.name] = try Tensor.make(entry.shape) { try file.read(entry.name, into: $0) } }
        learned.history = try HistoryTensors.read(tensors, path, handles: texts(metadata["history_handles"]))
        return learned
    }

    private static func historyPath(_ path: String) -> String { path + ".history" }

    private static func texts(_ json: String?) -> [String] {
        (json.flatMap { try? JSON.parse($0) }?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
