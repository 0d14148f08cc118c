import Autograd
import NeuralNetwork
import Tensors

/// Loads a module's parameters from a safetensors file under their names on disk, and names them for writing.
///
/// One rule for layouts: what has rank 4 is OIHW on disk and OHWI in memory. Missing, unexpected and mis-shaped keys
/// are errors.
public enum ParameterFile {
    /// Spellings that real folders use for the same thing: a fragment of a key on disk, and ours. An empty `ours`
    /// means that the key carries nothing that is needed.
    struct Spelling {
        let disk: String
        let ours: String
    }

    static let textEncoderSpellings = [
        Spelling(disk: "text_model.", ours: "="), Spelling(disk: "embeddings.position_ids", ours: ""),
    ]
    static let autoencoderSpellings = [
        Spelling(disk: ".attentions.0.query.", ours: ".attentions.0.to_q."),
        Spelling(disk: ".attentions.0.key.", ours: ".attentions.0.to_k."),
        Spelling(disk: ".attentions.0.value.", ours: ".attentions.0.to_v."),
        Spelling(disk: ".attentions.0.proj_attn.", ours: ".attentions.0.to_out.0."),
    ]

    /// Our name for a key on disk; nil where it carries nothing.
    static func name(_ key: String, _ spellings: [Spelling]) -> String? {
        var name = key
        for spelling in spellings {
            guard let range = name.firstRange(of: spelling.disk) else { continue }
            if spelling.ours.isEmpty { return nil }
            name.replaceSubrange(range, with: spelling.ours == "=" ? "" : spelling.ours)
        }
        return name
    }

    /// Fills every parameter of `module`. Throws `ModelError.parameters` that lists what does not fit, and what
    /// reading throws.
    static func load(_ module: inout some Module, from source: some SafetensorsSource, path: String, _ spellings: [Spelling] = []) throws {
        var keys: [String: SafetensorsEntry] = [:]
        for entry in source.tensors { if let name = name(entry.name, spellings) { keys[name] = entry } }
        var (missing, misshapen) = ([String](), [ModelError.ShapeMismatch]())
        try module.forEachParameter("") { name, parameter in
            guard let entry = keys.removeValue(forKey: name) else { return missing.append(name) }
            let expected = diskShape(parameter.shape)
            // Old autoencoders store the attention's matrices as 1×1 convolutions.
            let isSame = entry.shape == expected || (expected.count == 2 && entry.shape == expected + [1, 1])
            guard isSame else { return misshapen.append(.init(key: entry.name, expected: expected, found: entry.shape)) }
            let disk = try Tensor.make(expected) { try source.read(entry.name, into: $0) }
            parameter = Variable(fromDisk(disk))
            try Parallel.checkWanted()
        }
        let unexpected = keys.values.map(\.name).sorted()
        guard missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty else {
            throw ModelError.parameters(path: path, missing: missing, unexpected: unexpected, misshapen: misshapen)
        }
    }

    static func diskShape(_ shape: [Int]) -> [Int] { shape.count == 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape }

    /// OIHW to OHWI.
    public static func fromDisk(_ tensor: Tensor) -> Tensor { tensor.rank == 4 ? tensor.permuted([0, 2, 3, 1]) : tensor }

    /// OHWI to OIHW.
    public static func toDisk(_ tensor: Tensor) -> Tensor { tensor.rank == 4 ? tensor.permuted([0, 3, 1, 2]) : tensor }
}
