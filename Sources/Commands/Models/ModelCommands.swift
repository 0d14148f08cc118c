import BreakAScene
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// The builtins for models and handles: loading, saving, adding, comparing.
enum ModelCommands {
    static let all: [Builtin] = [
        Builtin(
            "load_model", family: "models",
            summary: "Loads a Stable Diffusion model: a folder in diffusers' layout, or a single .safetensors file.",
            parameters: [
                Parameter("name", .string, doc: "A model that ships with bas (\"collage\"), or the path of a folder or file."),
                Parameter(
                    "tokenizer", .string, doc: "For a single file: the tokenizer's folder; \"tokenizer\" beside it without.",
                    keywordOnly: true, optional: true),
                Parameter(
                    "prediction", .string, allowed: PredictionType.allCases.map(\.rawValue),
                    doc: "For a single file: epsilon (version 1's) or v_prediction (version 2's at 768 px).", keywordOnly: true,
                    optional: true),
            ],
            result: "model", terms: ["open", "checkpoint", "weights", "from_pretrained", "diffusers"],
            examples: [.init("load_model(\"collage\").handles", shows: "[]")], run: load),
        Builtin(
            "add_handles", family: "models", summary: "Adds handles: new rows of the token table, which a gradient may be asked for.",
            parameters: [
                model,
                Parameter(
                    "handles", .oneOf([.int, .record, .host("scene")]),
                    doc: "How many (<asset0>, …), a record {\"<name>\": embedding}, or a scene that they belong to, one a mask."),
                Parameter(
                    "init", .list(.string), default: .list([]), doc: "Words to start from, one a handle; without, what start says.",
                    keywordOnly: true),
                Parameter(
                    "start", .string, default: "random", allowed: HandleStart.allCases.map(\.rawValue),
                    doc: "Without words: random numbers, or copies of rare tokens' rows as in the paper's code.", keywordOnly: true),
                Parameter("seed", .int, default: 0, doc: "Of random embeddings.", keywordOnly: true),
            ],
            result: "model", terms: ["placeholder", "token", "textual inversion", "embedding", "concept"], paper: "§3.1",
            examples: [.init("len(add_handles(load_model(\"collage\"), 2, init=[\"toy\", \"ball\"]).handles)", shows: "2")], run: addHandles
        ),
        Builtin(
            "save_model", family: "models", summary: "Writes a model as a folder that diffusers loads; handles become tokens of it.",
            parameters: [
                model, Parameter("path", .string, doc: "The folder; made where it is missing, in one that is there."),
                Parameter(
                    "dtype", .string, default: "float16", allowed: ["float32", "float16", "bfloat16"], doc: "Of the weights on disk.",
                    keywordOnly: true),
            ],
            result: "the path", terms: ["export", "write", "save_pretrained", "safetensors"],
            examples: [.init("save_model(load_model(\"collage\"), \"small\")")], run: save),
        Builtin(
            "save_handles", family: "models",
            summary: "Writes a model's handles, each as a file that diffusers' load_textual_inversion takes.",
            parameters: [
                model,
                Parameter("path", .string, doc: "A folder, one file a handle; a name in .safetensors is the file of a single handle."),
            ],
            result: "the path", terms: ["textual inversion", "learned_embeds", "export", "write"],
            examples: [.init("save_handles(add_handles(load_model(\"collage\"), 1, init=[\"toy\"]), \"toy.safetensors\")")],
            run: saveHandles),
        Builtin(
            "load_handles", family: "models",
            summary: "Adds the handles of a learned_embeds.safetensors file, or of a folder of such, to a model.",
            parameters: [Parameter("path", .string, doc: "The file or folder."), model],
            result: "model", terms: ["textual inversion", "learned_embeds", "import"],
            examples: [
                .init(
                    "save_handles(add_handles(load_model(\"collage\"), 1), \"toy.safetensors\"); load_handles(\"toy.safetensors\", load_model(\"collage\")).handles[0].token",
                    shows: "\"<asset0>\"")
            ], run: loadHandles),
        Builtin(
            "diff", family: "models",
            summary: "Says what changed from one model to another: by block, the norm of the change and its share.",
            parameters: [
                Parameter("a", .host("model"), doc: "Before."), Parameter("b", .host("model"), doc: "After."),
            ],
            result: "difference (a table)", terms: ["compare", "change", "difference"],
            examples: [.init("len(diff(load_model(\"collage\"), load_model(\"collage\")))", shows: "0")], run: diff),
        Builtin(
            "nearest", family: "models",
            summary: "The words of a model that are most like a word, a handle or an embedding, with the cosine of each.",
            parameters: [
                model, Parameter("to", .oneOf([.string, .host("handle"), Accepts.tensor]), doc: "A word, a handle, or an embedding [D]."),
                Parameter("n", .int, default: 5, range: 1...100_000, doc: "How many words.", keywordOnly: true),
            ],
            result: "table", terms: ["neighbours", "similar", "vocabulary", "words", "synonym", "cosine"],
            examples: [
                .init(
                    "b = load_model(\"collage\"); nearest(b, add_handles(b, 1, init=[\"ball\"]).handles[0], n=1).word", shows: "[\"ball\"]"),
                .init("nearest(load_model(\"collage\"), \"rabbit\", n=3).columns", shows: "[\"word\", \"cosine\"]"),
            ], run: nearest),
        Builtin(
            "require_grad", family: "models", summary: "Marks which parameters of a model a gradient may be asked for.",
            parameters: [
                model,
                Parameter(
                    "parts", .oneOf([.string, .function]), default: "all",
                    allowed: TrainableParts.allCases.filter { $0 != .lora }.map(\.rawValue), doc: "As phase2's train."),
            ],
            result: "model", terms: ["requires_grad", "trainable", "unfreeze", "freeze"],
            examples: [.init("require_grad(load_model(\"collage\"), \"kv\")")], run: requireGrad),
    ]

