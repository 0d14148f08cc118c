import Testing

@testable import Language

/// What a check says of a program that cannot be read as a whole: the mistakes of reading, and what is wrong with the rest.
@Suite struct DraftTests {
    private func check(_ source: String) -> [String] {
        Bench().session.check(source: source).map { "\($0.code.rawValue) \($0.span?.line ?? 0)" }
    }

    @Test(arguments: [
        // A name that is only read where nothing can be read is known as well as before.
        ("x = 3\ny = x + )\nx.foo", ["E0105 2", "E0210 3"]), ("z = (lenn + )\nlenn(3)", ["E0105 1", "E0201 2"]),
        ("x = 3\nprint(x x)\nx.foo", ["E0105 2", "E0210 3"]), ("x = {a: 1}\nprint(\"{x.a} {\")\nx.b", ["E0104 2", "E0210 3"]),
        // A bracket that was left open swallows nothing.
        ("z = (3 +\nk = 1 + none\nm = 2", ["E0105 2", "E0302 2"]), ("x = [1, 2,\ny = 3 + none\nz = y", ["E0105 2", "E0302 2"]),
        // One that may get a value there is not.
        ("x = 3\nx = [1, (2\nx.foo", ["E0105 3"]), ("x = 3\nfor x in ) { }\nx.foo", ["E0105 2"]), ("x = 3\nfn x( { }\nx.foo", ["E0105 2"]),
        ("a, b = (1, 2\na.foo", ["E0105 1"]), ("import \"toys.bas\" as )\ntoys.foo", ["E0105 1"]),
    ])
    func tellsBoth(_ source: String, _ expected: [String]) {
        let found = check(source)
        for line in expected { #expect(found.contains(line), "\(source): \(found)") }
        if !expected.contains(where: { $0.hasPrefix("E02") }) { #expect(!found.contains { $0.hasPrefix("E02") }, "\(source): \(found)") }
    }

    @Test func manyMistakesHideNothing() {
        let source = (1...60).map { _ in "x = )" }.joined(separator: "\n") + "\ny = 1 + \"a\"\nnope"
        let found = check(source)
        #expect(found.count { $0.hasPrefix("E0105") } == 20 && found.suffix(2) == ["E0302 61", "E0201 62"], "\(found)")
    }
}
