import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Builtins that measure a tuned model by the table of metrics.
enum ScoreCommands {
    private static let model = ModelCommands.model
    private static let scene = Key<SceneValue>("scene", doc: "The scene that the handles were learned from.")

    // MARK: attention

    private static let by = Key<[AttentionScores.Key]>(
        oneOrMore: "by", default: [.handle, .conditions], doc: "What has rows of its own; over all else means are taken.", keywordOnly: true
    )
    private static let shown = Key<SceneValue?>(
        "on", doc: "Another picture of the same things, its masks in the same order; the photo where not given.", keywordOnly: true)
    private static let training = Key<[String]>(
        "prompts", default: [PromptContext.plain], doc: "Prompts of training, with * in the handles' place.", keywordOnly: true)
    private static let heldOut = Key<[String]>(
        "held_out", default: LeakageConditions.heldOut.prompts,
        doc: "Other prompts, in which handles also stand in the opposite order and alone.", keywordOnly: true)
    private static let timesteps = Key<[Int]>(
        "timesteps", default: [100, 300, 500, 700, 900], range: 0...999, doc: "Noise levels that the picture is looked at.",
        keywordOnly: true)
    private static let noises = Key<Int>("noises", default: 1, range: 1...1000, doc: "Draws of the noise.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise.", keywordOnly: true)

    // MARK: pictures

    private static let inspection = Key<InspectionValue>("inspection", doc: "What inspect_pictures found, with its pictures.")
    private static let words = Key<[String]?>(
        "words", doc: "What the things are, for prompts: \"mug\"; the masks' names where not given.", keywordOnly: true)
    private static let promptJudge = Key<EvaluatorValue?>(
        "prompts_by", doc: "An evaluator of prompts (CLIP): adds prompt_similarity.", keywordOnly: true)
    private static let identityJudge = Key<EvaluatorValue?>(
        "identity_by", doc: "An evaluator of identity (DINO, \"appearance\"): adds identity and D&C.", keywordOnly: true)

    // MARK: drift

