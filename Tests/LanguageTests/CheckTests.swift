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
            "phase1(tensor([1]), stps=3)\nphase1()",
            ["E0203 1 phase1 has no parameter \"stps\"", "E0204 2 phase1 needs model, a tensor"]
        ),
        (
            "phase1(1, stps=3, steps=0, sampling=\"unoin\")",
            [
                "E0207 1 phase1 wants a tensor for model", "E0203 1 phase1 has no parameter \"stps\"",
                "E0208 1 phase1 takes steps from 1 to 100000 steps", "E0209 1 phase1 knows no sampling \"unoin\"",
            ]
        ),
        ("len(1, 2)", ["E0205 1 len takes 1 positional argument, not 2"]),
        ("[x for x in 1..2 if x > y]", ["E0201 1 nothing is called \"y\""]),
        ("try { 1 } recover e { e }\n_", []),
        ("\"{missing}\"", ["E0201 1 nothing is called \"missing\""]),
        ("if true {", ["E0107 1 this \"{\" is never closed"]),
        ("phase1(..{model: tensor([1])})", []),
        ("for i in 1..3 { j = i }\nj", []),
        ("fn f(a, b = a) { a + b + c }", ["E0201 1 nothing is called \"c\""]),
    ])
    func names(_ source: String, _ expected: [String]) {
        #expect(check(source) == expected)
    }

    /// Types and values that are known only by way of others.
    @Test(arguments: [
        ("n = 3\nn.foo", ["E0210 2 an int has no field \"foo\""]),
        ("r = {a: 1}\nr.b", ["E0210 2 a record has no field \"b\""]),
        ("a, b = [1, 2, 3]", ["E0309 1 3 values for 2 names"]),
        ("xs = [1, 2]\nxs[2]", ["E0307 2 index 2 is outside of 2 items"]),
        ("fn f(a) { a }\nf(1, 2)", ["E0205 2 f takes 1 positional argument, not 2"]),
        ("fn f(a) { g(a) }\nfn g() { 1 }\nf(1)", ["E0205 1 g takes 0 positional arguments, not 1"]),
        ("phase1(tensor([1]), steps=0)", ["E0208 1 phase1 takes steps from 1 to 100000 steps"]),
        ("law = \"unoin\"\nphase1(tensor([1]), sampling=law)", ["E0209 2 phase1 knows no sampling \"unoin\""]),
        ("fn f() { \"a\" }\nf() + 1", ["E0302 2 \"+\" does not take a string and an int"]),
        ("if 1 { 2 }", ["E0305 1 \"if\" wants true or false"]),
        ("fn f() {\n    y = x\n    x = y\n}", ["E0202 2 \"x\" has no value yet"]),
        ("print(x)\nx = 1", ["E0201 1 nothing is called \"x\""]),
        ("x = 1\nfor i in 1..3 { x = x + 1; x = \"{x}\" }\nx + 1", []),
        ("x = none\nif len(args) > 0 { x = {a: 1} }\nx.a", []),
        ("n = 0\nif n > 0 { 1 / n }\nn != 0 and 1 / n > 2", []),
        ("fn f(n) { if n == 0 { return 0 }\n 1 / n }", []),
        ("try { 1 / 0 } recover { 2 }", ["E0303 1 division by zero"]),
        ("\"3\" == 3", ["W0107 1 this is always false: a string never equals a number"]),
    ])
    func types(_ source: String, _ expected: [String]) {
        #expect(check(source) == expected)
    }

    @Test func whatTryRecoversFromIsAWarning() {
        let found = Bench().session.check(source: "try { 1 / 0 } recover { 2 }")
        #expect(found.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        ("fn f() { x = 1\n 2 }", ["W0101 1 \"x\" is never used"]),
        ("fn f() { _x = 1\n a, b = [1, 2]\n a }", []),
        ("fn f() { x = 1\n fn() { x } }", []),
        ("x = 1\nx = 2\nx", ["W0103 1 this value of \"x\" is never used"]),
        ("x = 1\nx += 2\nx", []),
        ("x = 1\nif true { print(x) }\nx = 2", []),
        ("x = 1\nfn f() { x }\nx = 2", []),
        ("for i in 1..3 { x = 1\n if i > 1 { continue }\n x = 2\n print(x) }", []),
        ("fn mean(x) { x }", ["W0104 1 this replaces the builtin mean in this file"]),
        ("fn f() { return 1\n print(2)\n print(3) }", ["W0105 2 this is never reached"]),
        ("for i in 1..3 { break\n print(i) }", ["W0105 2 this is never reached"]),
        ("while true { print(1) }\nprint(2)", ["W0105 2 this is never reached"]),
        ("while true { if 1 > 2 { break } }\nprint(2)", []),
        ("fail(\"no\")\nprint(2)", []),
    ])
    func lints(_ source: String, _ expected: [String]) {
        #expect(check(source) == expected)
    }

    /// The examples of warnings, of those that the language's own table can give.
    @Test(arguments: ErrorCode.allCases.filter(\.isLint)) func examplesWarn(_ code: ErrorCode) throws {
        if [.unseededDraw, .missingInput, .unusedImport].contains(code) { return }
        let example = try #require(code.example)
        #expect(Session().check(source: example).map(\.code) == [code], "\(example)")
    }

    /// Every statement that cannot be read is told, and what the others say of names in it is not believed.
    @Test(arguments: [
        ("x = = 1\ny = )\nz = 3", ["E0105 1 ", "E0105 2 "]),
        ("fn f(a) {\n    x = (\n    a\n}\nf(1)\nnope", ["E0105 4 ", "E0201 6 "]),
        ("s = \"abc\nprint(s)", ["E0102 1 "]),
        ("s = f(\"abc\nnope", ["E0102 1 ", "E0201 2 "]),
        ("a = 1 ? 2\nb = a + @", ["E0101 1 ", "E0101 2 "]),
        ("for i in 1..3 {\n    x = ]\n    y = nope\n}\nx", ["E0105 2 ", "E0201 3 "]),
        ("if true {\n    x = )\n} else {\n    y = )\n}", ["E0105 2 ", "E0105 4 "]),
        ("x = 1 +", ["E0106 1 "]),
        ("f(1,\n", ["E0107 1 "]), ("fn f() { if true { while true {", ["E0107 1 "]),
    ])
    func goesOnAfterSyntaxErrors(_ source: String, _ expected: [String]) {
        let found = Bench().session.check(source: source).map {
            "\($0.code.rawValue) \($0.span?.position.line ?? 0) "
        }
        #expect(found == expected)
    }

    @Test func nothingRuns() {
        let bench = Bench()
        _ = bench.session.check(source: "print \"ran\"")
        #expect(bench.recorder.events.isEmpty)
    }

    @Test func sessionNamesAreKnown() {
        let bench = Bench()
        bench.run("x = {a: 1}")
        #expect(bench.session.check(source: "x.a").isEmpty)
        #expect(bench.session.check(source: "x.b").map(\.code) == [.unknownField])
    }

    @Test func importsAreLookedInto() throws {
        let folder = try ScratchFolder()
        try folder.write("lib.bas", "fn area(r) { 3 * r ** 2 }\nunit = \"cm\"\n_hidden = 1\n")
        try folder.write("bad.bas", "x = = 1\n")
        let file = "\(folder.path)/main.bas"
        func check(_ source: String) -> [String] {
            Bench().session.check(source: source, file: file).map { "\($0.code.rawValue) \($0.message)" }
        }
        #expect(check("import \"lib.bas\" as lib\nlib.area(2) + 1\nlib.unit + \"x\"").isEmpty)
        #expect(check("import \"lib.bas\"\nlib.area()") == ["E0204 area needs r"])
        #expect(check("import \"lib.bas\"\nlib.aera(1)") == ["E0210 a record has no field \"aera\""])
        #expect(check("import \"lib.bas\"\nlib._hidden") == ["E0210 a record has no field \"_hidden\""])
        #expect(check("import \"lib.bas\"\nlib.unit + 1") == ["E0302 \"+\" does not take a string and an int"])
        #expect(check("import \"lib.bas\"") == ["W0102 \"lib\" is imported and never used"])
        #expect(check("import \"lob.bas\" as l\nl.x").first?.hasPrefix("E0502 there is no file") == true)
        #expect(check("import \"bad.bas\" as b\nb.x").first?.hasPrefix("E0105 \"bad.bas\" cannot be read") == true)
        try folder.write("main.bas", "")
        #expect(check("import \"main.bas\" as b\nb.x").first?.hasPrefix("E0512") == true)
    }

    /// Ten thousand lines of everything: linear in the number of lines.
    @Test func longPrograms() {
        var source = "total = 0\n"
        for i in 0..<2000 {
            source += """
                fn f\(i)(a, b = \(i)) {
                    if a > b { return a }
                    for k in 1..3 { a = a + k * b }
                    a
                }
                total = total + f\(i)(\(i), b=2)

                """
        }
        #expect(Bench().session.check(source: source).isEmpty)
    }

    /// Thousands of findings, on a single line and of a single kind, are all there, and before long.
    @Test func manyFindings() {
        let values = (1...10_000).map { "x = \($0)" }.joined(separator: "; ")
        #expect(Bench().session.check(source: values).count { $0.code == .overwrittenName } == 9_999)
        let names = (1...10_000).map { "print(missing\($0))\n" }.joined()
        #expect(Bench().session.check(source: names).count { $0.code == .unknownName } == 10_000)
    }

    @Test(arguments: [40, 90])
    func deepPrograms(_ depth: Int) {
        let open = String(repeating: "for i in 1..2 { if i > 0 { ", count: depth / 2)
        let close = String(repeating: "} } ", count: depth / 2)
        #expect(Bench().session.check(source: "x = 1\n" + open + "x = x + 1 " + close).isEmpty)
        let functions = String(repeating: "fn f() { ", count: depth) + "1" + String(repeating: " }", count: depth)
        _ = Bench().session.check(source: functions)
        _ = Bench().session.check(source: String(repeating: "1 + ", count: 900) + "\"a\"")
    }
}
