import Testing

@testable import Language

/// Calls as they stand in a program.
@Suite struct WrittenCallTests {
    private let session = Session()

    @Test func argumentsAreReadWhereTheyAreWritten() throws {
        let source = #"""
            answer = lesson.predict("How many {{?}}", none)
            solution = r"""
            fn f() { "{1}" }
            """
            if true { lesson.exercise(fn() { f() == 1 }, hint="more", solution) }
            """#
        let calls = session.writtenCalls(in: source)
        #expect(calls.map(\.name) == ["predict", "exercise", "f"])
        let answer = try #require(calls[0].argument("answer", at: 1))
        #expect(answer.isNone && String(decoding: source.utf8.map { $0 }[answer.range], as: UTF8.self) == "none")
        #expect(calls[0].argument("question", at: 0)?.text == "How many {?}")
        #expect(calls[1].argument("hint", at: 1)?.text == "more")
        #expect(calls[1].argument("solution", at: 1)?.text?.contains("fn f() { \"{1}\" }") == true, "by the name that holds it")
        #expect(calls[1].argument("other", at: 5) == nil)
    }

    @Test func whatCannotBeKnownHasNoText() {
        let calls = session.writtenCalls(in: "n = 3\nf(\"x {n}\", n, -1)")
        #expect(calls.first?.arguments.map(\.text) == [nil, nil, nil])
        #expect(calls.first?.arguments.contains(where: \.isNone) == false)
    }
}
