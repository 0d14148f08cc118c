import BreakAScene
import Figures
import Glibc
import Language
import Testing

@testable import Commands
@testable import Tensors

/// Trainings that are cut off and go on from their folder, and the ways in which they save memory.
@Suite(.serialized) struct CheckpointTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run(
            "base = load_model(\"collage\"); photo = load_scene(\"mug_rose\"); two = add_handles(base, 2, init=[\"dish\", \"flower\"])")
        return bench
    }

    /// With a model that draws in no time.
    private static func tiny() -> Workbench {
        let bench = Workbench()
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        bench.run("base = load_model(\"\(root)/Tests/Fixtures/models/tiny-collage\"); photo = load_scene(\"mug_rose\")")
        return bench
    }

    /// Runs `code` and asks for a stop once `steps` steps of the phase named are done.
    private static func interrupted(_ bench: Workbench, _ code: String, phase: Int, after steps: Int) {
        let interrupt = bench.session.interrupt
        bench.session.setEvents { event in
            if case .progress(let bar) = event, bar.title.hasPrefix("phase \(phase)"), bar.completed >= steps { interrupt.request() }
        }
        _ = bench.session.run(source: code)
        bench.session.setEvents { _ in }
    }

    static let trainings = [
        "phase1(base, photo, steps=5, prior=1, flip=0.5, seed=3)",
        "phase1(base, photo, steps=4, prior_weight=0, zoom=0.7, contexts=[\"a photo of * at night\", \"an oil painting of *\"], flip=0.5, seed=3)",
        "phase1(base, photo, steps=5, prior_weight=0, batch=2, sampling=\"adaptive\", segmix=0.5, degrade_outside=0.5, seed=3)",
        "phase2(two, photo, steps=4, prior_weight=0, data=\"collection\", overlap_weight=0.1, contrast_weight=0.1, null_outside_weight=0.1, seed=3)",
        "phase1(base, photo, steps=4, prior_weight=0, attention_loss=\"emd\", mask_norm=\"by_area\", sampling=\"biased\", seed=3)",
        "train(base, photo, \"ti_m\", steps=2, seed=3)",
        "phase2(two, photo, steps=4, prior_weight=0, copy_paste=0.5, prior=7, prior_steps=1, snr_gamma=5, lr_scheduler=\"cosine\", seed=3)",
        "phase2(two, photo, steps=4, prior_weight=0, optimizer_bits=8, seed=3)",
        "phase2(two, photo, steps=4, prior_weight=0, train=\"lora\", lr=1e-2, seed=3)",
        "break_a_scene(base, photo, steps=3, prior_weight=0, gradient_checkpointing=true, seed=3)",
        "phase1(base, photo, steps=5, prior=1, per_layer=true, seed=3)",
        "phase2(two, photo, steps=4, prior_weight=0, per_layer=true, contrast_weight=0.1, seed=3)",
        "break_a_scene(base, photo, steps=3, prior_weight=0, per_layer=true, gradient_checkpointing=true, seed=3)",
    ]

    @Test(arguments: trainings)
    func aTrainingGoesOnFromItsFolderBitForBit(_ code: String) throws {
        try inTemporaryFolder { folder in
            let call = code.dropLast() + ", checkpoint=\"run\", checkpoint_every=1)"
            let phase = code.hasPrefix("phase2") ? 2 : 1
            Self.interrupted(Self.bench(), "part = \(call)", phase: phase, after: 2)
            // Another process would have nothing but the folder.
            let bench = Self.bench()
            bench.run("rest = resume(\"run\"); whole = \(code)")
            #expect(bench.isTrue("rest.hash == whole.hash and not rest.interrupted"))
            #expect(bench.isTrue("all([a == b for a, b in zip(rest.history, whole.history)]) and len(rest.history) == len(whole.history)"))
            #expect(bench.isTrue("rest.phases == whole.phases"))
            // The same command goes on, too: here from the end.
            #expect(bench.isTrue("again = \(call); again.hash == whole.hash and len(again.history) == len(whole.history)"))
            #expect(FileSystem.contents("run").filter { $0.hasPrefix("phase") }.count <= 2)
            // What was trained is told apart from what it was before.
            let shown = bench.session.run(source: "again").value?.display(DisplayContext(wantsImages: false)).plain ?? ""
            #expect(shown.contains("more than its base") && !shown.contains("the same as its base"))
        }
    }

    /// Previews change nothing that is learned, outlive an interruption, and stand in the chart of the history.
    @Test func previewsAreKeptAndChangeNothing() throws {
        try inTemporaryFolder { _ in
            let call = "phase1(base, photo, steps=5, prior_weight=0, lr=0.1, seed=3, previews=2)"
            Self.interrupted(Self.tiny(), "part = \(call.dropLast()), checkpoint=\"run\", checkpoint_every=1)", phase: 1, after: 3)
            let bench = Self.tiny()
            bench.run("rest = resume(\"run\"); whole = \(call); bare = phase1(base, photo, steps=5, prior_weight=0, lr=0.1, seed=3)")
            #expect(bench.isTrue("whole.hash == bare.hash and bare.history.previews == []"))
            #expect(bench.isTrue("len(whole.history.previews) == 3 and rest.history.previews == whole.history.previews"))
            #expect(bench.isTrue("whole.history.previews[0] != whole.history.previews[2]"))
            bench.run("both = phase2(whole, photo, steps=1, prior_weight=0, seed=3, train=\"handles\", previews=9)")
            #expect(bench.isTrue("len(both.history.previews) == 4"), "after the last step, too")
            bench.session.context.isForPages = true
            let shown = bench.session.run(source: "both.history").value?.display(bench.session.context.displayContext)
            guard case .chart(let chart)? = shown?.image.flatMap({ Explorable(png: $0.png) }) else {
                Issue.record("a history is a chart in a page")
                return
            }
            #expect(chart.previews.map(\.from) == [1, 3, 4, 5])
            #expect(bench.session.run(source: "phase1(base, photo, previews=0)").diagnostics.first?.code == .outOfRange)
        }
    }

    /// A model says that its training was cut off, whatever is done with it; a loss that moves nothing is told of.
    @Test func modelsSayWhatTheyAre() throws {
        let bench = Self.bench()
        bench.run("part = phase1(base, photo, steps=9, prior_weight=0, seed=1, until=2)")
        #expect(bench.isTrue("ends_with(part.phases[0], \"stopped after step 2\")"))
        #expect(bench.isTrue("len(resume(part).phases) == 2 and not (\"stopped\" in resume(part).phases[1])"))
        let still =
            "phase1(base, photo, steps=2, prior_weight=0, attention_loss=fn(out, pick) { sum(detach(attention_map(out.attention, pick.handles[0]))) })"
        let outcome = bench.session.run(source: still)
        #expect(outcome.status == .ok && outcome.diagnostics.count { $0.code == .noGradient } == 1)
        try inTemporaryFolder { _ in
            bench.run("save_model(two, \"other\", dtype=\"float32\"); back = load_model(\"other\")")
            #expect(bench.isTrue("back.hash == two.hash and len(back.handles) == 2"))
            // Settings go by what a model is, not by what its folder is called.
            bench.run("a = phase2(back, photo, steps=1, prior_weight=0, seed=1); b = phase2(two, photo, steps=1, prior_weight=0, seed=1)")
            #expect(bench.isTrue("a.hash == b.hash"))
            #expect(
                bench.isTrue("psnr(generate(back, \"a <asset0>\", steps=2, seed=1), generate(two, \"a <asset0>\", steps=2, seed=1)) > 100"))
        }
    }

    @Test func aDamagedCheckpointIsPassedOver() throws {
        try inTemporaryFolder { folder in
            let bench = Self.bench()
            bench.run("whole = phase1(base, photo, steps=3, prior_weight=0, seed=1, checkpoint=\"run\", checkpoint_every=1)")
            let newest = "run/phase1-000003.safetensors"
            let descriptor = open(newest, O_RDWR)
            #expect(descriptor >= 0)
            let end = lseek(descriptor, -2, SEEK_END)
            pwrite(descriptor, [0x55, 0xAA], 2, end)
            close(descriptor)
            let outcome = bench.run("rest = resume(\"run\")")
            #expect(outcome.diagnostics.contains { $0.code == .checkpoint && $0.severity == .warning && $0.message.contains("damaged") })
            #expect(bench.isTrue("rest.hash == whole.hash and len(rest.history) == 3"))
            truncate(newest, 100)
            truncate("run/phase1-000002.safetensors", 0)
            let nothing = bench.session.run(source: "resume(\"run\")")
            #expect(nothing.diagnostics.first { $0.severity == .error }?.code == .checkpoint)
        }
    }

    @Test(arguments: [
        ("resume(\"nowhere\")", "holds no checkpoint"),
        ("phase1(base, photo, steps=2, prior_weight=0, seed=2, checkpoint=\"run\")", "seed is 2 here, 1 there"),
        (
            "phase1(base, photo, steps=3, lr=1e-3, prior_weight=0, seed=1, checkpoint=\"run\")",
            "steps is 3 here, 2 there; lr is 0.001 here, 0.005 there"
        ),
        ("phase1(base, load_scene(\"sheep\"), steps=2, prior_weight=0, seed=1, checkpoint=\"run\")", "scene"),
        ("phase1(base, photo, steps=2, prior_weight=0, seed=1, checkpoint=\"file\")", "is a file"),
        ("resume(\"run\", attention_loss=fn(out, pick) { 0 })", "no function"),
        ("resume(\"run\", base=add_handles(base, 3))", "another model"),
        ("phase1(base, photo, steps=2, prior_weight=0, seed=1, zoom=0.123, checkpoint=\"run\")", "zoom is"),
        ("phase1(base, photo, steps=2, prior_weight=0, seed=1, contexts=[\"*\"], checkpoint=\"run\")", "contexts is [\"*\"] here"),
        ("resume(\"run\", zoom=fn(step, pick) { 1 })", "no function"),
        ("phase1(base, photo, steps=2, prior_weight=0, seed=1, checkpoint_every=0, checkpoint=\"x\")", "checkpoint_every"),
        ("phase2(two, photo, steps=1, prior_weight=0, optimizer_bits=16)", "32 bits or 8"),
    ])
    func whatIsWrongWithAFolderIsSaid(_ code: String, _ message: String) throws {
        try inTemporaryFolder { folder in
            let bench = Self.bench()
            bench.run("phase1(base, photo, steps=2, prior_weight=0, seed=1, checkpoint=\"run\")")
            try AtomicFile.write("file", text: "")
            let problem = bench.session.run(source: code).diagnostics.first { $0.severity == .error }
            #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "no error")")
        }
    }

    @Test func aFolderThatVanishesDoesNotEndTheTraining() throws {
        try inTemporaryFolder { folder in
            let bench = Self.bench()
            bench.session.setEvents { event in
                // Once the first checkpoint is there; the bar leaves steps out, but never the last.
                if case .progress(let bar) = event, bar.completed >= 2 { rename("run", "away") }
            }
            let outcome = bench.run("m = phase1(base, photo, steps=4, prior_weight=0, seed=1, checkpoint=\"run\", checkpoint_every=1)")
            bench.session.setEvents { _ in }
            #expect(outcome.diagnostics.contains { $0.code == .checkpoint && $0.severity == .warning })
            #expect(bench.isTrue("len(m.history) == 4"))
            #expect(bench.isTrue("resume(\"away\").hash == m.hash"))
        }
    }

    @Test func recomputingActivationsChangesNothing() {
        let bench = Self.bench()
        bench.run(
            "a = phase2(two, photo, steps=2, prior_weight=0, lr=1e-3, seed=1); b = phase2(two, photo, steps=2, prior_weight=0, lr=1e-3, seed=1, gradient_checkpointing=true)"
        )
        #expect(bench.isTrue("abs(a.history[-1].attention - a.history.attention[-1]) < 1e-9"))
        #expect(bench.isTrue("a.history.attention[1] > 0 and abs(a.history.attention[1] - b.history.attention[1]) < 1e-6"))
        #expect(bench.isTrue("abs(a.history.gradient_norm[1] - b.history.gradient_norm[1]) < 1e-4 * a.history.gradient_norm[1]"))
        #expect(bench.isTrue("max([norm(p.embedding - q.embedding) for p, q in zip(a.handles, b.handles)]) < 1e-5"))
    }

    @Test func adaptersMoveTheAttentionsAlone() {
        let bench = Self.bench()
        bench.run("lora = phase2(two, photo, steps=3, prior_weight=0, train=\"lora\", rank=2, lr=1e-2, seed=1)")
        #expect(bench.isTrue("blocks = [row.block for row in diff(two, lora)]; len(blocks) > 4"))
        #expect(bench.isTrue("all([\"attentions\" in b or \"handle\" in b for b in blocks])"))
        #expect(bench.isTrue("lora.history.reconstruction[2] != lora.history.reconstruction[0]"))
    }
}
