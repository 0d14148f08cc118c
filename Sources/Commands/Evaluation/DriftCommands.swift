import BreakAScene
import Diffusion
import Language

/// Builtins that measure what tuning moved: the handles, and prompts that name none.
enum DriftCommands {
    private static let model = ModelCommands.model
    private static let base = Key<ModelValue?>("base", doc: "The model before; what it was tuned from where not given.")
    private static let prompts = Key<[String]>(
        "prompts", default: BaseDrift.Options().prompts, doc: "Prompts that name no handle.", keywordOnly: true)
    private static let count = Key<Int>("n", default: 2, range: 2...100, doc: "Pictures of each prompt.", keywordOnly: true)
    private static let steps = Key<Int>("steps", default: 20, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true)
    private static let guidance = Key<Double?>("guidance", range: 0...100, doc: "As generate has it.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "handle_drift", family: .evaluation,
            summary: "How far handles moved from their initialisers, by layer where each has its own: norms, angle, cosines.",
            parameters: [model, base], result: .table, terms: ["embedding", "angle", "norm", "cosine", "semantic collapse", "initialiser"],
            examples: [
                .init("handle_drift(add_handles(load_model(\"collage\"), 2, init=[\"dish\", \"flower\"])).angle", shows: "[0.0, 0.0]")
            ], seeAlso: ["diff", "nearest", "base_drift"], run: handleDrift),
        Builtin(
            "base_drift", family: .evaluation,
            summary: "What tuning changed in prompts without handles: prior loss and pictures, beside another seed's difference.",
            parameters: [model, base, prompts, count, steps, guidance, seed], result: .table,
            terms: ["language drift", "prior preservation", "forgetting", "base model", "metric"],
            examples: [
                .init("b = load_model(\"collage\"); base_drift(b, b, prompts=[\"a photo of a bird\"], steps=1).change", shows: "[0.0]")
            ], seeAlso: ["diff"], run: baseDrift),
    ]

    @Sendable private static func handleDrift(_ call: Call) throws -> Value {
        let model = try call[model].model
        guard !model.handles.isEmpty else {
            throw Problem(.unknownHandle, "handle_drift: this model has no handles", argument: Self.model.name)
        }
        guard let drift = HandleDrift(model, from: try call[base]?.model) else {
            throw Problem(
                .modelMismatch, "handle_drift: the embeddings of both models have different widths or layers", argument: base.name)
        }
        let names = ["handle", "thing"] + (model.hasHandlesPerLayer ? ["layer"] : [])
        return .host(
            TableValue(
                columns: names + ["start_norm", "norm", "angle", "change"] + model.handles.map { "cosine \($0)" },
                rows: drift.rows.map { row in
                    [.string(row.token), .string(model.label(ofHandle: row.handle).short)] + (row.layer.map { [.string($0)] } ?? [])
                        + [.float(row.startNorm), .float(row.norm), .float(row.angle), .float(row.change)]
                        + row.cosines.map { .float($0) }
                }, settings: names))
    }

    @Sendable private static func baseDrift(_ call: Call) throws -> Value {
        let learned = try call[model].learned
        guard let before = try call[base]?.model ?? learned.base else {
            throw Problem(
                .missingArgument, "base_drift: what was this model tuned from?", argument: base.name, help: "base=load_model(\"collage\")")
        }
        var options = BaseDrift.Options()
        (options.prompts, options.count, options.steps) = (try call[prompts], try call[count], try call[steps])
        (options.guidance, options.seed) = (try GenerationCommands.guidance(call, learned.model), try call[seed])
        guard !options.prompts.isEmpty else { throw Problem(.badArgument, "base_drift: there is no prompt", argument: prompts.name) }
        // The same noise levels whatever the schedule's length.
        let length = Double(before.scheduler.trainTimesteps)
        options.timesteps = [0.1, 0.3, 0.5, 0.7, 0.9].map { min(Int((length * $0).rounded()), before.scheduler.trainTimesteps - 1) }
        var bar = ProgressBar(call.context, title: "drawing", unit: "step")
        defer { bar.finish() }
        let drift = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(prompts) {
                try BaseDrift(base: before, tuned: learned.model, options) { done, all in
                    bar.update(done, of: all)
                    try call.context.checkInterrupt()
                }
            }
        }
        return .host(
            TableValue(
                columns: ["prompt", "base_loss", "tuned_loss", "change", "spread", "relative"],
                rows: drift.rows.map { row in
                    [
                        .string(row.prompt), .float(row.baseLoss), .float(row.tunedLoss), .float(row.change), .float(row.spread),
                        .float(row.relative),
                    ]
                }, settings: ["prompt"]))
    }
}
