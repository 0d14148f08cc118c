import NeuralNetwork
import Tensors

/// Reads Stable Diffusion 1 or 2 from one `.safetensors` file, under the original release's names.
public enum SingleFile {
    /// Reads a checkpoint. It has no tokenizer: `tokenizer` is a folder in diffusers' layout. `prediction`: nil is epsilon
    /// for version 1 and v-prediction for version 2. Throws `SingleFileError`, `ModelError`, `ConfigurationError`,
    /// `SafetensorsError`, `FileError` and `TokenizerError`.
    public static func load(_ path: String, tokenizer: String, prediction: PredictionType? = nil) throws -> DiffusionModel {
        try load(path, tokenizer: tokenizer, prediction: prediction, .values)
    }

    /// Reads the model without its values: parameters are placeholders, for plans. Throws as `load`.
    public static func outline(_ path: String, tokenizer: String, prediction: PredictionType? = nil) throws -> DiffusionModel {
        try load(path, tokenizer: tokenizer, prediction: prediction, .outline)
    }

    private static func load(
        _ path: String, tokenizer: String, prediction: PredictionType?, _ extent: ParameterFile.Extent
    ) throws -> DiffusionModel {
        let file = try SafetensorsFile(path: path)
        return try load(file, tokenizer: try CLIPTokenizer(folder: tokenizer), prediction: prediction, extent)
    }

    static func load(
        _ file: some SafetensorsSource, tokenizer words: CLIPTokenizer, prediction: PredictionType? = nil,
        _ extent: ParameterFile.Extent = .values
    ) throws -> DiffusionModel {
        let (path, shapes) = (file.path, CheckpointShapes(file))
        try recognise(shapes)
        let configuration = try SingleFileConfiguration(shapes, prediction: prediction)
        try ModelFolder.checkParts(path, configuration.unet, configuration.vae, configuration.text, words)
        var unet = UNet2DConditionModel(configuration.unet)
        var vae = AutoencoderKL(configuration.vae)
        var text = CLIPTextModel(configuration.text)
        let attends = configuration.unet.downBlockTypes.map(\.hasCrossAttention)
        let layers = configuration.unet.layersPerBlock[0]
        let unetRules = SingleFileNames.unet(levels: configuration.unet.levels, layers: layers, attends: attends)
        let vaeRules = SingleFileNames.autoencoder(levels: configuration.vae.levels, layers: configuration.vae.layersPerBlock)
        try ParameterFile.load(&unet, from: file, path: path, stored: stored(file, SingleFileNames.unetPrefix, unetRules), extent)
        try ParameterFile.load(&vae, from: file, path: path, stored: stored(file, SingleFileNames.autoencoderPrefix, vaeRules), extent)
        let names = configuration.isVersion2 ? openCLIP(file, layers: configuration.text.layers) : clip(file)
        try ParameterFile.load(&text, from: file, path: path, stored: names, extent)
        let name = path.split(separator: "/").last.map { String($0.dropLast(".safetensors".count)) } ?? path
        return DiffusionModel(
            name: name, folder: path, tokenizer: words, textEncoder: text, unet: unet, vae: vae, scheduler: configuration.scheduler)
    }

    /// The version of Stable Diffusion of a file, 1 or 2, by its keys. Throws `SingleFileError` for other files, and what
    /// opening throws.
    public static func recognise(_ path: String) throws -> Int {
        let shapes = CheckpointShapes(try SafetensorsFile(path: path))
        try recognise(shapes)
        return shapes.has(SingleFileNames.textPrefix2) ? 2 : 1
    }

    private static func recognise(_ shapes: CheckpointShapes) throws(SingleFileError) {
        let signs = [
            ("conditioner.embedders.", "Stable Diffusion XL"), ("model.diffusion_model.joint_blocks.", "Stable Diffusion 3"),
            ("model.diffusion_model.double_blocks.", "Flux"), ("double_blocks.", "Flux"), ("control_model.", "a ControlNet"),
        ]
        for (prefix, name) in signs where shapes.has(prefix) { throw .otherModel(path: shapes.path, name) }
        if shapes.shapes.keys.contains(where: { $0.hasPrefix("lora_") || $0.contains(".lora_") || $0.contains("_lora.") }) {
            throw .isAdapter(path: shapes.path)
        }
        let parts = [SingleFileNames.unetPrefix, SingleFileNames.autoencoderPrefix, "cond_stage_model."]
        for part in parts where !shapes.has(part) { throw .notACheckpoint(path: shapes.path, missing: part) }
    }

