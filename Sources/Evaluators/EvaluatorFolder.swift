import Diffusion
import NeuralNetwork
import Tensors

/// Reads an evaluator from a folder in the layout of transformers: config.json, model.safetensors (or shards), preprocessor_config.json,
/// and for CLIP the tokenizer's files. A segmenter has config.json and model.safetensors, and names the folder of the encoder that it reads
/// references with.
public enum EvaluatorFolder {
    /// The values of `model_type` in config.json that are supported.
    public static let types = ["clip", "vit", "dinov2", "segmenter"]

    /// Reads an evaluator. Throws `EvaluatorError`, `ModelError.parameters` (which lists missing, unexpected and mis-shaped parameters),
    /// `ConfigurationError`, `SafetensorsError`, `FileError` and `TokenizerError`, each of which names the file.
    public static func load(_ path: String) throws -> any Evaluator {
        let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard FileSystem.isFolder(folder) else {
            throw FileSystem.exists(folder) ? EvaluatorError.notAFolder(path: path) : EvaluatorError.noSuchFolder(path: path)
        }
        func need(_ file: String) throws -> String {
            guard FileSystem.exists("\(folder)/\(file)") else { throw EvaluatorError.missing(path: path, file: file) }
            return "\(folder)/\(file)"
        }
        let reader = try ConfigurationReader(path: need("config.json"))
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        let type = try reader.string("model_type", default: "")
        if type == "segmenter" { return try segmenter(folder, name, try SegmenterConfiguration(reader)) }
        let processing = try ImageProcessing(path: need("preprocessor_config.json"))
        switch type {
        case "clip": return try clip(folder, name, reader, processing)
        case "vit": return try vision(folder, name, try VisionConfiguration(reader, .vit), processing)
        case "dinov2": return try vision(folder, name, try VisionConfiguration(reader, .dinov2), processing)
        default: throw EvaluatorError.unsupported(path: path, type: type.isEmpty ? "unknown" : "\"\(type)\"")
        }
    }

    private static func segmenter(_ folder: String, _ name: String, _ configuration: SegmenterConfiguration) throws -> Segmenter {
        let other = "\(folder)/\(configuration.referenceEncoder)"
        guard FileSystem.exists("\(other)/config.json") else { throw EvaluatorError.missing(path: other, file: "config.json") }
        let type = try ConfigurationReader(path: "\(other)/config.json").string("model_type", default: "")
        // Another segmenter could name itself, without an end.
        guard type == "vit" || type == "dinov2", let encoder = try load(other) as? VisionEvaluator,
            encoder.featureSize == configuration.referenceHiddenSize
        else {
            throw EvaluatorError.parts(
                path: folder,
                "reference_encoder, \(other), is no ViT or DINOv2 with tokens of \(configuration.referenceHiddenSize) numbers")
        }
        var network = SegmenterNetwork(configuration)
        try load(&network, folder, [])
        return Segmenter(name: name, network: network, encoder: encoder)
    }

    private static func clip(
        _ folder: String, _ name: String, _ reader: ConfigurationReader, _ processing: ImageProcessing
    ) throws -> CLIPEvaluator {
        let configuration = try CLIPConfiguration(reader)
        let tokenizer = try CLIPTokenizer(folder: folder)
        let side = configuration.vision.imageSize
        guard processing.outputSize == .init(width: side, height: side) else {
            throw EvaluatorError.parts(
                path: folder, "preprocessor_config.json makes pictures of \(processing.outputSize), config.json wants \(side)×\(side)")
        }
        guard tokenizer.vocabularySize <= configuration.text.vocabularySize else {
            throw EvaluatorError.parts(
                path: folder,
                "the tokenizer knows \(tokenizer.vocabularySize) tokens, the text tower \(configuration.text.vocabularySize)")
        }
        var model = CLIPModel(configuration)
        try load(&model, folder, [.init(disk: "embeddings.position_ids", ours: "")])
        return CLIPEvaluator(name: name, model: model, tokenizer: tokenizer, processing: processing)
    }

    private static func vision(
        _ folder: String, _ name: String, _ configuration: VisionConfiguration, _ processing: ImageProcessing
    ) throws -> VisionEvaluator {
        let (size, side) = (processing.outputSize, configuration.imageSize)
        // DINOv2 is trained with larger pictures than it is shown, and interpolates its positions; ViT takes one size.
        let fits =
            configuration.layout == .dinov2
            ? min(size.width, size.height) >= configuration.patchSize && max(size.width, size.height) <= 4 * side
            : size == .init(width: side, height: side)
        guard fits else {
            throw EvaluatorError.parts(
                path: folder, "preprocessor_config.json makes pictures of \(size), which config.json (\(side)×\(side)) does not take")
        }
        var model = VisionTower(configuration, layer: VisionLayer.init)
        // Heads that only training uses.
        try load(&model, folder, [.init(disk: "pooler.", ours: ""), .init(disk: "embeddings.mask_token", ours: "")])
        return VisionEvaluator(name: name, model: model, processing: processing)
    }

    private static func load(_ module: inout some Module, _ folder: String, _ spellings: [ParameterFile.Spelling]) throws {
        let source: any SafetensorsSource
        do {
            source = try SafetensorsFolder.open(folder, stem: "model")
        } catch let error as FileError where error.reason == .notFound {
            let hasPickle = FileSystem.contents(folder).contains { $0.hasSuffix(".bin") || $0.hasSuffix(".pth") }
            throw EvaluatorError.noWeights(path: folder, hasPickle: hasPickle)
        }
        try ParameterFile.load(&module, from: source, path: folder, spellings)
    }
}

extension Module {
    /// A number that differs where any parameter does.
    var weightsFingerprint: UInt64 {
        parameters().reduce(14_695_981_039_346_656_037) { ($0 ^ $1.value.value.fingerprint) &* 1_099_511_628_211 }
    }
}
