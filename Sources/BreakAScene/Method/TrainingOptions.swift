import Diffusion
import Images
import NeuralNetwork

/// The parameters that phase two trains.
public enum TrainableParts: String, Sendable, CaseIterable {
    /// The U-Net, the text encoder and every row of its table: the paper.
    case all
    /// The U-Net and the handles; the rest of the text encoder stays, its token table too.
    case unet
    /// The U-Net and the whole token table: the code's `--no_train_text_encoder`. As there, only the U-Net's gradient is
    /// measured and clipped.
    case unetAndTokens = "unet_tokens"
    /// The attention layers and the handles.
    case attention
    /// The cross-attention's keys and values, and the handles (Custom Diffusion).
    case kv
    /// Low-rank adapters of the attention layers' projections, and the handles (LoRA).
    case lora
    /// Only the handles, as in phase one.
    case handles
}

/// The settings of one phase of training: every choice in which the paper, its code and later work differ has a name of its
/// own (Sources/BreakAScene/README.md, "Paper and code"). The defaults are the code's phase one.
public struct TrainingOptions: Sendable, Equatable {
    /// Steps of the phase.
    public var steps = 400
    /// How the learning rate goes down over the steps.
    public var schedule = LearningRateSchedule.constant
    /// AdamW's settings, the learning rate among them.
    public var optimizer = AdamW.Options(lr: 5e-4)
    /// The weights of the loss's terms, at least 0, by their names; a term that is not named has its standard weight.
    private var weights: [String: Double] = [:]
    /// The measure of the attention loss.
    public var attentionLoss = AttentionLoss.meanSquaredError
    /// How a handle's map is brought to [0, 1].
    public var attentionNormalization = AttentionNormalization.max
    /// How the attention loss averages over a map's cells.
    public var attentionReduction = AttentionReduction.mean
    /// Whether the diffusion loss counts only inside the chosen masks (paper, equation 1); false is the paper's ablation.
    public var isMasked = true
    /// The number by which the masked loss divides.
    public var maskNormalization = MaskNormalization.mean
    /// The temperature of the contrastive loss between handles, above 0. MCPL has 0.2 to 0.3.
    public var contrastTemperature = 0.2
    /// The law by which a photo's subset of handles is drawn.
    public var sampling = SamplingLaw.union
    /// The share of steps with one handle, where `sampling` is `.biased`.
    public var singleShare = 0.75
    /// What a step shows beside the chosen things.
    public var data = TrainingData.photo
    /// The probability that photo and masks are flipped.
    public var flip = 0.5
    /// What prompts say beside the handles: for each photo one of these at random, with `*` in the place of the handles.
    /// None is "a photo of *", the paper's prompt.
    public var contexts: [String] = []
    /// The probability that a photo shows a random part around the chosen things instead of the whole (`Zoom`).
    public var zoom = 0.0
    /// The probability that the chosen things are pasted at random places of a solid background (`Collage`).
    public var segmix = 0.0
    /// The probability that the chosen things are pasted, enlarged and side by side, on a prior picture of an empty place (`CopyPaste`).
    /// Above 0 all other photos count in the attention loss alone, and are seen at less noise (`CopyPaste.photoTimestep`).
    public var copyPaste = 0.0
    /// The strength of the noise outside of the masks at the first step, 0…1 (`OutsideDegradation`); 0 is none.
    public var degradesOutside = 0.0
    /// The γ of the weights of timesteps, above 0 (`SNRWeighting`); nil weighs all alike.
    public var snrGamma: Double?
    /// How masks come down to the sizes of latents and maps.
    public var maskDownsampling = MaskDownsampling.nearest
    /// The photos of the scene in a step, each with a subset of its own; the step has as many prior pictures.
    public var batchSize = 1
    /// The global norm that gradients are clipped to; nil is no clipping.
    public var clipNorm: Double? = 1
    /// Whether, in phase one, the clipped norm is that of the whole token table's gradient although only the handles move,
    /// as in the code. False: the norm of the handles' own gradient.
    public var clipsWholeTable = true
    /// The parameters that phase two trains; `trainedNames` overrides it.
    public var trains = TrainableParts.all
    /// The learning rate of the handles; nil: that of all other parameters.
    public var handleRate: Double?
    /// The size in pixels that the model is trained at; nil: its own size.
    public var size: PixelSize?
    /// Whether each handle gets an embedding for each cross-attention layer, all equal at first (P+, arXiv 2303.09522). Handles that
    /// have such embeddings keep them either way.
    public var isPerLayer = false
    /// Trains exactly these parameters ("unet.…", "text_encoder.…") in phase two, instead of `trains`.
    public var trainedNames: Set<String>?
    /// The rank of the adapters where `trains` is `.lora`.
    public var loraRank = 4
    /// The steps from one picture of all handles to the next, which the history keeps; 0 draws none. They change nothing that is learned.
    public var previews = 0
    /// Whether activations are computed again in the backward pass (gradient checkpointing): about a third more time, a
    /// fraction of the memory, the same gradients.
    public var checkpointsGradients = false

    /// The settings of the authors' code for phase one.
    public init() {}

