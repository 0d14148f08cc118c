import Testing

@testable import Language

/// Programs that ask for too much are told so; they neither crash nor hang.
@Suite struct LimitTests {
    private static let small = Limits(bytes: 1 << 20)

    @Test(arguments: [
        ("list(1..4000000000)", "E0604"), ("[..1..4000000000]", "E0604"), ("a, b = 1..4000000000", "E0604"),
        ("zip(1..4000000000, [1])", "E0604"), ("print(..1..4000000000)", "E0604"), ("max(1..4000000000)", "E0604"),
        ("for a, b in [1..4000000000] { }", "E0604"), ("reversed(1..4000000000)", "E0604"),
        ("x = [0]; for i in 1..60 { x = [..x, ..x] }", "E0604"), ("x = [0]; for i in 1..60 { x = x + x }", "E0604"),
        ("x = [0]; for i in 1..60 { x += x }", "E0604"), ("s = \"x\"; for i in 1..60 { s = s + s }", "E0604"),
        ("s = \"x\"; for i in 1..60 { s = \"{s}{s}\" }", "E0604"), ("[x for x in 1..100000000]", "E0604"),
        ("x = [1]; for i in 1..60 { x = [x, x] }; print(x)", "E0604"),
        ("x = [1]; for i in 1..60 { x = [x, x] }; s = \"{x}\"", "E0604"),
        ("x = {a: 1}; for i in 1..60 { x = {a: x, b: x} }; str(x)", "E0604"),
        ("x = [1]; for i in 1..60 { x = [x, x] }; join(x, \"\")", "E0604"),
        ("x = []; for i in 1..5000 { x = [x] }", "E0605"), ("x = {}; for i in 1..5000 { x = {x} }", "E0605"),
        ("fn f(n) { f(n + 1) }\nf(0)", "E0602"), ("fn f(n) { g(n) }\nfn g(n) { f(n) }\nf(0)", "E0602"),
        ("f = fn(x) { x }; for i in 1..5000 { g = f; f = fn(x) { g(x) } }; f(1)", "E0602"),
    ])
    func areErrors(_ program: String, _ code: String) {
        let bench = Bench(Self.small)
        let error = bench.run(program).diagnostics.first
        #expect(error?.code.rawValue == code, "\(program): \(error?.plain() ?? "no error")")
        if code == "E0604" { #expect(error?.notes.contains("one value may take 1.0 MiB") ?? false, "\(program)") }
    }

    #if !DEBUG  // a hundred million comparisons
        @Test func comparingWhatHoldsTooMuch() {
            let twice = "x = [1]; y = [1]; for i in 1..60 { x = [x, x]; y = [y, y] }; x == y"
            #expect(Bench().run(twice).diagnostics.first?.code == .tooManySteps)
        }
    #endif

    /// A program of many names takes no more than its share of time: before, each was looked for among all.
    @Test func manyNames() {
        let program = (0..<40_000).map { "v\($0) = \($0)" }.joined(separator: "\n")
        #expect(Bench().run(program + "\nv39999").value?.literalText == "39999")
        #expect(show("len(unique([x % 30000 for x in 1..60000]))") == "30000")
        #expect(show("unique([1, 1.0, \"1\", true, [1], [1.0], none, 0.0, -0.0])") == "[1, \"1\", true, [1], none, 0.0]")
    }

    /// The parser's own stack: brackets, blocks, operators, strings, patterns.
    @Test(arguments: [
        (String(repeating: "(", count: 20_000), ""), (String(repeating: "[", count: 20_000), ""),
        (String(repeating: "{a: ", count: 20_000), ""), (String(repeating: "-", count: 20_000), "1"),
        (String(repeating: "not ", count: 20_000), "true"), (String(repeating: "if true { ", count: 20_000), ""),
        (String(repeating: "fn() { ", count: 20_000), ""), (String(repeating: "1 + ", count: 20_000), "1"),
        (String(repeating: "2 ** ", count: 20_000), "1"), (String(repeating: "\"{", count: 20_000), ""),
        (String(repeating: "(a, ", count: 20_000), ") = 1"), (String(repeating: "{a: ", count: 20_000), "} = 1"),
        ("x" + String(repeating: ".a", count: 20_000), ""), ("f" + String(repeating: "(1)", count: 20_000), ""),
        ("if a { 1 } " + String(repeating: "else if a { 1 } ", count: 20_000), ""),
        ("x" + String(repeating: " |> f", count: 20_000), ""), (String(repeating: "try { ", count: 20_000), ""),
    ])
    func nestedPrograms(_ start: String, _ end: String) {
        let bench = Bench()
        #expect(bench.run(start + end).status == .error)
        _ = bench.session.check(source: start + end)
        _ = bench.session.isIncomplete(start + end)
        _ = try? bench.session.format(source: start + end)
    }

    @Test func deepValuesAreShownAndReleased() {
        let bench = Bench()
        #expect(bench.run("x = []; for i in 1..1500 { x = [x] }; print(x); x").status == .ok)
        bench.session.reset()
    }
}
