import BreakAScene
import Diffusion
import Images
import Language
import Tensors

// How a training is carried out once it is checked: prior pictures, then one phase after the other.
extension TrainingCommands {
    /// Returns the phase, its steps, learning rate, seed and scene in words.
    static func title(_ plan: PlannedPhase, _ scene: Scene) -> String {
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
            drawn = try Cost.cancellable(call.context.interrupt) {
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
        if let rest = learned.unfinished, rest.step != until(call) {
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
            call.tell(text)
        }
        return ModelValue(learned)
    }

    /// Returns the step at which the call asks to pause; nil where it does not ask.
    private static func until(_ call: Call) -> Int? {
        if case .int(let step)? = call.given(TrainingParameters.until) { step } else { nil }
    }

    /// Trains one phase with its progress bar and checkpoints.
    private static func trainPhase(
        _ call: Call, _ learned: LearnedModel, _ run: TrainingRun, description: String, _ replacements: TrainingReplacements,
        _ keeper: TrainingCheckpoints?
    ) throws -> LearnedModel {
        let name = run.phase == 1 ? "phase 1  textual inversion" : "phase 2  fine-tuning"
        var bar = ProgressBar(call.context, title: name, unit: "step")
        defer { bar.finish() }
        var smooth = LossAverages()
        let until = until(call)
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
