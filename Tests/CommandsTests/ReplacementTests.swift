import Language
import Testing

@testable import Commands

/// Parts of the built-in method replaced by functions of the user's, with gradients; training states that branch.
@Suite(.serialized) struct ReplacementTests {
    private static let setting = """
        base  = load_model("collage")
        photo = load_scene("mug_rose")
        words = ["dish", "flower"]
        fn losses(m) { [[e.reconstruction, e.prior, e.attention] for e in table(m.history)] }
        fn distance(a, b) { max([norm(p.embedding - q.embedding) for p, q in zip(a.handles, b.handles)]) }
        fn train() { phase1(base, photo, init=words, steps=3, prior_weight=0, seed=2) }
        """

    private func bench() -> Workbench {
        let bench = Workbench()
        bench.run(Self.setting)
        return bench
    }

    /// The method's own terms, written out, are the method.
    @Test func ownTermsEqualTheMethod() {
        let bench = bench()
        bench.run(
            """
            ref = phase1(base, photo, init=words, steps=3, prior=2, seed=2)
            own = phase1(base, photo, init=words, steps=3, prior=2, seed=2,
                         reconstruction_loss=fn(target, predicted, mask) { mean(((target - predicted) * mask) ** 2) },
                         prior_loss=fn(target, predicted) { mean((target - predicted) ** 2) },
                         attention_loss=fn(out, pick) { attention_loss(out.attention, pick) })
            """)
        #expect(bench.number("distance(own, ref)") < 1e-5)
        #expect(zip(bench.numbers("losses(own)"), bench.numbers("losses(ref)")).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(bench.number("losses(ref)[0][1]") > 0)
    }

    @Test(arguments: [
        "reconstruction_loss=fn(target, predicted, mask) { mean(abs((target - predicted) * mask)) }",
        "reconstruction_loss=fn(target, predicted, mask) { 0 * mean(predicted) }, attention_weight=0.5",
        "sampling=fn(step, count) { [step % count] }",
    ])
    func otherTermsMoveElsewhere(_ arguments: String) {
        let bench = bench()
        bench.run("own = phase1(base, photo, init=words, steps=3, prior_weight=0, seed=2, \(arguments))")
        #expect(bench.number("distance(own, train())") > 1e-3, "\(arguments)")
        #expect(bench.number("distance(own, add_handles(base, 2, init=words))") > 1e-3, "\(arguments)")
    }

    @Test func aLawOfSamplingChoosesTheHandles() {
        let bench = bench()
        bench.run("own = phase1(base, photo, init=words, steps=4, prior_weight=0, seed=2, sampling=fn(step, count) { [1] })")
        // The first handle was never asked for, and only AdamW's decay, which needs a gradient, could move it.
        #expect(bench.number("norm(own.handles[1].embedding - own.handles[1].start)") > 1e-3)
        #expect(bench.number("norm(own.handles[0].embedding - own.handles[0].start)") < 2e-3)
    }

    @Test func aFunctionChoosesTheParameters() {
        let bench = bench()
        bench.run(
            """
            first  = add_handles(base, 2, init=words)
            second = phase2(first, photo, steps=2, prior_weight=0, train=fn(name) { ".attn2.to_v." in name })
            blocks = [row.block for row in diff(first, second)]
            marked = require_grad(first, fn(name) { ".attn2.to_v." in name })
            """)
        #expect(bench.isTrue("len(blocks) > 0 and all([\"attentions\" in block for block in blocks])"))
    }

    /// `until` stops a run, which goes on from there as often as one likes, each time as if it had never stopped.
    @Test func statesBranchAndRewind() {
        let bench = bench()
        bench.run(
            """
            whole = phase1(base, photo, init=words, steps=4, prior_weight=0, seed=2)
            half  = phase1(base, photo, init=words, steps=4, until=2, prior_weight=0, seed=2)
            third = resume(half, until=3)
            """)
        #expect(bench.isTrue("half.interrupted and third.interrupted and len(half.history) == 2 and len(third.history) == 3"))
        #expect(bench.number("distance(resume(half), whole)") == 0)
        #expect(bench.number("distance(resume(third), whole)") == 0)
        #expect(bench.number("distance(half, third)") > 0)
    }

    @Test(arguments: [
        ("reconstruction_loss=fn(a) { a }", "E0213", "a function of 3; this one takes a"),
        ("reconstruction_loss=fn(a, b, c) { a - b }", "E0301", "one number"),
        ("prior_weight=1, prior=1, prior_loss=fn(a, b) { \"x\" }", "E0207", "one number; this gave a string"),
        ("sampling=fn(step, count) { [count] }", "E0213", "0 to 1"),
        ("sampling=fn(step, count) { [] }", "E0213", "0 to 1"),
        ("sampling=fn(step) { [0] }", "E0213", "a function of 2"),
        ("sampling=\"unoin\"", "E0209", "unoin"),
        ("until=0", "E0208", "until"),
    ])
    func mistakesAreNamed(_ arguments: String, _ code: String, _ words: String) {
        let prior = arguments.contains("prior_weight") ? "" : ", prior_weight=0"
        let outcome = bench().session.run(source: "phase1(base, photo, steps=1\(prior), \(arguments))")
        let error = outcome.diagnostics.first { $0.severity == .error }
        #expect(error?.code.rawValue == code, "\(error?.plain() ?? "no error")")
        let text = error?.plain() ?? ""
        #expect(text.contains(words), "\(text)")
    }
}
