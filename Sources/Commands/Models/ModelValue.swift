import Autograd
import BreakAScene
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// A model of the language: a value. Training gives another one.
public struct ModelValue: HostValue {
    public let learned: LearnedModel

    public init(_ learned: LearnedModel) { self.learned = learned }
    public init(_ model: DiffusionModel) { self.init(LearnedModel(model)) }

    public var model: DiffusionModel { learned.model }
    public var typeName: String { "model" }

    /// The same model with other parameters: what an optimizer's step gives.
    func replacing(_ model: DiffusionModel) -> ModelValue {
        var copy = learned
        copy.model = model
        return ModelValue(copy)
    }

    private static let fields: [(name: String, value: @Sendable (ModelValue) -> Value)] = [
        ("name", { .string($0.model.name) }),
        ("handles", { .list($0.handles.map { .host($0) }) }),
        ("history", { .host(HistoryValue($0.learned.history)) }),
        ("parameters", { .host(ParametersValue($0.model)) }),
        ("phases", { .list($0.learned.provenance.map { .string($0) }) }),
        ("size", { [.int($0.model.pixelSize.height), .int($0.model.pixelSize.width)] }),
        ("latent_shape", { [.int($0.model.latentSize.height), .int($0.model.latentSize.width), .int($0.model.latentChannels)] }),
        ("layers", { .list($0.model.crossAttentionLayers.map { .string($0) }) }),
        ("hash", { .string($0.model.fingerprint) }),
        ("interrupted", { .bool($0.learned.unfinished != nil) }),
    ]

    public var fieldNames: [String] { Self.fields.map(\.name) }
    public func field(_ name: String) throws -> Value? { Self.fields.first { $0.name == name }?.value(self) }

    var handles: [HandleValue] { model.handles.indices.map { HandleValue(model, index: $0) } }

    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? ModelValue else { return false }
        return other.model.handles == model.handles && other.model.fingerprint == model.fingerprint
    }

    public var inlineText: String { "model \(model.name)" }

    public var byteCount: Int { model.handles.count * model.textEncoder.configuration.hiddenSize * 4 + 4096 }

    public func display(_ context: DisplayContext) -> Display {
        let (m, prediction) = (model, model.scheduler.predictionType.rawValue.replacing("_", with: "-"))
        func millions(_ count: Int) -> String { NumberText.fixed(Double(count) / 1e6, 1) + " M" }
        var lines = ["Model \(m.name)\(m.handles.isEmpty ? "" : " + \(m.handles.count) handle\(m.handles.count == 1 ? "" : "s")")"
            + "   \(m.pixelSize.width)×\(m.pixelSize.height) px, \(prediction) prediction"]
        lines.append(
            "  \(millions(m.parameterCount)) parameters (U-Net \(millions(m.unet.parameterCount)), text \(millions(m.textEncoder.parameterCount)), "
                + "VAE \(millions(m.vae.parameterCount)))   hash \(m.fingerprint)")
        if !m.handles.isEmpty { lines.append("  handles \(m.handles.joined(separator: " "))") }
        for phase in learned.provenance { lines.append("  \(phase)") }
        if let run = learned.unfinished {
            lines.append("  interrupted after step \(run.step) of \(run.options.steps): go on with resume(…)")
        }
        return Display(lines.joined(separator: "\n"))
    }
}

/// A handle of a model: a token, and the embedding that it has in that model.
public struct HandleValue: HostValue {
    let model: DiffusionModel
    public let index: Int

    init(_ model: DiffusionModel, index: Int) { (self.model, self.index) = (model, index) }

    public var token: String { model.handles[index] }
    public var typeName: String { "handle" }
    public var inlineText: String { token }

    /// [D]; gradients flow to it where the model's handles take any.
    var embedding: Variable { model.textEncoder.handleEmbedding?.row(index) ?? Variable(.zeros([model.textEncoder.configuration.hiddenSize])) }

    public var fieldNames: [String] { ["token", "index", "embedding", "start"] }
    public func field(_ name: String) throws -> Value? {
        switch name {
        case "token": .string(token)
        case "index": .int(index)
        case "embedding": .tensor(embedding)
        case "start": model.handleStarts.map { .tensor($0.row(index)) } ?? Value.none
        default: nil
        }
    }

    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? HandleValue else { return false }
        return other.token == token && other.embedding.value.isIdentical(to: embedding.value)
    }

    public func display(_ context: DisplayContext) -> Display {
        let norm = embedding.value.sumOfSquares.squareRoot()
        let moved = model.handleStarts.map { (embedding.value - $0.row(index)).sumOfSquares.squareRoot() }
        return Display(
            "handle \(token)   norm \(NumberText.fixed(norm, 3))" + (moved.map { ", moved \(NumberText.fixed($0, 3)) from its start" } ?? ""))
    }
}

/// All parameters of a model that an optimizer may move: U-Net and text encoder.
public struct ParametersValue: HostValue {
    let model: DiffusionModel

    init(_ model: DiffusionModel) { self.model = model }

    public var typeName: String { "parameters" }
    public var count: Int? { model.unet.parameters().count + model.textEncoder.parameters().count }
    public var inlineText: String { "parameters of \(model.name)" }
    public func display(_ context: DisplayContext) -> Display {
        Display("\(count ?? 0) parameters of \(model.name), \(model.unet.parameterCount + model.textEncoder.parameterCount) numbers")
    }
}
