import BreakAScene
import Diffusion
import Images
import Language
import Tensors

// How a training is carried out: checks first, then prior pictures, then one phase after the other.
extension TrainingCommands {
    /// Trains the phases on the call's scene and returns the model. The checks come before any computation; then the prior pictures are
    /// drawn, then one phase follows the other.
    static func run(_ call: Call, _ phases: [(phase: Int, options: TrainingOptions)], _ given: ModelValue) throws -> ModelValue {
        try OptionRule.check(OptionRule.training(phases.map(\.options)), call)
        let value = try resized(call, given, phases[0].options)
        let scene = try call.host("scene", as: SceneValue.self).scene
        let pairing = try call.pairing(value.model, scene)
        let seed = try call.int("seed")
        let plan = phases.map { phase in
            var options = phase.options
            // A checkpoint's folder knows the size from the options only.
            if value.model.isResized { options.size = PixelSize(width: value.model.pixelSize.width, height: value.model.pixelSize.height) }
            return PlannedPhase(phase: phase.phase, options: options, seed: seed)
        }
        SceneCommands.warn(
            try SceneReport(scene, model: value.model, downsampling: plan[0].options.maskDownsampling, looksCloser: false), call)
        let prepared = try call.mapped("scene") {
            try PreparedScene(scene, for: value.model, downsampling: plan[0].options.maskDownsampling)
        }
        // Checks the prompt with all handles of the scene, which a step may draw, now rather than in the middle of the training.
        let everything = UnionSample(chosen: Array(scene.masks.indices), isFlipped: false)
        for context in Set(plan.flatMap(\.options.contexts) + [PromptContext.plain]).sorted() {
            _ = try ViewLaws.checked(
                context, PickValue(model: value.model, scene: prepared, pairing: pairing, union: everything),
                context == PromptContext.plain ? "scene" : "contexts")
        }
        let side = value.model.latentSize
        try call.reservePass(2 * (plan.map(\.options.batchSize).max() ?? 1), height: side.height, width: side.width, value.model)
        call.announce(plan.map { TrainingPlan(value.model, phase: $0.phase, $0.options) })
        let replacements = try TrainingFunctions(call).replacements(value.model, prepared)
        try checkAttention(call, value.model, plan, replacements)
        let keeper = try TrainingCheckpoints(call)
        let identity = try keeper?.identity(value.model, scene, plan, replacements, call)
        var learned = value.learned
        learned.remaining = Array(plan.dropFirst())
        let description = title(plan[0], scene)
        func start(_ prior: PriorSet?) -> TrainingRun {
            TrainingRun(
                phase: plan[0].phase, learned.model, scene: prepared, prior: prior, options: plan[0].options, seed: seed,
                history: learned.history)
        }
        var prior: PriorSet?
        // With flips, or with none of the photo's posteriors at hand, nothing here is drawn yet: order does not matter.
        if plan.contains(where: { $0.options.priorWeight > 0 && $0.options.steps > 0 }) {
            let wanted = try TrainingParameters.prior(call, model: learned.model)
            if let known = keeper?.prior(learned.model, wanted) { learned.prior = known }
            let store = PriorStore(folder: keeper?.priorPath, drawnBy: learned.untrained, wanted)
            learned.drawnPrior = store
            prior = try preparePrior(call, &learned, wanted)
            if prior == nil {
                (learned.unfinished, learned.unfinishedReplacements, learned.pendingPrior) = (start(nil), replacements, wanted)
                learned.provenance.append(description)
                return pending(call, learned)
            }
        }
        let known = try identity.flatMap { try keeper?.begin(scene, prior: prior, $0, call) }
        learned.drawnPrior?.removeFiles()
        learned.drawnPrior = nil
        if let known {
            return try train(call, known.learned, known.run, description: known.description, replacements, keeper)
        }
        return try train(call, learned, start(prior), description: description, replacements, keeper)
    }

    /// Returns the model at the size that it is to train at.
    private static func resized(_ call: Call, _ value: ModelValue, _ options: TrainingOptions) throws -> ModelValue {
        guard let size = options.size else { return value }
        return ModelValue(try call.mapped("size") { try value.learned.sized(size) })
    }

    /// Throws `.badArgument` where an attention loss is wanted and the model's attention has no maps to compute it from. Says so where the
    /// maps do not have the paper's size.
    private static func checkAttention(_ call: Call, _ model: DiffusionModel, _ plan: [PlannedPhase], _ replaced: TrainingReplacements)
        throws
    {
        guard plan.contains(where: { $0.options.attentionWeight > 0 }) || replaced.attentionLoss != nil else { return }
        guard let level = model.attentionLevel else {
            throw Problem(
                .badArgument,
                "\(model.name) has no cross-attention in its down and up blocks: there is nothing for the attention loss to see",
                argument: replaced.attentionLoss == nil ? "model" : "attention_loss", help: "attention_weight=0 trains without that loss")
        }
        if replaced.attentionLoss != nil, plan.allSatisfy({ $0.options.attentionWeight == 0 }) {
            call.context.warn(
                .noGradient, "attention_weight is 0: what attention_loss gives is kept in the history and moves nothing",
                argument: "attention_loss")
        }
        if !level.isPaperSize { call.context.emit(.stream("The attention loss goes by \(TrainingPlan.text(level, model)).\n")) }
    }

