import BreakAScene
import Language
import TestSupport
import Testing

@testable import Commands

/// Options of trainings as the language has them: sizes, priors, rates, and those that have no effect.
@Suite(.serialized) struct TrainingOptionTests {
    private func bench() -> Workbench {
        let bench = Workbench()
        bench.run(
            "base = load_model(\"collage\"); photo = load_scene(\"mug_rose\"); two = add_handles(base, 2, init=[\"dish\", \"flower\"])")
        return bench
    }

    private static func problem(_ bench: Workbench, _ code: String) -> Diagnostic? {
        bench.session.run(source: code).diagnostics.first { $0.severity == .error }
    }

    // MARK: losses

    /// What follows from a row of the table of losses: option and help, checkpoint, history, table, curve.
    @Test func everyTermOfTheLossIsKnownEverywhere() throws {
        let bench = bench()
        bench.run("m = phase1(base, photo, init=[\"dish\", \"flower\"], steps=2, prior=1, prior_steps=1, seed=1)")
        let row = try #require(CommandTable.all.first { $0.name == "phase2" })
        for term in LossTerm.all where term.isStandard {
            #expect(bench.isTrue("min(m.history.\(term.name)) > 0 and len(table(m.history)[\"\(term.name)\"]) == 2"), "\(term.name)")
            bench.run("plot(m.history, y=\"\(term.name)\")")
        }
        // The others have a column where they have a weight.
        bench.run(
            "n = phase1(base, photo, init=[\"dish\", \"flower\"], steps=2, prior_weight=0, sampling=\"all\", overlap_weight=1, contrast_weight=1, null_outside_weight=1, seed=1)"
        )
        for term in LossTerm.all where !term.isStandard {
            #expect(bench.isTrue("max(m.history.\(term.name)) == 0 and \"\(term.name)\" not in table(m.history).columns"), "\(term.name)")
            #expect(bench.isTrue("min(n.history.\(term.name)) > 0 and len(table(n.history)[\"\(term.name)\"]) == 2"), "\(term.name)")
        }
        for term in LossTerm.all {
            guard let name = term.weightName, let weight = term.weight else { continue }
            #expect(row.parameters.contains { $0.name == name && $0.doc == weight.doc }, "\(name)")
            var options = TrainingOptions()
            #expect(options.json[name]?.doubleValue == weight.standard)
            options.setWeight(of: term, to: 7)
            #expect(options.weight(of: term) == 7 && options.json[name]?.doubleValue == 7 && TrainingOptions(options.json) == options)
            options.setWeight(of: term, to: weight.standard)
            #expect(options == TrainingOptions())
            options.setWeight(of: term, to: -1)
            #expect(TrainingOptions(options.json) == nil)
        }
    }

    // MARK: sizes

    /// The embedded model at other sizes: maps of 8×8, of 16×16 one level down, and of 16×24.
    @Test(arguments: [("64", "[64, 64]", "[8, 8]"), ("256", "[256, 256]", "[16, 16]"), ("[128, 192]", "[128, 192]", "[16, 24]")])
    func aModelTrainsAtAnotherSize(_ size: String, _ pixels: String, _ maps: String) {
        let bench = bench()
        bench.run("m = phase1(base, photo, init=[\"dish\", \"flower\"], size=\(size), steps=2, prior_weight=0, attention_weight=5, seed=1)")
        #expect(bench.isTrue("m.size == \(pixels) and min(m.history.attention) > 0"))
        #expect(bench.isTrue("attention(m, \"a photo of <asset0>\", image=photo, timesteps=[500]).shape == \(maps)"))
        #expect(bench.isTrue("len(leakage(m, photo, timesteps=[500]).iou) == 2"))
        #expect(bench.isTrue("generate(m, \"a photo of <asset0>\", steps=1).size == \(pixels)"))
        #expect(bench.isTrue("base.size == [128, 128] and generate(base, \"a dog\", steps=1, size=\(size)).size == \(pixels)"))
        bench.run("n = phase2(m, photo, steps=1, prior=1, prior_steps=1, seed=1)")
        #expect(bench.isTrue("n.size == \(pixels) and n.history[-1].prior > 0"))
        // Without the attention loss the handles end up elsewhere: it does reach them.
        bench.run("o = phase1(base, photo, init=[\"dish\", \"flower\"], size=\(size), steps=2, prior_weight=0, attention_weight=0, seed=1)")
        #expect(bench.isTrue("max([norm(a.embedding - b.embedding) for a, b in zip(o.handles, m.handles)]) > 1e-4"))
    }

