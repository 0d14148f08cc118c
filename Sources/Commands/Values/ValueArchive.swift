import Autograd
import BreakAScene
import Diffusion
import Files
import Images
import Language
import Tensors

/// Values in a folder, exactly as they are: numbers, texts, lists, records, tensors, pictures, masks, scenes, tables, models, evaluators.
/// A notebook keeps the values of its cells so. What cannot be kept (functions, optimizers, attention maps, tensors that take a gradient)
/// is left out, and computed again where it is needed.
///
/// `values.json` has a tree for each name; tensors lie in `tensors.safetensors`, pictures in `N.png`, models in `N.safetensors` (what
/// differs from a base model, which is named by its folder and fingerprint). Evaluators are named by what they were read from, too.
///
/// With `keepsFunctions`, functions are kept too, as their text and the variables that they read: `functions.json`.
public struct ValueArchive: Sendable {
    private let folder: String
    let keepsFunctions: Bool

    /// Names a folder; `write` makes it.
    public init(folder: String, keepsFunctions: Bool = false) { (self.folder, self.keepsFunctions) = (folder, keepsFunctions) }

    var functionPath: String { folder + "/functions.json" }

    private var treePath: String { folder + "/values.json" }
    var tensorPath: String { folder + "/tensors.safetensors" }

    /// Returns the path of a file of the archive.
    func file(_ name: String) -> String { folder + "/" + name }

    /// What cannot be kept.
    struct NotKept: Error {}

    /// Writes the values that can be kept and returns their names. Throws `FileError` and what writing pictures and models throws; the folder
    /// is then of no use.
    public func write(_ values: [(String, Value)]) throws -> Set<String> {
        try FileSystem.createFolder(folder)
        var writer = Writer(archive: self)
        var trees: [(String, JSON)] = []
        for (name, value) in values {
            do {
                trees.append((name, try writer.tree(value, depth: 0)))
            } catch is NotKept {}
        }
        try writer.finish()
        try AtomicFile.write(treePath, text: JSON.object(JSONObject(trees)).text() + "\n")
        return Set(trees.map(\.0))
    }

    /// Reads the values of these names; names that were not kept are left out. Base models come from `context`'s loaded models. Throws where
    /// a file is missing, damaged or belongs to another base model.
    public func read(_ names: Set<String>, _ context: Context) throws -> [String: Value] {
        let json = try JSON.parse(ReadableFile.contents(treePath))
        var reader = Reader(archive: self, context: context)
        var result: [String: Value] = [:]
        for name in names {
            guard let tree = json[name] else { continue }
            result[name] = try reader.value(tree)
        }
        return result
    }

    /// Returns a digest of any value, including what its functions do; equal for equal contents.
    public static func digest(of value: Value) -> String { FunctionContents<EngineDigest>.identity(of: value) }
}

// MARK: writing

extension ValueArchive {
    /// Turns values into trees, and writes what does not fit into one.
    struct Writer {
        let archive: ValueArchive
        private var tensors: [SafetensorsTensor] = []
        private var files = 0
        /// The files of the models that were written, by fingerprint.
        private var models: [String: JSON] = [:]
        var functions = FunctionQueue()

        init(archive: ValueArchive) { self.archive = archive }

        /// Returns the tree of a value. Throws `NotKept` where it, or something in it, cannot be kept.
        mutating func tree(_ value: Value, depth: Int) throws -> JSON {
            guard depth < 200 else { throw NotKept() }
            switch value {
            case .none: return ["type": "none"]
            case .bool(let flag): return ["type": "bool", "value": .bool(flag)]
            case .int(let number): return ["type": "int", "value": .string(String(number))]
            case .float(let number): return ["type": "float", "value": .string(String(number.bitPattern))]
            case .string(let text): return ["type": "string", "value": .string(text)]
            case .range(let range):
                return [
                    "type": "range", "value": .array([.string(String(range.start)), .string(String(range.end))]),
                    "closed": .bool(range.inclusive),
                ]
            case .list(let items): return ["type": "list", "value": .array(try items.map { try tree($0, depth: depth + 1) })]
            case .record(let record):
                let members = try record.pairs.map { JSON.array([.string($0), try tree($1, depth: depth + 1)]) }
                return ["type": "record", "value": .array(members)]
            case .function(let function):
                guard archive.keepsFunctions else { throw NotKept() }
                return add(function)
            case .host(let host): return try tree(host, depth: depth)
            }
        }

        private mutating func tree(_ host: any HostValue, depth: Int) throws -> JSON {
            switch host {
            case let value as TensorValue:
                guard !value.variable.needsGrad else { throw NotKept() }
                return ["type": "tensor", "name": add(value.tensor), "condition": .bool(value.isCondition)]
            case let value as MaskValue: return ["type": "mask", "name": add(Tensor(value.mask))]
            case let value as ImageValue:
                return ["type": "image", "file": try add(value.image, value.metadata), "alt": .string(value.alt)]
            case let value as SceneValue:
                let scene = value.scene
                return [
                    "type": "scene", "file": try add(scene.image, PNGMetadata()), "masks": .array(scene.masks.map { add(Tensor($0)) }),
                    "names": .array(scene.names.map { .string($0) }), "title": .string(scene.title), "fit": .string(scene.fit.rawValue),
                ]
            case let value as TableValue:
                let rows = try value.rows.map { row in JSON.array(try row.map { try tree($0, depth: depth + 1) }) }
                return [
                    "type": "table", "columns": .array(value.columns.map { .string($0) }), "rows": .array(rows),
                    "settings": .array(value.settings.map { .string($0) }),
                ]
            case let value as ModelValue: return try add(value.learned)
            case let value as EvaluatorValue:
                return ["type": "evaluator", "source": .string(value.source), "hash": .string(String(value.evaluator.fingerprint))]
            default: throw NotKept()
            }
        }

        private mutating func add(_ tensor: Tensor) -> JSON {
            let name = String(tensors.count)
            tensors.append(SafetensorsTensor(name, shape: tensor.shape) { try tensor.withValues($0) })
            return .string(name)
        }

        private mutating func add(_ image: Image, _ metadata: PNGMetadata) throws -> JSON {
            files += 1
            try image.write(to: archive.file("\(files).png"), metadata: metadata)
            return .string("\(files).png")
        }

        private mutating func add(_ learned: LearnedModel) throws -> JSON {
            let key = learned.model.fingerprint + "\(learned.history.entries.count)" + learned.provenance.joined()
            if let known = models[key] { return known }
            let base = learned.base ?? learned.model
            guard FileSystem.exists(base.folder), base.handles.isEmpty else { throw NotKept() }
            var node: JSONObject = ["type": "model", "folder": .string(base.folder), "hash": .string(base.fingerprint)]
            if learned.base != nil {
                files += 1
                guard try LearnedFile.write(learned, to: archive.file("\(files).safetensors")) else { throw NotKept() }
                _ = node.append("file", .string("\(files).safetensors"))
            }
            models[key] = .object(node)
            return .object(node)
        }

        mutating func finish() throws {
            if archive.keepsFunctions { try writeFunctions() }
            if !tensors.isEmpty { try SafetensorsWriter.write(archive.tensorPath, tensors) }
        }
    }
}