    /// Returns the phase, its steps, learning rate, seed and scene in words.
    private static func title(_ plan: PlannedPhase, _ scene: Scene) -> String {
        "phase \(plan.phase), \(countText(plan.options.steps, "step")), lr \(plan.options.optimizer.lr), seed \(plan.seed), \(scene.title)"
    }

    /// Returns the model of a training that was stopped before all prior pictures were drawn, and says how to go on.
    static func pending(_ call: Call, _ learned: LearnedModel) -> ModelValue {
        call.context.emit(
            .stream(
                "Interrupted while the prior pictures were drawn: nothing is learned yet. Those that are drawn are kept. Go on with resume(…), the same as if never interrupted.\n"
            ))
        return ModelValue(learned)
    }

    /// Returns the prior pictures: the model's own, the session's, or drawn now. Returns nil where a stop was asked for meanwhile.
    static func preparePrior(_ call: Call, _ learned: inout LearnedModel, _ options: PriorOptions) throws -> PriorSet? {
        let base = learned.untrained
        if let prior = learned.prior, prior.isDrawn(with: options, by: base) { return prior }
        if let known = DrawnPriors.find(base, options, call) {
            learned.prior = known
            return known
        }
        var bar = ProgressBar(call.context, title: "prior pictures", unit: "step")
        defer { bar.finish() }
        var holder = learned
        let drawn: PriorSet
        do {
            drawn = try Cancellable.within(call.context.interrupt) {
                try call.mapped("prior_prompts") {
                    try holder.preparePrior(options, store: learned.drawnPrior) { done, total in
                        bar.update(done, of: total)
                        try call.context.checkInterrupt()
                    }
                }
            }
        } catch let problem as Problem where problem.code == .interrupted {
            return nil
        } catch var problem as Problem where problem.code == .unknownHandle {
            problem.help = "prior pictures are drawn by the base model, which has no handles"
            throw problem
        }
        learned = holder
        DrawnPriors.keep(drawn, base, call)
        return drawn
    }

    /// Trains a phase and the phases that follow, to the end or until a stop is asked for, and says how to go on where it was stopped.
    static func train(
        _ call: Call, _ learned: LearnedModel, _ run: TrainingRun, description: String, _ replacements: TrainingReplacements,
        _ keeper: TrainingCheckpoints? = nil
    ) throws -> ModelValue {
        var learned = try trainPhase(call, learned, run, description: description, replacements, keeper)
        while learned.unfinished == nil, let next = learned.remaining.first {
            learned.remaining.removeFirst()
            let start = TrainingRun(
                phase: next.phase, learned.model, scene: run.scene, prior: learned.prior, options: next.options, seed: next.seed,
                history: learned.history)
            learned = try trainPhase(call, learned, start, description: title(next, run.scene.scene), replacements, keeper)
        }
        if let rest = learned.unfinished, try rest.step != stop(call) {
            let follows = learned.remaining.isEmpty ? "" : " of phase \(rest.phase) (phase \(learned.remaining[0].phase) has not begun)"
            let (what, model) = call.assignedName.map { ("`\($0)`", $0) } ?? ("the result", "…")
            let isScript = call.context.isScript && call.context.interrupt.isRequested
            let next =
                switch (isScript, keeper != nil) {
                case (true, true): "The checkpoint has it: the same script goes on, the same as if never interrupted."
                case (true, false): "The script ends here, and what it has learned is lost: checkpoint=\"folder\" keeps it."
                case (false, _): "\(what) is the model as trained so far. Go on with resume(\(model)), the same as if never interrupted."
                }
            let text = "Interrupted after step \(rest.step) of \(rest.options.steps)\(follows): \(next)"
            call.context.emit(.stream(TextWrapping.lines(text, width: call.context.displayContext.width).joined(separator: "\n") + "\n"))
        }
        return ModelValue(learned)
    }

    /// Returns the step of `until=`, or nil where the call has none.
    private static func stop(_ call: Call) throws -> Int? { try call.optional("until").map { _ in try call.int("until") } }

    /// Trains one phase with its progress bar and checkpoints.
    private static func trainPhase(
        _ call: Call, _ learned: LearnedModel, _ run: TrainingRun, description: String, _ replacements: TrainingReplacements,
        _ keeper: TrainingCheckpoints?
    ) throws -> LearnedModel {
        let name = run.phase == 1 ? "phase 1  textual inversion" : "phase 2  fine-tuning"
        var bar = ProgressBar(call.context, title: name, unit: "step")
        defer { bar.finish() }
        var smooth = LossAverages()
        let until = try stop(call)
        let interrupt = call.context.interrupt
        return try call.mapped(nil) {
            try interrupt.during(keeper == nil ? .unkept : .kept) {
                let result = try learned.training(
                    run, description: description, replacing: replacements, isCancelled: { interrupt.isRequested }
                ) { progress, run in
                    smooth.add(progress.entry)
                    bar.update(progress.step, of: progress.steps, smooth.detail)
                    keeper?.keep(run, learned, description: description, isLast: run.isFinished)
                    return interrupt.isRequested || progress.step == until ? .stop : .proceed
                }
                if let rest = result.unfinished { keeper?.keep(rest, learned, description: description, isLast: true) }
                return result
            }
        }
    }
}