    @Test(arguments: [
        ("phase1(base, photo, size=100)", "100×100", "multiples of 32"),
        ("break_a_scene(base, photo, size=[64, 70])", "70×64", "multiples of 32"),
        ("phase1(base, photo, size=[1, 2, 3])", "[height, width]", "size"), ("phase1(base, photo, size=0)", "from 1 to 4096", "size"),
        ("generate(base, \"a dog\", size=33)", "33×33", "multiples of 32"), ("plan(base, size=48)", "48×48", "multiples of 32"),
    ])
    func sizesThatTheModelDoesNotTakeAreRefused(_ code: String, _ first: String, _ second: String) {
        let text = Self.problem(bench(), code)?.plain() ?? ""
        #expect(text.contains(first) && text.contains(second), "\(text)")
    }

    @Test func planSaysWhichMapsTheLossSees() {
        let bench = bench()
        #expect(
            bench.text("plan(base, size=64)[\"note\"]").contains(
                "8×8 maps of down_blocks.0 and up_blocks.2, the level nearest to the paper's 16×16"))
        #expect(bench.text("plan(base)[\"note\"]").contains("16×16 maps of down_blocks.0 and up_blocks.2, as in the paper"))
        let source = "base = load_model(\"collage\")\nphoto = load_scene(\"mug_rose\")\nm = phase1(base, photo, size=64)\n"
        let plan = ScriptPlan(bench.session.analyze(source: source).calls, bench.session.context, rates: PlanRates(products: 1e11))
        let notes = plan.rows.last?.notes ?? []
        #expect(notes.contains { $0.contains("8×8 maps") }, "\(notes)")
    }

    @Test func aFolderOfCheckpointsKnowsTheSize() throws {
        try inTemporaryFolder { _ in
            let bench = bench()
            bench.run(
                "part = phase1(base, photo, size=64, steps=3, until=1, prior_weight=0, seed=1, checkpoint=\"run\", checkpoint_every=1)")
            bench.run("whole = phase1(base, photo, size=64, steps=3, prior_weight=0, seed=1); rest = resume(\"run\")")
            #expect(bench.isTrue("rest.hash == whole.hash and rest.size == [64, 64]"))
            #expect(
                bench.isTrue("rest.history.handles == whole.history.handles and all([a == b for a, b in zip(rest.history, whole.history)])")
            )
            bench.run("save_model(whole, \"saved\", dtype=\"float32\"); save_result(whole, \"result.safetensors\", base)")
            #expect(bench.isTrue("load_model(\"saved\").size == [64, 64] and load_result(\"result.safetensors\", base).size == [64, 64]"))
        }
    }

    // MARK: prior pictures

    @Test func priorPicturesFollowTheSeedAndTheBaseDrawsThem() {
        let bench = bench()
        bench.run(
            """
            fn prior(m) { m.history.prior[0] }
            a = phase1(base, photo, steps=1, prior=1, prior_steps=2, seed=1)
            b = phase1(base, photo, steps=1, prior=1, prior_steps=2, seed=1, prior_seed=7)
            c = phase1(base, photo, steps=1, prior=1, prior_steps=2, prior_guidance=1, seed=1)
            d = phase1(base, photo, steps=1, prior=1, prior_steps=3, seed=1)
            e = phase1(base, photo, steps=1, prior=1, prior_steps=2, seed=1, prior_seed=1)
            """)
        #expect(bench.isTrue("len(unique([prior(a), prior(b), prior(c), prior(d)])) == 4 and prior(a) == prior(e)"))
        // However far a model has moved, its prior pictures are the base's: with one step and one picture the loss of the
        // language's version on the base's picture is that of the built-in.
        bench.run(
            """
            moved = phase2(two, photo, steps=2, lr=1e-2, prior_weight=0, seed=3)
            own   = phase2(moved, photo, steps=1, prior=1, prior_steps=2, prior_prompts=["a photo at the beach"], seed=5)
            import "break_a_scene.bas" as method
            kept  = prior_images(base, ["a photo at the beach"], n=1, steps=2, seed=5)
            ref   = method.phase_two(moved, photo, steps=1, lr=3e-4, prior=kept, seed=5, ..method.collage)
            other = method.phase_two(moved, photo, steps=1, lr=3e-4, prior=prior_images(moved, ["a photo at the beach"], n=1, steps=2, seed=5), seed=5, ..method.collage)
            """)
        #expect(bench.isTrue("abs(own.history[-1].prior - ref.history[0].prior) < 1e-5 * ref.history[0].prior"))
        #expect(bench.isTrue("abs(other.history[0].prior - ref.history[0].prior) > 1e-4 * ref.history[0].prior"))
        let text = Self.problem(bench, "phase2(two, photo, steps=1, prior=1, prior_prompts=[\"a photo of <asset0>\"])")?.plain() ?? ""
        #expect(text.contains("<asset0>") && text.contains("base model"), "\(text)")
    }

    // MARK: things pasted on empty places

    /// Prior pictures show the places of the contexts, and what cannot be is refused before any time is spent.
    @Test func thingsArePastedOnThePlacesOfTheContexts() {
        let bench = bench()
        bench.run(
            """
            options = { steps: 3, prior: 2, prior_steps: 1, prior_weight: 0, copy_paste: 1, seed: 1 }
            a = phase1(base, photo, init=["dish", "flower"], contexts=["a photo of *", "a photo of * on the moon"], ..options)
            b = phase1(base, photo, init=["dish", "flower"], contexts=["a photo of * on the moon"], prior_prompts=["a photo on the moon"], ..options)
            c = phase1(base, photo, init=["dish", "flower"], ..options)
            """)
        #expect(bench.isTrue("a.hash == b.hash and a.hash != c.hash and max(a.history.prior) == 0 and min(a.history.attention) > 0"))
        bench.run("big = load_model(\"collage256\"); d = phase1(big, photo, size=64, steps=1, prior_steps=1, seed=1)")
        #expect(bench.isTrue("d.history[0].attention > 0 and d.size == [64, 64]"))
        for (code, words) in [
            ("phase1(base, photo, copy_paste=1, prior_prompts=[\"a photo of a dog\"])", "a photo at the beach"),
            ("phase1(base, photo, copy_paste=1, prior=1, prior_prompts=[\"a photo of a dog\", \"a photo at night\"])", "prior pictures"),
            ("phase1(base, photo, copy_paste=1, zoom=0.5)", "copy_paste is 1"),
            ("phase1(base, photo, copy_paste=1, segmix=0.5)", "copy_paste is 1"),
            ("phase1(base, photo, copy_paste=1.5)", "copy_paste"), ("phase1(base, photo, lr_scheduler=\"linar\")", "linear"),
            ("phase1(big, photo, prior_loss=mse)", "prior_weight is 0"), ("phase1(base, photo, snr_gamma=-1)", "snr_gamma"),
        ] {
            let text = Self.problem(bench, code)?.plain() ?? ""
            #expect(text.contains(words), "\(code): \(text)")
        }
    }

    /// What is asked of the photo itself is not answered by things pasted elsewhere.
    @Test(arguments: ["zoom=0.5", "segmix=0.5", "data=\"collection\"", "degrade_outside=0.1", "contexts=fn(step, pick) { \"* at sea\" }"])
    func optionsOfThePhotoTakeThePlaceOfThePresetsPasting(_ option: String) {
        let bench = bench()
        bench.run("big = load_model(\"collage256\")")
        let error = Self.problem(bench, "m = phase1(big, photo, size=64, steps=1, prior=1, seed=1, \(option))")?.plain() ?? ""
        #expect(error.contains("prior_weight is 0"), "\(error)")
    }

    // MARK: handles

    @Test func theHandlesRateIsTheirOwnBesideAdapters() {
        let bench = bench()
        bench.run("fn moved(m) { max([norm(h.embedding - g.embedding) for h, g in zip(m.handles, two.handles)]) }")
        bench.run(
            """
            preset = phase2(two, photo, steps=1, prior_weight=0, train="lora", seed=1)
            fast   = phase2(two, photo, steps=1, prior_weight=0, train="lora", lr=1e-2, seed=1)
            own    = phase2(two, photo, steps=1, prior_weight=0, train="lora", lr=1e-2, handle_lr=3e-3, seed=1)
            still  = phase2(two, photo, steps=1, prior_weight=0, handle_lr=0, seed=1)
            """)
        #expect(
            bench.isTrue("abs(moved(fast) / moved(preset) - 1) < 1e-3 and abs(moved(own) / moved(preset) - 10) < 0.1 and moved(still) == 0")
        )
        #expect(bench.isTrue("preset.hash != fast.hash"))
    }

    @Test func handlesStartAsThePresetSays() {
        let bench = bench()
        bench.run(
            """
            a = phase1(base, photo, steps=0, prior_weight=0, preset="code")
            b = phase1(base, photo, steps=0, prior_weight=0, start="rare_tokens")
            c = phase1(base, photo, steps=0, prior_weight=0)
            d = add_handles(base, 2, start="rare_tokens")
            """)
        #expect(bench.isTrue("all([norm(x.embedding - y.embedding) == 0 for x, y in zip(a.handles, b.handles)])"))
        #expect(bench.isTrue("all([norm(x.embedding - y.embedding) == 0 for x, y in zip(a.handles, d.handles)])"))
        #expect(bench.isTrue("norm(a.handles[0].embedding - c.handles[0].embedding) > 0.01"))
    }

    // MARK: history

    @Test func historyHasEveryPhotosSubsetAndEveryHandlesLoss() {
        let bench = bench()
        bench.run("m = phase1(base, photo, steps=6, batch=2, prior_weight=0, seed=2); h = m.history")
        #expect(bench.isTrue("len(h.handles) == 6 and all([len(split(x, \", \")) == 2 for x in h.handles])"))
        // A photo's loss is the sum over its handles, a step's the mean over its photos.
        bench.run("one = phase1(base, photo, steps=5, prior_weight=0, sampling=\"union\", seed=2).history")
        #expect(
            bench.isTrue(
                """
                all([abs(r.attention - sum([x for x in [r.attention_asset0, r.attention_asset1] if x != none])) < 1e-5 * r.attention for r in table(one)])
                """))
        #expect(bench.isTrue("all([(r.attention_asset0 != none) == (\"<asset0>\" in r.handles) for r in table(one)])"))
        #expect(bench.run("plot(one, y=[\"attention_asset0\", \"attention_asset1\"])").diagnostics.isEmpty)
        #expect(bench.isTrue("one.attention_asset0.shape == [5]"))
        bench.run(
            "own = phase1(base, photo, steps=1, prior_weight=0, attention_loss=fn(out, pick) { attention_loss(out.attention, pick) }).history"
        )
        let shown = bench.run("table(own)").value?.display(DisplayContext(wantsImages: false)).plain ?? "attention_asset"
        #expect(!shown.contains("attention_asset"))
    }

    // MARK: options without an effect

    @Test(arguments: [
        ("phase1(base, photo, normalization=\"max\", attention_loss=fn(o, p) { 0 })", "normalization", "attention_loss"),
        ("phase1(base, photo, reduction=\"mean\", attention_loss=fn(o, p) { 0 })", "reduction", "attention_loss"),
        ("phase1(base, photo, normalization=\"max\", attention_loss=\"jsd\")", "normalization", "jsd"),
        ("phase1(base, photo, reduction=\"balanced\", attention_loss=\"iou\")", "reduction", "iou"),
        ("phase1(base, photo, mask_norm=\"by_area\", masked=false)", "mask_norm", "masked is false"),
        ("phase1(base, photo, mask_norm=\"mean\", reconstruction_loss=fn(t, p, m) { mse(t, p) })", "mask_norm", "reconstruction_loss"),
        ("phase1(base, photo, contrast_temperature=0.1)", "contrast_temperature", "contrast_weight is 0"),
        ("phase1(base, photo, single_share=0.5)", "single_share", "the law is union"),
        ("phase1(base, photo, single_share=0.5, sampling=fn(s, n) { [0] })", "single_share", "a function"),
        ("phase1(base, photo, overlap_weight=1, sampling=\"single\")", "overlap_weight", "single"),
        ("phase1(base, scene(photo.image, [photo.masks[0]]), contrast_weight=1)", "contrast_weight", "one mask"),
        ("phase1(base, photo, sampling=\"adaptive\", attention_loss=fn(o, p) { 0 })", "sampling", "attention loss"),
        ("phase1(base, photo, zoom=0.5, data=\"collection\")", "zoom", "collection"),
        ("phase1(base, photo, zoom=0.5, segmix=1)", "zoom", "segmix is 1"),
        ("train(base, photo, \"db_m\", masked=true)", "masked", "the method \"db_m\" has masked=false"),
        ("train(base, photo, \"ti_m\", prior=2)", "prior", "prior_weight=0"),
        ("train(base, photo, \"single_concept\", sampling=\"subset\")", "sampling", "single_concept"),
        ("union_sample(two, photo, single_share=0.2)", "single_share", "the law is union"),
        ("phase1(base, photo, prior=2, prior_weight=0)", "prior", "prior_weight is 0"),
        ("phase1(base, photo, prior_steps=2, preset=\"paper\")", "prior_steps", "preset \"paper\""),
        ("break_a_scene(base, photo, prior_seed=2, prior_weight=0)", "prior_seed", "prior_weight is 0"),
        ("phase2(two, photo, prior_guidance=2, prior_weight=0)", "prior_guidance", "prior_weight is 0"),
        ("phase1(base, photo, prior_prompts=[\"a dog\"], prior_weight=0)", "prior_prompts", "prior_weight is 0"),
        ("phase1(base, photo, prior_loss=fn(a, b) { mse(a, b) }, prior_weight=0)", "prior_loss", "prior_weight is 0"),
        ("phase2(two, photo, rank=4)", "rank", "train is \"all\""),
        ("phase2(two, photo, rank=4, preset=\"collage256\")", "rank", "train is \"unet\""),
        ("phase2(two, photo, rank=4, train=fn(n) { true })", "rank", "train is a function"),
        ("phase2(two, photo, handle_lr=0.1, train=\"handles\")", "handle_lr", "train is \"handles\""),
        ("phase1(base, photo, clip_table=true, clip=0)", "clip_table", "clip is 0"),
        ("phase1(base, photo, checkpoint_every=10)", "checkpoint_every", "checkpoint"),
        ("phase1(base, photo, start=\"random\", init=[\"dish\", \"flower\"])", "start", "init"),
        ("phase1(two, photo, start=\"random\")", "start", "has the scene's handles"),
        ("add_handles(base, 1, start=\"random\", init=[\"dish\"])", "start", "init"),
        ("plan(base, rank=8)", "rank", "train is \"all\""),
        ("plan(base, rank=8, preset=\"collage256\")", "rank", "train is \"unet\""),
        ("plan(base, phase=1, train=\"kv\")", "train", "phase one"),
        ("plan(base, clip_table=true)", "clip_table", "phase two"),
        ("generate(base, \"a dog\", negative=\"a cat\", guidance=1)", "negative", "guidance is 1"),
        ("generate(base, \"a dog\", latents=zeros([1, 16, 16, 8]), size=64)", "size", "latents"),
    ])
    func optionsWithoutAnEffectAreRefused(_ code: String, _ option: String, _ cause: String) {
        let error = Self.problem(bench(), code)
        let text = error?.plain() ?? "no error"
        #expect(error?.code == .badArgument && text.contains("\(option) has no effect") && text.contains(cause), "\(code): \(text)")
    }

    @Test func aLossOfNoWeightIsSaidToMoveNothing() {
        let bench = bench()
        let outcome = bench.run(
            "m = phase1(base, photo, steps=1, prior_weight=0, attention_weight=0, attention_loss=fn(o, p) { attention_loss(o.attention, p) })"
        )
        #expect(outcome.diagnostics.contains { $0.severity == .warning && $0.message.contains("attention_weight is 0") })
        #expect(bench.isTrue("m.history.attention[0] > 0"))
        bench.run("part = phase1(base, photo, steps=3, until=1, prior_weight=0)")
        for option in [
            "checkpoint_every=3", "zoom=fn(step, pick) { 0 }", "contexts=fn(step, pick) { \"*\" }", "sampling=fn(step, n) { [0] }",
        ] {
            let text = Self.problem(bench, "resume(part, \(option))")?.plain() ?? ""
            #expect(text.contains("\(option.prefix { $0 != "=" }) has no effect"), "\(option): \(text)")
        }
    }
}
