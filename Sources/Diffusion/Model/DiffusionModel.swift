import Autograd
import NeuralNetwork
import Tensors

/// A Stable Diffusion model: a value. Training returns another model; both share every tensor that does not differ.
public struct DiffusionModel: Sendable {
    /// The model's name: its folder's.
    public var name: String
    /// The folder, or file, that it was read from.
    public private(set) var folder: String
    /// The tokenizer, which knows the handles too.
    public internal(set) var tokenizer: CLIPTokenizer
    /// The text encoder, with the handles' embeddings.
    public var textEncoder: CLIPTextModel
    /// The U-Net.
    public var unet: UNet2DConditionModel
    /// The autoencoder, which is never trained.
    public let vae: AutoencoderKL
    /// The settings of the scheduler that its folder names.
    public let scheduler: SchedulerConfiguration
    /// The handles' tokens, in the order of the rows of `textEncoder.handleEmbedding`.
    public internal(set) var handles: [String] = []
    /// What each handle was made for; nil for one that belongs to no scene.
    public internal(set) var handleOrigins: [HandleOrigin?] = []
    /// The embeddings that the handles' training started from, in the shape of `textEncoder.handleEmbedding`; nil without handles.
    public internal(set) var handleStarts: Tensor?
    /// Local features of handles, at which the U-Net looks where a prompt mentions them; nil where no handle has any.
    public internal(set) var localAttention: LocalAttention?
    /// The size of the latents that `sized` chose; nil: the size that the model was made for.
    var chosenLatentSize: (height: Int, width: Int)?
    /// The size of the latents that an adapter's folder was trained for; nil without one that says it.
    var adapterLatentSize: (height: Int, width: Int)?
    let posteriors = PosteriorCache()
    /// The marks that parameters had when they came from the folder, by full name ("unet.conv_in.weight").
    private var origin: [String: TensorMark]

    /// A model as its folder has it; parameters that differ from these later count as changed.
    init(
        name: String, folder: String, tokenizer: CLIPTokenizer, textEncoder: CLIPTextModel, unet: UNet2DConditionModel,
        vae: AutoencoderKL, scheduler: SchedulerConfiguration
    ) {
        (self.name, self.folder, self.tokenizer, self.textEncoder, self.unet) = (name, folder, tokenizer, textEncoder, unet)
        (self.vae, self.scheduler) = (vae, scheduler)
        origin = Self.marks(unet, textEncoder)
    }

    private static func marks(_ unet: UNet2DConditionModel, _ textEncoder: CLIPTextModel) -> [String: TensorMark] {
        var marks: [String: TensorMark] = [:]
        unet.parameters().forEach { marks["unet." + $0.name] = $0.value.value.mark }
        textEncoder.parameters().forEach { marks["text_encoder." + $0.name] = $0.value.value.mark }
        return marks
    }

    /// This model as one that was read from `folder`: parameters count as changed where they differ from what they are now.
    func asRead(from folder: String, name: String) -> DiffusionModel {
        var model = self
        (model.name, model.folder, model.origin) = (name, folder, Self.marks(unet, textEncoder))
        return model
    }

    /// The parameters of the U-Net and the text encoder under their full names, without the handles.
    public var namedParameters: [(name: String, value: Variable)] {
        parameters().filter { $0.name != "text_encoder." + CLIPTextModel.handleEmbeddingName }
    }

    /// The parameters of `namedParameters` whose values are no longer those of the folder.
    public var changedParameters: [(name: String, value: Variable)] {
        namedParameters.filter { origin[$0.name] != $0.value.value.mark }
    }

    /// Replaces the values of parameters, by full name; names that no parameter has, and values of another shape, are
    /// ignored.
    public mutating func replaceParameters(_ values: [String: Tensor]) {
        forEachParameter("") { name, parameter in
            if let value = values[name], value.shape == parameter.shape { parameter = parameter.replacing(value) }
        }
    }

