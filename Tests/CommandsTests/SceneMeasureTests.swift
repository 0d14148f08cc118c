import Figures
import Language
import Testing

@testable import BreakAScene
@testable import Commands

/// Scenes and measures in the language: check with a model, crop, fit, rulers, leakage's conditions, rows and seeds of
/// attention.
@Suite(.serialized) struct SceneMeasureTests {
    private func bench(_ more: String = "") -> Workbench {
        let bench = Workbench()
        bench.run(
            """
            base = load_model("collage")
            mug  = load_scene("mug_rose")
            toys = load_scene("toys")
            m    = add_handles(base, mug, init=["dish", "flower"])
            \(more)
            """)
        return bench
    }

    private func shown(_ bench: Workbench, _ source: String) -> String {
        bench.run(source).value?.display(DisplayContext(width: 110, wantsImages: false)).plain ?? ""
    }

    @Test func checkSaysWhatThisModelWillSee() {
        let bench = bench()
        #expect(shown(bench, "check(mug, base)").contains("nothing to say"))
        #expect(bench.number("len(check(mug, base))") == 0)
        // The targets of training: prepare's masks, one pixel a cell.
        #expect(
            bench.isTrue(
                """
                c = check(toys, base)
                seen = prepare(toys, base)
                c.cells == [int(sum(tensor(resize(k, [16, 16], filter="nearest")) > 0.5)) for k in seen.masks]
                """))
        let words = bench.session.run(source: "c = check(mug, base, init=[\"sunflower field\", \"toy\"])").diagnostics
        #expect(words.contains { $0.code == .unknownWord && $0.message.contains("tokens of this model") })
        // Where the value is shown it has them.
        let told = bench.session.run(source: "check(mug, base, init=[\"sunflower field\", \"toy\"])")
        #expect(told.diagnostics.isEmpty && shown(bench, "c").contains("tokens of this model"))
        #expect(bench.session.run(source: "check(mug, init=[\"toy\"])").diagnostics.first?.code == .missingArgument)
        bench.run("speck = scene(toys.image, [ellipse([200, 200], [14, 14], [512, 512])])")
        #expect(shown(bench, "check(speck, base)").contains("crop(scene, margin=0.25) brings them closer (mask 0: "))
        #expect(
            bench.isTrue(
                "check(crop(speck), base).cells[0] == check(speck, base).cropped_cells[0] and check(crop(speck), base).cells[0] > 40"))
    }

    /// A folder whose latents are of 8×8 has no maps of 16×16.
    @Test func checkSaysWhichMapsTheLossGoesBy() throws {
        try inTemporaryFolder { _ in
            let bench = bench()
            bench.run("small = phase1(base, mug, init=[\"dish\", \"flower\"], size=64, steps=1, prior_weight=0)")
            #expect(shown(bench, "check(mug, small)").contains("The attention loss goes by 8×8 maps of"))
            #expect(shown(bench, "check(mug, small)").contains("cells of 8×8") && !shown(bench, "check(mug, base)").contains("goes by"))
        }
    }

    /// A plain picture that is not square is seen in its middle, as image to image begins with it, and that is said once.
    @Test func aPictureThatIsNotSquareIsCut() throws {
        let bench = bench("wide = resize(mug.image, [128, 256]); middle = crop(wide, [64, 0], [192, 128])")
        let told = Told()
        bench.session.setEvents { event in if case .stream(let text) = event { told.add(text) } }
        for _ in 1...2 { #expect(bench.isTrue("norm(encode(base, wide, sampled=false) - encode(base, middle, sampled=false)) == 0")) }
        #expect(told.text == "The picture of 256×128 pixels is cut to its middle 128×128, the proportions of 128×128.\n", "\(told.text)")
        #expect(
            bench.isTrue(
                """
                a = attention(m, "a photo of {m.handles[0]}", image=wide, timesteps=[500])
                b = attention(m, "a photo of {m.handles[0]}", image=middle, timesteps=[500])
                norm(tensor(a) - tensor(b)) == 0
                """))
    }

    private final class Told: @unchecked Sendable {
        private(set) var text = ""
        func add(_ more: String) { text += more }
    }

    @Test func aPhotoThatIsNotSquareSaysWhatIsSeen() throws {
        let bench = bench(
            """
            wide = scene(resize(mug.image, [128, 256]), [box([200, 40], [240, 80], [128, 256])], title="wide")
            padded = scene(wide.image, wide.masks, title="wide", fit="pad")
            """)
        #expect(shown(bench, "wide").contains("its part 128×128 from column 128, row 0 (fit=\"crop\")"))
        #expect(shown(bench, "check(wide, base)").contains("its part 128×128 from column 128, row 0"))
        #expect(shown(bench, "check(padded, base)").contains("padded to 256×256"))
        #expect(bench.text("prepare(wide, base).size") == "[128, 128]")
        #expect(bench.isTrue("prepare(wide, base).image == crop(wide.image, [128, 0], [256, 128])"))
        // A handle's map is compared with the mask where training has it.
        #expect(
            bench.isTrue(
                """
                w = add_handles(base, wide)
                map = attention(w, "a photo of {w.handles[0]}", image=wide, timesteps=[500])
                abs(energy(map, prepare(wide, base).masks[0]) - leakage(w, wide, timesteps=[500]).own) < 1e-5
                """))
        #expect(bench.session.run(source: "iou(ones([16, 16]), wide.masks[0])").diagnostics.first?.code == .maskSizeDiffers)
        #expect(bench.isTrue("max(abs(encode(base, wide, sampled=false) - encode(base, prepare(wide, base), sampled=false))) == 0"))
        try inTemporaryFolder { _ in
            #expect(
                bench.isTrue(
                    "save_scene(padded, \"s\"); load_scene(\"s\") == padded and load_scene(\"s\").fit == \"pad\" and load_scene(\"s\", fit=\"crop\").fit == \"crop\""
                ))
        }
    }

    /// Tables, heat maps and captions say what a thing is called where it has a name, and the token where it has none.
    @Test func thingsGoByTheirNames() throws {
        let bench = bench(
            """
            named = scene(mug.image, mug.masks, names=["cup", "mask 1"])
            n = add_handles(base, named, init=["dish", "flower"])
            look = leakage(n, named, timesteps=[500])
            """)
        let look = try #require(bench.run("look").value?.host(as: LeakageValue.self))
        #expect(look.table.rows.map { $0[0].inlineText } == ["cup", "<asset1>"])
        #expect(bench.text("look.handles") == "[\"<asset0>\", \"<asset1>\"]")
        let chart = try #require(bench.run("heatmap(look)").value?.host(as: FigureValue.self)?.figure)
        guard case .heatMap(let map) = chart.content else {
            Issue.record("heatmap gives a heat map")
            return
        }
        #expect(map.rows == ["cup", "<asset1>"])
        #expect(
            shown(bench, "denoising(n, \"a photo of {n.handles[0]} and {n.handles[1]}\", steps=1)")
                .hasPrefix("denoising of \"a photo of cup and <asset1>\": 1 steps of ddim"))
    }

    @Test func leakageUnderOtherConditions() {
        let bench = bench()
        #expect(
            shown(bench, "leakage(m, mug)").contains(
                "Looked at: the training photo, \"a photo of *\", 1 noise at 5 timesteps. Not measured:"))
        bench.run(
            """
            one = leakage(m, mug, timesteps=[500])
            many = leakage(m, mug, timesteps=[500], prompts=["a photo of *", "* in the snow"], orders=["masks", "alone"], flips=true, noises=2)
            snow = leakage(m, mug, timesteps=[500], prompts=["* in the snow"])
            """)
        #expect(bench.isTrue("max(abs(many.shares - one.shares)) > 1e-4 and max(abs(snow.shares - one.shares)) > 1e-4"))
        #expect(bench.isTrue("all([abs(sum(row) - 1) < 1e-5 for row in many.shares]) and abs(sum(many.chance) - 1) < 1e-5"))
        #expect(bench.isTrue("abs(one.lift[0][0] - one.shares[0][0] / one.chance[0]) < 1e-3"))
        #expect(bench.isTrue("one.worst >= one.worst_other and one.mean_iou == one.iou"))
        // With one map the mean of IoUs and the IoU of the mean are the same.
        #expect(bench.isTrue("all([abs(a - b) < 1e-6 for a, b in zip(one.mean_iou, one.iou_of_mean)])"))
        for wrong in ["prompts=[]", "prompts=[\"a photo\"]", "prompts=[\"* and *\"]", "orders=[]", "orders=[\"x\"]", "noises=0"] {
            #expect(bench.session.run(source: "leakage(m, mug, \(wrong))").diagnostics.first?.severity == .error, "\(wrong)")
        }
    }

    @Test(arguments: ["ddim", "ddpm", "euler_ancestral"]) func attentionDrawsWhatGenerateDraws(_ scheduler: String) {
        let bench = bench()
        #expect(
            bench.isTrue(
                """
                # Recording takes another way through the kernels: the same picture up to a rounding here and there.
                psnr(attention(m, "a photo of {m.handles[0]}", steps=3, seed=5, scheduler="\(scheduler)").image,
                     generate(m, "a photo of {m.handles[0]}", steps=3, seed=5, scheduler="\(scheduler)")) > 60
                """))
    }

    @Test func everyRowIsShownOrCounted() throws {
        let bench = bench()
        let value = bench.run(
            "attention(m, \"a photo of {m.handles[0]}\", image=mug, keep=[\"layer\", \"timestep\", \"head\"], timesteps=[i * 90 for i in 0..<10])"
        ).value?.host(as: AttentionValue.self)
        let attention = try #require(value)
        guard case .pictures(let grid) = try attention.figure().content else {
            Issue.record("no grid")
            return
        }
        let rows = attention.maps.shape[0] * attention.maps.shape[1]
        #expect(rows > 16 && grid.rowTitles.count == rows && Set(grid.rowTitles).count == rows)
        #expect(grid.rowTitles.allSatisfy { $0.count <= 20 }, "\(grid.rowTitles.prefix(3))")
        #expect(attention.leftOut == nil)
        let many = bench.run(
            "attention(m, \"a photo of {m.handles[0]}\", image=mug, keep=[\"layer\", \"timestep\", \"head\"], timesteps=[i * 30 for i in 0..<30])"
        )
        let text = many.value?.display(DisplayContext(width: 200, wantsImages: false)).plain ?? ""
        #expect(text.contains("drawn are the first 64 of"), "\(text)")
        #expect(
            AttentionValue.short([
                "down_blocks.1.attentions.0.transformer_blocks.0.attn2", "up_blocks.2.attentions.1.transformer_blocks.0.attn2",
            ]) == ["down 1.0", "up 2.1"])
        #expect(AttentionValue.short(["a.transformer_blocks.0.attn2", "a.transformer_blocks.1.attn2"]) == ["a", "a.1"])
    }

    @Test func picturesWithRulers() {
        let bench = bench()
        let displays = Programs.run("show load_image(\"\(Programs.root)/stdlib/scenes/toys/img.jpg\"), ruler=true", table: CommandTable.all)
            .displays
        #expect(displays.first?.plain.contains("rulers in pixels") == true)
        #expect(bench.session.run(source: "show 1, ruler=true").diagnostics.first?.code == .wrongType)
        #expect(bench.run("show toys, ruler=true").diagnostics.isEmpty)
    }
}
