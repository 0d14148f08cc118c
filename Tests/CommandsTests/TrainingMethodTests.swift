import BreakAScene
import Language
import Testing

@testable import Commands

/// `train`: the paper's method, its ablations and its baselines by name.
@Suite(.serialized) struct TrainingMethodTests {
    private nonisolated(unsafe) static let bench: Workbench = {
        let bench = Workbench()
        bench.run(
            """
            base  = load_model("collage"); photo = load_scene("mug_rose"); words = ["dish", "flower"]
            two   = add_handles(base, photo, init=words)
            fn learned(method) { train(base, photo, method, init=words, steps=1, prior_weight=0, seed=2) }
            """)
        return bench
    }()

    private static func problem(_ code: String) -> Diagnostic? {
        bench.session.run(source: code).diagnostics.first { $0.severity == .error }
    }

    /// The paper's method by its name is `break_a_scene`, and a method's settings given to the phases one by one are the method.
    @Test func methodsAreWhatTheirSettingsSay() {
        let bench = Self.bench
        bench.run(
            """
            a = learned("break_a_scene"); b = break_a_scene(base, photo, init=words, steps=1, prior_weight=0, seed=2)
            c = learned("no_phase1");     d = phase2(two, photo, steps=1, prior_weight=0, seed=2)
            e = learned("ti_m")
            f = phase1(base, photo, init=words, steps=2, data="collection", masked=false, attention_weight=0, contexts=[], flip=0.5,
                       prior_weight=0, seed=2)
            g = learned("cd_m")
            h = phase2(two, photo, steps=2, train="kv", data="collection", masked=false, attention_weight=0, contexts=[], flip=0.5,
                       prior_weight=0, seed=2)
            i = learned("single_concept")
            """)
        #expect(bench.isTrue("a.hash == b.hash and c.hash == d.hash and e.hash == f.hash and g.hash == h.hash"))
        #expect(bench.isTrue("len(unique([a.hash, c.hash, e.hash, g.hash])) == 4"))
        #expect(bench.isTrue("len(a.history) == 2 and len(c.history) == 1 and len(e.history) == 2 and len(g.history) == 2"))
        #expect(bench.isTrue("all([not (\" and \" in x) for x in i.history.handles])"))
    }

    /// Every method trains, moves what it says, and is told apart by its checkpoints.
    @Test(arguments: TrainingMethod.all.filter(\.isTrained).map(\.name)) func everyMethodTrains(_ name: String) throws {
        let bench = Self.bench
        let method = try #require(TrainingMethod(rawValue: name))
        let outcome = bench.run("m = learned(\"\(name)\")")
        #expect(outcome.diagnostics.isEmpty)
        let steps = method.phases.reduce(0) { $0 + $1.stepFactor }
        #expect(bench.isTrue("len(m.history) == \(steps) and norm(m.handles[0].embedding - two.handles[0].embedding) > 0"))
        let options = method.options(.collage)
        for (phase, options) in options {
            #expect(options.steps == method.phases.filter { $0.phase == phase }[0].stepFactor * 400)
            let isBaseline = method.kind == .baseline
            #expect(isBaseline == (!options.isMasked && options.attentionWeight == 0 && options.contexts.isEmpty))
            #expect((options.data == .collection) == ["ti_m", "db_m", "cd_m"].contains(name))
        }
        #expect(
            Set(options.map(\.phase)).count == options.count && options.count == (method.kind == .baseline || name == "no_phase1" ? 1 : 2))
        // Every fixed setting is one, and a value that the setting takes.
        for phase in method.phases {
            for (name, value) in phase.fixed.members {
                let setting = try #require(TrainingSetting.all.first { $0.name == name })
                var options = TrainingOptions()
                #expect(setting.set(value, in: &options), "\(name)")
            }
        }
    }

    @Test func theBaselinesMoveWhatTheySay() throws {
        func changed(_ method: String) throws -> [String] {
            let outcome = Self.bench.session.run(source: "train(base, photo, \"\(method)\", init=words, steps=1, prior_weight=0, seed=2)")
            return try #require(outcome.value?.host(as: ModelValue.self)).model.changedParameters.map(\.name)
        }
        let (keysAndValues, all, handles) = (try changed("cd_m"), try changed("db_m"), try changed("ti_m"))
        #expect(!keysAndValues.isEmpty && keysAndValues.allSatisfy { $0.contains(".attn2.to_k") || $0.contains(".attn2.to_v") })
        #expect(all.count > 5 * keysAndValues.count && all.contains { $0.hasPrefix("text_encoder.") } && handles.isEmpty)
    }

    @Test(arguments: [
        ("train(base, photo, \"tim\")", ErrorCode.notAllowed, "ti_m"), ("train(base, photo)", .missingArgument, "method"),
        ("train(base, photo, \"ti_m\", lr=1)", .unknownParameter, "lr"), ("train(base, photo, 3)", .wrongType, "method"),
        ("union_sample(two, photo, law=\"adaptive\")", .badArgument, "losses of a training"),
        ("phase1(base, photo, attention_loss=\"ioo\")", .notAllowed, "iou"),
        ("phase1(base, photo, segmix=2)", .outOfRange, "segmix"), ("phase1(base, photo, data=\"photos\")", .notAllowed, "photo"),
    ])
    func wrongMethodsAreRefused(_ code: String, _ expected: ErrorCode, _ words: String) {
        let error = Self.problem(code)
        #expect(error?.code == expected && error?.plain().contains(words) == true, "\(code): \(error?.plain() ?? "no error")")
    }

    /// Checkpoints of trainings that differ in an option of these are not mistaken for each other.
    @Test(arguments: [
        "attention_loss=\"iou\"", "sampling=\"adaptive\"", "sampling=\"biased\"", "mask_norm=\"by_area\"", "segmix=0.5",
        "degrade_outside=0.5", "data=\"collection\"", "overlap_weight=1", "contrast_weight=1", "null_outside_weight=1",
        "snr_gamma=5", "lr_scheduler=\"linear\"",
    ])
    func checkpointsKnowTheOption(_ option: String) throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench
            bench.run("phase1(base, photo, init=words, steps=1, prior_weight=0, checkpoint=\"run\")")
            let error = Self.problem("phase1(base, photo, init=words, steps=1, prior_weight=0, checkpoint=\"run\", \(option))")
            let name = option.prefix { $0 != "=" }
            #expect(error?.plain().contains("\(name) is") == true, "\(error?.plain() ?? "no error")")
        }
    }

    /// The builtin of the language has the measures too, and the same numbers as a training with them.
    @Test(arguments: ["iou", "bce", "jsd", "emd"]) func ownLossesHaveTheMeasures(_ name: String) {
        let bench = Self.bench
        bench.run(
            """
            own = phase1(base, photo, init=words, steps=2, prior_weight=0, seed=2,
                         attention_loss=fn(out, pick) { attention_loss(out.attention, pick, measure="\(name)") })
            ref = phase1(base, photo, init=words, steps=2, prior_weight=0, seed=2, attention_loss="\(name)")
            mse = phase1(base, photo, init=words, steps=2, prior_weight=0, seed=2)
            """)
        #expect(bench.isTrue("max(abs(own.history.attention - ref.history.attention)) < 1e-6 and min(ref.history.attention) > 0"))
        #expect(bench.isTrue("max(abs(mse.history.attention - ref.history.attention)) > 1e-4 and mse.hash != ref.hash"))
    }
}
