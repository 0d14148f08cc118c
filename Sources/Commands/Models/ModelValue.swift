import Autograd
import BreakAScene
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// A model as a value: training gives another one.
public struct ModelValue: DeclaredValue {
    /// The model with its history and origin.
    public let learned: LearnedModel

    /// Creates a value of a trained model.
    public init(_ learned: LearnedModel) { self.learned = learned }
    /// Creates a value of a model without history.
    public init(_ model: DiffusionModel) { self.init(LearnedModel(model)) }

    /// The diffusion model.
    public var model: DiffusionModel { learned.model }

    /// Returns the model with other parameters, as an optimizer's step gives it.
    func replacing(_ model: DiffusionModel) -> ModelValue {
        var copy = learned
        copy.base = learned.base ?? learned.model
        copy.model = model
        return ModelValue(copy)
    }

    /// The type of models and its fields.
    public static let declaration = HostDeclaration<ModelValue>(
        "model", "A Stable Diffusion model; training gives another one, and both share what did not change.", reader: "load_model",
        makers: "load_model(\"collage\"), or phase1(model, scene)",
        fields: [
            .init("name", .string, "The name of its folder.") { .string($0.model.name) },
            .init("handles", .listOf(HandleValue.valueType), "Its handles, in the order in which they were added.") {
                .list($0.handles.map { .host($0) })
            },
            .init("history", HistoryValue.valueType, "The losses of every training step so far.") {
                .host(HistoryValue($0.learned.history, of: $0.model))
            },
            .init("parameters", ParametersValue.valueType, "Its parameters by name, for grad and adamw.") {
                .host(ParametersValue($0.model))
            },
            .init("phases", .listOf(.string), "The trainings that made it, in words.") {
                .list($0.learned.provenance.map { .string($0) })
            },
            .init("size", .pair, "[height, width] of its pictures in pixels.") {
                [.int($0.model.pixelSize.height), .int($0.model.pixelSize.width)]
            },
            .init("latent_shape", .list([.int, .int, .int]), "[h, w, C] of its latents.") {
                [.int($0.model.latentSize.height), .int($0.model.latentSize.width), .int($0.model.latentChannels)]
            },
            .init("layers", .listOf(.string), "The U-Net's cross-attention layers by name, as a pass meets them.") {
                .list($0.model.crossAttentionLayers.map { .string($0) })
            },
            .init("words", .listOf(.string), "The words that are one token of its own vocabulary.") {
                .list($0.model.words.map { .string($0) })
            },
            .init("hash", .string, "A fingerprint of all its parameters.") { .string($0.model.fingerprint) },
            .init("interrupted", .bool, "Whether a training of it was stopped and can be resumed.") {
                .bool($0.learned.unfinished != nil)
            },
        ], element: nil, operators: false)

    /// The type of a model of which nothing is known.
    public static var valueType: StaticType { .host(ModelType()) }

    var handles: [HandleValue] { model.handles.indices.map { HandleValue(model, index: $0) } }

    /// Returns whether handles, size and all parameters are the same.
    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? ModelValue else { return false }
        return other.model.handles == model.handles && other.model.latentSize == model.latentSize
            && other.model.fingerprint == model.fingerprint
    }

    /// The text "model collage".
    public var inlineText: String { "model \(model.name)" }

    /// The size of what a model has of its own: its handles.
    public var byteCount: Int { (model.textEncoder.handleEmbedding?.value.byteCount ?? 0) + 4096 }

    /// Returns the model's anatomy, handles, phases and difference from its base.
    public func display(_ context: DisplayContext) -> Display {
        let texts = [head, anatomy, size, handleText] + learned.provenance.map { [$0] } + [difference, unfinished]
        let lines = texts.enumerated().flatMap { place, pieces in
            pieces.isEmpty
                ? [] : TextLines.pieces(pieces, between: place == 0 ? "   " : ", ", context.width, place == 0 ? "" : "  ", "    ")
        }
        return Display(lines.joined(separator: "\n"))
    }

    private var head: [String] {
        let count = model.handles.count
        let prediction = model.scheduler.predictionType.rawValue.replacing("_", with: "-")
        return [
            "Model \(model.name)" + (count == 0 ? "" : " + \(count) handle\(count == 1 ? "" : "s")"),
            "\(model.pixelSize.width)×\(model.pixelSize.height) px, \(prediction) prediction",
        ]
    }

    private var anatomy: [String] {
        let (latents, text) = (model.latentSize, model.textEncoder.configuration)
        return [
            "latents \(latents.height)×\(latents.width)×\(model.latentChannels)",
            "U-Net \(model.unet.configuration.blockOutChannels.map(String.init).joined(separator: "·"))",
            "text \(text.maxPositionEmbeddings) tokens of \(text.hiddenSize)",
        ]
    }

    private var size: [String] {
        func millions(_ count: Int) -> String { NumberText.fixed(Double(count) / 1e6, 1) + " M" }
        return [
            "\(millions(model.parameterCount)) parameters: U-Net \(millions(model.unet.parameterCount))",
            "text encoder \(millions(model.textEncoder.parameterCount))", "VAE \(millions(model.vae.parameterCount))",
            "hash \(model.fingerprint)",
        ]
    }

    private var handleText: [String] {
        guard !model.handles.isEmpty else { return [] }
        let isPlain = model.handleOrigins.allSatisfy { $0 == nil }
        let texts = isPlain ? model.handles : model.belongings.split(separator: ", ").map(String.init)
        let layers = model.textEncoder.handleLayers.map { ["an embedding for each of \($0) layers"] } ?? []
        let (local, scale) = (model.handlesWithLocalFeatures, Double(model.localAttention?.scale ?? 0))
        let features = local.isEmpty ? [] : ["local features of \(local.count), weight \(NumberText.fixed(scale, 2))"]
        return ["handles \(texts[0])"] + texts.dropFirst() + layers + features
    }

    /// How much of the model differs from its base.
    private var difference: [String] {
        guard let base = learned.base else { return [] }
        let change = model.difference(from: base)
        if change.tensors == 0 { return ["the same as its base"] }
        return ["\(Self.bytes(change.bytes)) more than its base", "\(change.tensors) of \(change.of) tensors differ"]
    }

    private static func bytes(_ count: Int) -> String {
        count < 1_000_000 ? NumberText.fixed(Double(count) / 1e3, 1) + " kB" : NumberText.fixed(Double(count) / 1e6, 1) + " MB"
    }

    private var unfinished: [String] {
        learned.unfinished.map { ["interrupted after step \($0.step) of \($0.options.steps): go on with resume(…)"] } ?? []
    }
}

