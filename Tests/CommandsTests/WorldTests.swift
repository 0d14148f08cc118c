import Language
import Testing

@testable import Commands

/// The world in the language: render, its fields, the same things once more, folders, and what is refused.
@Suite(.serialized) struct WorldTests {
    @Test func aWorldGivesASceneToLearnFrom() {
        let bench = Workbench()
        bench.run("w = render([\"dog\", \"chair\"], seed=3, side=128, area=0.06); s = w.scene")
        #expect(bench.isTrue("s.names == [\"dog\", \"chair\"] and len(s.masks) == 2 and s.size == [128, 128] and s.title == \"dog_chair\""))
        #expect(bench.isTrue("s.masks[0] == w.masks[0] and s.image == w.image and check(s).cells[0] > 10"))
        for area in bench.numbers("w.areas") { #expect(abs(area - 0.06) < 0.004) }
        #expect(bench.numbers("w.hidden") == [0, 0])
        #expect(bench.isTrue("w.classes == [\"animal\", \"furniture\"] and w.held_out and len(w.credits) == 2"))
        #expect(bench.isTrue("sum(w.background_mask) + sum(w.masks[0]) + sum(w.masks[1]) == 128 * 128"))
        #expect(bench.text("w.description").contains("dog") && bench.text("w.caption").hasPrefix("a photo of"))
        let shown = bench.run("w").value?.display(DisplayContext(width: 100, wantsImages: true))
        #expect(shown?.plain.contains("dog") == true && shown?.image != nil)
    }

    @Test func theSameThingsAreDrawnOtherwise() {
        let bench = Workbench()
        bench.run("w = render([\"dog\", \"vase\"], seed=3, side=128, azimuth=0)")
        #expect(
            bench.isTrue(
                "a = render(w, light=\"left\"); b = render(w, light=\"right\"); a.masks == b.masks and a.full_masks == b.full_masks"))
        #expect(bench.isTrue("a.image != b.image"))
        #expect(bench.isTrue("t = render(w, azimuth=315); t.poses[0][0] == 315 and t.positions == w.positions and t.masks != w.masks"))
        #expect(
            bench.isTrue(
                "p = render(w, redraw=[\"places\"], seed=9); p.positions != w.positions and p.poses == w.poses and p.light == w.light"))
        #expect(bench.isTrue("g = render(w, background=\"night\"); g.background == \"night\" and g.masks == w.masks"))
        #expect(bench.isTrue("n = render(w, seed=5); n.objects == w.objects and n.image != w.image and n.title == w.title"))
        #expect(bench.isTrue("render(w) == w and render(w, side=64).size == [64, 64]"))
    }

    @Test func foldersHoldTheTruth() throws {
        try inTemporaryFolder { _ in
            let bench = Workbench()
            bench.run(
                "w = render([\"dog\", \"vase\"], seed=3, side=128, overlap=0.3); save_world(w, \"one\"); save_world(w, \"two\", quality=90)"
            )
            #expect(bench.isTrue("load_world(\"one\") == render(w, side=128) and load_world(\"one\").title == \"one\""))
            #expect(bench.isTrue("load_scene(\"one\").masks == w.masks and load_scene(\"one\").names == w.names"))
            #expect(bench.isTrue("t = load_world(\"two\"); t.full_masks == w.full_masks and t.hidden == w.hidden and t.image != w.image"))
            #expect(bench.isTrue("render(load_world(\"two\"), light=w.light) == w"))
            #expect(bench.run("w").value != nil)
        }
    }

    @Test func whatShipsIsFoundByName() {
        let bench = Workbench()
        #expect(bench.number("len(world_scenes())") == 24)
        #expect(bench.isTrue("w = load_world(\"cat_gift\"); w.scene.names == [\"cat\", \"gift\"] and w.scene.masks == w.masks"))
        #expect(
            bench.isTrue(
                "w = load_world(\"jug_vase\"); w.hidden[0] > 0.2 and w.full_masks[1] == w.masks[1] and w.full_masks[0] != w.masks[0]"))
        #expect(bench.isTrue("len([h for h in world_objects().held_out if h == false]) == 0"))
    }

    /// What cannot be drawn ends in a problem at the argument, with what helps.
    @Test(
        arguments: [
            ("render(0)", "1 to 8", nil), ("render(9)", "1 to 8", nil), ("render(\"unicorn\")", "no thing \"unicorn\"", "world_objects"),
            ("render(\"do\")", "no thing", "\"dog\""), ("render(1, background=\"moon\")", "background", nil),
            ("render(1, light=\"below\")", "light", nil),
            ("render(4, area=0.3, side=64)", "do not fit", "smaller area"),
            ("render([\"lamp\", \"guitar\"], area=0.02, overlap=0.9, side=96)", "cannot hide", "smaller overlap"),
            ("render(2, area=[0.1, 0.1, 0.1], side=64)", "3 values of area", nil),
            ("render([\"dog\"], same_class=true)", "drawn at random", nil), ("render(2, redraw=[\"places\"])", "render(world", nil),
            ("render(render(1, side=64), same_class=true)", "things stay", nil),
            ("render(render(1, side=64), redraw=[\"things\"])", "another scene", nil),
            ("render([])", "1 to 8", nil), ("load_world(\"nowhere\")", "no world \"nowhere\"", "world_scenes"),
            ("load_world(\"\")", "empty", nil),
        ] as [(String, String, String?)])
    func wrongInputIsSaid(_ code: String, _ message: String, _ help: String?) {
        let outcome = Workbench().session.run(source: code)
        let problem = outcome.diagnostics.first
        #expect(problem != nil && problem?.code != .internal, "\(code)")
        #expect(problem?.message.contains(message) == true, "\(code): \(problem?.message ?? "")")
        if let help { #expect(problem?.help?.contains(help) == true, "\(code): \(problem?.help ?? "")") }
    }

    /// The words that the commands allow are those of the recipe.
    @Test func wordsAreThoseOfTheRecipe() throws {
        let recipe = try WorldLibrary.recipe(Workbench().session.context)
        #expect(
            recipe.backgrounds.map(\.name) == WorldCommands.Words.backgrounds && recipe.lights.map(\.name) == WorldCommands.Words.lights)
        #expect(recipe.drawnStyles.map(\.name) == WorldCommands.Words.styles)
    }
}