    /// The size of its latents: what `sized` chose, else what the model was made for.
    public var latentSize: (height: Int, width: Int) {
        if let chosenLatentSize { return chosenLatentSize }
        let side = vae.configuration.sampleSize / vae.configuration.downscale
        return (unet.configuration.sampleHeight ?? side, unet.configuration.sampleWidth ?? side)
    }

    /// The size of its pictures in pixels.
    public var pixelSize: (height: Int, width: Int) {
        let (size, f) = (latentSize, vae.configuration.downscale)
        return (size.height * f, size.width * f)
    }

    /// The channels of its latents.
    public var latentChannels: Int { unet.configuration.inChannels }

    /// The number of parameters of all three networks.
    public var parameterCount: Int { unet.parameterCount + textEncoder.parameterCount + vae.parameterCount }

    // MARK: Prompts

    /// The padded token ids of every prompt. Throws `TokenizerError` for a prompt that is too long, and
    /// `ModelError.unknownHandle` for a `<name>` that is no token of this model.
    public func tokenize(_ prompts: [String]) throws -> [[Int]] {
        try prompts.map { prompt in
            for token in Self.handleMentions(in: prompt) where tokenizer.id(of: token) == nil {
                throw ModelError.unknownHandle(token: token, known: handles)
            }
            return try tokenizer.encodePadded(prompt).ids
        }
    }

    /// Every `<name>` in a text, in order.
    static func handleMentions(in text: String) -> [String] {
        var (mentions, current) = ([String](), "")
        for character in text {
            if character == "<" {
                current = "<"
            } else if !current.isEmpty {
                current.append(character)
                if character == ">" {
                    if current.count > 2 { mentions.append(current) }
                    current = ""
                } else if character.isWhitespace {
                    current = ""
                }
            }
        }
        return mentions
    }

    /// The text encoder's output for N prompts. Throws as `tokenize`.
    public func encodePrompts(_ prompts: [String]) throws -> TextStates { textEncoder(try tokenize(prompts)) }

    // MARK: Handles

    /// The token id of the handle at place `index`.
    public func handleID(_ index: Int) -> Int { textEncoder.configuration.vocabularySize + index }

    /// This model with handles added after its own: tokens written `<name>`, with embeddings [K, D], or [K, A, D] with one for each of
    /// `crossAttentionLayers`. Where the model's own handles or these have one for each layer, the others get the same in all. `starts`:
    /// the embeddings that their training started from, where these are others; `origins`: what they were made for, K of them, without
    /// which they belong to no scene. Throws `ModelError` for a token that is no such name, or exists; traps for other shapes.
    public func addingHandles(
        _ tokens: [String], embeddings: Tensor, starts: Tensor? = nil, origins: [HandleOrigin?]? = nil
    ) throws -> DiffusionModel {
        precondition(fitsHandles(embeddings, count: tokens.count) && starts.map { fitsHandles($0, count: tokens.count) } ?? true)
        precondition(origins.map { $0.count == tokens.count } ?? true)
        for (index, token) in tokens.enumerated() {
            guard token.count > 2, token.first == "<", token.last == ">",
                !token.dropFirst().dropLast().contains(where: { $0.isWhitespace || $0 == "<" || $0 == ">" })
            else { throw ModelError.handleName(token: token) }
            guard tokenizer.id(of: token) == nil, !tokens[..<index].contains(token) else { throw ModelError.handleExists(token: token) }
        }
        var model = self
        model.tokenizer = try tokenizer.adding(tokens)
        model.handles += tokens
        model.handleOrigins += origins ?? Array(repeating: nil, count: tokens.count)
        let rows = textEncoder.handleEmbedding.map { [$0.value] } ?? []
        let all = Self.handleTable(rows + [embeddings])
        model.textEncoder.handleEmbedding = textEncoder.handleEmbedding?.needsGrad == true ? .leaf(all) : Variable(all)
        let started = Self.handleTable((handleStarts.map { [$0] } ?? []) + [starts ?? embeddings])
        model.handleStarts = all.rank == 3 ? Self.perLayer(started, count: all.shape[1]) : started
        return model
    }

