import Testing

@testable import Language

/// A stop ends what one builtin or operator does with much data, not only what comes after it.
@Suite struct PollTests {
    private static let passed = Key<Value>("x", doc: "Passed on.")

    /// Asks for a stop and passes its argument on; `reached` tells that what stands around it was finished.
    private static let builtins = [
        Builtin(
            "stop", family: "test", summary: "Asks for a stop.", parameters: [passed], result: .any,
            run: { call in
                call.context.interrupt.request()
                return try call[passed]
            }),
        Builtin(
            "reached", family: "test", summary: "Tells that it is reached.", parameters: [passed],
            result: .any,
            run: { call in
                call.context.emit(.stream("reached"))
                return try call[passed]
            }),
    ]

    @Test(arguments: [
        "upper(stop(large))", "lower(stop(large))", "trim(stop(blank))", "len(stop(wide))", "split(stop(s))", "split(stop(s), \"b\")",
        "split(stop(wide), \"ü\")", "lines(stop(s))", "replace(stop(s), \"a\", \"xyz\")", "replace(stop(s), \"abc\", \"\")",
        "list(stop(s))",
        "reversed(stop(s))", "join(stop(xs), \",\")", "str(stop(xs))", "\"{stop(xs)}\"", "zip(stop(xs), xs)", "enumerate(stop(xs))",
        "list(stop(1..100000))", "range(stop(100000))", "stop(xs) == ys", "-1 in stop(xs)", "\"no\" in stop(s)", "\"nö\" in stop(wide)",
        "stop(wide)[5]", "flatten([stop(xs), xs])", "sorted(stop(xs), descending=true)", "unique(stop(xs))", "map(stop(xs), fn(x) { x })",
        "[x for x in stop(xs)]", "[..stop(1..100000)]", "repeat(stop(\"ab\"), 10000000)", "stop(wide)[5:90000]", "stop(s)[::-1]",
        "stop(s)[7]",
        "stop(xs)[::2]", "any([x < 0 for x in stop(xs)])", "any(stop(flags))", "all(stop(trues))", "keys(stop(r))", "items(stop(r))",
        "record(stop(pairs))", "without(stop(r), \"k1\")", "stop(many) + many",
    ])
    func longWorkEnds(_ expression: String) {
        let recorder = Recorder()
        let session = Session(builtins: Self.builtins) { recorder.record($0) }
        session.run(
            source: """
                s = repeat("ab \\n", 20000); large = repeat(s, 60); wide = repeat("ä b", 50000); blank = repeat(" ", 100000)
                xs = list(1..20000); ys = list(1..20000); flags = [x < 0 for x in xs]; trues = [x > 0 for x in xs]
                pairs = [["k{x}", x] for x in xs]; r = record(pairs); many = list(1..100000)
                """)
        let outcome = session.run(source: "reached(\(expression))")
        #expect(outcome.status == .interrupted && outcome.diagnostics.first?.code == .interrupted)
        #expect(recorder.printed.isEmpty)
        // The same once nobody asks for a stop.
        #expect(session.run(source: "reached(\(expression.replacing("stop", with: "")))").status == .ok)
    }

    /// Of a program that is long to read nothing runs after a stop, and the next one is read.
    @Test func readingEnds() {
        let session = Session(builtins: Self.builtins)
        let long = "kept = 1\n" + String(repeating: "# a line that nobody needs\n", count: 4000)
        session.interrupt.request()
        #expect(session.run(source: long).status == .interrupted && session[global: "kept"] == nil)
        #expect(session.run(source: long).status == .ok && session[global: "kept"]?.literalText == "1")
    }

    /// A stop ends the reading of a text at the next statement.
    @Test func parsingEnds() {
        let file = SourceFile(name: "long.bas", text: String(repeating: "x = [1, 2]\n", count: 1000))
        let interrupt = Interrupt()
        func statements() -> Int { Interrupt.$current.withValue(interrupt) { Parser.recover(file, commands: []).program.statements.count } }
        #expect(statements() == 1000)
        interrupt.request()
        #expect(statements() == 0)
    }

    @Test func searchingTakesCharacters() {
        #expect(show("split(\"a,b,,c\", \",\")") == "[\"a\", \"b\", \"\", \"c\"]")
        #expect(show("split(\",\", \",\")") == "[\"\", \"\"]")
        #expect(show("split(\"\", \",\")") == "[\"\"]")
        #expect(show("replace(\"aaa\", \"aa\", \"b\")") == "\"ba\"")
        #expect(show("replace(\"añb\", \"ñ\", \"n\")") == "\"anb\"")
        // "ñ" in one scalar and in two is one character; "n" is no part of it.
        #expect(
            show("[\"n\" in \"an\\u{303}\", \"\\u{f1}\" in \"an\\u{303}\", \"n\" in \"anb\", \"\" in \"\"]") == "[false, true, true, true]")
        #expect(show("[len(\"a\\r\\nb\"), \"\\n\" in \"a\\r\\nb\", split(\"a\\r\\nb\", \"\\r\\n\")]") == "[3, false, [\"a\", \"b\"]]")
        #expect(
            show("[trim(\"  ä \"), trim(\"   \"), trim(\"\"), lines(\"a\\n\\nb\\n\"), split(\"  a  b \")]")
                == "[\"ä\", \"\", \"\", [\"a\", \"\", \"b\"], [\"a\", \"b\"]]")
        #expect(show("len(upper(repeat(\"ß\", 3000000)))") == "6000000")
    }
}
