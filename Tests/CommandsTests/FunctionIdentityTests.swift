import Language
import Testing

@testable import Commands
@testable import Tensors

/// A checkpoint knows what the functions in the place of the method's do: their texts, and all that they read.
@Suite(.serialized) struct FunctionIdentityTests {
    /// The program that is written again and again: `%` stands for what the tests change.
    private static func program(
        body: String = "weight * scale(out, pick)", weight: String = "0.1", helper: String = "n * mean(x ** 2)", n: String = "2",
        module: String = "a + b"
    ) -> String {
        """
        import "part.bas" as part
        weight = \(weight)
        n = \(n)
        mark = ones([3]) * 2
        fn scale(out, pick) { x = attention_map(out.attention, pick.handles[0]); part.join(\(helper), mark[0] * 0) }
        fn loss(out, pick) { \(body) }
        base = load_model("collage")
        photo = load_scene("mug_rose")
        m = phase1(base, photo, steps=2, prior_weight=0, seed=1, attention_loss=loss, checkpoint="run")
        """
    }

    /// In a session of its own, as after a crash; the first error's message.
    private static func run(_ program: String, module: String = "a + b") throws -> String {
        try AtomicFile.write("part.bas", text: "fn join(a, b) { \(module) }\nfn other(a) { a }\n")
        return Workbench().session.run(source: program).diagnostics.first { $0.severity == .error }?.message ?? "goes on"
    }

    @Test func whatAFunctionDoesIsPartOfTheTraining() throws {
        try inTemporaryFolder { _ in
            #expect(try Self.run(Self.program()) == "goes on")
            #expect(try Self.run(Self.program()) == "goes on")
            for (program, words) in [
                (Self.program(body: "weight * scale(out, pick) * 2"), "attention_loss is another function"),
                (Self.program(weight: "0.2"), "weight, which attention_loss reads, is 0.2 here, 0.1 there"),
                (Self.program(helper: "n * mean(x)"), "scale, which attention_loss reads, is another function"),
                (Self.program(n: "3"), "n, which scale reads, is 3 here, 2 there"),
                (Self.program().replacing("ones([3]) * 2", with: "ones([3]) * 3"), "mark, which scale reads, has other contents"),
                (Self.program(body: "weight"), "attention_loss is another function"),
                (
                    Self.program().replacing("attention_loss=loss", with: "reconstruction_loss=fn(a, b, c) { mean(a) }"),
                    "reconstruction_loss is a function here, not there"
                ),
            ] {
                let message = try Self.run(program)
                #expect(message.contains("another training") && message.contains(words), "\(message)")
            }
            let other = try Self.run(Self.program(), module: "a + b + 0")
            #expect(other.contains("part.join, which scale reads, is another function"), "\(other)")
            // What changes nothing: comments, layout, another function of the imported file, what nothing reads.
            #expect(
                try Self.run("unused = 4\n" + Self.program(body: "  # as in the paper\n    weight  *  scale(out, pick)\n")) == "goes on")
            try AtomicFile.write("part.bas", text: "fn join(a, b) { a + b }\nfn other(a) { 2 * a }\n")
            #expect(Workbench().session.run(source: Self.program()).status == .ok)
        }
    }

    @Test func resumeAsksForTheSameFunctions() throws {
        try inTemporaryFolder { _ in
            #expect(try Self.run(Self.program()) == "goes on")
            let again =
                Self.program().split(separator: "\n").dropLast().joined(separator: "\n") + "\nm = resume(\"run\", attention_loss=loss)"
            #expect(try Self.run(again) == "goes on")
            let changed = try Self.run(again.replacing("weight = 0.1", with: "weight = 0.5"))
            #expect(changed.contains("weight, which attention_loss reads, is 0.5 here, 0.1 there"), "\(changed)")
            #expect(try Self.run(again.replacing(", attention_loss=loss", with: "")).contains("had functions of its own"))
        }
    }

    /// Functions that hold each other, and themselves, and models, scenes, records: the same every time, and different where
    /// any of it is.
    @Test func cyclesAndValuesOfEveryKind() throws {
        func parts(_ setting: String, _ function: String = "f") throws -> [FunctionContents<EngineDigest>.Part] {
            let bench = Workbench()
            bench.run(setting)
            guard case .function(let value)? = bench.session[global: function] else { throw Problem(.internal, "no function") }
            return FunctionContents<EngineDigest>(value, named: "f").parts
        }
        let mutual = """
            base = load_model("collage"); photo = load_scene("mug_rose"); m = add_handles(base, 1, init=["toy"])
            table = { deep: [1, { x: 2.5 }], image: photo.image, model: m, handle: m.handles[0] }
            fn f(n) { if n == 0 { table.deep } else { g(n - 1) } }
            fn g(n) { if n == 0 { [photo, m, table] } else { f(n - 1) } }
            """
        let first = try parts(mutual)
        #expect(first == (try parts(mutual)))
        #expect(first.map(\.name) == ["f", "f: table.deep", "f: g", "g: photo", "g: m", "g: table", "g: f"])
        for (old, new) in [
            ("2.5", "2.25"), ("\"toy\"", "\"ball\""), ("load_scene(\"mug_rose\")", "load_scene(\"toys\")"), ("[photo, m,", "[m, photo,"),
        ] {
            #expect(try parts(mutual.replacing(old, with: new)) != first, "\(old)")
        }
        // Captured variables, and functions in lists.
        let captured = "fn make(k) { fs = [fn(x) { x + k }, sum]; fn(x) { [f(x) for f in fs] } }\nf = make(3)"
        #expect(try parts(captured) == parts(captured) && parts(captured) != parts(captured.replacing("make(3)", with: "make(4)")))
        #expect(try parts(captured) != parts(captured.replacing("sum]", with: "mean]")))
        // A function's name that has been given to something else.
        #expect(try parts("fn f(x) { mean(x) }") != parts("fn mean(x) { 3 }\nfn f(x) { mean(x) }"))
        // Long chains end.
        let chain = "f = fn(x) { x }\nfor i in 1..3000 { g = f; f = (fn(h) { fn(x) { h(x) + 1 } })(g) }"
        #expect(try parts(chain).count == 3001)
    }
}