    static let model = Parameter("model", .host("model"), doc: "A model.")

    @Sendable private static func load(_ call: Call) throws -> Value {
        let name = try call.string("name")
        guard !name.isEmpty else { throw Problem(.badArgument, "load_model: the name is empty", argument: "name") }
        guard let path = path(name, call.context) else {
            let shipped = call.shipped("models")
            throw Problem(
                .unknownModel, "there is no model \"\(name)\"", argument: "name", notes: [shipped.note],
                help: nearestName(name, among: shipped.names).map { "did you mean \"\($0)\"?" }
                    ?? "nothing is downloaded: give the path of a folder in diffusers' layout (pipe.save_pretrained(\"folder\")), or of a .safetensors file"
            )
        }
        try call.checkFolder(path, "name")
        guard FileSystem.isFolder(path) else { return .host(ModelValue(try loadFile(call, path))) }
        for option in ["tokenizer", "prediction"] where call.has(option) {
            throw Problem(.badArgument, "\(option) is for single files; a folder says it itself", argument: option)
        }
        return .host(ModelValue(try call.mapped("name") { try model(inFolder: path, call) }))
    }

    /// Returns the model of a folder, kept by `LoadedModels`. Throws what loading throws.
    static func model(inFolder path: String, _ call: Call) throws -> DiffusionModel {
        try LoadedModels.model(path, of: ModelFolder.places(path), call) {
            let model = try ModelFolder.load(path)
            if let note = try SchedulerRegistry.make(model.scheduler).fallback {
                call.context.warn(.unsupportedConfiguration, note, argument: "name", help: "scheduler=… of generate picks another")
            }
            return model
        }
    }