    /// The tensors whose names begin with `prefix`, under diffusers' names; one that no rule is for keeps its own name.
    private static func stored(_ file: some SafetensorsSource, _ prefix: String, _ rules: [NameRule]) -> [String: ParameterFile.Stored] {
        var stored: [String: ParameterFile.Stored] = [:]
        for entry in file.tensors where entry.name.hasPrefix(prefix) && !isUnneeded(entry.name) {
            let key = String(entry.name.dropFirst(prefix.count))
            stored[rules.lazy.compactMap { $0.apply(key) }.first ?? entry.name] = .init(entry)
        }
        return stored
    }

    private static func isUnneeded(_ name: String) -> Bool { SingleFileNames.unneeded.contains { name.hasSuffix($0) } }

    private static func clip(_ file: some SafetensorsSource) -> [String: ParameterFile.Stored] {
        stored(file, SingleFileNames.textPrefix1, [NameRule(original: "text_model.", name: ""), NameRule(original: "", name: "")])
    }

    /// OpenCLIP's text encoder: cuts `in_proj` into its three matrices, and leaves out the last layer.
    private static func openCLIP(_ file: some SafetensorsSource, layers: Int) -> [String: ParameterFile.Stored] {
        var stored: [String: ParameterFile.Stored] = [:]
        for (name, value) in self.stored(file, SingleFileNames.textPrefix2, SingleFileNames.openCLIP) {
            if name.hasPrefix("encoder.layers.\(layers).") { continue }
            guard let range = name.firstRange(of: "self_attn.in_proj_") else {
                stored[name] = value
                continue
            }
            let width = (value.shape.first ?? 0) / 3
            for (index, part) in ["q_proj.", "k_proj.", "v_proj."].enumerated() {
                stored[name.replacingCharacters(in: range, with: "self_attn.\(part)")] = value.rows(index * width..<(index + 1) * width)
            }
        }
        return stored
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(range, with: text)
        return copy
    }
}

/// An error that keeps a file from being read as a checkpoint.
public enum SingleFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is in Python's own format (`.ckpt`, `.pt`), which is a program.
    case pickle(path: String)
    /// The file is of the kind of model that is named.
    case otherModel(path: String, String)
    /// The file is a LoRA.
    case isAdapter(path: String)
    /// No tensor's name begins with `missing`.
    case notACheckpoint(path: String, missing: String)
    /// The tensor `missing` is not in the file, or has another number of axes.
    case incomplete(path: String, missing: String)
    /// There is no tokenizer folder at `looked`.
    case noTokenizer(path: String, looked: String)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .pickle(let path):
            "\(path) is in Python's own format, which runs code when it is read; convert it to safetensors: "
                + "python -c \"import sys, torch; from safetensors.torch import save_file; d = torch.load(sys.argv[1], weights_only=True); "
                + "save_file({k: v.contiguous() for k, v in d.get('state_dict', d).items() if hasattr(v, 'shape')}, sys.argv[2])\" FILE FILE.safetensors"
        case .otherModel(let path, let name): "\(path) is \(name); Stable Diffusion 1 and 2 can be read"
        case .isAdapter(let path): "\(path) is a LoRA, not a whole model: load_lora(file, model)"
        case .notACheckpoint(let path, let missing):
            "\(path) is no Stable Diffusion checkpoint: no tensor's name begins with \(missing)"
        case .incomplete(let path, let missing):
            "\(path) is no complete Stable Diffusion checkpoint: \(missing) is missing or has another shape"
        case .noTokenizer(let path, let looked):
            "\(path) holds no tokenizer, no single file does: put Stable Diffusion's tokenizer folder at \(looked), or say tokenizer=FOLDER"
        }
    }
}
