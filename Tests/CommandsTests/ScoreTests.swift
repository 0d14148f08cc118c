import Language
import TestSupport
import Testing

@testable import BreakAScene
@testable import Commands

/// Evaluators and metrics as commands, with settings small enough for seconds.
@Suite(.serialized) struct ScoreTests {
    private static let clip = "load_evaluator(\"\(Fixtures.path("evaluators/clip"))\")"
    private static let dino = "load_evaluator(\"\(Fixtures.path("evaluators/vit"))\")"

    private func code(_ bench: Workbench, _ source: String) -> ErrorCode? {
        bench.session.run(source: source).diagnostics.first { $0.severity == .error }?.code
    }

    @Test func evaluatorsAreValues() {
        let bench = Workbench()
        bench.run("clip = \(Self.clip); dino = \(Self.dino); plain = load_evaluator(\"appearance\"); toys = load_scene(\"toys\")")
        #expect(bench.isTrue("clip.prompts and clip.identity and not dino.prompts and dino.identity and clip.features == 10"))
        #expect(bench.isTrue("dino.name == \"vit\" and clip == \(Self.clip) and clip != dino"))
        #expect(bench.text("clip") == "evaluator clip: CLIP, patches of 8 at 32×32 pixels")
        #expect(
            bench.isTrue(
                "t = prompt_similarity([toys.image, toys.image], \"a red cup\", clip); len(t) == 2 and t.similarity[0] == t.similarity[1]"))
        #expect(bench.isTrue("abs(identity_similarity(toys.image, toys.image, dino).similarity[0] - 1) < 0.00001"))
        // Masked by itself a thing is the same; another one is less like it.
        #expect(
            bench.isTrue(
                """
                like = fn(i, crop) { identity_similarity(toys.image, toys.image, plain, masks=[toys.masks[i]], reference_mask=toys.masks[0], crop=crop).similarity[0] }
                abs(like(0, true) - 1) < 0.00001 and like(1, true) < 0.97 and like(1, false) < 0.97
                """))
    }

    @Test func wrongEvaluatorsAreToldApart() {
        let bench = Workbench()
        bench.run("dino = \(Self.dino); clip = \(Self.clip); toys = load_scene(\"toys\")")
        #expect(code(bench, "load_evaluator(\"nowhere\")") == .unknownModel)
        #expect(code(bench, "load_evaluator(\"\")") == .badArgument)
        #expect(code(bench, "load_evaluator(\"\(Fixtures.path("models/tiny-sd15"))\")") == .badModelFolder)
        #expect(code(bench, "prompt_similarity(toys.image, \"a cup\", dino)") == .badArgument)
        #expect(code(bench, "prompt_similarity([toys.image, toys.image], [\"a\", \"b\", \"c\"], clip)") == .badArgument)
        #expect(code(bench, "prompt_similarity([], \"a\", clip)") == .badArgument)
        #expect(code(bench, "prompt_similarity(toys.image, repeat(\"word \", 90), clip)") == .promptTooLong)
        #expect(code(bench, "identity_similarity([toys.image], toys.image, dino, masks=[])") == .badArgument)
    }

    @Test func attentionIsScoredByWhatIsAsked() {
        let bench = Workbench()
        bench.run("m = add_handles(load_model(\"collage\"), 2, init=[\"dish\", \"flower\"], seed=1); mug = load_scene(\"mug_rose\")")
        bench.run("scores = fn(by) { attention_scores(m, mug, by=by, held_out=[\"a photo of * at the beach\"], timesteps=[300, 700]) }")
        // One prompt of training with both handles; held out: both, reversed, each alone. Two timesteps each.
        #expect(bench.numbers("scores([\"conditions\"]).n") == [4, 12])
        bench.run("t = scores([\"handle\", \"conditions\"])")
        #expect(bench.isTrue("t.handle == [\"<asset0>\", \"<asset1>\", \"<asset0>\", \"<asset1>\"]"))
        // The row of training is what leakage measures: the same maps, the same masks.
        #expect(
            bench.isTrue(
                """
                l = leakage(m, mug, timesteps=[300, 700])
                mine = [r.soft_iou for r in t.rows if r.conditions == "training"]
                abs(mine[0] - l.mean_iou[0]) < 0.000001 and abs(mine[1] - l.mean_iou[1]) < 0.000001
                """))
        bench.run("heads = scores(\"head\")")
        #expect(
            bench.isTrue(
                "heads.columns[0:3] == [\"layer\", \"head\", \"n\"] and len(heads) > len(scores(\"layer\")) and len(scores(\"layer\")) > 1")
        )
        #expect(bench.isTrue("all([0 <= x and x <= 1 for c in [\"average_precision\", \"best_iou\", \"pointing\"] for x in heads[c]])"))
        #expect(bench.numbers("scores(\"timestep\").timestep") == [300, 700])
        #expect(code(bench, "attention_scores(m, mug, prompts=[\"no place\"])") == .badArgument)
        #expect(code(bench, "attention_scores(m, mug, prompts=[], held_out=[])") == .badArgument)
        #expect(code(bench, "attention_scores(m, mug, on=load_scene(\"toys\"), held_out=[], timesteps=[500])") == .badArgument)
        #expect(code(bench, "attention_scores(m, mug, timesteps=[])") == .outOfRange)
    }

    /// Three pictures: each thing alone, and both.
    @Test func picturesAreScored() {
        let bench = Workbench()
        bench.run(
            """
            m = add_handles(load_model("collage"), 2, init=["dish", "flower"], seed=1); mug = load_scene("mug_rose")
            i = inspect_pictures(m, mug, prompts=["a photo of *"], steps=2)
            t = score_pictures(i, m, mug, words=["mug", "rose"], prompts_by=\(Self.clip), identity_by=\(Self.dino))
            value = fn(metric, handle) { [r for r in t.rows if r.metric == metric and r.handle == handle][0] }
            """)
        // Omission is what the inspection's presence leaves, with the same interval turned round.
        #expect(bench.isTrue("all([abs(value(\"omission\", i.handles[k]).mean - (1 - i.present[k])) < 0.000001 for k in 0..1])"))
        #expect(bench.isTrue("abs(value(\"omission\", i.handles[0]).mean_low - (1 - i.table.present_high[0])) < 0.000001"))
        #expect(bench.isTrue("value(\"prompt_similarity\", \"all\").n == 3 and value(\"detect_and_compare\", \"all\").n == 3"))
        #expect(bench.isTrue("value(\"identity_or_zero\", \"all\").n == 4 and value(\"identity_or_zero\", \"all\").mean_high <= 1"))
        #expect(code(bench, "score_pictures(i, m, load_scene(\"toys\"))") == .badArgument)
        #expect(code(bench, "score_pictures(i, m, mug, words=[\"mug\"])") == .badArgument)
        #expect(code(bench, "score_pictures(i, m, mug, prompts_by=\(Self.dino))") == .badArgument)
        // Without evaluators the metrics that need one are left out, and nothing else is.
        bench.run("names = [r.metric for r in score_pictures(i, m, mug).rows]")
        #expect(bench.isTrue("\"omission\" in names and \"light_fixation\" in names and \"likeness_edges\" in names"))
        #expect(bench.isTrue("not (\"identity\" in names) and not (\"prompt_similarity\" in names)"))
        // The masks of this scene have no names that could stand in a prompt.
        #expect(code(bench, "score_pictures(i, m, mug, prompts_by=\(Self.clip))") == .missingArgument)
    }

    @Test func driftIsMeasured() {
        let bench = Workbench()
        bench.run(
            """
            b = load_model("collage"); mug = load_scene("mug_rose")
            m = phase1(b, mug, init=["dish", "flower"], steps=3, prior_weight=0, size=64, seed=1)
            d = handle_drift(m)
            """)
        #expect(
            bench.isTrue("all([a > 0 and a < 90 for a in d.angle]) and all([c > 0 for c in d.change]) and d[\"cosine <asset0>\"][0] == 1"))
        #expect(code(bench, "handle_drift(b)") == .unknownHandle)
        // The base itself has not drifted; phase one changes handles alone, so that prompts without handles are drawn as before.
        bench.run("same = base_drift(m, prompts=[\"a photo of a bird\"], steps=1)")
        #expect(bench.isTrue("same.change == [0.0] and same.tuned_loss == same.base_loss and same.spread[0] > 0"))
        #expect(code(bench, "base_drift(b)") == .missingArgument && code(bench, "base_drift(m, prompts=[])") == .badArgument)
        bench.run(
            "tuned = phase2(m, mug, steps=1, prior_weight=0, seed=1); t = base_drift(tuned, prompts=[\"a photo of a bird\"], steps=1)")
        #expect(bench.isTrue("t.change[0] > 0 and t.tuned_loss[0] != t.base_loss[0] and t.relative[0] < 2"))
    }

    /// Every metric of the table has a name of its own, a range, and needs; the table lists them all.
    @Test func metricsAreListed() {
        let names = Metric.all.map(\.name)
        #expect(Set(names).count == names.count && names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
        #expect(Metric.all.allSatisfy { !$0.needs.isEmpty && !$0.source.isEmpty && $0.summary.hasSuffix(".") })
        #expect(Workbench().number("len(metrics())") == Double(names.count))
        #expect(throws: MetricError.self) { try Metric.all[0].scores(MetricSubject()) }
    }
}