    /// This model with exactly these handles, of which it may have the first ones already: all get these embeddings, [K, D] or
    /// [K, A, D], starts of the same shape, and origins. Throws as `addingHandles`.
    public func withHandles(_ tokens: [String], embeddings: Tensor, starts: Tensor, origins: [HandleOrigin?]) throws -> DiffusionModel {
        guard tokens.starts(with: handles), tokens.count == origins.count else {
            return try addingHandles(tokens, embeddings: embeddings, starts: starts, origins: origins)
        }
        let missing = handles.count..<tokens.count
        var model = missing.isEmpty ? self : try addingHandles(Array(tokens[missing]), embeddings: embeddings.rows(missing))
        (model.textEncoder.handleEmbedding, model.handleStarts, model.handleOrigins) = (Variable(embeddings), starts, origins)
        return model
    }

    /// This model with other origins of its handles, one entry for each.
    public func withOrigins(_ origins: [HandleOrigin?]) -> DiffusionModel {
        precondition(origins.count == handles.count)
        var model = self
        model.handleOrigins = origins
        return model
    }

    /// The embedding that a handle starts with from a word: that of its first token, as in the paper's code; [D], or [A, D] where the
    /// word is a handle with one for each layer. Throws `ModelError.emptyWord` for a word without tokens.
    public func embedding(ofWord word: String) throws -> Tensor {
        guard let id = tokenizer.encode(word).first else { throw ModelError.emptyWord(word) }
        return embedding(ofToken: id)
    }

    /// The embedding [D] of a token id, a handle's too, which may be [A, D]; traps for an id beyond them.
    public func embedding(ofToken id: Int) -> Tensor {
        let size = textEncoder.configuration.vocabularySize
        if id < size { return textEncoder.tokenEmbedding.value.row(id) }
        guard let handles = textEncoder.handleEmbedding else { preconditionFailure("token \(id) of \(size)") }
        return handles.value.row(id - size)
    }

    // MARK: Pictures and latents

    /// The posterior of pictures [N, H, W, 3] in [−1, 1], computed once for each picture and cached.
    public func posterior(of pictures: Tensor) -> DiagonalGaussian { posteriors.posterior(of: pictures, by: vae) }

    /// The pictures [N, H, W, 3], about in [−1, 1], of scaled latents [N, h, w, C].
    public func decodeLatents(_ latents: Tensor) -> Tensor {
        vae.decode(latents.scaled(by: 1 / vae.configuration.scalingFactor))
    }

    /// The noised latents √ᾱ · z + √(1 − ᾱ) · noise, with one timestep for each sample.
    public func addNoise(_ latents: Tensor, _ noise: Tensor, _ timesteps: [Int]) -> Tensor {
        Tensor.concatenated(
            timesteps.enumerated().map { index, t in
                let (signal, sigma) = scheduler.schedule.addNoiseCoefficients(t)
                return latents.rows(index..<index + 1).combined(signal, with: noise.rows(index..<index + 1), sigma)
            }, axis: 0)
    }

    /// What the U-Net is trained to predict: the noise, the velocity or the clean latents, as `scheduler.predictionType`
    /// says; one timestep for each sample.
    public func predictionTarget(_ latents: Tensor, _ noise: Tensor, _ timesteps: [Int]) -> Tensor {
        Tensor.concatenated(
            timesteps.enumerated().map { index, t in
                let (sample, other) = scheduler.schedule.targetCoefficients(t, scheduler.predictionType)
                return latents.rows(index..<index + 1).combined(sample, with: noise.rows(index..<index + 1), other)
            }, axis: 0)
    }
}

/// As a module a model is what trainings move: the U-Net and the text encoder with the handles, under their full names ("unet.…",
/// "text_encoder.…"). The autoencoder is never trained.
extension DiffusionModel: Module {
    /// Calls `body` with every parameter of the U-Net, then of the text encoder.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try unet.forEachParameter(path + "unet.", body)
        try textEncoder.forEachParameter(path + "text_encoder.", body)
    }
}
