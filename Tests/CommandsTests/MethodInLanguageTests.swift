import Language
import Testing

@testable import Commands

/// stdlib/break_a_scene.bas is the built-in method: the same losses, gradients and handles on the same seeds.
@Suite(.serialized) struct MethodInLanguageTests {
    private static let setting = """
        import "break_a_scene.bas" as method
        base  = load_model("collage")
        photo = load_scene("mug_rose")
        prior = prior_images(base, method.collage_prior, n=2, seed=100)
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
        bench.run("""
            own  = method.phase_one(base, photo, init=words, steps=5, lr=5e-3, prior=prior, seed=1, ..method.collage)
            ref  = phase1(base, photo, init=words, steps=5, prior=2, seed=1)
            own2 = method.phase_two(own.model, photo, steps=5, lr=3e-4, prior=prior, seed=1, ..method.collage)
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
        ("batch=2", "batch=2, prior_weight=0"),
        ("batch=2, prior=prior", "batch=2, prior=2"),
        ("law=\"single\"", "sampling=\"single\", prior_weight=0"),
        ("law=\"subset\"", "sampling=\"subset\", prior_weight=0"),
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
        bench.run("ref = phase1(base, photo, init=words, \(reference), \(defaults(reference)))")
        #expect(Self.agree(bench.numbers("rows(own.history)"), bench.numbers("rows(ref.history)"), within: 2e-5), "\(own)")
        #expect(bench.number("distance(own.model, ref)") < 1e-5, "\(own)")
        #expect(bench.number("distance(own.model, add_handles(base, 2, init=words))") > 1e-3, "\(own)")
    }

    /// One session for all variations: prior pictures are drawn once.
    private nonisolated(unsafe) static let shared: Workbench = {
        let bench = Workbench()
        bench.run(setting)
        return bench
    }()

    @Test func ownLossesAreMadeOfTheSameParts() {
        let bench = Self.shared
        bench.run("""
            m    = add_handles(base, 2, init=words)
            pick = union_sample(m, photo, flip=1, seed=5)
            z    = encode(m, pick.image, seed=1)
            out  = predict_noise(m, add_noise(m, z, randn(z.shape, seed=2), 400), 400, pick.prompt)
            """)
        let (own, builtin) = (bench.number("float(method.cross_attention_loss(out.attention, pick))"), bench.number("float(attention_loss(out.attention, pick))"))
        #expect(abs(own - builtin) < 1e-6 && own > 0)
    }

    /// A thing too small for one pixel a cell keeps the cells that it touches, in the language as in the built-in.
    @Test func smallThingsKeepTheirCells() {
        let bench = Self.shared
        #expect(bench.isTrue("area(resize(box([41, 41], [43, 43], [128, 128]), [16, 16])) == 0"))
        #expect(bench.isTrue("method.cells(box([41, 41], [43, 43], [128, 128]), [16, 16]).cells == 1"))
        #expect(bench.isTrue("method.cells(photo.masks[0], [16, 16]) == resize(photo.masks[0], [16, 16])"))
    }
}
