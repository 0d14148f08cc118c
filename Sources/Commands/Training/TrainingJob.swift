import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// A call that trains, from its arguments to the first step: all checks come before any computation, then the prior pictures are drawn,
/// then one phase follows the other.
struct TrainingJob {
    private let call: Call
    /// The model at the size at which it trains.
    private let value: ModelValue
    private let plan: [PlannedPhase]
    private let scene: PreparedScene
    private let replacements: TrainingReplacements
    private let keeper: TrainingCheckpoints?
    private let identity: TrainingIdentity?

    /// Checks everything that a training of these phases needs. Throws a `Problem` where options have no effect, the scene, its prompts,
    /// the model or the functions do not fit, or the checkpoints' folder holds another training; warns of what will not work well.
    init(_ call: Call, _ phases: [(phase: Int, options: TrainingOptions)], _ given: ModelValue) throws {
        try OptionRule.check(OptionRule.training(phases.map(\.options)), call)
        self.call = call
        value = try Self.resized(call, given, phases[0].options)
        let pairing = try call.pairing(value.model, call[TrainingCommands.scene].scene)
        plan = try Self.planned(call, phases, value.model)
        scene = try Self.prepared(call, value.model, plan)
        try Self.checkPrompts(value.model, scene, pairing, plan)
        if plan.contains(where: \.options.isPerLayer) { try HandleLayer.checkAny(value.model, call, TrainingSetting.perLayer) }
        let side = value.model.latentSize
        try call.reservePass(2 * (plan.map(\.options.batchSize).max() ?? 1), height: side.height, width: side.width, value.model)
        let model = value.model
        call.announce(plan.map { TrainingPlan(model, phase: $0.phase, $0.options) })
        replacements = try TrainingFunctions(call).replacements(model, scene)
        try Self.checkAttention(call, model, plan, replacements)
        keeper = try TrainingCheckpoints(call)
        identity = try keeper?.identity(model, scene.scene, plan, replacements, call)
    }

    /// Draws the prior pictures, then trains the phases, or goes on from a checkpoint; returns the model, also where a stop was asked for.
    func run() throws -> ModelValue {
        var learned = value.learned
        learned.remaining = Array(plan.dropFirst())
        let description = TrainingCommands.title(plan[0], scene.scene)
        var prior: PriorSet?
        // With flips, or with none of the photo's posteriors at hand, nothing here is drawn yet: order does not matter.
        if let wanted = try TrainingParameters.prior(call, plan.map(\.options), model: learned.model) {
            prior = try drawnPrior(&learned, wanted)
            if prior == nil {
                (learned.unfinished, learned.unfinishedReplacements) = (firstStep(learned, nil), replacements)
                learned.pendingPrior = wanted
                learned.provenance.append(description)
                return TrainingCommands.pending(call, learned)
            }
        }
        let known = try identity.flatMap { try keeper?.begin(scene.scene, prior: prior, $0, call) }
        learned.drawnPrior?.removeFiles()
        learned.drawnPrior = nil
        if let known {
            return try TrainingCommands.train(call, known.learned, known.run, description: known.description, replacements, keeper)
        }
        return try TrainingCommands.train(call, learned, firstStep(learned, prior), description: description, replacements, keeper)
    }

    /// Returns the state of the first phase before its first step.
    private func firstStep(_ learned: LearnedModel, _ prior: PriorSet?) -> TrainingRun {
        TrainingRun(
            phase: plan[0].phase, learned.model, scene: scene, prior: prior, options: plan[0].options, seed: plan[0].seed,
            history: learned.history)
    }

    /// Returns the prior pictures of a checkpoint, of the session, or drawn now; nil where a stop was asked for meanwhile.
    private func drawnPrior(_ learned: inout LearnedModel, _ wanted: PriorOptions) throws -> PriorSet? {
        if let known = keeper?.prior(learned.model, wanted) { learned.prior = known }
        learned.drawnPrior = PriorStore(folder: keeper?.priorPath, drawnBy: learned.untrained, wanted)
        return try TrainingCommands.preparePrior(call, &learned, wanted)
    }

    // MARK: checks

    /// Returns the model at the size that it is to train at.
    private static func resized(_ call: Call, _ value: ModelValue, _ options: TrainingOptions) throws -> ModelValue {
        guard let size = options.size else { return value }
        return ModelValue(try call.mapped("size") { try value.learned.sized(size) })
    }

    /// Returns the phases with the seed, and with the model's size where it was changed: a checkpoint's folder knows it from the options
    /// only.
    private static func planned(
        _ call: Call, _ phases: [(phase: Int, options: TrainingOptions)], _ model: DiffusionModel
    ) throws -> [PlannedPhase] {
        let seed = try call[TrainingParameters.seed]
        return phases.map { phase in
            var options = phase.options
            if model.isResized { options.size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height) }
            return PlannedPhase(phase: phase.phase, options: options, seed: seed)
        }
    }

    /// Returns the scene as the model sees it, and warns of masks that will not work well.
    private static func prepared(_ call: Call, _ model: DiffusionModel, _ plan: [PlannedPhase]) throws -> PreparedScene {
        let (scene, downsampling) = (try call[TrainingCommands.scene].scene, plan[0].options.maskDownsampling)
        SceneCommands.warn(try SceneReport(scene, model: model, downsampling: downsampling, looksCloser: false), call)
        return try call.mapped(TrainingCommands.scene) { try PreparedScene(scene, for: model, downsampling: downsampling) }
    }

    /// Checks the prompts with all handles of the scene, which a step may draw, now rather than in the middle of the training.
    private static func checkPrompts(
        _ model: DiffusionModel, _ scene: PreparedScene, _ pairing: ScenePairing, _ plan: [PlannedPhase]
    ) throws {
        let everything = UnionSample(chosen: Array(scene.scene.masks.indices), isFlipped: false)
        for context in Set(plan.flatMap(\.options.contexts) + [PromptContext.plain]).sorted() {
            _ = try ViewLaws.checked(
                context, PickValue(model: model, scene: scene, pairing: pairing, union: everything),
                context == PromptContext.plain ? "scene" : "contexts")
        }
    }

    /// Throws `.badArgument` where an attention loss is wanted and the model's attention has no maps to compute it from. Says so where the
    /// maps do not have the paper's size.
    private static func checkAttention(
        _ call: Call, _ model: DiffusionModel, _ plan: [PlannedPhase], _ replaced: TrainingReplacements
    ) throws {
        let isAdaptive = plan.contains { $0.options.sampling == .adaptive }
        let weighs = plan.contains { $0.options.attentionWeight > 0 || $0.options.weight(of: .overlap) > 0 }
        guard weighs || isAdaptive || replaced.attentionLoss != nil else { return }
        guard let level = model.attentionLevel else {
            throw Problem(
                .badArgument,
                "\(model.name) has no cross-attention in its down and up blocks: there is nothing for the attention loss to see",
                argument: replaced.attentionLoss == nil ? "model" : "attention_loss",
                help: isAdaptive ? "the law \"adaptive\" goes by that loss" : "attention_weight=0 trains without that loss")
        }
        if replaced.attentionLoss != nil, plan.allSatisfy({ $0.options.attentionWeight == 0 }) {
            call.context.warn(
                .noGradient, "attention_weight is 0: what attention_loss gives is kept in the history and moves nothing",
                argument: "attention_loss")
        }
        if !level.isPaperSize { call.context.emit(.stream("The attention loss goes by \(TrainingPlan.text(level, model)).\n")) }
    }
}
