import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// Builtins that measure a tuned model by the table of metrics: its attention and its pictures.
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
        "prompts_by", doc: "An evaluator of prompts (\"image_text\", CLIP): adds prompt_similarity.", keywordOnly: true)
    private static let identityJudge = Key<EvaluatorValue?>(
        "identity_by", doc: "An evaluator of identity (\"identity\", DINO, \"appearance\"): adds identity and D&C.", keywordOnly: true)

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
        let (prompts, identity) = (try call.judge(promptJudge, .prompts), try call.judge(identityJudge, .identity))
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
        guard try call[promptJudge] != nil, scene.hasUnnamedThings else { return scene.names }
        throw Problem(
            .missingArgument, "score_pictures: what are the things? Prompts are compared with words in place of handles",
            argument: promptJudge.name, help: "words=[\"mug\", \"rose\"] names them in the masks' order")
    }
}

extension AttentionScores.Key: WordArgument {}
