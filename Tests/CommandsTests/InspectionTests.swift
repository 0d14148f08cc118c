import Language
import Testing

@testable import Commands

/// `inspect_pictures` in the language.
@Suite(.serialized) struct InspectionTests {
    private static let setting =
        "m = add_handles(load_model(\"collage\"), 2, init=[\"dish\", \"flower\"], seed=1); s = load_scene(\"mug_rose\")\n"

    private func text(_ source: String) -> String {
        let result = Programs.run(Self.setting + source, table: CommandTable.all)
        return result.first.map { "\($0.code.rawValue): \($0.message)" } ?? result.text ?? "nothing"
    }

    /// Words that the base knows stand in for trained handles.
    @Test func picturesAreCountedAndCanBeDrawnAgain() {
        let bench = Workbench()
        bench.run(Self.setting + "r = inspect_pictures(m, s, prompts=[\"a photo of * on the grass\"], steps=4, seed=4)")
        #expect(
            bench.isTrue(
                "r.handles == [\"<asset0>\", \"<asset1>\"] and len(r.images) == 3 and r.prompts == [\"a photo of * on the grass\"]"))
        #expect(
            bench.isTrue(
                "r.pictures[0].prompt == \"a photo of <asset0> on the grass\" and r.pictures[4].prompt == \"a photo of <asset0> and <asset1> on the grass\""
            ))
        #expect(
            bench.isTrue(
                "[p.seed for p in r.pictures] == [4, 4, 5, 5, 6, 6] and [p.asked for p in r.pictures] == [true, false, false, true, true, true]"
            ))
        // The table and the rates say the same.
        bench.run("own = [p.copies > 0 for p in r.pictures if p.handle == \"<asset1>\"]")
        #expect(
            bench.isTrue(
                "r.present[1] == len([x for x in own[1:] if x]) / 2 and r.unasked[1] == (if own[0] { 1 } else { 0 }) and r.brings[0] == [none, r.unasked[1]]"
            ))
        #expect(bench.isTrue("all([0 <= x and x <= 1 for x in r.likeness.color if x != none])"))
        #expect(bench.isTrue("r.images[1] == generate(m, r.pictures[2].prompt, seed=5, steps=4)"))
        #expect(
            bench.isTrue(
                "t = r.table; t.columns[0] == \"handle\" and t.present_low[1] < t.present_high[1] and t.present_low[1] <= r.present[1] and r.present[1] <= t.present_high[1] and r.sheet.width > 300"
            ))
        // Given pictures are looked at in the same way, and ask for what their prompts name.
        #expect(
            bench.isTrue(
                "g = inspect_pictures(m, s, images=r.images); g.pictures == r.pictures and g.present == r.present and g.prompts == []"))
        // The photo itself holds both things, and asks for none.
        bench.run("q = inspect_pictures(m, s, images=[s.image])")
        #expect(bench.isTrue("q.present == [none, none] and len(q.pictures) == 2 and q.likeness.color == [none, none]"))
    }

    @Test func whatItSaysIsWhatItCounted() {
        let shown = text("inspect_pictures(m, s, prompts=[\"a photo of *\"], sets=2, steps=2)")
        #expect(shown.hasPrefix("2 pictures of mug_rose: 2 of the possible sets of handles in 1 prompt\n"), "\(shown)")
        #expect(shown.contains("Not measured: identity") && shown.contains("<asset0>") && shown.contains("0/1 .00–.79"), "\(shown)")
    }

    @Test(arguments: [
        (
            "inspect_pictures(load_model(\"collage\"), s)",
            "E0416: the model has no handles of the scene mug_rose: 0 handles, the scene 2 masks"
        ),
        ("inspect_pictures(m, s, prompts=[])", "E0213: inspect_pictures: there is no prompt"),
        (
            "inspect_pictures(m, s, prompts=[\"a photo at the beach\"])",
            "E0213: inspect_pictures: the context \"a photo at the beach\" has no place for the handles"
        ),
        (
            "inspect_pictures(m, s, prompts=[\"* and *\"])",
            "E0213: inspect_pictures: the context \"* and *\" has more than one place for the handles"
        ),
        ("inspect_pictures(m, s, images=[])", "E0213: inspect_pictures: there is no picture"),
        ("inspect_pictures(m, s, images=[s.image], n=2)", "E0213: inspect_pictures: n is of drawing; images are looked at as they are"),
        ("inspect_pictures(m, s, n=0)", "E0208: inspect_pictures takes n from 1 to 1000"),
        (
            "inspect_pictures(m, s, n=1000, prompts=[\"{i} *\" for i in 1..4])",
            "E0208: inspect_pictures: these are more than 10000 pictures"
        ),
    ])
    func mistakes(_ code: String, _ expected: String) { #expect(text(code) == expected, "\(code)") }

    @Test func aStopKeepsWhatWasDrawn() {
        let bench = Workbench()
        bench.run(Self.setting)
        let interrupt = bench.session.interrupt
        bench.session.setEvents { event in
            if case .progress(let bar) = event, bar.title == "inspecting pictures", bar.completed > 8, bar.completed < bar.total {
                interrupt.request()
            }
        }
        let outcome = bench.session.run(
            source: "r = inspect_pictures(m, s, prompts=[\"a photo of *\", \"an oil painting of *\"], n=2, steps=2)")
        bench.session.setEvents { _ in }
        #expect(outcome.status == .interrupted)
        interrupt.reset()
        #expect(bench.isTrue("len(r.images) == 4 and sum([c for c in r.table.asked]) > 0"))
    }
}
