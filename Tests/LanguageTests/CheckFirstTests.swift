import Testing

@testable import Language

/// A run that checks first: what must fail is told before anything is done, and nothing that would run is refused.
@Suite struct CheckFirstTests {
    private func run(_ source: String) -> (codes: [String], printed: String, exit: ExitCode) {
        let recorder = Recorder()
        var options = SessionOptions()
        options.checksFirst = true
        let session = Session(builtins: FakeHost.builtins, options: options) { recorder.record($0) }
        let outcome = session.run(source: source, file: "test.bas")
        return (outcome.diagnostics.map { "\($0.code.rawValue) \($0.span?.line ?? 0)" }, recorder.printed, outcome.exitCode)
    }

    @Test(arguments: [
        ("print(1)\n1 + \"a\"", ["E0302 2"]), ("print(1)\nnope\n\"a\".b\n2 + none", ["E0201 2", "E0210 3", "E0302 4"]),
        ("print(1)\nif true { nope }", ["E0201 2"]), ("print(1)\nfor i in 1..3 { i + \"a\" }", ["E0302 2"]),
        ("print(1)\nfn f(x) { x + 1; nope }\nf(2)", ["E0201 2"]), ("print(1)\nfn f() { g() }\nfn g() { 1 }\nf(3)", ["E0205 4"]),
        ("print(1)\n[nope for i in 1..2]", ["E0201 2"]), ("print(1)\nwhile true { nope }", ["E0201 2"]),
        ("print(1)\nx = 1\nx.a", ["E0210 3"]), ("print(1)\nlen(1, 2)", ["E0205 2"]), ("print(1)\ntrue and nope", ["E0201 2"]),
        ("print(1)\nif len(args) > 0 { fail(\"usage\") }\nnope", ["E0201 3"]),
        ("fn g() { nope }\nfn f() { g() }\nprint(1)\nf()", ["E0201 1"]),
        ("print(1)\nimport \"nowhere.bas\" as n", ["E0502 2"]),
    ])
    func tellsFirst(_ source: String, _ expected: [String]) {
        let source = source.contains("import") ? source.replacing("print(1)\n", with: "\n") : source
        let result = run("args = []\n".dropLast() + "; " + source)
        #expect(result.codes == expected && result.printed.isEmpty, "\(source): \(result)")
        #expect(result.exit == (source.contains("import") ? .noInput : .data))
    }

    /// What is wrong in these is not reached, or recovered from, or not certain: they run as far as they do.
    @Test(arguments: [
        "try { 1 + \"a\" } recover { print(1) }", "print(1)\nif len(args) > 5 { nope }", "print(1)\nfn f() { nope }",
        "print(1)\nfalse and nope",
        "print(1)\nlen(args) > 5 and nope", "print(1)\nfor i in args { nope }", "print(1)\nwhile len(args) > 5 { nope }",
        "print(1)\n[nope for i in args]", "print(1)\n[nope for i in 1..2 if len(args) > 5]", "print(1)\nx = {a: 1}\nx.b ?? 2",
        "print(1)\nassert true, nope", "print(1)\nfn f() { if len(args) == 0 { return 1 }\nnope }\nf()",
        "print(1)\nfor i in 1..3 { if i == 1 { break }\nnope }", "print(1)\nfor i in 1..3 { if len(args) == 0 { continue }\nnope }",
        "print(1)\nfn f(x = nope) { x }\nf(1)", "print(1)\nmap([], fn(x) { nope })", "fn f() { nope }\ntry { f() } recover { print(1) }",
        "print(1)\nx = none\nif len(args) == 0 { x = {a: 1} }\nx.a", "print(1)\nfn f(g) { g() }\nf(fn() { 1 })",
        "print(1)\ntry { fail(\"x\") } recover { 1 }", "print(1)\nwhile true { if len(args) == 0 { break }\nnope }",
        "print(1)\n(args[0] ?? nope) == 1",
    ])
    func runsWhatWouldRun(_ source: String) {
        let result = run("args = list(\"\")\n" + source)
        let plain = Bench().run("args = list(\"\")\n" + source).diagnostics.filter { $0.severity == .error }
        #expect(result.printed == "1\n" && result.codes.count == plain.count, "\(source): \(result)")
    }

    /// Where the program means to end, nobody asks for what stands behind.
    @Test func whatIsBehindTheEnd() {
        #expect(run("print(1)\nfail(\"enough\")\nnope").printed == "1\n")
        #expect(run("fn stop() { fail(\"enough\") }\nprint(1)\nstop()\nnope").printed == "1\n")
    }

    @Test func cellsKnowWhatTheSessionKnows() {
        var options = SessionOptions()
        options.checksFirst = true
        let session = Session(builtins: FakeHost.builtins, options: options)
        for (cell, source) in ["x = [1, 2]", "x[1]", "_ + _2 + Out[2]", "fn f(a) { a }", "f(x); y = 3", "xs = list(1..100000)"].enumerated()
        {
            #expect(session.run(source: source, cell: cell + 1).status == .ok, "\(source)")
        }
        #expect(session.run(source: "z = 5; xs[3]; f(1, 2)", cell: 7).diagnostics.map(\.code) == [.tooManyArguments])
        #expect(session[global: "z"] == nil)
    }

    /// On every chunk of the language's data: what the check is certain of, the run comes to.
    @Test func certainlyFails() throws {
        var count = 0
        for name in ["reading", "calls", "operators", "values", "control", "functions", "limits"] {
            for chunk in Chunk.read(try dataText(name + ".bas")) {
                let certain = Bench().session.analyze(source: chunk.source, file: name).mustFail
                guard !certain.isEmpty else { continue }
                count += 1
                #expect(Bench().run(chunk.source, file: name).status == .error, "\(name):\n\(chunk.source)")
            }
        }
        #expect(count > 50, "\(count)")
    }
}
