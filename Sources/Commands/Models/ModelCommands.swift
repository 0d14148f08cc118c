import BreakAScene
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// The builtins for models and handles: loading, saving, adding, comparing.
enum ModelCommands {
    static let model = Key<ModelValue>("model", doc: "A model.")
    private static let handles = Key<Value>(
        "handles", .oneOf([.int, .record, SceneValue.rule]),
        doc: "How many (<asset0>, …), a record {\"<name>\": embedding}, or a scene that they belong to, one a mask.")
    private static let isPerLayer = Key<Bool>(
        TrainingSetting.perLayer, default: false,
        doc: "All handles of the model with an embedding for each cross-attention layer (P+), equal at first.", keywordOnly: true)
    private static let layer = Key<Value?>(
        HandleLayer.name, HandleLayer.rule, doc: "For handles per layer: the layer of model.layers; without, the mean of all.",
        keywordOnly: true)
    private static let initial = Key<[String]>(
        "init", default: [], doc: "Words to start from, one a handle; without, what start says.", keywordOnly: true)
    private static let start = Key<HandleStart>(
        "start", default: .random, doc: "Without words: random numbers, or copies of rare tokens' rows as in the paper's code.",
        keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of random embeddings.", keywordOnly: true)
    private static let folder = Key<String>(
        "path", doc: "The folder; made where it is missing, in one that is there.", file: .output)
    private static let stored = Key<StoredType>("dtype", default: .float16, doc: "Of the weights on disk.", keywordOnly: true)
    private static let handleTarget = Key<String>(
        "path", doc: "A folder, one file a handle; a name in .safetensors is the file of a single handle.", file: .output)
    private static let handleSource = Key<String>("path", doc: "The file or folder.", file: .input(library: nil))
    private static let before = Key<ModelValue>("a", doc: "Before.")
    private static let after = Key<ModelValue>("b", doc: "After.")
    private static let compared = Key<Value>(
        "to", .oneOf([.string, HandleValue.rule, Accepts.tensor]), doc: "A word, a handle, or an embedding [D].")
    private static let count = Key<Int>("n", default: 5, range: 1...100_000, doc: "How many words.", keywordOnly: true)
    private static let parts = Key<Value>(
        "parts", .oneOf([.string, .function]), default: "all",
        allowed: TrainableParts.allCases.filter { $0 != .lora }.map(\.rawValue), doc: "As phase2's train.")

    /// The types of numbers that `save_model` writes.
    private enum StoredType: String, WordArgument {
        case float32, float16, bfloat16

        var dtype: SafetensorsDType {
            switch self {
            case .float32: .f32
            case .float16: .f16
            case .bfloat16: .bf16
            }
        }
    }

    static let all: [Builtin] = [
        Builtin(
            "load_model", family: .models,
            summary: "Loads a Stable Diffusion model: a folder of diffusers, or of a peft adapter, or a single .safetensors file.",
            parameters: [source, tokenizer, prediction], result: .model.inferred(ModelType.loaded),
            terms: ["open", "checkpoint", "weights", "from_pretrained", "diffusers"],
            examples: [.init("load_model(\"collage\").handles", shows: "[]")], seeAlso: ["save_model", "diff", "merge"],
            planner: Planner.loading, run: load),
        Builtin(
            "add_handles", family: .models, summary: "Adds handles: new rows of the token table, which a gradient may be asked for.",
            parameters: [model, handles, initial, start, isPerLayer, seed], result: .model,
            terms: ["placeholder", "token", "textual inversion", "embedding", "concept", "P+", "XTI", "extended textual inversion"],
            paper: "§3.1",
            examples: [
                .init("len(add_handles(load_model(\"collage\"), 2, init=[\"toy\", \"ball\"]).handles)", shows: "2"),
                .init(
                    "m = add_handles(load_model(\"collage\"), 1, per_layer=true); m.handles[0].embedding.shape[0] == len(m.layers)",
                    shows: "true"),
            ],
            seeAlso: ["load_handles", "save_handles", "nearest", "handles_of"], run: addHandles),
        Builtin(
            "save_model", family: .models, summary: "Writes a model as a folder that diffusers loads; handles become tokens of it.",
            parameters: [model, folder, stored], result: .path, terms: ["export", "write", "save_pretrained", "safetensors"],
            examples: [.init("save_model(load_model(\"collage\"), \"small\")")], seeAlso: ["diff", "merge"], run: save),
        Builtin(
            "save_handles", family: .models,
            summary: "Writes a model's handles, each as a file that diffusers' load_textual_inversion takes.",
            parameters: [model, handleTarget], result: .path, terms: ["textual inversion", "learned_embeds", "export", "write"],
            examples: [.init("save_handles(add_handles(load_model(\"collage\"), 1, init=[\"toy\"]), \"toy.safetensors\")")],
            seeAlso: ["load_handles", "nearest", "handles_of"], run: saveHandles),
        Builtin(
            "load_handles", family: .models,
            summary: "Adds the handles of a learned_embeds.safetensors file, or of a folder of such, to a model.",
            parameters: [handleSource, model], result: .model, terms: ["textual inversion", "learned_embeds", "import"],
            examples: [
                .init(
                    "save_handles(add_handles(load_model(\"collage\"), 1), \"toy.safetensors\"); load_handles(\"toy.safetensors\", load_model(\"collage\")).handles[0].token",
                    shows: "\"<asset0>\"")
            ], seeAlso: ["nearest", "handles_of"], run: loadHandles),
        Builtin(
            "diff", family: .models,
            summary: "Says what changed from one model to another: by block, the norm of the change and its share.",
            parameters: [before, after], result: .host(DifferenceValue.self, "difference (a table)"),
            terms: ["compare", "change", "difference"],
            examples: [.init("len(diff(load_model(\"collage\"), load_model(\"collage\")))", shows: "0")], seeAlso: ["merge"], run: diff),
        Builtin(
            "nearest", family: .models,
            summary: "The words of a model that are most like a word, a handle or an embedding, with the cosine of each.",
            parameters: [model, compared, count, layer], result: .table,
            terms: ["neighbours", "similar", "vocabulary", "words", "synonym", "cosine"],
            examples: [
                .init(
                    "b = load_model(\"collage\"); nearest(b, add_handles(b, 1, init=[\"ball\"]).handles[0], n=1).word", shows: "[\"ball\"]"),
                .init("nearest(load_model(\"collage\"), \"rabbit\", n=3).columns", shows: "[\"word\", \"cosine\"]"),
            ], seeAlso: ["handles_of"], run: nearest),
        Builtin(
            "require_grad", family: .models, summary: "Marks which parameters of a model a gradient may be asked for.",
            parameters: [model, parts], result: .model, terms: ["requires_grad", "trainable", "unfreeze", "freeze"],
            examples: [.init("require_grad(load_model(\"collage\"), \"kv\")")], seeAlso: ["grad", "adamw", "update"], run: requireGrad),
    ]

    @Sendable private static func addHandles(_ call: Call) throws -> Value {
        let value = try call[Self.model]
        var model = value.model
        try OptionRule.check(OptionRule.handles, call)
        let (words, seed) = (try call[initial], try call[Self.seed])
        switch try call[handles] {
        case .int(let count):
            guard (1...64).contains(count) else {
                throw Problem(.outOfRange, "add_handles adds 1 to 64 handles", argument: handles.name)
            }
            guard words.isEmpty || words.count == count else {
                throw Problem(
                    .badArgument, "init has \(countText(words.count, "word")) for \(countText(count, "handle"))", argument: initial.name)
            }
            warn(words, model, call)
            model = try call.mapped(initial) { try model.addingHandles(count: count, words: words, start: call[start], seed: seed) }
        case .host(let value as SceneValue):
            guard words.isEmpty || words.count == value.scene.masks.count else {
                throw Problem(
                    .badArgument, "init has \(countText(words.count, "word")), the scene has \(countText(value.scene.masks.count, "mask"))",
                    argument: initial.name)
            }
            guard try call.mapped(handles, { try model.masksWithoutHandle(of: value.scene) }).count == value.scene.masks.count else {
                throw Problem(
                    .badArgument, "add_handles: this model has handles of \(value.scene.title) already", argument: handles.name,
                    help: "handles_of(model, scene) lists them")
            }
            warn(words, model, call)
            model = try call.mapped(initial) { try model.addingHandles(for: value.scene, words: words, start: call[start], seed: seed) }
        case .record(let record):
            for key in record.keys {
                let embedding = try embedding(record[key] ?? .none, of: key, model)
                model = try call.mapped(handles) { try model.addingHandles([key], embeddings: embedding) }
            }
        default: break
        }
        if try call[isPerLayer] {
            try HandleLayer.checkAny(model, call, isPerLayer.name)
            model = model.withHandlesPerLayer
        }
        model.textEncoder.requireGrad { $0 == CLIPTextModel.handleEmbeddingName }
        return .host(value.replacing(model))
    }

    /// Returns the embedding of a new handle as the table takes it, [1, D] or [1, A, D]. Throws `.shapeMismatch` for another shape.
    private static func embedding(_ value: Value, of token: String, _ model: DiffusionModel) throws -> Tensor {
        let (given, width) = (try TensorReading.variable(value).value, model.textEncoder.configuration.hiddenSize)
        let (one, layered) = (given.reshaped(given.count == width ? [1, width] : [1] + given.shape), model.crossAttentionLayers.count)
        guard model.fitsHandles(one, count: 1) else {
            throw Problem(
                .shapeMismatch,
                "the embedding of \(token) is \(Shape.text(given.shape)), this model's are [\(width)], or [\(layered), \(width)] per layer",
                argument: handles.name)
        }
        return one
    }

    /// Warns of words from which a handle starts badly: words of several tokens, of which only the first is taken and may mean something
    /// else, and words that the model was never taught.
    static func warn(_ words: [String], _ model: DiffusionModel, _ call: Call, argument: String = initial.name) {
        for problem in words.compactMap(model.problem(ofWord:)) {
            call.context.warn(.unknownWord, problem.message, argument: argument, help: problem.help)
        }
    }

    @Sendable private static func save(_ call: Call) throws -> Value {
        let path = try call.target(folder, isFolder: true)
        let model = try call[Self.model].model
        try call.mapped(folder) { try ModelFolder.save(model, to: path, dtype: call[stored].dtype) }
        if let count = model.textEncoder.handleLayers {
            call.tell(
                "Other programs get the mean of each handle's \(count) embeddings. All of them are in \(ModelFolder.layeredHandles), which load_model reads."
            )
        }
        return .string(path)
    }

    @Sendable private static func saveHandles(_ call: Call) throws -> Value {
        let model = try call[Self.model].model
        let path = try call.target(handleTarget, isFolder: !call[handleTarget].hasSuffix(".safetensors"))
        guard !model.handles.isEmpty else {
            throw Problem(.unknownHandle, "this model has no handles to save", argument: Self.model.name)
        }
        try call.mapped(handleTarget) { try HandleFile.write(model, to: path) }
        if model.hasHandlesPerLayer {
            call.tell("These handles have an embedding for each layer, which load_handles reads and diffusers does not know.")
        }
        return .string(path)
    }

    @Sendable private static func loadHandles(_ call: Call) throws -> Value {
        let value = try call[model]
        let path = FileNames.readable(try call[handleSource], call.context)
        return .host(value.replacing(try call.mapped(handleSource) { try HandleFile.read(path, into: value.model) }))
    }

    @Sendable private static func diff(_ call: Call) throws -> Value {
        let (before, after) = (try call[Self.before].learned, try call[Self.after].learned)
        let (a, b) = (before.model, after.model)
        guard let changes = a.changes(to: b) else {
            throw Problem(
                .modelMismatch, "\(a.name) and \(b.name) are built differently: their parameters cannot be compared",
                argument: Self.after.name)
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
        let (model, given) = (try call[Self.model].model, try call[compared])
        let (found, own) =
            switch given {
            case .string(let word): (try call.mapped(compared) { try model.embedding(ofWord: word) }, Optional(word.lowercased()))
            case .host(let handle as HandleValue): (handle.embedding.value, nil)
            default: (try Tensor.read(given, call, compared.name), nil)
            }
        if case .string(let word) = given { warn([word], model, call, argument: compared.name) }
        let (width, place) = (model.textEncoder.configuration.hiddenSize, try HandleLayer.place(layer, call, model))
        let isLayered = found.shape == [model.crossAttentionLayers.count, width]
        let embedding = isLayered ? place.map(found.row) ?? DiffusionModel.mean(ofHandle: found) : found
        guard embedding.count == width else {
            throw Problem(
                .shapeMismatch, "nearest compares embeddings [\(width)]", argument: compared.name, label: Shape.text(embedding.shape))
        }
        let n = try call[count]
        let words = model.nearestWords(to: embedding, count: n + 1).filter { $0.word != own }.prefix(n)
        return .host(TableValue(columns: ["word", "cosine"], rows: words.map { [.string($0.word), .float($0.cosine)] }))
    }

    @Sendable private static func requireGrad(_ call: Call) throws -> Value {
        let value = try call[Self.model]
        var model = value.model
        let trains: (String) -> Bool
        switch try call[parts] {
        case .function(let function):
            let names = try TrainingFunctions(call).names(model, chosenBy: function, parts.name)
            trains = { names.contains($0) }
        case let word: trains = try TrainableParts.read(word, call, parts.name).includes
        }
        model.unet.requireGrad { trains("unet." + $0) }
        model.textEncoder.requireGrad { trains("text_encoder." + $0) }
        return .host(value.replacing(model))
    }
}
