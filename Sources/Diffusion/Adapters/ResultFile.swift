import NeuralNetwork
import Tensors

/// Files that hold what a training changed in a base model, each small instead of a copy of the model.
///
/// A safetensors file. Tensors: for each handle `handle.<name>` [D] and `handle_start.<name>` [D], or [A, D] where it has an embedding
/// for each cross-attention layer, which the metadata entry `handle_layers` names; those of ``LocalAttention`` where handles have local
/// features; the change of the
/// network as a LoRA in diffusers' names (``LoRAFile``), or, where it is to be exact, every changed parameter as
/// `exact.<full name>` in the layout on disk. Metadata: `format` "bas-result"; `version` "1"; `base` and `base_hash`, the
/// model that it belongs to; `handles`, their order as JSON; `handle_scenes`, what each belongs to, as JSON; `error`, what
/// the low rank leaves out as a share of the change's norm; `size` where the model has another than its folder says; and
/// whatever else the writer knows (`scene`, `phases`, `metrics`).
public enum ResultFile {
    private static let exact = "exact."

    /// Writes the change from `base` to `model`. `rank`: that of the approximation; nil writes the change exactly. Throws
    /// `LoRAError`, `FileError`.
    public static func write(
        _ model: DiffusionModel, base: DiffusionModel, to path: String, rank: Int?, metadata: [String: String] = [:]
    ) throws -> LoRAReport {
        var (tensors, report) = try rank.map { try LoRAFile.difference(model, base, rank: $0, format: .diffusers) } ?? changed(model, base)
        if let rows = model.textEncoder.handleEmbedding?.value {
            for (index, token) in model.handles.enumerated() {
                let shape = Array(rows.shape.dropFirst())
                tensors.append(SafetensorsTensor("handle.\(token)", shape: shape, rows.row(index).values))
                if let starts = model.handleStarts {
                    tensors.append(SafetensorsTensor("handle_start.\(token)", shape: shape, starts.row(index).values))
                }
            }
        }
        tensors += (model.localAttention?.tensors ?? []).map { SafetensorsTensor($0.name, $0.tensor) }
        guard !tensors.isEmpty else { throw LoRAError.nothing }
        var all = metadata
        all["format"] = "bas-result"
        all["version"] = "1"
        all["base"] = base.name
        all["base_hash"] = base.fingerprint
        all["handles"] = JSON.array(model.handles.map { .string($0) }).text()
        all["handle_scenes"] = HandleOrigin.json(model.handleOrigins).text()
        if model.hasHandlesPerLayer { all["handle_layers"] = JSON.array(model.crossAttentionLayers.map { .string($0) }).text() }
        all["error"] = "\(report.error)"
        if model.isResized { all["size"] = "\(model.pixelSize.height) \(model.pixelSize.width)" }
        try SafetensorsWriter.write(path, tensors, metadata: all)
        return report
    }

    /// Every parameter that differs from the base's, in full.
    private static func changed(_ model: DiffusionModel, _ base: DiffusionModel) throws -> ([SafetensorsTensor], LoRAReport) {
        let before = Dictionary(base.namedParameters.map { ($0.name, $0.value.value) }) { first, _ in first }
        var tensors: [SafetensorsTensor] = []
        for (name, variable) in model.namedParameters {
            guard let start = before[name], start.shape == variable.shape else { throw LoRAError.differentModels }
            try Cancellation.check()
            if !start.isIdentical(to: variable.value) {
                tensors.append(SafetensorsTensor(exact + name, ParameterFile.toDisk(variable.value)))
            }
        }
        return (tensors, LoRAReport(layers: tensors.count, error: 0, beside: 0, relative: 0))
    }

    /// Reads a file into the model that its training made of `base`. Throws `ResultError`, `LoRAError`, `ModelError`,
    /// `SafetensorsError`, `FileError`.
    public static func read(_ path: String, base: DiffusionModel) throws -> (model: DiffusionModel, metadata: [String: String]) {
        let file = try SafetensorsFile(path: path)
        let metadata = file.metadata
        guard metadata["format"] == "bas-result", let list = metadata["handles"] else { throw ResultError.notAResult(path: path) }
        let own = base.fingerprint
        guard metadata["base_hash"] == own else {
            throw ResultError.otherBase(path: path, name: metadata["base"] ?? "?", hash: metadata["base_hash"] ?? "?", found: own)
        }
        let tokens = (try? JSON.parse(list))?.arrayValue?.compactMap(\.stringValue) ?? []
        let layers = metadata["handle_layers"].flatMap { try? JSON.parse($0) }?.arrayValue?.compactMap(\.stringValue)
        guard layers.map({ $0 == base.crossAttentionLayers }) ?? true else { throw ResultError.notAResult(path: path) }
        let shape = (layers.map { [$0.count] } ?? []) + [base.textEncoder.configuration.hiddenSize]
        func rows(_ prefix: String) throws -> Tensor {
            .concatenated(
                try tokens.map { token in
                    let entry = try file.entry(prefix + token)
                    guard entry.shape == shape else { throw ResultError.notAResult(path: path) }
                    return Tensor(try file.readFloats(entry.name), shape: [1] + shape)
                }, axis: 0)
        }
        var model = base
        let sides = (metadata["size"] ?? "").split(separator: " ").compactMap { Int($0) }
        if sides.count == 2 { model = try model.sized(height: sides[0], width: sides[1]) }
        if !tokens.isEmpty {
            let origins = HandleOrigin.list(metadata["handle_scenes"].flatMap { try? JSON.parse($0) }, count: tokens.count)
            model = try model.addingHandles(tokens, embeddings: try rows("handle."), origins: origins)
            if file.contains("handle_start.\(tokens[0])") { model.handleStarts = try rows("handle_start.") }
        }
        var local: [String: Tensor] = [:]
        for entry in file.tensors where entry.name.hasPrefix(LocalAttention.prefix) {
            local[entry.name] = Tensor(try file.readFloats(entry.name), shape: entry.shape)
        }
        model = try model.with(localAttention: try LocalAttention(tensors: local, path: path) ?? base.localAttention, from: path)
        let whole = file.tensors.filter { $0.name.hasPrefix(exact) }
        if !whole.isEmpty {
            let shapes = Dictionary(base.namedParameters.map { ($0.name, $0.value.shape) }) { first, _ in first }
            var values: [String: Tensor] = [:]
            for entry in whole {
                let name = String(entry.name.dropFirst(exact.count))
                guard let shape = shapes[name], ParameterFile.diskShape(shape) == entry.shape else {
                    throw ResultError.notAResult(path: path)
                }
                values[name] = ParameterFile.fromDisk(Tensor(try file.readFloats(entry.name), shape: entry.shape))
            }
            model.replaceParameters(values)
        } else if file.tensors.contains(where: { !$0.name.hasPrefix("handle") }) {
            model = try LoRAFile.add(file, to: model, scale: 1, ignoring: "handle")
        }
        return (model, metadata)
    }
}

/// An error of a file of results.
public enum ResultError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is no result, or does not fit the model's shapes.
    case notAResult(path: String)
    /// The result belongs to another base: its `name` and `hash`; `found`: the hash of the given one.
    case otherBase(path: String, name: String, hash: String, found: String)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .notAResult(let path): "\(path) is no result: save_result writes one"
        case .otherBase(let path, let name, let hash, let found):
            "\(path) belongs to the model \"\(name)\" with hash \(hash); this one's hash is \(found)"
        }
    }
}
