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

    /// The segmenter finds a photo's own things, and tells two of one picture apart; `inspect_pictures` looks with it, and says so.
    @Test func thingsAreFound() {
        let bench = Workbench()
        bench.run(
            """
            seg = load_evaluator("segmenter")
            names = ["cat_gift", "jug_vase", "two_cars", "snowman_strawberry", "woman_suitcase", "cup_tulips"]
            fn cut(m) { clamp((tensor(m) - 0.5) * 10000, 0, 1) }
            fn hard(found, truth) { a = cut(found); b = cut(truth); sum(a * b) / max([sum(maximum(a, b)), 1]) }
            fn found(w) { [segment(w.image, w.image, m, found_by=seg) for m in w.masks] }
            worlds = [load_world(n) for n in names]
            all_found = [found(w) for w in worlds]
            own = [[hard(all_found[k][i].masks[0], worlds[k].masks[i]) for i in 0..<2] for k in 0..<6]
            other = [[hard(all_found[k][i].masks[0], worlds[k].masks[1 - i]) for i in 0..<2] for k in 0..<6]
            """)
        #expect(bench.isTrue("seg.segments and not seg.prompts and not seg.identity and seg.features == 0"))
        #expect(bench.number("mean([mean(pair) for pair in own])") > 0.5)
        #expect(bench.number("len([1 for k in 0..<6 for i in 0..<2 if own[k][i] > other[k][i]])") >= 10)
        bench.run(
            """
            m = add_handles(load_model("collage"), 2, init=["dish", "flower"]); s = load_scene("mug_rose")
            seen = inspect_pictures(m, s, prompts=["a photo of *"], steps=2, found_by=seg)
            """)
        #expect(bench.isTrue("len(seen.images) == 3 and all([e >= 0 and e <= 1 for e in seen.pictures.evidence])"))
        for (call, message) in [
            ("segment(worlds[0].image, worlds[0].image, worlds[0].masks[0] - worlds[0].masks[0])", "segment: the mask is empty"),
            ("segment([], worlds[0].image, worlds[0].masks[0])", "segment: there is no picture"),
            (
                "inspect_pictures(m, s, found_by=load_evaluator(\"identity\"))",
                "inspect_pictures: this evaluator does not find things in pictures"
            ),
        ] {
            #expect(bench.session.run(source: call).diagnostics.first?.message == message, "\(call)")
        }
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
