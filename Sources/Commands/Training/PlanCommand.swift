import BreakAScene
import Diffusion
import Glibc
import Language
import Tensors

/// What a training will need, before it is started.
enum PlanCommand {
    static let all: [Builtin] = [
        Builtin(
            "plan", family: "training", summary: "Counts what a training will need before it starts: memory by part, arithmetic, time on this machine.",
            parameters: [
                Parameter("model", .host("model"), doc: "The model that would be trained."),
                Parameter("phase", .int, default: 2, range: 1...2, doc: "1 moves handles only, 2 what train says.", keywordOnly: true),
                Parameter("train", .string, default: "all", allowed: TrainableParts.allCases.map(\.rawValue), doc: "As phase2's.", keywordOnly: true),
                Parameter("rank", .int, default: 4, range: 1...256, doc: "As phase2's.", keywordOnly: true),
            ] + TrainingParameters.shared.filter { !["attention_loss", "seed", "prior", "prior_prompts"].contains($0.name) },
            result: "table", terms: ["memory", "ram", "estimate", "cost", "time", "flop"],
            examples: [.init("plan(load_model(\"collage\"), phase=2).part[0]", shows: "\"weights\"")], run: run)
    ]

    @Sendable private static func run(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        let phase = try call.int("phase")
        var options = try TrainingParameters.options(call, phase: phase, model: value.model.name)
        options.trains = TrainableParts(rawValue: try call.string("train")) ?? .all
        options.loraRank = try call.int("rank")
        let plan = TrainingPlan(value.model, phase: phase, options)
        let rate = Tensor.productPeak()
        func row(_ part: String, _ bytes: Int, _ note: String) -> [Value] { [.string(part), .float(Double(bytes) / 1e6), .string(note)] }
        let seconds = plan.operationsPerStep / rate / efficiency
        let free = Memory.available
        return .host(TableValue(columns: ["part", "MB", "note"], rows: [
            row("weights", plan.weights, "all three networks, and those that move once more"),
            row("packed weights", plan.packed, "forms of frozen weights that products read"),
            row("gradients", plan.gradients, "\(plan.trainable) parameters move"),
            row("AdamW", plan.optimizerState, "two moments in \(options.optimizer.stateBits) bits"),
            row("activations", plan.activations, options.checkpointsGradients ? "computed again in backward" : "kept for backward; gradient_checkpointing=true keeps less"),
            row("peak", plan.peak, free.map { plan.peak > $0 ? "more than the \(TrainingPlan.text($0)) that are free" : "\(TrainingPlan.text($0)) are free" } ?? ""),
            row("each step", 0, "\(NumberText.fixed(plan.operationsPerStep / 1e9, 1)) GFLOP, about \(NumberText.fixed(seconds * 1000, 0)) ms on this machine"),
            row("in all", 0, "\(plan.steps) steps, about \(NumberText.fixed(seconds * Double(plan.steps), 0)) s"),
        ]))
    }

    /// Of the products' peak rate that a whole step reaches, about.
    private static let efficiency = 0.5
}

extension Call {
    /// The first line of a training that needs much, and a warning where it needs more than there is.
    func announce(_ plans: [TrainingPlan]) {
        guard let plan = plans.max(by: { $0.peak < $1.peak }) else { return }
        if plan.peak > Memory.worthSaying { context.emit(.stream("\(plan.trainable) parameters move; about \(plan.summary).\n")) }
        guard let free = Memory.available, plan.peak > free else { return }
        context.warn(
            .tooManyBytes, "this needs about \(TrainingPlan.text(plan.peak)) of memory; \(TrainingPlan.text(free)) are free", argument: "model",
            help: "gradient_checkpointing=true, optimizer_bits=8, train=\"lora\" and a smaller batch each need less: plan(model, …) tells how much")
    }
}

private enum Memory {
    /// Smaller trainings begin without a word.
    static let worthSaying = 1_000_000_000

    /// Bytes that programs may still take (`MemAvailable`); nil where the system does not say.
    static var available: Int? {
        guard let file = fopen("/proc/meminfo", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
            if words.count > 1, words[0] == "MemAvailable:" { return Int(words[1]).map { $0 * 1024 } }
        }
        return nil
    }
}
