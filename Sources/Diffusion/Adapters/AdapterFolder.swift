import Tensors

/// A model kept as a LoRA beside its base: a folder as peft's `save_pretrained` writes it. `adapter_config.json` names the base
/// model's folder, `adapter_model.safetensors` holds the factors of its U-Net's (or text encoder's) weights. A `bas.json` may say for
/// which size the model was trained, as `sample_size` of latents; without, it is the base's.
struct AdapterFolder {
    private static let configuration = "adapter_config.json"
    private static let factors = "adapter_model.safetensors"

    /// The file with the factors.
    let weights: String
    /// The folder of the base model, which is no adapter itself.
    let base: String
    /// peft's `lora_alpha`: a layer's change is alpha / rank · up · down.
    let alpha: Double
    /// The side of the latents that the model was trained for; nil: the base's.
    let sampleSize: Int?

    /// Reads the settings of an adapter's folder; nil where the folder is none. Throws `ConfigurationError`, `FileError`.
    init?(_ folder: String) throws {
        let path = "\(folder)/\(Self.configuration)"
        guard FileSystem.exists(path) else { return nil }
        let reader = try ConfigurationReader(path: path)
        guard reader.has("peft_type") else { throw reader.fail("peft_type", .missing) }
        try reader.require("peft_type", "LORA")
        try reader.require("bias", "none")
        for key in ["use_dora", "use_rslora", "fan_in_fan_out"] where try reader.bool(key, default: false) {
            throw reader.fail(key, .unsupported(value: "true", supported: ["false"]))
        }
        if let pattern = reader.object["alpha_pattern"]?.objectValue, !pattern.isEmpty {
            throw reader.fail("alpha_pattern", .unsupported(value: "an alpha of its own for a layer", supported: ["{}"]))
        }
        weights = "\(folder)/\(Self.factors)"
        // The default is peft's.
        alpha = try reader.double("lora_alpha", default: 8, in: -1e6...1e6)
        base = try Self.base(reader, in: folder)
        let own = "\(folder)/bas.json"
        sampleSize = FileSystem.exists(own) ? try ConfigurationReader(path: own).optionalInt("sample_size", in: 1...65536) : nil
    }

    /// The folder that the config names, from the adapter's folder on where the path is relative.
    private static func base(_ reader: ConfigurationReader, in folder: String) throws -> String {
        let key = "base_model_name_or_path"
        let name = try reader.string(key, default: "")
        guard !name.isEmpty else { throw reader.fail(key, .missing) }
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        guard FileSystem.isFolder(path) else {
            let advice = "nothing is downloaded: load_lora adds \(folder)/\(Self.factors) to a model that you have"
            throw reader.fail(key, .inconsistent("there is no folder \(path); \(advice)"))
        }
        return path
    }

    /// The base model with this change, as a model of its own that was read from `folder`. Throws `LoRAError`, `SafetensorsError`,
    /// `FileError`, `ModelError.size`.
    func applied(to model: DiffusionModel, name: String, folder: String, _ extent: ParameterFile.Extent) throws -> DiffusionModel {
        // An outline's parameters have no values that could change.
        let changed = extent == .outline ? model : try LoRAFile.read(weights, into: model, alpha: alpha)
        let side = sampleSize.map { $0 * model.vae.configuration.downscale }
        var result = try (side.map { try changed.sized(height: $0, width: $0) } ?? changed).asRead(from: folder, name: name)
        if side != nil { result.adapterLatentSize = result.latentSize }
        return result
    }
}
