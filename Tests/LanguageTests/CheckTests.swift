import Testing

@testable import Language

@Suite struct CheckTests {
    private func check(_ source: String) -> [String] {
        Bench().session.check(source: source).map {
            "\($0.code.rawValue) \($0.span?.position.line ?? 0) \($0.message)"
        }
    }

    @Test(arguments: [
        ("x = nope", ["E0201 1 nothing is called \"nope\""]),
        ("fn f() { g() }\nfn g() { 1 }\nf()", []),
        (
            "phase1(1, stps=3)\nphase1()",
            [
                "E0203 1 phase1 has no parameter \"stps\"", "E0204 2 phase1 needs model, a tensor",
            ]
        ),
        ("len(1, 2)", ["E0205 1 len takes 1 positional argument, not 2"]),
        ("len = fn() { 1 }\nlen(1, 2)", []),
        ("[x for x in 1..2 if x > y]", ["E0201 1 nothing is called \"y\""]),
        ("try { 1 } recover e { e }\n_", []),
        ("\"{missing}\"", ["E0201 1 nothing is called \"missing\""]),
        ("if true {", ["E0107 1 this \"{\" is never closed"]),
        ("phase1(..{model: 1})", []),
        ("for i in 1..3 { j = i }\nj", []),
        ("fn f(a, b = a) { a + b + c }", ["E0201 1 nothing is called \"c\""]),
    ])
    func findings(_ source: String, _ expected: [String]) {
        #expect(check(source) == expected)
    }

    @Test func nothingRuns() {
        let bench = Bench()
        _ = bench.session.check(source: "print \"ran\"")
        #expect(bench.recorder.events.isEmpty)
    }
}