    /// The weight of a term of the loss; 1 for a term without one.
    public func weight(of term: LossTerm) -> Double { weights[term.name] ?? term.weight?.standard ?? 1 }

    /// Sets the weight of a term that has one, at least 0.
    public mutating func setWeight(of term: LossTerm, to weight: Double) {
        // Options are equal where their weights are.
        weights[term.name] = weight == term.weight?.standard ? nil : weight
    }

    /// The weight λ of the cross-attention loss; 0 is the paper's ablation.
    public var attentionWeight: Double {
        get { weight(of: .attention) }
        set { setWeight(of: .attention, to: newValue) }
    }

    /// The weight of prior preservation; 0 is none.
    public var priorWeight: Double {
        get { weight(of: .prior) }
        set { setWeight(of: .prior, to: newValue) }
    }

    /// Whether a step may need pictures that the base model drew.
    public var needsPrior: Bool { priorWeight > 0 || copyPaste > 0 }
}

/// The pictures that keep a model from forgetting (prior preservation): drawn by the base model. The values are the
/// code's: its `--num_class_images` and `--class_prompt`, and what diffusers' pipeline does without options.
public struct PriorOptions: Sendable, Equatable {
    /// The number of pictures.
    public var count = 100
    /// The prompts, taken in turn; at least one.
    public var prompts = ["a photo at the beach"]
    /// Denoising steps of each picture.
    public var steps = 50
    /// The scale of classifier-free guidance.
    public var guidanceScale = 7.5
    /// The seed of the drawing. Trainings set it to their own, so that the pictures of two seeds are independent.
    public var seed = 0

    /// The code's settings.
    public init() {}

    /// Sets prompts and number to pictures of the empty places of contexts, for things to be pasted on (`CopyPaste`): one of each place,
    /// and more where that would be few.
    public mutating func showPlaces(of contexts: [String]) {
        prompts = CopyPaste.backgrounds(contexts)
        count = max(12, prompts.count)
    }
}

/// The embedding that a handle starts from where no word was given for it.
public enum HandleStart: String, Sendable, CaseIterable {
    /// Random numbers with the spread of the token table.
    case random
    /// Copies of rows near the table's end, of tokens that are rare: the code, whose comment says "randomly".
    case rareTokens = "rare_tokens"
}

/// Settings that belong together (Sources/BreakAScene/README.md, "Paper and code").
public enum Preset: String, Sendable, CaseIterable {
    /// The paper's text and appendix B.1.
    case paper
    /// The authors' code.
    case code
    /// Tuned for the embedded model by the pictures that it draws (Tests/Conformance/RESULTS.md).
    case collage
    /// Tuned for the embedded model at 256 pixels, in the same way: things are learned on pictures of empty places.
    case collage256

    /// The settings of a phase, 1 or 2.
    public func options(phase: Int) -> TrainingOptions {
        var options = TrainingOptions()
        options.optimizer.lr = phase == 1 ? 5e-4 : 2e-6
        switch self {
        case .code: break
        case .paper:
            options.optimizer.beta2 = 0.99
            options.optimizer.weightDecay = 1e-8
            options.attentionNormalization = .minmax
            options.priorWeight = 0
            options.flip = 0
        case .collage:
            options.optimizer.lr = phase == 1 ? 5e-3 : 3e-4
            options.attentionWeight = 0.1
            options.flip = 0
            options.clipsWholeTable = false
            options.contexts = PromptContext.places
        case .collage256:
            options = Preset.collage.options(phase: phase)
            options.steps = phase == 1 ? 100 : 800
            options.batchSize = phase == 1 ? 4 : 2
            options.optimizer.lr = phase == 1 ? 5e-3 : 8e-4
            options.schedule = phase == 1 ? .constant : .linear
            options.copyPaste = 0.9
            options.snrGamma = 2
            options.priorWeight = 0
            // A text encoder that moves forgets words that are not among the contexts.
            options.trains = .unet
            options.contexts = PromptContext.emptyPlaces
        }
        return options
    }

    /// The embeddings that handles start from where no words are given. The paper names no rule.
    public var handleStart: HandleStart { self == .code ? .rareTokens : .random }

    /// The settings of the prior pictures; of no use in `.paper`, which has none.
    public var prior: PriorOptions {
        var prior = PriorOptions()
        if self == .collage256 { prior.showPlaces(of: PromptContext.emptyPlaces) }
        if self == .collage256 || self == .collage {
            prior.steps = 30
            prior.guidanceScale = 3
        }
        if self == .collage {
            prior.count = 16
            prior.prompts = [
                "a photo at the beach", "a photo in the snow", "a photo on a wooden table", "a photo of a bear on the grass",
                "a photo of a teddy bear", "a photo in the city", "a photo of a bird", "a photo of a flower in the forest",
            ]
        }
        return prior
    }

    /// The preset that suits a model: `.collage256` for the embedded model that was made for 256 pixels, `.collage` for the one for 128,
    /// `.code` for all others. The size that they are used at changes nothing.
    public static func suited(to model: DiffusionModel) -> Preset {
        guard model.isCollage else { return .code }
        return model.nativeLatentSize.height >= 32 ? .collage256 : .collage
    }
}
