import Testing

@testable import Language

/// A host value that holds blocks of memory, some of them shared.
private struct Blocks: HostValue {
    final class Block: Sendable {}
    let blocks: [Block]
    let bytes: Int

    var typeName: String { "blocks" }
    var byteCount: Int { blocks.count * bytes }
    func forEachBlock(_ visit: (_ block: ObjectIdentifier, _ bytes: Int) -> Void) {
        for block in blocks { visit(ObjectIdentifier(block), bytes) }
    }
}

/// A session at a prompt: every run is a numbered cell.
private final class Cells {
    let bench = Bench()
    var number = 0

    @discardableResult
    func run(_ source: String) -> Outcome {
        number += 1
        return bench.session.run(source: source, file: "In [\(number)]", cell: number)
    }

    func show(_ source: String) -> String {
        let outcome = run(source)
        return outcome.diagnostics.first.map { "\($0.code.rawValue) \($0.message)" } ?? outcome.value?.literalText ?? "none"
    }
}

@Suite struct ResultTests {
    @Test func resultsAndInputsHaveNumbers() {
        let cells = Cells()
        cells.run("10 + 1")
        cells.run("x = 5")
        cells.run("x * 2;")
        #expect(cells.show("[Out[1], _1, Out[3], _3, In[2]]") == "[11, 11, 10, 10, \"x = 5\"]")
        #expect(cells.show("Out[-2]") == "10")
        #expect(cells.show("len(In)") == "6")
    }

    @Test func theLastThreeHaveNames() {
        let cells = Cells()
        cells.run("1")
        cells.run("2")
        cells.run("3")
        #expect(cells.show("[_, __, ___]") == "[3, 2, 1]")
        // A cell without a result, and one that fails, leave them.
        cells.run("y = 8")
        cells.run("nope")
        #expect(cells.show("_[0] + __") == "6")
    }

    @Test(arguments: [
        ("_2", "E0301"), ("Out[2]", "E0301"), ("Out[9]", "E0301"), ("Out[\"a\"]", ""), ("In[9]", ""), ("_0", ""),
    ])
    func whatIsNotThereIsSaid(source: String, code: String) {
        let cells = Cells()
        cells.run("1")
        cells.run("x = 2")
        let outcome = cells.run(source)
        #expect(outcome.status == .error)
        let message = outcome.diagnostics.first?.message ?? ""
        #expect(
            message.contains("cell") || message.contains("In [2] gave no result"), "\(source): \(message)")
    }

    @Test func scriptsHaveNeitherInNorOut() {
        #expect(Bench().show("In").hasPrefix("E0201"))
        #expect(Bench().show("_3").hasPrefix("E0201"))
    }

    @Test func theOldestGoBeyondTheBudget() throws {
        let cells = Cells()
        let results = cells.bench.session.context.results
        results.budget = 2500
        func put(_ text: String) { cells.bench.session[global: text] = .string(String(repeating: text, count: 1000)) }
        for name in ["a", "b", "c"] { put(name) }
        #expect(cells.run("a + \"\"").evicted == [])
        #expect(cells.run("b + \"\"").evicted == [])
        #expect(cells.run("c + \"\"").evicted == [1])
        #expect(results.numbers == [2, 3])
        let outcome = cells.run("len(_1)")
        let diagnostic = try #require(outcome.diagnostics.first)
        #expect(diagnostic.code == .resultGone)
        #expect(diagnostic.message == "the result of In [1] is no longer kept")
        #expect(diagnostic.notes.contains { $0.contains("2.4 KiB") } && diagnostic.notes.contains { $0.contains("a + \"\"") })
        #expect(diagnostic.help?.contains(":rerun 1") == true)
        #expect(cells.show("Out[1]").hasPrefix("E0606"))
        #expect(cells.show("len(_2)") == "1000")
        // The names of the last three follow.
        results.budget = 10
        cells.run("b + c")
        #expect(results.numbers.count == 1)
        #expect(cells.show("try { __ } recover e { \"gone\" }") == "\"gone\"")
    }

    @Test func sharedBlocksCountOnce() {
        let cells = Cells()
        let results = cells.bench.session.context.results
        results.budget = 1000
        let shared = Blocks.Block()
        func put(_ name: String, _ blocks: [Blocks.Block]) {
            cells.bench.session[global: name] = .host(Blocks(blocks: blocks, bytes: 400))
        }
        put("a", [shared])
        put("b", [shared, .init()])
        cells.run("a")
        cells.run("b")
        #expect(results.numbers == [1, 2])
        #expect((800..<1000).contains(results.bytes))
        // What a name holds anyway is not charged …
        put("c", [.init(), .init()])
        #expect(cells.run("c").evicted == [])
        // … and is once the name has gone.
        for name in ["a", "b", "c"] { cells.bench.session[global: name] = .int(1) }
        #expect(cells.run("7").evicted == [1, 2])
    }

    @Test func weightsOfValues() {
        #expect(Weight(.string("abcd")).bytes == 4)
        #expect(Weight(.list([.string("ab"), .string("c")])).bytes == 3 + 2 * MemoryLayout<Value>.stride)
        #expect(Weight(.int(5)).bytes == 0)
        #expect(Weight(.host(FakeTensor(shape: [2], fill: 0))).bytes == 64)
    }

    @Test func aResetForgetsResults() {
        let cells = Cells()
        cells.run("41 + 1")
        cells.bench.session.reset()
        #expect(cells.show("Out[1]").contains("In [1] gave no result"))
        #expect(cells.show("In[1]") == "\"41 + 1\"")
    }

    @Test func aSnapshotBringsNamesAndSeedsBack() {
        let cells = Cells()
        cells.run("x = 1\nfn f() { x }")
        cells.bench.session.context[SeedState.self] = 3
        let snapshot = cells.bench.session.snapshot()
        cells.run("x = 2\ny = 5")
        cells.bench.session.context[SeedState.self] = 4
        cells.bench.session.restore(snapshot)
        #expect(cells.show("[x, f()]") == "[1, 1]")
        #expect(cells.show("y").hasPrefix("E0201"))
        #expect(cells.bench.session.context[SeedState.self] == 3)
    }

    @Test(arguments: [("a = 1; b = nope; c = 2", "a = 1"), ("a = 1\nb = 2\n", "a = 1\nb = 2"), ("nope", "")])
    func whatWasCarriedOutIsKnown(source: String, done: String) {
        let outcome = Cells().run(source)
        #expect(String(decoding: source.utf8.prefix(outcome.completed), as: UTF8.self) == done)
    }
}
