import Language
import Testing

@testable import Commands

/// Prompt contexts and zoom as options of training, and as commands of the language.
@Suite(.serialized) struct ContextsAndZoomTests {
    private static func bench() -> Workbench {
        let bench = Workbench()
        bench.run(
            """
            import "break_a_scene.bas" as method
            base  = load_model("collage")
            photo = load_scene("mug_rose")
            words = ["dish", "flower"]
            two   = add_handles(base, 2, init=words)
            fn rows(history) { [[r.reconstruction, r.prior, r.attention, r.gradient_norm] for r in history] }
            fn distance(a, b) { max([norm(p.embedding - q.embedding) for p, q in zip(a.handles, b.handles)]) }
            fn law(step, pick) { if step == 2 { [0.1, 0.05, 0.9] } else { 0.5 } }
            fn places(step, pick) { if step == 1 { "{pick.prompt} in the snow" } else { "an oil painting of * at night" } }
            """)
        return bench
    }

    /// The method in the language draws the same parts and contexts as the built-in, and so has the same losses.
    @Test(arguments: [
        "zoom=1", "zoom=0.5, batch=2, flip=0.5", "contexts=[\"a photo of * at the beach\", \"an oil painting of *\", \"*\"]",
        "zoom=0.5, contexts=[\"a photo of *\", \"a photo of * at night\"], flip=0.5", "zoom=law, contexts=places",
        "zoom=law, batch=2, contexts=[\"a sketch of *\"]",
    ])
    func theLanguageEqualsTheBuiltIn(_ arguments: String) {
        let bench = Self.bench()
        let flip = arguments.contains("flip") ? "" : ", flip=0"
        // What the preset has is not in the module's standards.
        let others = (arguments.contains("zoom") ? "" : ", zoom=0") + (arguments.contains("contexts") ? "" : ", contexts=[]")
        bench.run(
            """
            own  = method.phase_one(base, photo, init=words, steps=4, lr=5e-3, seed=6, attention_weight=0.1\(flip), \(arguments))
            ref  = phase1(base, photo, init=words, steps=4, seed=6, prior_weight=0, attention_weight=0.1, clip_table=false\(flip)\(others), \(arguments))
            bare = phase1(base, photo, init=words, steps=4, seed=6, prior_weight=0, attention_weight=0.1, clip_table=false\(flip), zoom=0, contexts=[]\(arguments.contains("batch") ? ", batch=2" : ""))
            """)
        let (own, reference) = (bench.numbers("rows(own.history)"), bench.numbers("rows(ref.history)"))
        #expect(own.count == 16 && zip(own, reference).allSatisfy { abs($0 - $1) <= 2e-5 * max(abs($0), 1e-6) }, "\(own) \(reference)")
        #expect(bench.number("distance(own.model, ref)") < 1e-5)
        #expect(bench.number("distance(bare, ref)") > 1e-3)
    }

    @Test func aPickIsSeenFromCloser() {
        let bench = Self.bench()
        bench.run(
            "pick = union_sample(two, photo, law=\"single\", seed=1); near = zoomed(pick, seed=3); there = in_context(near, [\"an oil painting of * at night\"], seed=1)"
        )
        #expect(bench.isTrue("pick.part == none and len(near.part) == 3 and near.part[2] < 1 and there.part == near.part"))
        #expect(
            bench.isTrue("near.image.shape == pick.image.shape and near.masks[0].area > pick.masks[0].area and near.prompt == pick.prompt"))
        #expect(bench.isTrue("there.prompt == \"an oil painting of {pick.handles[0]} at night\""))
        #expect(bench.isTrue("zoomed(pick, 0).part == none and in_context(pick, []).prompt == pick.prompt"))
        #expect(bench.isTrue("zoomed(pick, seed=3).part == near.part and zoomed(pick, seed=4).part != near.part"))
        // What is drawn without a seed is the session's next draw.
        #expect(bench.isTrue("a = with seed(1) { [zoomed(pick).part, zoomed(pick).part] }; a[0] != a[1]"))
    }

    /// The embedded model's settings have both on, the paper's and its code's have neither.
    @Test func contextsAreInTheModulesSettings() {
        let bench = Self.bench()
        #expect(
            bench.isTrue(
                "ref = phase1(base, photo, init=words, steps=2, seed=6, prior_weight=0); own = method.phase_one(base, photo, init=words, steps=2, lr=5e-3, seed=6, ..method.collage); distance(ref, own.model) < 1e-6"
            ))
    }

    /// The masks are what makes other places' names true: without them the preset's contexts are off.
    @Test func contextsNeedMasks() {
        let bench = Self.bench()
        bench.run(
            """
            fn bare(options) { phase1(base, photo, init=words, steps=2, prior_weight=0, seed=6, ..options) }
            a = bare({ masked: false }); b = bare({ masked: false, contexts: [] }); c = bare({ masked: false, contexts: ["a sketch of *"] })
            """)
        #expect(bench.number("distance(a, b)") == 0 && bench.number("distance(a, c)") > 1e-3)
        #expect(bench.number("distance(bare({ contexts: [] }), bare({}))") > 1e-3)
    }

    static let mistakes: [(String, String, String)] = [
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=2)", "E0208", "from 0 to 1"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=-0.1)", "E0208", "from 0 to 1"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=\"half\")", "E0207", "zoom"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=\"\")", "E0207", "contexts"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=[\"\"])", "E0213", "no place for the handles"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=[\"at the beach\"])", "E0213", "write * where they go"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=[\"* and *\"])", "E0213", "more than one place"),
        (
            "phase1(base, photo, prior_weight=0, steps=1, contexts=[\"* with <asset1>\"])", "E0213",
            "does not name each handle of its step once"
        ),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=[\"* with <hat>\"])", "E0412", "<hat>"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=[\"{repeat(\"long \", 90)}*\"])", "E0413", "long"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=fn(step, pick) { 3 })", "E0207", "gives a string"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=fn(step, pick) { \"a photo\" })", "E0213", "does not name each handle"),
        ("phase1(base, photo, prior_weight=0, steps=1, contexts=fn(step) { \"*\" })", "E0213", "a function of 2"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=fn(step, pick) { 2 })", "E0213", "a probability, 0 to 1"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=fn(step, pick) { \"x\" })", "E0213", "a probability, 0 to 1"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=fn(step, pick) { [0, 0, 0.01] })", "E0213", "does not show all"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=fn(step, pick) { [0, 0] })", "E0213", "a part of the photo"),
        ("phase1(base, photo, prior_weight=0, steps=1, zoom=fn(step, pick) { [0, 0, 0] })", "E0213", "more than 0"),
        ("zoomed(union_sample(two, photo, seed=1), [0, 0, 1e-9])", "E0213", "does not show all"),
        ("zoomed(union_sample(two, photo, seed=1), 1.5)", "E0208", "from 0 to 1"),
        ("in_context(union_sample(two, photo, seed=1), \"the beach\")", "E0213", "does not name each handle"),
    ]

    @Test(arguments: mistakes.indices) func mistakesAreNamed(_ index: Int) {
        let (code, number, words) = Self.mistakes[index]
        let outcome = Self.bench().session.run(source: code)
        let error = outcome.diagnostics.first { $0.severity == .error }
        let text = error?.plain() ?? ""
        #expect(error?.code.rawValue == number && text.contains(words), "\(code)\n\(text)")
    }
}
