import BreakAScene
import Diffusion
import Language
import Tensors

extension PredictionType: WordArgument {}

// What `load_model` reads: a folder or a single file, in what ships with bas or at a path.
extension ModelCommands {
    static let source = Key<String>(
        "name", doc: "A model that ships with bas (\"collage\", \"collage256\"), or the path of a folder or file.",
        file: .input(library: "models"))
    static let tokenizer = Key<String?>(
        "tokenizer", doc: "For a single file: the tokenizer's folder; \"tokenizer\" beside it without.", keywordOnly: true,
        file: .input(library: nil))
    static let prediction = Key<PredictionType?>(
        "prediction", doc: "For a single file: epsilon (version 1's) or v_prediction (version 2's at 768 px).", keywordOnly: true)

    /// Runs `load_model`.
    @Sendable static func load(_ call: Call) throws -> Value {
        let name = try call[source]
        guard !name.isEmpty else { throw Problem(.badArgument, "load_model: the name is empty", argument: source.name) }
        guard let path = path(name, call.context) else {
            let shipped = call.shipped("models")
            throw Problem(
                .unknownModel, "there is no model \"\(name)\"", argument: source.name, notes: [shipped.note],
                help: nearestName(name, among: shipped.names).map { "did you mean \"\($0)\"?" }
                    ?? "nothing is downloaded: give the path of a folder in diffusers' layout (pipe.save_pretrained(\"folder\")), or of a .safetensors file"
            )
        }
        try call.checkFolder(path, source)
        guard FileSystem.isFolder(path) else { return .host(ModelValue(try loadFile(call, path))) }
        for (option, isGiven) in [(tokenizer.name, call.has(tokenizer)), (prediction.name, call.has(prediction))] where isGiven {
            throw Problem(.badArgument, "\(option) is for single files; a folder says it itself", argument: option)
        }
        return .host(ModelValue(try call.mapped(source) { try model(inFolder: path, call) }))
    }

    /// Returns the model of a folder, kept by `LoadedModels`. Throws what loading throws.
    static func model(inFolder path: String, _ call: Call) throws -> DiffusionModel {
        try LoadedModels.model(path, of: ModelFolder.places(path), call.context) {
            let model = try ModelFolder.load(path)
            if let note = try SchedulerRegistry.make(model.scheduler).fallback {
                call.context.warn(.unsupportedConfiguration, note, argument: source.name, help: "scheduler=… of generate picks another")
            }
            return model
        }
    }

    private static func loadFile(_ call: Call, _ path: String) throws -> DiffusionModel {
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if ["ckpt", "pt", "pth", "bin"].contains(ending) {
            throw ErrorMapping.problem(SingleFileError.pickle(path: path), argument: source.name)
        }
        guard ending == "safetensors" else { throw ErrorMapping.problem(ModelError.notAFolder(path: path), argument: source.name) }
        let folder = try call[tokenizer].map { FileNames.readable($0, call.context) } ?? tokenizer(beside: path)
        let prediction = try call[Self.prediction]
        return try call.mapped(source) {
            try LoadedModels.model("\(path)\n\(folder)\n\(prediction?.rawValue ?? "")", of: [path, folder], call.context) {
                let recognised = try SingleFile.recognise(path)
                guard FileSystem.isFolder(folder) else { throw SingleFileError.noTokenizer(path: path, looked: folder) }
                if recognised == 2, prediction == nil {
                    call.context.warn(
                        .unsupportedConfiguration, "a file of version 2 does not say what it predicts; v-prediction is assumed (768 px)",
                        argument: source.name, help: "prediction=\"epsilon\" for the base model (512 px)")
                }
                return try SingleFile.load(path, tokenizer: folder, prediction: prediction)
            }
        }
    }

    /// Returns the model that `load_model` would load, without its values. Throws what loading throws.
    static func outline(_ source: ModelType.Source, _ context: Context) throws -> DiffusionModel {
        guard let path = path(source.name, context) else { throw ModelError.noSuchFolder(path: source.name) }
        if FileSystem.isFolder(path) { return try ModelFolder.outline(path) }
        let folder = source.tokenizer.map { FileNames.readable($0, context) } ?? tokenizer(beside: path)
        return try SingleFile.outline(path, tokenizer: folder, prediction: source.prediction.flatMap(PredictionType.init))
    }

    private static func tokenizer(beside path: String) -> String {
        (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "") + "tokenizer"
    }

    private static func path(_ name: String, _ context: Context) -> String? {
        let path = context.readable(name, shippedAs: "models")
        return FileSystem.exists(path) ? path : nil
    }
}