    private static func loadFile(_ call: Call, _ path: String) throws -> DiffusionModel {
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if ["ckpt", "pt", "pth", "bin"].contains(ending) {
            throw ErrorMapping.problem(SingleFileError.pickle(path: path), argument: "name")
        }
        guard ending == "safetensors" else { throw ErrorMapping.problem(ModelError.notAFolder(path: path), argument: "name") }
        let tokenizer =
            call.optional("tokenizer") == nil ? tokenizer(beside: path) : FileNames.readable(try call.string("tokenizer"), call.context)
        let prediction = call.optional("prediction") == nil ? nil : PredictionType(rawValue: try call.string("prediction"))
        let key = "\(path)\n\(tokenizer)\n\(prediction?.rawValue ?? "")"
        return try call.mapped("name") {
            try LoadedModels.model(key, of: [path, tokenizer], call) {
                let recognised = try SingleFile.recognise(path)
                guard FileSystem.isFolder(tokenizer) else { throw SingleFileError.noTokenizer(path: path, looked: tokenizer) }
                if recognised == 2, prediction == nil {
                    call.context.warn(
                        .unsupportedConfiguration, "a file of version 2 does not say what it predicts; v-prediction is assumed (768 px)",
                        argument: "name",
                        help: "prediction=\"epsilon\" for the base model (512 px)")
                }
                return try SingleFile.load(path, tokenizer: tokenizer, prediction: prediction)
            }
        }
    }

    /// Returns the model that `load_model` would load, without its values. Throws what loading throws.
    static func outline(_ source: ModelType.Source, _ context: Context) throws -> DiffusionModel {
        guard let path = path(source.name, context) else { throw ModelError.noSuchFolder(path: source.name) }
        if FileSystem.isFolder(path) { return try ModelFolder.outline(path) }
        let tokenizer = source.tokenizer.map { FileNames.readable($0, context) } ?? tokenizer(beside: path)
        return try SingleFile.outline(path, tokenizer: tokenizer, prediction: source.prediction.flatMap(PredictionType.init))
    }

