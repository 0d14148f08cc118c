import Autograd
import Language
import Tensors

extension TensorCommands {
    /// The rows that write and read safetensors files.
    static let files: [Builtin] = [
        Builtin(
            "save_tensors", family: family, summary: "Writes tensors as a safetensors file, which NumPy and PyTorch read.",
            parameters: [
                Parameter("tensors", .record, doc: "A record: what stands by each name."), Parameter("path", .string, doc: "The file."),
            ],
            result: "the path", terms: ["safetensors", "export", "numpy", "write"],
            examples: [.init("save_tensors({a: [1, 2]}, \"numbers.safetensors\")", shows: "\"numbers.safetensors\"")], run: saveTensors),
        Builtin(
            "load_tensors", family: family, summary: "Reads a safetensors file: a record of its tensors.",
            parameters: [Parameter("path", .string, doc: "The file.")], result: "record",
            terms: ["safetensors", "import", "numpy", "read"],
            examples: [
                .init("save_tensors({a: [1, 2]}, \"numbers.safetensors\"); load_tensors(\"numbers.safetensors\").a[1]", shows: "2.0")
            ], run: loadTensors),
    ]

    /// Runs `save_tensors` and returns the path. Throws `.badArgument` for an empty record, `.wrongType` for an entry that is no tensor,
    /// and the problem of a file that cannot be written.
    @Sendable private static func saveTensors(_ call: Call) throws -> Value {
        let (path, record) = (try call.target("path", isFolder: false), try call.record("tensors"))
        guard !record.keys.isEmpty else { throw Problem(.badArgument, "save_tensors: there is no tensor", argument: "tensors") }
        let tensors = try record.keys.map { key in
            let tensor = try TensorReading.variable(record[key] ?? .none).value
            return SafetensorsTensor(key, shape: tensor.shape) { try tensor.withValues($0) }
        }
        try call.mapped("path") { try SafetensorsWriter.write(path, tensors) }
        return .string(path)
    }

    /// Runs `load_tensors`: the result is a record with a tensor for each entry of the file.
    @Sendable private static func loadTensors(_ call: Call) throws -> Value {
        let path = FileNames.readable(try call.string("path"), call.context)
        return try call.mapped("path") {
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
