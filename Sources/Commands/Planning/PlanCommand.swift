import BreakAScene
import Diffusion
import Language
import Tensors

/// The builtin `plan`: what a training will need, before it is started.
enum PlanCommand {
    static let all: [Builtin] = [
        Builtin(
            "plan", family: .training,
            summary: "Counts what a training will need before it starts: memory by part, arithmetic, time on this machine.",
            parameters: [model, phase, parts, rank]
                + TrainingParameters.shared(
                    without: Set((TrainingParameters.ofPrior + TrainingFunctions.losses.map(\.key)).map(\.parameter.name) + ["seed"])),
            result: .table, terms: ["memory", "ram", "estimate", "cost", "time", "flop"],
            examples: [.init("plan(load_model(\"collage\"), phase=2).part[0]", shows: "\"weights\"")], run: run)
    ]

    private static let model = Key<ModelValue>("model", doc: "The model that would be trained.")
    static let phase = Key<Int>("phase", default: 2, range: 1...2, doc: "1 moves handles only, 2 what train says.", keywordOnly: true)
    private static let parts = Key<TrainableParts?>(
        "train", doc: "As phase2's.", keywordOnly: true, standard: TrainingCommands.partsText)
    private static let rank = Key<Int>("rank", default: 4, range: 1...256, doc: "As phase2's.", keywordOnly: true)

    @Sendable private static func run(_ call: Call) throws -> Value {
        let (value, phase) = (try call[model], try call[Self.phase])
        var options = try TrainingParameters.options(call, phase: phase, model: value.model)
        options.trains = try call[parts] ?? options.trains
        options.loraRank = try call[rank]
        try OptionRule.check(OptionRule.training([options]), call)
        let model =
            try options.size.map { size in try call.mapped("size") { try value.model.sized(height: size.height, width: size.width) } }
            ?? value.model
        let plan = TrainingPlan(model, phase: phase, options)
        let seconds = PlanRates.measured().training(plan.operationsPerStep)
        func row(_ part: String, _ bytes: Int, _ note: String) -> [Value] { [.string(part), .float(Double(bytes) / 1e6), .string(note)] }
        let free = Memory.available
        return .host(
            TableValue(
                columns: ["part", "MB", "note"],
                rows: [
                    row("weights", plan.weights, "all three networks as they are kept, and what moves once more in float32"),
                    row("packed weights", plan.packed, "forms of frozen weights that products read"),
                    row("gradients", plan.gradients, "\(plan.trainable) parameters move"),
                    row("AdamW", plan.optimizerState, "two moments in \(options.optimizer.stateBits) bits"),
                    row(
                        "activations", plan.activations,
                        options.checkpointsGradients
                            ? "computed again in backward" : "kept for backward; gradient_checkpointing=true keeps less"),
                    row(
                        "peak", plan.peak,
                        free.map {
                            plan.peak > $0 ? "more than the \(TrainingPlan.text($0)) that are free" : "\(TrainingPlan.text($0)) are free"
                        } ?? ""),
                    row(
                        "each step", 0,
                        "\(NumberText.fixed(plan.operationsPerStep / 1e9, 1)) GFLOP, about \(PlanText.time(seconds)) on this machine"),
                    row("attention", 0, model.attentionLevel.map { TrainingPlan.text($0, model) } ?? "no maps: no attention loss"),
                    row("in all", 0, "\(plan.steps) steps, about \(PlanText.time(seconds * Double(plan.steps)))"),
                ]))
    }
}

extension Call {
    /// Prints what a training that needs much memory will take, and warns where that is more than there is.
    func announce(_ plans: [TrainingPlan]) {
        guard let plan = plans.max(by: { $0.peak < $1.peak }) else { return }
        if plan.peak > Memory.worthSaying {
            let rates = PlanRates.measured()
            let steps = plans.map { rates.training($0.operationsPerStep) }
            let time = zip(plans, steps).map { "\($0.steps) steps of about \(PlanText.time($1))" }.joined(separator: ", ")
            let all = PlanText.time(zip(plans, steps).reduce(0) { $0 + Double($1.0.steps) * $1.1 })
            context.emit(.stream("\(plan.trainable) parameters move; about \(plan.summary); \(time): \(all).\n"))
        }
        warn(
            peak: plan.peak,
            help:
                "gradient_checkpointing=true, optimizer_bits=8, train=\"lora\" and a smaller batch each need less: plan(model, …) tells how much"
        )
    }

    /// Prints what drawing will take where it needs much memory, and warns where that is more than there is.
    func announce(_ plan: GenerationPlan) {
        guard plan.peak > Memory.worthSaying else { return }
        let time = PlanText.time(PlanRates.measured().drawing(plan.operations))
        context.emit(.stream("about \(TrainingPlan.text(plan.peak)) of memory, \(time).\n"))
        warn(peak: plan.peak, help: "fewer pictures at once and a smaller size need less")
    }

    /// Warns where more memory is needed than is free. What the process holds already counts as free, because it is part of the plan.
    private func warn(peak: Int, help: String) {
        guard let free = Memory.available, peak > free + MemoryPool.shared.usedBytes else { return }
        context.warn(
            .tooManyBytes, "this needs about \(TrainingPlan.text(peak)) of memory; \(TrainingPlan.text(free)) are free", argument: "model",
            help: help)
    }
}
