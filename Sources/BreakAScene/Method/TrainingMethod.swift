import Tensors

/// A way to learn handles from a scene: the paper's method, one of its ablations, or a baseline that it compares with (section 4
/// and appendix A). A row says which phases are run and which settings it fixes; all others are the preset's or the call's. So
/// methods are compared on the same scene, seeds and steps. A row without phases trains nothing: encoders that were trained before say
/// what a thing's handle is.
public struct TrainingMethod: TableRow {
    /// What a method is to the paper.
    public enum Kind: String, Sendable {
        /// The paper's own.
        case method
        /// The paper's without one of its parts.
        case ablation
        /// Another method, adapted to the task.
        case baseline
    }

    /// A phase of a method.
    public struct Phase: Sendable {
        /// The phase whose learning rate and other preset values it has: 1 moves the handles alone, 2 what `train` says.
        public let phase: Int
        /// The settings that the method fixes, by the names of `TrainingSetting`.
        public let fixed: JSONObject
        /// How many times the steps of a phase it takes: 2 where it is the method's only phase and stands for both.
        public let stepFactor: Int

        /// A phase of a method; without arguments that of the paper's.
        public init(_ phase: Int, fixed: JSONObject = JSONObject(), stepFactor: Int = 1) {
            (self.phase, self.fixed, self.stepFactor) = (phase, fixed, stepFactor)
        }

        /// Makes the preset's or the call's options those of the method.
        public func settle(_ options: inout TrainingOptions) {
            let (steps, isLarge) = options.steps.multipliedReportingOverflow(by: stepFactor)
            if !isLarge { options.steps = steps }
            for setting in TrainingSetting.all {
                if let value = fixed[setting.name] { _ = setting.set(value, in: &options) }
            }
        }
    }

    /// The word that chooses it.
    public let name: String
    /// What help says of it.
    public let doc: String
    /// What it is to the paper.
    public let kind: Kind
    /// Its phases, in their order; none where nothing is trained.
    public let phases: [Phase]
    /// Whether it trains; otherwise options of a training have no effect on it.
    public var isTrained: Bool { !phases.isEmpty }

    /// Every method; the first is the paper's.
    public static let all: [TrainingMethod] = [breakAScene] + ablations + baselines

    private init(_ name: String, _ kind: Kind, _ doc: String, _ phases: [Phase]) {
        (self.name, self.kind, self.doc, self.phases) = (name, kind, doc, phases)
    }

    /// The options of each phase with a preset.
    public func options(_ preset: Preset) -> [(phase: Int, options: TrainingOptions)] {
        phases.map { phase in
            var options = preset.options(phase: phase.phase)
            phase.settle(&options)
            return (phase.phase, options)
        }
    }

    // MARK: the paper's

    /// Both phases with everything.
    public static let breakAScene = TrainingMethod("break_a_scene", .method, "the paper's method", [Phase(1), Phase(2)])

    /// The four ablations of section 4.3, and that of appendix A.2. Without masks the photo's own background would be learned
    /// under the name of every place, so the third has no prompt contexts.
    private static let ablations = [
        TrainingMethod("no_phase1", .ablation, "phase two alone", [Phase(2)]),
        both("no_masked_loss", "the diffusion loss counts everywhere", [("masked", false), ("contexts", []), ("copy_paste", 0)]),
        both("no_attention_loss", "without the attention loss", [("attention_weight", 0)]),
        both("single_concept", "one thing a step in place of union sampling", [("sampling", "single")]),
        both("mostly_single", "one thing in most steps (appendix A.2)", [("sampling", "biased")]),
    ]

    private static func both(_ name: String, _ doc: String, _ fixed: [(String, JSON)]) -> TrainingMethod {
        TrainingMethod(name, .ablation, doc, [Phase(1, fixed: JSONObject(fixed)), Phase(2, fixed: JSONObject(fixed))])
    }

    // MARK: baselines

    /// The adapted baselines of section 4.1, on the solid-background collection, and the naive ones of appendix A.3, on the photo
    /// as it is. Each is one phase with as many steps as both of the paper's. The naive ones name all handles in every prompt,
    /// since the photo shows all things; the appendix has one token for the whole photo.
    private static let baselines = [
        baseline("ti_m", "textual inversion (handles alone) on a solid-background collection", 1, collection + noPrior),
        baseline("db_m", "DreamBooth (everything moves) on that collection", 2, collection + [("train", "all")]),
        baseline(
            "cd_m", "Custom Diffusion (handles, keys and values of cross-attention) on that collection", 2, collection + [("train", "kv")]),
        baseline("ti", "textual inversion on the photo as it is", 1, photo + noPrior),
        baseline("db", "DreamBooth on the photo as it is", 2, photo + [("train", "all")]),
        elite,
    ]

    /// ELITE (Wei et al. 2023), the paper's baseline without training; `EliteFolder.learn` is what it does.
    public static let elite = TrainingMethod(
        "elite", .baseline, "ELITE: encoders that ship make the handles from the masked photo, without a training", [])

    /// No loss but the diffusion loss everywhere and prior preservation, which DreamBooth and Custom Diffusion have.
    private static let plain: [(String, JSON)] =
        [("masked", false), ("contexts", []), ("zoom", 0), ("segmix", 0), ("copy_paste", 0), ("degrade_outside", 0)]
        + LossTerm.all.filter { $0.name != LossTerm.prior.name }.compactMap { $0.weightName.map { ($0, 0) } }
    private static let collection: [(String, JSON)] = plain + [("data", "collection"), ("sampling", "union"), ("flip", 0.5)]
    private static let photo: [(String, JSON)] = plain + [("data", "photo"), ("sampling", "all"), ("flip", 0)]
    /// The prompts of prior preservation name no handle, so it does nothing for handles alone.
    private static let noPrior: [(String, JSON)] = [("prior_weight", 0)]

    private static func baseline(_ name: String, _ doc: String, _ phase: Int, _ fixed: [(String, JSON)]) -> TrainingMethod {
        TrainingMethod(name, .baseline, doc, [Phase(phase, fixed: JSONObject(fixed), stepFactor: 2)])
    }
}