    private static func tokenizer(beside path: String) -> String {
        (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + "tokenizer"
    }

    private static func path(_ name: String, _ context: Context) -> String? {
        if !name.contains("/"), !name.hasPrefix("."), let shipped = context.resolveInLibrary("models/\(name)") { return shipped }
        let path = FileNames.readable(name, context)
        return FileSystem.exists(path) ? path : nil
    }

    @Sendable private static func addHandles(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        var model = value.model
        try OptionRule.check(OptionRule.handles, call)
        let start = HandleStart(rawValue: try call.string("start")) ?? .random
        switch try call.value("handles") {
        case .int(let count):
            guard (1...64).contains(count) else { throw Problem(.outOfRange, "add_handles adds 1 to 64 handles", argument: "handles") }
            let words = try call.strings("init")
            guard words.isEmpty || words.count == count else {
                throw Problem(
                    .badArgument, "init has \(countText(words.count, "word")) for \(countText(count, "handle"))", argument: "init")
            }
            warn(words, model, call)
            model = try call.mapped("init") {
                try model.addingHandles(count: count, words: words, start: start, seed: try call.int("seed"))
            }
        case .host(let value as SceneValue):
            let words = try call.strings("init")
            guard words.isEmpty || words.count == value.scene.masks.count else {
                throw Problem(
                    .badArgument, "init has \(countText(words.count, "word")), the scene has \(countText(value.scene.masks.count, "mask"))",
                    argument: "init")
            }
            guard try call.mapped("handles", { try model.masksWithoutHandle(of: value.scene) }).count == value.scene.masks.count else {
                throw Problem(
                    .badArgument, "add_handles: this model has handles of \(value.scene.title) already", argument: "handles",
                    help: "handles_of(model, scene) lists them")
            }
            warn(words, model, call)
            model = try call.mapped("init") {
                try model.addingHandles(for: value.scene, words: words, start: start, seed: try call.int("seed"))
            }
        case .record(let record):
            let width = model.textEncoder.configuration.hiddenSize
            for key in record.keys {
                let embedding = try TensorReading.variable(record[key] ?? .none).value
                guard embedding.count == width else {
                    throw Problem(
                        .shapeMismatch, "the embedding of \(key) is \(Shape.text(embedding.shape)), this model's are [\(width)]",
                        argument: "handles")
                }
                model = try call.mapped("handles") { try model.addingHandles([key], embeddings: embedding.reshaped([1, width])) }
            }
        default: break
        }
        model.textEncoder.requireGrad { $0 == CLIPTextModel.handleEmbeddingName }
        return .host(value.replacing(model))
    }

    /// Warns of words from which a handle starts badly: words of several tokens, of which only the first is taken and may mean something
    /// else, and words that the model was never taught.
    static func warn(_ words: [String], _ model: DiffusionModel, _ call: Call, argument: String = "init") {
        for problem in words.compactMap(model.problem(ofWord:)) {
            call.context.warn(.unknownWord, problem.message, argument: argument, help: problem.help)
        }
    }

    @Sendable private static func save(_ call: Call) throws -> Value {
        let path = try call.target("path", isFolder: true)
        let types: [String: SafetensorsDType] = ["float32": .f32, "float16": .f16, "bfloat16": .bf16]
        let model = try call.host("model", as: ModelValue.self).model
        try call.mapped("path") { try ModelFolder.save(model, to: path, dtype: types[try call.string("dtype")] ?? .f16) }
        return .string(path)
    }

    @Sendable private static func saveHandles(_ call: Call) throws -> Value {
        let (model, path) = (
            try call.host("model", as: ModelValue.self).model,
            try call.target("path", isFolder: try !call.string("path").hasSuffix(".safetensors"))
        )
        guard !model.handles.isEmpty else { throw Problem(.unknownHandle, "this model has no handles to save", argument: "model") }
        try call.mapped("path") { try HandleFile.write(model, to: path) }
        return .string(path)
    }

    @Sendable private static func loadHandles(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        let path = FileNames.readable(try call.string("path"), call.context)
        return .host(value.replacing(try call.mapped("path") { try HandleFile.read(path, into: value.model) }))
    }

    @Sendable private static func diff(_ call: Call) throws -> Value {
        let (before, after) = (try call.host("a", as: ModelValue.self).learned, try call.host("b", as: ModelValue.self).learned)
        let (a, b) = (before.model, after.model)
        guard let changes = a.changes(to: b) else {
            throw Problem(
                .modelMismatch, "\(a.name) and \(b.name) are built differently: their parameters cannot be compared", argument: "b")
        }
        let added = b.handles.filter { !a.handles.contains($0) }
        let removed = a.handles.filter { !b.handles.contains($0) }
        return .host(DifferenceValue(names: (title(before), title(after)), changes: changes, added: added, removed: removed))
    }

    /// Returns "collage" or "collage after phase 2".
    private static func title(_ learned: LearnedModel) -> String {
        let last = learned.provenance.last?.split(separator: ",").first.map { " after \($0)" } ?? ""
        return learned.model.name + last
    }

    @Sendable private static func nearest(_ call: Call) throws -> Value {
        let model = try call.host("model", as: ModelValue.self).model
        let (embedding, own) =
            switch try call.value("to") {
            case .string(let word): (try call.mapped("to") { try model.embedding(ofWord: word) }, Optional(word.lowercased()))
            case .host(let handle as HandleValue): (handle.embedding.value, nil)
            default: (try call.tensor("to"), nil)
            }
        if case .string(let word) = try call.value("to") { warn([word], model, call, argument: "to") }
        let width = model.textEncoder.configuration.hiddenSize
        guard embedding.count == width else {
            throw Problem(.shapeMismatch, "nearest compares embeddings [\(width)]", argument: "to", label: Shape.text(embedding.shape))
        }
        let n = try call.int("n")
        let found = model.nearestWords(to: embedding, count: n + 1).filter { $0.word != own }.prefix(n)
        return .host(TableValue(columns: ["word", "cosine"], rows: found.map { [.string($0.word), .float($0.cosine)] }))
    }

    @Sendable private static func requireGrad(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        var model = value.model
        let trains: (String) -> Bool
        if case .function? = call.optional("parts") {
            let names = try TrainingFunctions(call).names(model, chosenBy: "parts")
            trains = { names.contains($0) }
        } else {
            trains = (TrainableParts(rawValue: try call.string("parts")) ?? .all).includes
        }
        model.unet.requireGrad { trains("unet." + $0) }
        model.textEncoder.requireGrad { trains("text_encoder." + $0) }
        return .host(value.replacing(model))
    }
}