    private static let base = Key<ModelValue?>("base", doc: "The model before; what it was tuned from where not given.")
    private static let driftPrompts = Key<[String]>(
        "prompts", default: BaseDrift.Options().prompts, doc: "Prompts that name no handle.", keywordOnly: true)
    private static let count = Key<Int>("n", default: 2, range: 2...100, doc: "Pictures of each prompt.", keywordOnly: true)
    private static let steps = Key<Int>("steps", default: 20, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true)
    private static let guidance = Key<Double?>("guidance", range: 0...100, doc: "As generate has it.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "metrics", family: .evaluation, summary: "The table of metrics: names, which way is better, ranges, what each needs.",
            result: .table, terms: ["list", "measures", "evaluation", "benchmark", "score"], paper: "§4.1",
            examples: [
                .init("m = metrics(); m.columns", shows: "[\"metric\", \"better\", \"low\", \"high\", \"needs\", \"what\", \"source\"]")
            ],
            seeAlso: ["score_pictures", "attention_scores"], run: { _ in .host(metricTable) }),
        Builtin(
            "attention_scores", family: .evaluation,
            summary: "How well handles' attention agrees with masks, by layer, head, timestep, prompt, trained or held out.",
            parameters: [model, scene, by, shown, training, heldOut, timesteps, noises, seed], result: .table,
            terms: ["iou", "pointing game", "energy", "average precision", "layer", "head", "held-out", "metric"], paper: "§3.2",
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 2); attention_scores(m, load_scene(\"mug_rose\"), by=\"layer\", held_out=[], timesteps=[500]).columns[0:2]",
                    shows: "[\"layer\", \"n\"]")
            ], seeAlso: ["leakage", "attention", "metrics"], run: attentionScores),
        Builtin(
            "score_pictures", family: .evaluation,
            summary: "Metrics of inspected pictures: omission, leakage, duplication, likeness, identity, pose and light fixation.",
            parameters: [inspection, model, scene, words, promptJudge, identityJudge], result: .table,
            terms: ["evaluate", "omission", "duplication", "D&C", "identity", "clip", "dino", "pose", "light", "metric"],
            paper: "§4.1, B.2",
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 2, init=[\"dish\", \"flower\"]); s = load_scene(\"mug_rose\")\n"
                        + "i = inspect_pictures(m, s, prompts=[\"a photo of *\"], steps=2)\n"
                        + "score_pictures(i, m, s, identity_by=load_evaluator(\"appearance\")).columns",
                    shows: "[\"metric\", \"handle\", \"n\", \"mean\", \"mean_low\", \"mean_high\", \"better\"]")
            ], seeAlso: ["inspect_pictures"], run: scorePictures),
        Builtin(
            "handle_drift", family: .evaluation,
            summary: "How far handles moved from their initialisers: norms, angle, and the cosines among them.",
            parameters: [model, base], result: .table, terms: ["embedding", "angle", "norm", "cosine", "semantic collapse", "initialiser"],
            examples: [
                .init("handle_drift(add_handles(load_model(\"collage\"), 2, init=[\"dish\", \"flower\"])).angle", shows: "[0.0, 0.0]")
            ], seeAlso: ["diff", "nearest", "base_drift"], run: handleDrift),
        Builtin(
            "base_drift", family: .evaluation,
            summary: "What tuning changed in prompts without handles: prior loss and pictures, beside another seed's difference.",
            parameters: [model, base, driftPrompts, count, steps, guidance, seed], result: .table,
            terms: ["language drift", "prior preservation", "forgetting", "base model", "metric"],
            examples: [
                .init("b = load_model(\"collage\"); base_drift(b, b, prompts=[\"a photo of a bird\"], steps=1).change", shows: "[0.0]")
            ], seeAlso: ["diff"], run: baseDrift),
    ]

    // MARK: the table of metrics

    private static var metricTable: TableValue {
        TableValue(
            columns: ["metric", "better", "low", "high", "needs", "what", "source"],
            rows: Metric.all.map { metric in
                [
                    .string(metric.name), .string(metric.better.rawValue), .float(metric.range.lowerBound), .float(metric.range.upperBound),
                    .string(metric.needs.map(\.rawValue).joined(separator: ", ")), .string(metric.summary), .string(metric.source),
                ]
            }, settings: ["metric"])
    }

    // MARK: run

    @Sendable private static func attentionScores(_ call: Call) throws -> Value {
        let (model, value) = (try call[model].model, try call[scene].scene)
        _ = try call.pairing(model, value)
        let prepared = try PreparedScenes.scene(value, model, call)
        let other = try call[shown].map { other in try call.mapped(shown) { try PreparedScene(other.scene, for: model) } }
        let last = model.scheduler.trainTimesteps - 1
        let times = try call[timesteps]
        guard (1...100).contains(times.count), times.allSatisfy({ $0 <= last }) else {
            throw Problem(
                .outOfRange, "attention_scores looks at 1 to 100 timesteps of 0…\(last)", argument: timesteps.name)
        }
        let keys = try call[by]
        let conditions = try conditions(call, times)
        var bar = ProgressBar(call.context, title: "measuring", unit: "pass")
        defer { bar.finish() }
        let scores = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(shown) {
                try model.attentionScores(prepared, shown: other, conditions, keys: Set(keys)) { done, total in
                    bar.update(done, of: total)
                    try call.context.checkInterrupt()
                }
            }
        }
        return .host(scores.averaged(by: keys).table(keys))
    }

    private static func conditions(_ call: Call, _ times: [Int]) throws -> [(name: String, conditions: LeakageConditions)] {
        let kinds: [(Key<[String]>, String, LeakageConditions)] = [
            (training, AttentionScores.training, LeakageConditions()), (heldOut, AttentionScores.heldOut, .heldOut),
        ]
        let result = try kinds.compactMap { key, name, standard -> (name: String, conditions: LeakageConditions)? in
            let prompts = try call[key]
            if let fault = prompts.lazy.compactMap(PromptContext.fault).first {
                throw Problem(
                    .badArgument, "attention_scores: \(fault)", argument: key.name, help: "as \"a photo of * at the beach\"")
            }
            var conditions = standard
            (conditions.prompts, conditions.timesteps) = (prompts, times)
            (conditions.noises, conditions.seed) = (try call[noises], try call[seed])
            return prompts.isEmpty ? nil : (name, conditions)
        }
        guard !result.isEmpty else { throw Problem(.badArgument, "attention_scores: there is no prompt", argument: training.name) }
        return result
    }

    @Sendable private static func scorePictures(_ call: Call) throws -> Value {
        let (report, model, value) = (try call[inspection].report, try call[model].model, try call[scene].scene)
        guard report.tokens.count == value.masks.count else {
            throw Problem(
                .badArgument,
                "score_pictures: the inspection is of \(report.tokens.count) handles, the scene has \(value.masks.count) masks",
                argument: scene.name)
        }
        let prepared = try PreparedScenes.scene(value, model, call)
        let (prompts, identity) = (try call[promptJudge], try call[identityJudge])
        if let prompts, prompts.imageText == nil { throw EvaluatorCommands.unfit(call, promptJudge.name, "texts", "CLIP") }
        if let identity, identity.identity == nil { throw EvaluatorCommands.unfit(call, identityJudge.name, "things", "DINO") }
        let words = try thingWords(call, value)
        guard words.count == value.masks.count else {
            throw Problem(
                .badArgument, "score_pictures: \(words.count) words for \(value.masks.count) masks", argument: Self.words.name)
        }
        var subject = MetricSubject()
        (subject.scene, subject.report) = (prepared, report)
        if prompts != nil || identity != nil {
            var bar = ProgressBar(call.context, title: "judging pictures", unit: "picture")
            defer { bar.finish() }
            subject.features = try Cost.cancellable(call.context.interrupt) {
                try call.mapped(inspection) {
                    try PictureFeatures(report, prepared, words: words, prompts: prompts?.imageText, identity: identity?.identity) {
                        done, all in
                        bar.update(done, of: all)
                        try call.context.checkInterrupt()
                    }
                }
            }
        }
        return .host(try MetricTable(subject, labels: report.labels.map(\.short)).table)
    }

    /// The words that stand for handles in prompts. Names that masks have by themselves ("mask 0") are none.
    private static func thingWords(_ call: Call, _ scene: Scene) throws -> [String] {
        if let given = try call[words] { return given }
        let isUnnamed = scene.names.enumerated().contains { HandleLabel(token: "", name: $1, mask: $0).name == nil }
        guard try call[promptJudge] != nil, isUnnamed else { return scene.names }
        throw Problem(
            .missingArgument, "score_pictures: what are the things? Prompts are compared with words in place of handles",
            argument: promptJudge.name, help: "words=[\"mug\", \"rose\"] names them in the masks' order")
    }

    @Sendable private static func handleDrift(_ call: Call) throws -> Value {
        let model = try call[model].model
        guard !model.handles.isEmpty else {
            throw Problem(.unknownHandle, "handle_drift: this model has no handles", argument: Self.model.name)
        }
        guard let drift = HandleDrift(model, from: try call[base]?.model) else {
            throw Problem(.modelMismatch, "handle_drift: the embeddings of both models have different widths", argument: base.name)
        }
        return .host(
            TableValue(
                columns: ["handle", "thing", "start_norm", "norm", "angle", "change"] + drift.rows.map { "cosine \($0.token)" },
                rows: drift.rows.enumerated().map { index, row in
                    [
                        .string(row.token), .string(model.label(ofHandle: index).short), .float(row.startNorm), .float(row.norm),
                        .float(row.angle), .float(row.change),
                    ] + drift.cosines[index].map { .float($0) }
                }, settings: ["handle", "thing"]))
    }

    @Sendable private static func baseDrift(_ call: Call) throws -> Value {
        let learned = try call[model].learned
        guard let before = try call[base]?.model ?? learned.base else {
            throw Problem(
                .missingArgument, "base_drift: what was this model tuned from?", argument: base.name, help: "base=load_model(\"collage\")")
        }
        var options = BaseDrift.Options()
        (options.prompts, options.count, options.steps) = (try call[driftPrompts], try call[count], try call[steps])
        (options.guidance, options.seed) = (try GenerationCommands.guidance(call, learned.model), try call[seed])
        guard !options.prompts.isEmpty else { throw Problem(.badArgument, "base_drift: there is no prompt", argument: driftPrompts.name) }
        // The same noise levels whatever the schedule's length.
        let length = Double(before.scheduler.trainTimesteps)
        options.timesteps = [0.1, 0.3, 0.5, 0.7, 0.9].map { min(Int((length * $0).rounded()), before.scheduler.trainTimesteps - 1) }
        var bar = ProgressBar(call.context, title: "drawing", unit: "step")
        defer { bar.finish() }
        let drift = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(driftPrompts) {
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

extension AttentionScores.Key: WordArgument {}
