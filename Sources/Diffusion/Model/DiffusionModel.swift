import Autograd
import NeuralNetwork
import Tensors

/// A Stable Diffusion model: a value. Training returns another one; both share every tensor that does not differ
/// (architecture.md, decision 1).
public struct DiffusionModel: Sendable {
    /// What people call it: the folder's name.
    public var name: String
    public let folder: String
    public internal(set) var tokenizer: CLIPTokenizer
    public var textEncoder: CLIPTextModel
    public var unet: UNet2DConditionModel
    public let vae: AutoencoderKL
    public let scheduler: SchedulerConfiguration
    /// Tokens of the handles, in the order of the rows of `textEncoder.handleEmbedding`.
    public internal(set) var handles: [String] = []
    /// What each handle was made for; nil for one that belongs to no scene.
    public internal(set) var handleOrigins: [HandleOrigin?] = []
    /// The rows that training started from, [K, D].
    public internal(set) var handleStarts: Tensor?
    /// Of latents, where the model is used at another size than it was made for: `sized`.
    var chosenLatentSize: (height: Int, width: Int)?
    let posteriors = PosteriorCache()
    /// What the parameters were when they came from the folder, by full name ("unet.conv_in.weight").
    private let origin: [String: TensorMark]

    /// A model as its folder has it: what differs from this later counts as changed.
    init(
        name: String, folder: String, tokenizer: CLIPTokenizer, textEncoder: CLIPTextModel, unet: UNet2DConditionModel,
        vae: AutoencoderKL, scheduler: SchedulerConfiguration
    ) {
        (self.name, self.folder, self.tokenizer, self.textEncoder, self.unet) = (name, folder, tokenizer, textEncoder, unet)
        (self.vae, self.scheduler) = (vae, scheduler)
        let all = Self.named("unet.", unet) + Self.named("text_encoder.", textEncoder)
        origin = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.value.value.mark) })
    }

    /// Parameters of the U-Net and the text encoder under their full names; handles are not among them.
    public var namedParameters: [(name: String, value: Variable)] {
        (Self.named("unet.", unet) + Self.named("text_encoder.", textEncoder))
            .filter { $0.name != "text_encoder." + CLIPTextModel.handleEmbeddingName }
    }

    /// Those that are no longer what the folder holds.
    public var changedParameters: [(name: String, value: Variable)] {
        namedParameters.filter { origin[$0.name] != $0.value.value.mark }
    }

    /// Puts other values in place of parameters, by full name; names that are none are passed over.
    public mutating func replaceParameters(_ values: [String: Tensor]) {
        func replace(_ name: String, _ parameter: inout Variable) {
            if let value = values[name], value.shape == parameter.shape { parameter = parameter.replacing(value) }
        }
        unet.forEachParameter("unet.", replace)
        textEncoder.forEachParameter("text_encoder.", replace)
    }

    private static func named(_ path: String, _ module: some Module) -> [(name: String, value: Variable)] {
        module.parameters().map { (path + $0.name, $0.value) }
    }

    /// Height and width of its latents: what `sized` chose, else what the model was made for.
    public var latentSize: (height: Int, width: Int) {
        if let chosenLatentSize { return chosenLatentSize }
        let side = vae.configuration.sampleSize / vae.configuration.downscale
        return (unet.configuration.sampleHeight ?? side, unet.configuration.sampleWidth ?? side)
    }

    /// Height and width of its pictures in pixels.
    public var pixelSize: (height: Int, width: Int) {
        let (size, f) = (latentSize, vae.configuration.downscale)
        return (size.height * f, size.width * f)
    }

    /// Channels of the latents.
    public var latentChannels: Int { unet.configuration.inChannels }

    public var parameterCount: Int { unet.parameterCount + textEncoder.parameterCount + vae.parameterCount }

    // MARK: Prompts

    /// Padded token ids of every prompt. Throws `TokenizerError` for one that is too long, and `ModelError.unknownHandle` for a `<name>` that
    /// is no token of this model.
    public func tokenize(_ prompts: [String]) throws -> [[Int]] {
        try prompts.map { prompt in
            for token in Self.handleMentions(in: prompt) where tokenizer.id(of: token) == nil {
                throw ModelError.unknownHandle(token: token, known: handles)
            }
            return try tokenizer.encodePadded(prompt).ids
        }
    }

    /// Every `<name>` in a text.
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

    /// The text encoder's output [N, L, D] for prompts.
    public func encodePrompts(_ prompts: [String]) throws -> Variable { textEncoder(try tokenize(prompts)) }

    // MARK: Handles

    /// The token id of a handle.
    public func handleID(_ index: Int) -> Int { textEncoder.configuration.vocabularySize + index }

    /// This model with handles added after those that it has: tokens written `<name>`, embeddings [K, D].
    /// `starts`: the rows that training started from, where they are others; `origins`: what they are made for, K of
    /// them, without which they belong to no scene.
    public func addingHandles(
        _ tokens: [String], embeddings: Tensor, starts: Tensor? = nil, origins: [HandleOrigin?]? = nil
    ) throws -> DiffusionModel {
        precondition(embeddings.shape == [tokens.count, textEncoder.configuration.hiddenSize])
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
        let all = Tensor.concatenated(rows + [embeddings], axis: 0)
        model.textEncoder.handleEmbedding = textEncoder.handleEmbedding?.needsGrad == true ? .leaf(all) : Variable(all)
        model.handleStarts = Tensor.concatenated((handleStarts.map { [$0] } ?? []) + [starts ?? embeddings], axis: 0)
        return model
    }

    /// This model with exactly these handles, of which it may have the first ones already: all get these embeddings.
    public func withHandles(_ tokens: [String], embeddings: Tensor, starts: Tensor, origins: [HandleOrigin?]) throws -> DiffusionModel {
        guard tokens.starts(with: handles), tokens.count == origins.count else {
            return try addingHandles(tokens, embeddings: embeddings, starts: starts, origins: origins)
        }
        let missing = handles.count..<tokens.count
        var model = missing.isEmpty ? self : try addingHandles(Array(tokens[missing]), embeddings: embeddings.rows(missing))
        (model.textEncoder.handleEmbedding, model.handleStarts, model.handleOrigins) = (Variable(embeddings), starts, origins)
        return model
    }

    /// This model with other scenes for its handles, one entry a handle.
    public func withOrigins(_ origins: [HandleOrigin?]) -> DiffusionModel {
        precondition(origins.count == handles.count)
        var model = self
        model.handleOrigins = origins
        return model
    }

    /// The embedding [D] that a word starts a handle with: its first sub-token's, as the paper's code has it.
    public func embedding(ofWord word: String) throws -> Tensor {
        guard let id = tokenizer.encode(word).first else { throw ModelError.emptyWord(word) }
        return embedding(ofToken: id)
    }

    /// The embedding [D] of a token id.
    public func embedding(ofToken id: Int) -> Tensor {
        let size = textEncoder.configuration.vocabularySize
        if id < size { return textEncoder.tokenEmbedding.value.row(id) }
        guard let handles = textEncoder.handleEmbedding else { preconditionFailure("token \(id) of \(size)") }
        return handles.value.row(id - size)
    }

    // MARK: Pictures and latents

    /// The posterior of pictures [N, H, W, 3] in [−1, 1], computed once for each picture and kept.
    public func posterior(of pictures: Tensor) -> DiagonalGaussian { posteriors.posterior(of: pictures, by: vae) }

    /// Pictures [N, H, W, 3], about [−1, 1], of scaled latents.
    public func decodeLatents(_ latents: Tensor) -> Tensor {
        vae.decode(latents.scaled(by: 1 / vae.configuration.scalingFactor))
    }

    /// √ᾱ · z + √(1 − ᾱ) · noise, one timestep a sample.
    public func addNoise(_ latents: Tensor, _ noise: Tensor, _ timesteps: [Int]) -> Tensor {
        Tensor.concatenated(
            timesteps.enumerated().map { index, t in
                let (signal, sigma) = scheduler.schedule.addNoiseCoefficients(t)
                return latents.rows(index..<index + 1).combined(signal, with: noise.rows(index..<index + 1), sigma)
            }, axis: 0)
    }

    /// What the U-Net is trained to predict: the noise, or the velocity, one timestep a sample.
    public func predictionTarget(_ latents: Tensor, _ noise: Tensor, _ timesteps: [Int]) -> Tensor {
        Tensor.concatenated(
            timesteps.enumerated().map { index, t in
                let (sample, other) = scheduler.schedule.targetCoefficients(t, scheduler.predictionType)
                return latents.rows(index..<index + 1).combined(sample, with: noise.rows(index..<index + 1), other)
            }, axis: 0)
    }
}
