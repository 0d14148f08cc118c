import Testing

@testable import Commands

/// The evaluators that ship, on scenes of held-out things whose truth is known.
@Suite(.serialized) struct ShippedEvaluatorTests {
    private static let near = """
        judge = load_evaluator("image_text")
        near = fn(image, text) { prompt_similarity(image, text, judge).similarity[0] }
        """

    @Test func bothAreFoundByName() {
        let bench = Workbench()
        bench.run("a = load_evaluator(\"image_text\"); b = load_evaluator(\"identity\")")
        #expect(bench.isTrue("a.prompts and a.name == \"image_text\" and not b.prompts and b.identity and b.name == \"identity\""))
        let problem = bench.session.run(source: "load_evaluator(\"identiti\")").diagnostics.first
        #expect(problem?.code == .unknownModel && problem?.help?.contains("\"identity\"") == true)
    }

    /// Of 13 places the right one is the nearest, on scenes that another renderer drew than those of the training.
    @Test func placesAreTold() {
        let bench = Workbench()
        bench.run(Self.near)
        bench.run(
            """
            places = {
                beach: "at the beach", snow: "in the snow", grass: "on the grass", forest: "in the forest", desert: "in the desert", water: "under water",
                night: "at night", brick: "in front of a brick wall", wood: "on a wooden table", tiles: "on a tiled floor", city: "in the city",
                sunset: "at sunset", plain: "on a plain background",
            }
            guess = fn(image) { keys(places)[argmax([near(image, places[k]) for k in keys(places)])] }
            """)
        #expect(bench.isTrue("image = load_world(\"woman_suitcase\").image; near(image, \"at the beach\") > near(image, \"in the snow\")"))
        #expect(bench.number("len([n for n in world_scenes()[0:12] if guess(load_world(n).image) == load_world(n).background])") >= 11)
    }

    /// `probe` names what `render` was told to draw, on the same words as `prompt_similarity`.
    @Test func placesAndThingsAreNamed() {
        let bench = Workbench()
        bench.run(
            """
            names = world_scenes()[12:24]; worlds = [load_world(n) for n in names]
            p = probe([w.image for w in worlds], things=["fire", "water"])
            fn of(question) { [p.answer[k] for k in 0..<len(p) if p.question[k] == question] }
            backs = of("background")
            """)
        #expect(bench.isTrue("p.columns == [\"picture\", \"question\", \"answer\", \"similarity\", \"lead\", \"second\"] and len(p) == 36"))
        #expect(bench.number("len([i for i in 0..<12 if backs[i] == worlds[i].background])") >= 11)
        #expect(bench.isTrue("all([l >= 0 for l in p.lead]) and all([p.answer[k] != p.second[k] for k in 0..<len(p)])"))
        let near = "prompt_similarity(worlds[0].image, \"a photo of a water\", load_evaluator(\"image_text\")).similarity[0]"
        #expect(bench.isTrue("abs(max([\(near), \(near.replacing("water", with: "fire"))]) - p.similarity[2]) < 1e-6"))
        let message = bench.session.run(source: "probe(worlds[0].image, things=[\"cat\"])").diagnostics.first?.message ?? ""
        #expect(message == "probe: one word leaves no choice")
    }

    /// Two renders of one thing from two sides, in two lights, are nearer than two things.
    @Test func thingsAreToldApart() {
        let bench = Workbench()
        bench.run(
            """
            judge = load_evaluator("identity")
            names = ["dog", "teddy bear", "vase", "truck", "suitcase"]
            first = [render([n], azimuth=0, light="left", background="grass", seed=1) for n in names]
            second = [render([n], azimuth=45, light="above", background="wood", seed=2) for n in names]
            like = fn(a, b) { identity_similarity(b.image, a.image, judge, masks=[b.masks[0]], reference_mask=a.masks[0], crop=true).similarity[0] }
            """)
        #expect(bench.isTrue("like(first[0], second[0]) > like(first[0], second[1])"))
        #expect(bench.number("len([i for i in 0..<len(names) if argmax([like(first[i], b) for b in second]) == i])") == 5)
    }
}
