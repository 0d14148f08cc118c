import Language
import Synchronization
import Testing

@testable import Commands

/// What the commands of the method promise: values stay, interrupted runs go on, files hold what was saved.
@Suite(.serialized) struct GuaranteeTests {
    private static let setting = """
        base  = load_model("collage")
        photo = load_scene("mug_rose")
        fn distance(a, b) { max([norm(p.embedding - q.embedding) for p, q in zip(a.handles, b.handles)]) }
        """

    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run(setting)
        return bench
    }

    @Test func trainingLeavesItsModelAsItWas() {
        let bench = Self.bench()
        bench.run("before = base.hash; first = phase1(base, photo, steps=2, prior_weight=0, seed=1); middle = first.hash")
        bench.run("second = phase2(first, photo, steps=2, prior_weight=0, lr=1e-3, seed=1)")
        bench.run("m = add_handles(base, 2); n, o = update(m, adamw(m.handles, lr=1), grad(sum(m.handles[0].embedding), m.handles))")
        #expect(bench.isTrue("base.hash == before and first.hash == middle and base.handles == []"))
        #expect(bench.isTrue("first.hash != base.hash and second.hash != first.hash"))
        #expect(bench.isTrue("distance(m, add_handles(base, 2)) == 0 and distance(m, n) > 0.5"))
        #expect(bench.isTrue("len(base.history) == 0 and len(first.history) == 2 and len(second.history) == 4"))
    }

    @Test(arguments: [
        ("phase1(base, photo, steps=14, prior_weight=0, flip=0.5, seed=3)", 1),
        (
            "phase1(base, photo, steps=14, prior_weight=0, attention_loss=fn(out, pick) { mean(attention_map(out.attention, pick.handles[0])) }, seed=3)",
            1
        ),
        ("phase2(add_handles(base, 2), photo, steps=14, prior_weight=0, seed=3)", 2),
    ])
    func anInterruptedRunGoesOnAsIfItNeverStopped(_ code: String, phase: Int) {
        let bench = Self.bench()
        let interrupt = bench.session.interrupt
        bench.session.setEvents { event in
            if case .progress(let bar) = event, bar.title.hasPrefix("phase"), bar.completed >= 2, bar.completed < bar.total {
                interrupt.request()
            }
        }
        let outcome = bench.session.run(source: "part = \(code)")
        bench.session.setEvents { _ in }
        #expect(outcome.status == .interrupted && outcome.exitCode == .interrupted)
        #expect(bench.isTrue("part.interrupted"))
        #expect((2..<14).contains(Int(bench.number("len(part.history)"))))
        bench.run("rest = resume(part); whole = \(code)")
        #expect(bench.isTrue("not rest.interrupted and rest.hash == whole.hash and part.hash != whole.hash"))
        #expect(bench.isTrue("all([a == b for a, b in zip(rest.history, whole.history)]) and len(rest.history) == 14"))
        #expect(bench.isTrue("resume(whole) == whole"))
    }

    @Test func theAttentionLossMovesHandlesAlone() {
        let bench = Self.bench()
        bench.run(
            """
            m = add_handles(base, 2, init=["dish", "flower"])
            o = adamw(m.handles, lr=5e-3)
            start = m
            z = encode(m, photo, sampled=false)
            noisy = add_noise(m, z, randn(z.shape, seed=1), 400)
            pick = union_sample(m, photo, flip=0, seed=5)
            fn loss(m) { attention_loss(predict_noise(m, noisy, 400, pick.prompt).attention, pick) }
            losses = []
            for i in 1..6 {
                l = loss(m)
                losses = losses + [float(l)]
                m, o = update(m, o, grad(l, m.handles))
            }
            """)
        let losses = bench.numbers("losses")
        #expect(losses.count == 6 && losses[5] < losses[0])
        #expect(bench.number("distance(m, start)") > 0.01)
        bench.run("with_it = phase1(base, photo, steps=2, prior_weight=0, attention_weight=10, seed=1)")
        bench.run("without = phase1(base, photo, steps=2, prior_weight=0, attention_weight=0, seed=1)")
        #expect(bench.number("distance(with_it, without)") > 1e-4)
    }

    @Test func aVanishingMaskIsWarnedAboutAndLearned() {
        let bench = Self.bench()
        bench.run("tiny = scene(photo.image, [photo.masks[0], box([41, 41], [43, 43], photo.size)])")
        let outcome = bench.run("small = phase1(base, tiny, steps=3, sampling=\"single\", prior_weight=0, seed=2)")
        #expect(outcome.diagnostics.contains { $0.severity == .warning && $0.code == .maskVanishes })
        #expect(
            bench.isTrue("all([isfinite(r.reconstruction) and r.reconstruction > 0 and r.attention > 0 for r in table(small.history)])"))
        #expect(bench.isTrue("min([norm(h.embedding - h.start) for h in small.handles]) > 0"))
        #expect(bench.run("phase1(base, photo, steps=1, prior_weight=0)").diagnostics.isEmpty)
    }

    @Test(arguments: ["phase1(base, photo, batch=3, steps=2, seed=1", "phase2(add_handles(base, 2), photo, batch=3, steps=2, seed=1"])
    func batchesOfSeveralPhotos(_ code: String) {
        let bench = Self.bench()
        bench.run("a = \(code), prior=1); b = \(code), prior_weight=0)")
        for name in ["a", "b"] {
            #expect(
                bench.isTrue(
                    "len(\(name).history) == 2 and all([isfinite(r.gradient_norm) and r.gradient_norm > 0 for r in table(\(name).history)])"
                ))
        }
        #expect(bench.isTrue("min(a.history.prior) > 0 and max(b.history.prior) == 0 and a.hash != b.hash"))
    }

    @Test func aSecondRunHasItsPriorPicturesAtOnce() {
        let bench = Self.bench()
        bench.run("a = phase1(base, photo, steps=1, prior=1, seed=1)")
        let bars = Mutex<Set<String>>([])
        bench.session.setEvents { event in
            if case .progress(let bar) = event { bars.withLock { _ = $0.insert(bar.title) } }
        }
        bench.run("b = phase1(base, photo, steps=1, prior=1, seed=1)")
        #expect(bars.withLock { $0 } == ["phase 1  textual inversion"])
        #expect(bench.isTrue("a.hash == b.hash and min(b.history.prior) > 0"))
        bench.run("c = phase1(base, photo, steps=1, prior=1, prior_prompts=[\"a photo of a dog\"], seed=1)")
        #expect(bars.withLock { $0 }.contains("prior pictures"))
        #expect(bench.isTrue("max(abs(c.history.prior - a.history.prior)) > 0"))
    }

    // MARK: files

    @Test func filesGiveBackWhatWasSaved() throws {
        try inTemporaryFolder { _ in
            let bench = Self.bench()
            bench.run("first = phase1(base, photo, steps=2, prior_weight=0, seed=1)")
            bench.run("make_folder(\"out\"); save_handles(first, \"out/h\"); again = load_handles(\"out/h\", base)")
            #expect(bench.isTrue("distance(first, again) == 0 and [\"{h}\" for h in again.handles] == [\"<asset0>\", \"<asset1>\"]"))
            bench.run("save_model(base, \"out/base\", dtype=\"float32\"); other = load_model(\"out/base\")")
            #expect(bench.isTrue("other.hash == base.hash and len(diff(base, other)) == 0"))
            bench.run("save_model(first, \"out/first\", dtype=\"float32\"); saved = load_model(\"out/first\")")
            bench.run("prompt = \"a photo of <asset0> and <asset1>\"")
            bench.run("fn draw(m) { generate(m, prompt, steps=3, guidance=3, seed=2) }")
            #expect(bench.isTrue("draw(saved) == draw(first)"))
            bench.run("save_model(base, \"out/half\")")
            #expect(
                bench.number(
                    "psnr(generate(load_model(\"out/half\"), \"a photo of a dog\", steps=3, guidance=3), generate(base, \"a photo of a dog\", steps=3))"
                ) > 30)
            bench.run(
                "mine = scene(photo.image, [ellipse([60, 60], 20, photo.size), polygon([[90, 70], [120, 80], [100, 110]], photo.size)], names=[\"a\", \"b\"])"
            )
            bench.run("save_scene(mine, \"out/mine\")")
            #expect(bench.isTrue("load_scene(\"out/mine\") == mine and load_scene(\"out/mine\").names == [\"a\", \"b\"]"))
        }
    }

    // MARK: editing

    @Test func anEditKeepsWhatLiesOutside() {
        let bench = Self.bench()
        bench.run("place = box([16, 16], [72, 72], photo.size)")
        bench.run("a = edit(base, photo, place, \"a photo of a dog\", steps=4, feather=0, seed=1)")
        bench.run("outside = 1 - tensor(resize(place, zeros(a.shape)))")
        #expect(bench.number("sum(outside)") == 128 * 128 - 56 * 56)
        #expect(bench.number("max(abs((tensor(a) - tensor(photo.image)) * outside))") == 0)
        #expect(bench.number("psnr(a, photo)") < 30)
        #expect(bench.isTrue("a != edit(base, photo, place, \"a photo of a dog\", steps=4, feather=0, seed=2)"))
        #expect(bench.isTrue("a == edit(base, photo, place, \"a photo of a dog\", steps=4, feather=0, seed=1)"))
    }

    @Test(arguments: [
        ("edit(base, photo, box([0, 0], [9, 9], [64, 64]), \"a dog\")", ErrorCode.maskSizeDiffers),
        ("edit(base, photo, box([0, 0], [0, 0], photo.size), \"a dog\")", .maskEmpty),
        ("edit(base, photo, photo.masks[0], \"a photo of <asset0>\")", .unknownHandle),
        ("edit(base, photo, photo.masks[0], \"a dog\", steps=0)", .outOfRange),
        ("edit(base, photo, photo.masks[0], \"\(String(repeating: "dog ", count: 100))\")", .promptTooLong),
    ])
    func editMistakes(_ code: String, _ expected: ErrorCode) {
        let result = Programs.run(Self.setting + "\n" + code, table: CommandTable.all)
        #expect(result.code == expected, "\(code): \(result.first?.message ?? "no error")")
    }
}
