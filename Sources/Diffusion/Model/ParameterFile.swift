import Autograd
import NeuralNetwork
import Tensors

/// Loads a module's parameters from a safetensors file by their names on disk.
///
/// Layouts follow one rule: what has four axes is [O, I, H, W] on disk and [O, H, W, I] in memory. Missing, unexpected and
/// mis-shaped parameters are errors.
public enum ParameterFile {
    /// Two spellings of the same thing in real folders: a part of a name on disk, and what replaces it here: "=" stands for
    /// nothing, and an empty text means that the tensor is not needed.
    package struct Spelling: Sendable {
        let disk: String
        let ours: String

        package init(disk: String, ours: String) { (self.disk, self.ours) = (disk, ours) }
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

    /// The name here of a tensor on disk; nil where it is not needed.
    static func name(_ key: String, _ spellings: [Spelling]) -> String? {
        var name = key
        for spelling in spellings {
            guard let range = name.firstRange(of: spelling.disk) else { continue }
            if spelling.ours.isEmpty { return nil }
            name.replaceSubrange(range, with: spelling.ours == "=" ? "" : spelling.ours)
        }
        return name
    }

    /// The place of a parameter's values: a tensor of a file, or some of its rows.
    struct Stored {
        let key: String
        let shape: [Int]
        private var part: Range<Int>?

        init(_ entry: SafetensorsEntry) { (key, shape) = (entry.name, entry.shape) }

        private init(_ whole: Stored, part: Range<Int>) {
            (key, shape, self.part) = (whole.key, [part.count] + whole.shape.dropFirst(), part)
        }

        /// The place of some of the rows.
        func rows(_ range: Range<Int>) -> Stored { Stored(self, part: range) }

        /// Reads the values into a tensor of `shape`, which has as many elements. Matrices and kernels in half precision
        /// stay so; vectors, which are small, are widened. Throws what reading throws.
        func read(_ source: some SafetensorsSource, as shape: [Int]) throws -> Tensor {
            guard let part else { return try tensor(source, shape) }
            return try tensor(source, source.entry(key).shape).rows(part).reshaped(shape).compacted
        }

        /// A placeholder for what `read` would return.
        func outline(_ source: some SafetensorsSource, as shape: [Int]) throws -> Tensor {
            .placeholder(shape, shape.count > 1 ? try source.entry(key).dtype.halfFormat : nil)
        }

        private func tensor(_ source: some SafetensorsSource, _ shape: [Int]) throws -> Tensor {
            if shape.count > 1, let format = try source.entry(key).dtype.halfFormat {
                return try Tensor.make(shape, format) { try source.readHalves(key, into: $0) }
            }
            return try Tensor.make(shape) { try source.read(key, into: $0) }
        }
    }

    /// The part of a file that is read.
    package enum Extent {
        case values
        /// Names, shapes and formats only: parameters are placeholders, for plans.
        case outline
    }

    /// Reads every parameter of `module`. Throws `ModelError.parameters`, which lists what does not fit, and what reading
    /// throws.
    package static func load(
        _ module: inout some Module, from source: some SafetensorsSource, path: String, _ spellings: [Spelling] = [],
        _ extent: Extent = .values
    ) throws {
        var stored: [String: Stored] = [:]
        for entry in source.tensors { if let name = name(entry.name, spellings) { stored[name] = Stored(entry) } }
        try load(&module, from: source, path: path, stored: stored, extent)
    }

    /// Reads every parameter of `module` from tensors that are known by their names here. Throws as the other `load`.
    static func load(
        _ module: inout some Module, from source: some SafetensorsSource, path: String, stored: [String: Stored], _ extent: Extent
    ) throws {
        var keys = stored
        var (missing, misshapen) = ([String](), [ModelError.ShapeMismatch]())
        var fitting: [(name: String, stored: Stored)] = []
        // All names and shapes first: a gigabyte is not read for a file that does not fit.
        for (name, parameter) in module.parameters() {
            guard let found = keys.removeValue(forKey: name) else {
                missing.append(name)
                continue
            }
            let expected = diskShape(parameter.shape)
            // Old autoencoders store the attention's matrices as 1×1 convolutions.
            let isSame = found.shape == expected || (expected.count == 2 && found.shape == expected + [1, 1])
            if isSame {
                fitting.append((name, found))
            } else {
                misshapen.append(.init(key: found.key, expected: expected, found: found.shape))
            }
        }
        let unexpected = keys.values.map(\.key).sorted()
        guard missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty else {
            throw ModelError.parameters(path: path, missing: missing, unexpected: unexpected, misshapen: misshapen)
        }
        var index = 0
        try module.forEachParameter("") { _, parameter in
            let found = fitting[index].stored
            parameter =
                switch extent {
                case .values: Variable(fromDisk(try found.read(source, as: diskShape(parameter.shape))))
                case .outline: Variable(try found.outline(source, as: parameter.shape))
                }
            index += 1
        }
    }

    /// The shape on disk of a parameter.
    static func diskShape(_ shape: [Int]) -> [Int] { shape.count == 4 ? [shape[0], shape[3], shape[1], shape[2]] : shape }

    /// A parameter in the layout in memory: [O, I, H, W] becomes [O, H, W, I].
    public static func fromDisk(_ tensor: Tensor) -> Tensor { tensor.rank == 4 ? tensor.channelsLast : tensor }

    /// A parameter in the layout on disk: [O, H, W, I] becomes [O, I, H, W].
    public static func toDisk(_ tensor: Tensor) -> Tensor { tensor.rank == 4 ? tensor.permuted([0, 3, 1, 2]) : tensor }
}
