import Autograd
import NeuralNetwork
import Tensors

/// Reads a Stable Diffusion model from a folder in diffusers' layout, or from one that holds an adapter of such a model
/// (Sources/Diffusion/README.md, "Model folders").
public enum ModelFolder {
    /// Reads a model; `name` is its folder's by default. Throws `ModelError`, `ConfigurationError`, `SafetensorsError`,
    /// `FileError` and `TokenizerError`, each of which names the file.
    public static func load(_ path: String, name: String? = nil) throws -> DiffusionModel { try load(path, name: name, .values) }

    /// The folders that hold the files of a model; for an adapter, its base's too.
    public static func places(_ path: String) -> [String] {
        let base = (try? AdapterFolder(path))?.base
        let parts = ["unet", "vae", "text_encoder", "tokenizer", "scheduler"].map { "\(base ?? path)/\($0)" }
        return [path] + (base.map { [$0] } ?? []) + parts
    }

    /// Reads a model without values: its parameters are placeholders with shapes and formats, for plans. Throws as `load`.
    public static func outline(_ path: String) throws -> DiffusionModel { try load(path, name: nil, .outline) }

    private static func load(_ path: String, name: String?, _ extent: ParameterFile.Extent) throws -> DiffusionModel {
        let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard FileSystem.isFolder(folder) else {
            throw FileSystem.exists(folder) ? ModelError.notAFolder(path: path) : ModelError.noSuchFolder(path: path)
        }
        let name = name ?? folder.split(separator: "/").last.map(String.init) ?? folder
        guard let adapter = try AdapterFolder(folder) else { return try loadParts(folder, name: name, extent) }
        return try adapter.applied(to: loadParts(adapter.base, name: name, extent), name: name, folder: folder, extent)
    }

    /// Reads a folder in diffusers' layout, part by part.
    private static func loadParts(_ folder: String, name: String, _ extent: ParameterFile.Extent) throws -> DiffusionModel {
        for file in [
            "model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json", "scheduler/scheduler_config.json",
        ]
        where !FileSystem.exists("\(folder)/\(file)") {
            throw ModelError.notAModelFolder(path: folder, missing: file)
        }
        _ = try ModelIndex(path: "\(folder)/model_index.json")
        var unet = UNet2DConditionModel(try UNet2DConditionModelConfiguration(path: "\(folder)/unet/config.json"))
        var vae = AutoencoderKL(try AutoencoderKLConfiguration(path: "\(folder)/vae/config.json"))
        var text = CLIPTextModel(try CLIPTextModelConfiguration(path: "\(folder)/text_encoder/config.json"))
        let tokenizer = try CLIPTokenizer(folder: "\(folder)/tokenizer")
        let scheduler = try SchedulerConfiguration(path: "\(folder)/scheduler/scheduler_config.json").forStableDiffusion().configuration
        try checkParts(folder, unet.configuration, vae.configuration, text.configuration, tokenizer)
        try load(&unet, folder, "unet", stem: "diffusion_pytorch_model", [], extent)
        try load(&vae, folder, "vae", stem: "diffusion_pytorch_model", ParameterFile.autoencoderSpellings, extent)
        try load(&text, folder, "text_encoder", stem: "model", ParameterFile.textEncoderSpellings, extent)
        let handles = try handles(folder, tokenizer, vocabularySize: text.configuration.vocabularySize)
        text.separateHandles(handles.tokens.count, extent)
        var model = DiffusionModel(
            name: name, folder: folder, tokenizer: tokenizer, textEncoder: text, unet: unet, vae: vae, scheduler: scheduler)
        if let layers = handles.layers, !handles.tokens.isEmpty {
            model.textEncoder.handleEmbedding = Variable(try layeredTable(folder, handles.tokens, layers: layers, model, extent))
        }
        (model.handles, model.handleStarts) = (handles.tokens, model.textEncoder.handleEmbedding?.value)
        model.handleOrigins = handles.origins
        return extent == .outline ? model : try readLocalAttention(handles.local, folder, into: model)
    }

    private static func load(
        _ module: inout some Module, _ folder: String, _ part: String, stem: String, _ spellings: [ParameterFile.Spelling],
        _ extent: ParameterFile.Extent
    ) throws {
        let source: any SafetensorsSource
        do {
            source = try SafetensorsFolder.open("\(folder)/\(part)", stem: stem)
        } catch let error as FileError where error.reason == .notFound {
            throw ModelError.noWeights(path: "\(folder)/\(part)", stem: stem, hasPickle: hasPickle("\(folder)/\(part)"))
        }
        try ParameterFile.load(&module, from: source, path: "\(folder)/\(part)", spellings, extent)
    }

    /// Whether a folder has weights in Python's own format. That is a program, so it is not read.
    private static func hasPickle(_ folder: String) -> Bool {
        FileSystem.contents(folder).contains { $0.hasSuffix(".bin") || $0.hasSuffix(".ckpt") }
    }

    /// Throws `ModelError.parts` where parts that are each right do not fit together.
    static func checkParts(
        _ path: String, _ unet: UNet2DConditionModelConfiguration, _ vae: AutoencoderKLConfiguration,
        _ text: CLIPTextModelConfiguration, _ tokenizer: CLIPTokenizer
    ) throws {
        func require(_ condition: Bool, _ message: String) throws {
            if !condition { throw ModelError.parts(path: path, message) }
        }
        try require(
            unet.inChannels == vae.latentChannels,
            "the U-Net takes latents of \(unet.inChannels) channels, the autoencoder makes \(vae.latentChannels) (inpainting models are not supported)"
        )
        let multiple = 1 << (unet.levels - 1)
        let sides = [unet.sampleHeight, unet.sampleWidth].compactMap { $0 }
        try require(
            sides.allSatisfy { $0 % multiple == 0 },
            "unet/config.json: sample_size \(sides.map(String.init).joined(separator: "×")) is no multiple of \(multiple), which its \(unet.levels) levels need"
        )
        try require(
            unet.crossAttentionDimension.allSatisfy { $0 == text.hiddenSize },
            "the U-Net's cross-attention takes text of width \(unet.crossAttentionDimension[0]), the text encoder gives \(text.hiddenSize)")
        try require(
            tokenizer.modelMaxLength <= text.maxPositionEmbeddings,
            "the tokenizer makes \(tokenizer.modelMaxLength) tokens, the text encoder takes \(text.maxPositionEmbeddings)")
        try require(
            tokenizer.vocabularySize <= text.vocabularySize,
            "the tokenizer knows \(tokenizer.vocabularySize) tokens, the text encoder \(text.vocabularySize)")
    }
}
