import Language
import Testing

@testable import Commands

/// stdlib/break_a_scene.bas is the built-in method: the same losses, gradients and handles on the same seeds.
@Suite(.serialized) struct MethodInLanguageTests {
    private static let setting = """
        import "break_a_scene.bas" as method
        base  = load_model("collage")
        photo = load_scene("mug_rose")
        fn drawn(seed) { prior_images(base, method.collage_prior, n=2, seed=seed) }
        prior = drawn(4)
        words = ["dish", "flower"]
        fn rows(history) { [[r.reconstruction, r.prior, r.attention, r.gradient_norm] for r in history] }
        fn distance(a, b) { max([norm(p.embedding - q.embedding) for p, q in zip(a.handles, b.handles)]) }
        """

    private static func agree(_ a: [Double], _ b: [Double], within tolerance: Double = 1e-5) -> Bool {
        !a.isEmpty && a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(abs($0), abs($1), 1e-6) }
    }

    @Test func bothPhasesEqualTheBuiltIn() {
        let bench = Workbench()
        bench.run(Self.setting)
        bench.run(
            """
            kept = drawn(1)
            own  = method.phase_one(base, photo, init=words, steps=5, lr=5e-3, prior=kept, seed=1, ..method.collage)
            ref  = phase1(base, photo, init=words, steps=5, prior=2, seed=1)
            own2 = method.phase_two(own.model, photo, steps=5, lr=3e-4, prior=kept, seed=1, ..method.collage)
            ref2 = phase2(ref, photo, steps=5, prior=2, seed=1)
            """)
        let (own, reference) = (bench.numbers("rows(own.history)"), bench.numbers("rows(ref.history)"))
        #expect(own.count == 20 && own.allSatisfy { $0 > 0 })
        #expect(Self.agree(own, reference))
        #expect(bench.number("distance(own.model, ref)") < 1e-6)
        #expect(bench.number("min([norm(h.embedding - h.start) for h in ref.handles])") > 0.01)
        #expect(Self.agree(bench.numbers("rows(own2.history)"), bench.numbers("rows(table(ref2.history))[5:]")))
        #expect(bench.number("distance(own2.model, ref2)") < 1e-6)
        // Every parameter moved, and all of them to the same place.
        #expect(bench.number("max([r.relative for r in diff(own2.model, ref2)] + [0])") < 1e-4)
        #expect(bench.number("min([r.relative for r in diff(ref, ref2)])") > 1e-5)
    }

    /// Each switch of the paper's variations, in the language and as the built-in's parameter.
    @Test(arguments: [
        ("", "prior_weight=0"),
        ("prior=prior, prior_weight=0.5", "prior=2, prior_weight=0.5"),
        ("per_layer=true", "per_layer=true, prior_weight=0"),
        ("per_layer=true, prior=prior", "per_layer=true, prior=2"),
        ("batch=2", "batch=2, prior_weight=0"),
        ("batch=2, prior=prior", "batch=2, prior=2"),
        ("law=\"single\"", "sampling=\"single\", prior_weight=0"),
        ("law=\"subset\"", "sampling=\"subset\", prior_weight=0"),
        ("law=\"biased\"", "sampling=\"biased\", prior_weight=0"),
        ("law=\"all\"", "sampling=\"all\", prior_weight=0"),
        (
            "attention_loss=fn(a, p) { attention_loss(a, p, measure=\"bce\", reduction=\"balanced\") }",
            "attention_loss=\"bce\", reduction=\"balanced\", prior_weight=0"
        ),
        ("masked=false", "masked=false, prior_weight=0"),
        ("attention_weight=0", "attention_weight=0, prior_weight=0"),
        ("attention_weight=0.5, flip=1", "attention_weight=0.5, flip=1, prior_weight=0"),
        ("attention_loss=fn(a, p) { method.cross_attention_loss(a, p, \"minmax\") }", "normalization=\"minmax\", prior_weight=0"),
        ("attention_loss=fn(a, p) { method.cross_attention_loss(a, p, reduction=\"balanced\") }", "reduction=\"balanced\", prior_weight=0"),
        ("beta2=0.99, weight_decay=1e-8", "beta2=0.99, weight_decay=1e-8, prior_weight=0"),
        ("clip_norm=0.001", "clip=0.001, prior_weight=0"),
        ("clip_norm=0", "clip=0, prior_weight=0"),
    ])
    func variationsEqualTheBuiltIn(_ own: String, _ reference: String) {
        let bench = Self.shared
        func defaults(_ text: String) -> String {
            [("attention_weight", "0.1"), ("flip", "0.5"), ("lr", "5e-3"), ("steps", "3"), ("seed", "4")]
                .filter { !text.contains($0.0 + "=") }.map { "\($0.0)=\($0.1)" }.joined(separator: ", ")
        }
        let comma = own.isEmpty ? "" : ", "
        bench.run("own = method.phase_one(base, photo, init=words, \(own)\(comma)\(defaults(own)))")
        bench.run("ref = phase1(base, photo, init=words, contexts=[], zoom=0, \(reference), \(defaults(reference)))")
        #expect(Self.agree(bench.numbers("rows(own.history)"), bench.numbers("rows(ref.history)"), within: 2e-5), "\(own)")
        #expect(bench.number("distance(own.model, ref)") < 1e-5, "\(own)")
        #expect(bench.number("distance(own.model, add_handles(base, 2, init=words))") > 1e-3, "\(own)")
    }

    /// Phase two goes on with an embedding for each layer, in the language as in the built-in, and moves every layer's.
    @Test func bothPhasesPerLayerEqualTheBuiltIn() {
        let bench = Self.shared
        bench.run(
            """
            own = method.extract(base, photo, init=words, per_layer=true, steps=3, lr1=5e-3, lr2=3e-4, seed=2, shared=method.collage)
            ref = break_a_scene(base, photo, init=words, per_layer=true, steps=3, prior_weight=0, seed=2)
            """)
        #expect(Self.agree(bench.numbers("rows(own.history)"), bench.numbers("rows(table(ref.history))"), within: 2e-5))
        #expect(bench.number("distance(own.model, ref)") < 1e-5)
        #expect(bench.isTrue("ref.handles[0].embedding.shape == [len(base.layers), 192]"))
        #expect(bench.number("min([norm(e - ref.handles[0].start[0]) for e in ref.handles[0].embedding])") > 1e-3)
    }

    /// One session for all variations: prior pictures are drawn once.
    private nonisolated(unsafe) static let shared: Workbench = {
        let bench = Workbench()
        bench.run(setting)
        return bench
    }()

    @Test func ownLossesAreMadeOfTheSameParts() {
        let bench = Self.shared
        bench.run(
            """
            m    = add_handles(base, 2, init=words)
            pick = union_sample(m, photo, flip=1, seed=5)
            z    = encode(m, pick.image, seed=1)
            out  = predict_noise(m, add_noise(m, z, randn(z.shape, seed=2), 400), 400, pick.prompt)
            """)
        let (own, builtin) = (
            bench.number("float(method.cross_attention_loss(out.attention, pick))"),
            bench.number("float(attention_loss(out.attention, pick))")
        )
        #expect(abs(own - builtin) < 1e-6 && own > 0)
    }

    /// Phase two draws other numbers than phase one did with the same seed.
    @Test func phaseTwoDoesNotRepeatPhaseOne() {
        let bench = Self.shared
        bench.run(
            """
            m = add_handles(base, 2, init=words)
            fn draws(scope) { with seed(3, scope=scope) { [method.draw(m, photo, [], "union", 0.5, 1) for _ in 1..8] } }
            a = draws(""); b = draws("phase 2")
            """)
        #expect(bench.isTrue("all([norm(p.noise - q.noise) > 1 for p in a for q in b])"))
        #expect(bench.isTrue("[p.t for p in a] != [q.t for q in b] and [p.prompts for p in a] != [q.prompts for q in b]"))
        bench.run(
            """
            first  = phase1(base, photo, init=words, steps=6, prior_weight=0, seed=1)
            second = phase2(first, photo, steps=6, prior_weight=0, seed=1)
            """)
        #expect(bench.isTrue("second.history.handles[0:6] != second.history.handles[6:]"))
    }

    /// A thing too small for one pixel a cell keeps the cells that it touches, in the language as in the built-in.
    @Test func smallThingsKeepTheirCells() {
        let bench = Self.shared
        #expect(bench.isTrue("area(resize(box([41, 41], [43, 43], [128, 128]), [16, 16])) == 0"))
        #expect(bench.isTrue("method.cells(box([41, 41], [43, 43], [128, 128]), [16, 16]).cells == 1"))
        #expect(bench.isTrue("method.cells(photo.masks[0], [16, 16]) == resize(photo.masks[0], [16, 16])"))
    }

    /// Soft edges too, and at both sizes: losses on a scene whose second mask vanishes at 16×16 are those of the built-in.
    @Test func vanishingMasksAreTheSameInBoth() {
        let bench = Self.shared
        bench.run(
            """
            soft = feather(box([41, 41], [43, 43], [512, 512]), 1)
            tiny = scene(resize(photo.image, [512, 512]), [resize(photo.masks[0], [512, 512]), soft])
            own  = method.phase_one(base, tiny, init=words, steps=4, lr=5e-3, law="single", seed=2, ..method.collage)
            ref  = phase1(base, tiny, init=words, steps=4, sampling="single", prior_weight=0, seed=2)
            """)
        #expect(bench.isTrue("area(resize(resize(soft, [128, 128], filter=\"box\"), [16, 16])) == 0"))
        #expect(bench.isTrue("\"<asset1>\" in ref.history.handles and len(unique(ref.history.handles)) == 2"))
        #expect(Self.agree(bench.numbers("rows(own.history)"), bench.numbers("rows(ref.history)"), within: 2e-5))
    }
}
