import Foundation
import Testing

@testable import Language

@Suite struct SessionTests {
    @Test func eventsComeInOrder() {
        let bench = Bench()
        bench.run("print \"a\"\n1 + 1\nx = 5\n2;\nshow tensor([2])\nnone\nnope")
        let words = bench.recorder.events.map { event in
            switch event {
            case .started(let number, _): "started \(number)"
            case .stream(let text): "stream \(text)"
            case .progress: "progress"
            case .display(let display): "display \(display.plain) \(display.image?.alt ?? "")"
            case .result(_, let display): "result \(display.plain)"
            case .diagnostic(let diagnostic): "diagnostic \(diagnostic.code.rawValue)"
            case .finished(let status, _): "finished \(status)"
            }
        }
        #expect(
            words == [
                "started 1", "stream a\n", "result 2", "display a tensor of [2] grey", "diagnostic E0201",
                "finished error",
            ])
    }

    @Test func namesStayAlsoAfterAnError() {
        let bench = Bench()
        bench.run("a = 1\nb = nope\nc = 2")
        #expect(bench.show("a") == "1")
        #expect(bench.show("c").hasPrefix("E0201"))
        #expect(bench.session.globals.map(\.0) == ["a", "_"])
    }

    @Test func theLastResultHasAName() {
        let bench = Bench()
        bench.run("3 + 4")
        #expect(bench.show("_ * 2") == "14")
        bench.run("[1, 2, 3]")
        #expect(bench.show("|> sum") == "6")
        #expect(bench.show("|> str == \"6\"") == "true")
    }

    @Test func globalsCanBeSetAndForgotten() {
        let bench = Bench()
        bench.session[global: "x"] = 41
        #expect(bench.show("x + 1") == "42")
        bench.session.reset()
        #expect(bench.show("x").hasPrefix("E0201"))
    }

    @Test func userFunctionsMayReplaceBuiltins() {
        let bench = Bench()
        bench.run("len = fn(x) { 99 }")
        #expect(bench.show("len([1])") == "99")
    }

    @Test(arguments: [
        ("1 +", true), ("f(", true), ("[1,", true), ("if true {", true), ("x = ", true), ("fn f(x)", true),
        ("\"\"\"a", true),
        ("{a: 1", true), ("try { 1 }", true), ("try { 1 } recover", true), ("for x in", true), ("x |>", true),
        ("\"{f(1", false), ("1", false), ("", false), (")", false), ("\"abc", false), ("1 2", false),
        ("if true { 1 }", false),
        ("# comment", false), ("plot", false), ("assert", true), ("not", true), ("x = [\n1,\n2\n", true),
        ("a, b", false),
        // A blank line ends what has nothing open.
        ("try { 1 }\n", false), ("x =\n", false), ("1 +\n  ", false), ("fn f() {\n\n", true), ("\"\"\"a\n\n", true), ("f(1,\n", true),
        ("\"\"\"a {", true), ("import \"a.bas\"", false), ("with seed(1)", true),
    ])
    func incompleteInput(_ source: String, _ expected: Bool) {
        #expect(Bench().session.isIncomplete(source) == expected, "\(source)")
    }

    @Test(arguments: [
        ("1", ExitCode.ok), ("nope", .data), ("1 +", .data), ("stop(); 1", .interrupted),
        ("import \"none.bas\" as m", .noInput),
    ])
    func exitCodes(_ source: String, _ expected: ExitCode) {
        #expect(Bench().run(source).exitCode == expected)
    }

    @Test func aMissingScriptIsADiagnostic() throws {
        let outcome = Bench().session.run(path: "/nowhere/at/all.bas")
        #expect(outcome.exitCode == .noInput && outcome.diagnostics.first?.code == .fileMissing)
        #expect(Bench().session.run(path: "/tmp").diagnostics.first?.code == .cannotRead)
    }

    @Test func scriptsKnowTheirFolder() throws {
        let folder = try ScratchFolder()
        try folder.write("data.txt", "x")
        let script = try folder.write("a.bas", "x = 1\nx")
        let bench = Bench()
        #expect(bench.session.run(path: script).value?.literalText == "1")
        #expect(bench.session.context.currentFile == nil)
        bench.session.context.currentFile = script
        #expect(bench.session.context.resolve("data.txt") == folder.path + "/data.txt")
        #expect(bench.session.context.resolve("other.txt") == "other.txt")
    }

    @Test func notUTF8() throws {
        let folder = try ScratchFolder()
        let path = folder.path + "/a.bas"
        try Data([0x78, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: path))
        #expect(Bench().session.run(path: path).diagnostics.first?.code == .notUTF8)
    }

    // MARK: interrupts and limits

    @Test func anInterruptStopsALoopAndKeepsTheSession() {
        let bench = Bench()
        let interrupt = bench.session.interrupt
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.1)
            interrupt.request()
        }
        thread.start()
        let outcome = bench.run("kept = 7\nn = 0\nwhile true { n = n + 1 }")
        #expect(outcome.status == .interrupted && outcome.exitCode == .interrupted)
        #expect(outcome.diagnostics.first?.code == .interrupted)
        #expect(outcome.seconds < 2)
        #expect(bench.show("kept") == "7")
        #expect(bench.show("n > 1000") == "true")
    }

    @Test func whatAnInterruptedBuiltinGaveIsKept() {
        let bench = Bench()
        let outcome = bench.run("x = stop()\ny = 1")
        #expect(outcome.status == .interrupted)
        #expect(bench.show("x") == "7")
        #expect(bench.show("y").hasPrefix("E0201"))
    }

    @Test func tryDoesNotSwallowAnInterrupt() {
        #expect(Bench().run("try { stop(); for i in 1..9 { } } recover e { }\n1").status == .interrupted)
    }

    @Test func stepLimit() {
        let bench = Bench(Limits(steps: 1000))
        #expect(bench.show("while true { }").hasPrefix("E0603"))
        #expect(bench.show("[x for x in 1..10000]").hasPrefix("E0603"))
        #expect(bench.show("try { while true { } } recover e { 1 }").hasPrefix("E0603"))
        #expect(bench.show("sum([x for x in 1..100])") == "5050")
    }

    @Test func byteLimit() {
        let bench = Bench(Limits(bytes: 1 << 20))
        #expect(bench.show("s = \"ab\"; while true { s = s + s }").hasPrefix("E0604"))
        #expect(bench.show("s = \"ab\"; while true { s = \"{s}{s}\" }").hasPrefix("E0604"))
        #expect(bench.show("s = [1]; while true { s = s + s }").hasPrefix("E0604"))
        #expect(bench.show("list(1..1000000000000)").hasPrefix("E0604"))
        #expect(bench.show("range(0, 1000000000000)").hasPrefix("E0604"))
        #expect(bench.show("[x for x in 1..1000000]").hasPrefix("E0604"))
    }

    @Test func deepRecursionEndsInADiagnostic() {
        #expect(show("fn f(n) { f(n + 1) }\nf(0)").hasPrefix("E0602"))
        #expect(
            Bench(Limits(callDepth: 1_000_000)).show("fn f(n) { [f(n + 1)][0] }\nf(0)").hasPrefix("E0602"))
        #expect(show("fn f(n) { try { f(n + 1) } recover e { \"deep\" } }\nf(0)") == "\"deep\"")
    }

    @Test func deepValuesEndInADiagnostic() {
        #expect(show("x = []; for i in 1..100000 { x = [x] }").hasPrefix("E0605"))
        #expect(show("x = {}; for i in 1..100000 { x = {x: x} }").hasPrefix("E0605"))
        #expect(show("x = []; for i in 1..1500 { x = [x] }; str(x); x == x") == "true")
    }

    @Test(arguments: [
        "(", "[", "-", "!", "not ", "f(", "{a: ", "if true {", "fn() {", "\"{", "1 + (", "x |> (", "2 ** ",
    ])
    func deepSourceEndsInADiagnostic(_ piece: String) {
        let outcome = Bench().run(String(repeating: piece, count: 20_000))
        #expect(outcome.status == .error)
    }

    @Test(arguments: [" + 1", ".a", "[0]", "(1)", " |> f", " and true", " ?? 1"])
    func longChainsEndInADiagnostic(_ piece: String) {
        #expect(show("x = 1" + String(repeating: piece, count: 50_000)).hasPrefix("E0110"))
    }

    @Test func manyStatementsAreFine() {
        #expect(show(String(repeating: "x = 1\n", count: 20_000) + "x") == "1")
    }

    /// A generous bound that still fails when names are looked up by text or values boxed: release takes 0.1
    /// s.
    @Test func aMillionIterations() {
        let outcome = Bench().run("s = 0; for i in 1..1000000 { s = s + i * 2 }\ns")
        #expect(outcome.value?.literalText == "1000001000000")
        #expect(outcome.seconds < 6)
    }

    /// What a command's notes call its result.
    @Test(arguments: [
        ("x = named()", "x"), ("  long_1   =   named()   # why", "long_1"), ("a = 1; x = named();", "none"), ("x = named() + \"\"", "none"),
        ("x = [named()]", "none"), ("named()", "none"), ("a, b = named()", "none"), ("x == named()", "none"),
    ])
    func aCallKnowsTheNameOfItsResult(_ source: String, _ name: String) {
        let builtin = Builtin("named", family: "tests", summary: "The name of its result.", parameters: []) { call in
            call.context.emit(.stream(call.assignedName ?? "none"))
            return "ab"
        }
        let recorder = Recorder()
        let session = Session(builtins: [builtin]) { recorder.record($0) }
        _ = session.run(source: source, file: "test.bas")
        if !recorder.printed.isEmpty { #expect(recorder.printed == name, "\(source)") }
    }
}
