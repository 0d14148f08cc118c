import Diffusion
import Evaluators
import NeuralNetwork
import Tensors

/// The settings in the `config.json` of ELITE's encoders.
public struct EliteSettings: Sendable {
    /// The name of the model that they were trained for.
    public let model: String
    /// The width D of its words.
    public let textWidth: Int
    /// The width E of local features.
    public let localSize: Int
    /// The layers of the image encoder whose patches make them: 0 is what its first layer is given.
    public let localLayers: [Int]
    /// The weight λ of the local features where a call says nothing.
    public let scale: Double
    /// The image encoder's settings.
    let encoder: VisionConfiguration

    init(_ reader: ConfigurationReader) throws {
        for key in ["model_type", "model", "encoder"] where !reader.has(key) { throw reader.fail(key, .missing) }
        try reader.require("model_type", "elite")
        model = try reader.string("model", default: "")
        textWidth = try reader.int("text_width", default: 768, in: 1...65536)
        localSize = try reader.int("local_size", default: 64, in: 1...65536)
        scale = try reader.double("scale", default: 0.6, in: 0...10)
        encoder = try VisionConfiguration(vit: reader.object["encoder"] ?? .null, file: "\(reader.file): encoder")
        localLayers = try reader.ints("local_layers", default: [encoder.layers], in: 0...encoder.layers)
    }
}

/// ELITE's encoders for a model do not fit the model at hand.
public enum EliteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// They were trained for `trained`; the text says what the model has else.
    case otherModel(trained: String, model: String, String)
    /// The model has local features of other encoders, or with another scale.
    case otherLocalFeatures(model: String)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .otherModel(let trained, let model, let what):
            "ELITE's encoders were trained for the model \"\(trained)\", and \(model) \(what): they give words and features that only that model understands"
        case .otherLocalFeatures(let model):
            "\(model) has local features already, of other encoders or with another weight, and all things of a model have the same"
        }
    }
}

/// The folder of ELITE's encoders: `config.json`, `preprocessor_config.json`, `model.safetensors`.
public struct EliteFolder: Sendable {
    /// The encoders.
    public let encoder: EliteEncoder
    /// What is done to pictures before they are encoded.
    public let processing: ImageProcessing
    /// The settings.
    public var settings: EliteSettings { encoder.settings }

    /// Reads the encoders for a model. Throws `EliteError` where they were trained for another, `ModelError`, `ConfigurationError`,
    /// `SafetensorsError` and `FileError`.
    public init(_ folder: String, for model: DiffusionModel) throws {
        let settings = try EliteSettings(ConfigurationReader(path: "\(folder)/config.json"))
        func fail(_ what: String) -> EliteError { .otherModel(trained: settings.model, model: model.name, what) }
        let width = model.textEncoder.configuration.hiddenSize
        guard width == settings.textWidth else { throw fail("has words of \(width) numbers, not \(settings.textWidth)") }
        let file = try SafetensorsFolder.open(folder, stem: "model")
        let widths = model.crossAttentionWidths
        let stored = Dictionary(
            file.tensors.compactMap { entry in
                entry.name.hasSuffix(".attn2.to_k.weight") ? (String(entry.name.dropLast(".to_k.weight".count)), entry.shape[0]) : nil
            }
        ) { first, _ in first }
        guard stored == widths else { throw fail("has other cross-attentions") }
        var encoder = EliteEncoder(settings, layers: widths)
        try ParameterFile.load(&encoder, from: file, path: folder)
        let processing = try ImageProcessing(path: "\(folder)/preprocessor_config.json")
        let side = settings.encoder.imageSize
        guard processing.outputSize == .init(width: side, height: side) else {
            throw ModelError.parts(path: folder, "preprocessor_config.json makes pictures of \(processing.outputSize), not \(side)×\(side)")
        }
        (self.encoder, self.processing) = (encoder, processing)
    }
}