/// A handle of a model: a token, and the embedding that it has in that model.
public struct HandleValue: DeclaredValue {
    let model: DiffusionModel
    /// The handle's place among the model's handles.
    public let index: Int

    init(_ model: DiffusionModel, index: Int) { (self.model, self.index) = (model, index) }

    /// The token, as prompts name it.
    public var token: String { model.handles[index] }
    /// What the handle was made for; nil where it belongs to no scene.
    var origin: HandleOrigin? { model.handleOrigins[index] }
    /// The token.
    public var inlineText: String { token }

    /// The embedding [D], or [A, D] with one for each cross-attention layer; gradients flow to it where the model's handles take any.
    var embedding: Variable {
        model.textEncoder.handleEmbedding?.row(index) ?? Variable(.zeros([model.textEncoder.configuration.hiddenSize]))
    }

    /// The type of handles and its fields.
    public static let declaration = HostDeclaration<HandleValue>(
        "handle", "A token that one thing of a scene has in a model; written into a prompt as \"a photo of {handle}\".",
        makers: "phase1(model, scene).handles, or add_handles(model, n).handles",
        fields: [
            .init("token", .string, "The token, as prompts name it.") { .string($0.token) },
            .init("index", .int, "Its place among the model's handles.") { .int($0.index) },
            .init("embedding", TensorType.of(nil), "Its row of the token table [D]; [layers, D] where each layer has its own.") {
                .tensor($0.embedding)
            },
            .init("start", "The embedding that it started from; none where that is not known.") { handle in
                handle.model.handleStarts.map { .tensor($0.row(handle.index)) } ?? Value.none
            },
            .init("scene", "The title of the scene that it was made for, or none.") { $0.origin.map { .string($0.scene) } ?? Value.none },
            .init("mask", "The number of its mask in that scene, or none.") { $0.origin.map { .int($0.mask) } ?? Value.none },
            .init("thing", "What its thing is called, or none.") { $0.origin.map { .string($0.name) } ?? Value.none },
        ], element: nil, operators: false)

    /// Returns whether token and embedding are the same, bit for bit.
    public func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? HandleValue else { return false }
        return other.token == token && other.embedding.value.isIdentical(to: embedding.value)
    }

    /// Returns the handle with its norm, its way from its start, and the words that are most like it.
    public func display(_ context: DisplayContext) -> Display {
        let norm = embedding.value.sumOfSquares.squareRoot()
        let moved = model.handleStarts.map { (embedding.value - $0.row(index)).sumOfSquares.squareRoot() }
        let start = model.handleStarts.flatMap { starts in
            model.nearestWords(to: DiffusionModel.mean(ofHandle: starts.row(index)), count: 1).first?.word
        }
        let near = model.nearestWords(to: DiffusionModel.mean(ofHandle: embedding.value), count: 3).map(\.word)
        var pieces = ["handle \(token) of \(model.name)", "\(Shape.text(embedding.shape)) norm \(NumberText.fixed(norm, 3))"]
        if let origin { pieces.append("for \(origin.name) of \(origin.scene)") }
        if let moved { pieces.append("moved \(NumberText.fixed(moved, 3)) from its start" + (start.map { " near \"\($0)\"" } ?? "")) }
        pieces.append((embedding.shape.count > 1 ? "its mean most like " : "most like ") + near.map { "\"\($0)\"" }.joined(separator: " "))
        return Display(TextLines.pieces(pieces, between: "   ", context.width, "", "  ").joined(separator: "\n"))
    }
}
