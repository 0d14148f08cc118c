import Diffusion
import Images
import NeuralNetwork

/// What phase two trains.
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
    /// Only the handles: phase one again.
    case handles
}

/// Every choice in which the paper, its code and later work differ, with one name (method.md §1.7).
public struct TrainingOptions: Sendable, Equatable {
    public var steps = 400
    public var optimizer = AdamW.Options(lr: 5e-4)
    /// λ of the cross-attention loss; 0 is the paper's ablation.
    public var attentionWeight = 0.01
    public var attentionNormalization = AttentionNormalization.max
    public var attentionReduction = AttentionReduction.mean
    /// Prior preservation; 0 is none.
    public var priorWeight = 1.0
    /// The diffusion loss only inside the chosen masks (paper eq. 1); false is the ablation.
    public var isMasked = true
    public var sampling = SamplingLaw.union
    /// Probability that photo and masks are flipped.
    public var flip = 0.5
    /// What prompts say beside the handles, one at random a photo, each with `*` in the place of the handles; none is
    /// "a photo of *", the paper.
    public var contexts: [String] = []
    /// Probability that a photo shows a random part around the chosen things instead of the whole (`Zoom`).
    public var zoom = 0.0
    public var maskDownsampling = MaskDownsampling.nearest
    /// Photos of the scene in a step, each with a subset of its own; as many prior pictures.
    public var batchSize = 1
    /// Global norm that gradients are clipped to; nil is none.
    public var clipNorm: Double? = 1
    /// In phase one the clipped norm is that of the whole token table's gradient, though only the handles move: the
    /// code. False: the handles' own.
    public var clipsWholeTable = true
    public var trains = TrainableParts.all
    /// Learning rate of the handles, where it is another than that of all else; nil: the same.
    public var handleRate: Double?
    /// Pixels that it trains at; nil: the model's own size.
    public var size: PixelSize?
    /// Instead of `trains`: exactly these parameters ("unet.…", "text_encoder.…").
    public var trainedNames: Set<String>?
    /// Rank of the adapters where `trains` is `.lora`.
    public var loraRank = 4
    /// Gradient checkpointing: about a third more time, a fraction of the memory for activations; same gradients.
    public var checkpointsGradients = false

    public init() {}
}

/// The pictures that keep a model from forgetting (prior preservation): drawn by the base model. The values are the
/// code's: its `--num_class_images` and `--class_prompt`, and what diffusers' pipeline does without options.
public struct PriorOptions: Sendable, Equatable {
    public var count = 100
    /// Taken in turn.
    public var prompts = ["a photo at the beach"]
    public var steps = 50
    public var guidanceScale = 7.5
    /// Trainings take their own seed, so that the pictures of two seeds are independent.
    public var seed = 0

    public init() {}
}

/// What a handle starts from that was given no word.
public enum HandleStart: String, Sendable, CaseIterable {
    /// Random numbers with the spread of the token table.
    case random
    /// Copies of rows near the table's end, of tokens that are rare: the code, whose comment says "randomly".
    case rareTokens = "rare_tokens"
}

/// Settings that belong together.
public enum Preset: String, Sendable, CaseIterable {
    /// The paper's text and appendix B.1.
    case paper
    /// The authors' code.
    case code
    /// Tuned for the embedded model by its pictures (Tests/Conformance/RESULTS.md).
    case collage

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
            options.zoom = 0.5
        }
        return options
    }

    /// What handles start from without words. The paper names no rule.
    public var handleStart: HandleStart { self == .code ? .rareTokens : .random }

    public var prior: PriorOptions {
        var prior = PriorOptions()
        if self == .collage {
            prior.count = 16
            prior.steps = 30
            prior.guidanceScale = 3
            prior.prompts = [
                "a photo at the beach", "a photo in the snow", "a photo on a wooden table", "a photo of a bear on the grass",
                "a photo of a teddy bear", "a photo in the city", "a photo of a bird", "a photo of a flower in the forest",
            ]
        }
        return prior
    }

    /// The preset that suits a model.
    public static func suited(to model: DiffusionModel) -> Preset { model.isCollage ? .collage : .code }
}
