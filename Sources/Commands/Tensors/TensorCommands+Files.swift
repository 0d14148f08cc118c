import Autograd
import Language
import Tensors

extension TensorCommands {
    private static let named = Key<Record>("tensors", doc: "A record: what stands by each name.")
    private static let target = Key<String>("path", doc: "The file.", file: .output)
    private static let source = Key<String>("path", doc: "The file.", file: .input(library: nil))

    /// The rows that write and read safetensors files.
    static let files: [Builtin] = [
        Builtin(
            "save_tensors", family: .tensors, summary: "Writes tensors as a safetensors file, which NumPy and PyTorch read.",
            parameters: [named, target], result: .path, terms: ["safetensors", "export", "numpy", "write"],
            examples: [.init("save_tensors({a: [1, 2]}, \"numbers.safetensors\")", shows: "\"numbers.safetensors\"")],
            seeAlso: ["load_tensors"], cost: .detachable(from: Family.pixels), run: saveTensors),
        Builtin(
            "load_tensors", family: .tensors, summary: "Reads a safetensors file: a record of its tensors.", parameters: [source],
            result: .record, terms: ["safetensors", "import", "numpy", "read"],
            examples: [
                .init("save_tensors({a: [1, 2]}, \"numbers.safetensors\"); load_tensors(\"numbers.safetensors\").a[1]", shows: "2.0")
            ], cost: .detachable(from: Family.pixels), run: loadTensors),
    ]

    /// Runs `save_tensors` and returns the path. Throws `.badArgument` for an empty record, `.wrongType` for an entry that is no tensor,
    /// and the problem of a file that cannot be written.
    @Sendable private static func saveTensors(_ call: Call) throws -> Value {
        let (path, record) = (try call.target(target, isFolder: false), try call[named])
        guard !record.keys.isEmpty else { throw Problem(.badArgument, "save_tensors: there is no tensor", argument: named.name) }
        let tensors = try record.keys.map { key in
            let tensor = try TensorReading.variable(record[key] ?? .none).value
            return SafetensorsTensor(key, shape: tensor.shape) { try tensor.withValues($0) }
        }
        try call.mapped(target) { try SafetensorsWriter.write(path, tensors) }
        return .string(path)
    }

    /// Runs `load_tensors`: the result is a record with a tensor for each entry of the file.
    @Sendable private static func loadTensors(_ call: Call) throws -> Value {
        let path = FileNames.readable(try call[source], call.context)
        return try call.mapped(source) {
            let file = try SafetensorsFile(path: path)
            return .record(
                Record(
                    try file.tensors.map { entry in
                        try TensorLimit.check(entry.shape)
                        return (entry.name, .tensor(try Tensor.make(entry.shape) { try file.read(entry.name, into: $0) }))
                    }))
        }
    }
}
