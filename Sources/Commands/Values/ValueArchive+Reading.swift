import BreakAScene
import Diffusion
import Files
import Images
import Language
import Tensors

extension ValueArchive {
    /// An archive that does not hold what its trees say.
    struct Damaged: Error {}

    /// Turns trees back into values.
    struct Reader {
        let archive: ValueArchive
        let context: Context
        private var tensors: SafetensorsFile?
        private var models: [String: LearnedModel] = [:]
        private var evaluators: [String: EvaluatorValue] = [:]
        var functions = ReadFunctions()

        init(archive: ValueArchive, context: Context) { (self.archive, self.context) = (archive, context) }

        /// Returns the value of a tree. Throws `Damaged` for a tree of another form, and what reading its files throws.
        mutating func value(_ tree: JSON) throws -> Value {
            let value = tree["value"]
            switch tree["type"]?.stringValue {
            case "none": return .none
            case "bool": return .bool(try known(value?.boolValue))
            case "int": return .int(try known(value?.stringValue.flatMap { Int($0) }))
            case "float": return .float(Double(bitPattern: try known(value?.stringValue.flatMap { UInt64($0) })))
            case "string": return .string(try known(value?.stringValue))
            case "range":
                let ends = try known(value?.arrayValue).compactMap { $0.stringValue.flatMap { Int($0) } }
                guard ends.count == 2 else { throw Damaged() }
                return .range(RangeValue(start: ends[0], end: ends[1], inclusive: try known(tree["closed"]?.boolValue)))
            case "function", "builtin": return .function(try function(tree))
            case "list": return .list(try known(value?.arrayValue).map { try self.value($0) })
            case "record":
                return .record(
                    Record(
                        try known(value?.arrayValue).map { member in
                            let parts = try known(member.arrayValue)
                            guard parts.count == 2 else { throw Damaged() }
                            return (try known(parts[0].stringValue), try self.value(parts[1]))
                        }))
            default: return .host(try host(tree))
            }
        }

        private mutating func host(_ tree: JSON) throws -> any HostValue {
            switch tree["type"]?.stringValue {
            case "tensor": return TensorValue(try tensor(tree["name"]), isCondition: tree["condition"]?.boolValue == true)
            case "mask": return MaskValue(try Mask(tensor(tree["name"])))
            case "image":
                let path = try path(tree["file"])
                return ImageValue(
                    try Image(contentsOf: path), metadata: try PNGMetadata(contentsOf: path), alt: try known(tree["alt"]?.stringValue))
            case "scene":
                let masks = try known(tree["masks"]?.arrayValue).map { try Mask(tensor($0)) }
                return SceneValue(
                    try Scene(
                        image: Image(contentsOf: path(tree["file"])), masks: masks, names: texts(tree["names"]),
                        title: known(tree["title"]?.stringValue), fit: known(tree["fit"]?.stringValue.flatMap(SceneFit.init))))
            case "table":
                let rows = try known(tree["rows"]?.arrayValue).map { row in try known(row.arrayValue).map { try value($0) } }
                return TableValue(columns: try texts(tree["columns"]), rows: rows, settings: try texts(tree["settings"]))
            case "model": return ModelValue(try model(tree))
            case "evaluator": return try evaluator(tree)
            default: throw Damaged()
            }
        }

        private mutating func tensor(_ name: JSON?) throws -> Tensor {
            let file = try tensors ?? SafetensorsFile(path: archive.tensorPath)
            tensors = file
            let entry = try file.entry(known(name?.stringValue))
            try TensorLimit.check(entry.shape)
            return try Tensor.make(entry.shape) { try file.read(entry.name, into: $0) }
        }

        private mutating func model(_ tree: JSON) throws -> LearnedModel {
            let key = tree.text()
            if let known = models[key] { return known }
            let folder = try known(tree["folder"]?.stringValue)
            let base =
                FileSystem.isFolder(folder)
                ? try LoadedModels.model(folder, of: ModelFolder.places(folder), context) { try ModelFolder.load(folder) } : nil
            guard let base, base.fingerprint == tree["hash"]?.stringValue else { throw Damaged() }
            let learned = try tree["file"].map { try LearnedFile.read(path($0), base: base) } ?? LearnedModel(base)
            models[key] = learned
            return learned
        }

        private mutating func evaluator(_ tree: JSON) throws -> EvaluatorValue {
            let key = tree.text()
            if let known = evaluators[key] { return known }
            let value = try EvaluatorValue.load(known(tree["source"]?.stringValue))
            guard String(value.evaluator.fingerprint) == tree["hash"]?.stringValue else { throw Damaged() }
            evaluators[key] = value
            return value
        }

        /// Returns the path of a file of the archive; a name with a folder is none.
        private func path(_ name: JSON?) throws -> String {
            let name = try known(name?.stringValue)
            guard !name.contains("/"), !name.hasPrefix(".") else { throw Damaged() }
            return archive.file(name)
        }

        private func texts(_ list: JSON?) throws -> [String] { try known(list?.arrayValue).map { try known($0.stringValue) } }

        func known<T>(_ value: T?) throws -> T {
            guard let value else { throw Damaged() }
            return value
        }
    }
}
