import Testing

@testable import Language

@Suite struct CompletionTests {
    /// Completions at `|`.
    private func complete(_ marked: String, after setup: String = "") -> [Candidate] {
        let bench = Bench()
        bench.run(setup)
        let cursor = marked.utf8.firstIndex(of: UInt8(ascii: "|")).map {
            marked.utf8.distance(from: marked.startIndex, to: $0)
        }
        return bench.session.complete(marked.replacing("|", with: ""), cursor: cursor ?? 0)
    }

    @Test(arguments: [
        ("ph|", "phase1"), ("x = le|", "len"), ("phase1(t, st|)", "steps="), ("phase1(t, st|", "steps="),
        ("plot [1], la|", "labels="), ("phase1(f(1, 2), [3, 4], l|", "lr="), ("r.st|", "start_here"),
        ("\"loss {le|", "len"), ("\"loss {r.st|\"", "start_here"), ("phase1(t, sampling=\"s|", "single"),
        ("phase1(t, 5, 0.1, \"un|", "union"), ("r.inner.de|", "deeper"), ("my|", "my_function"),
        ("my_function(al|", "alpha="), ("phase1(t, sampling=|", "\"single\""),
        ("whi|", "while"), ("if true { ph|", "phase1"), ("x = 1; ph|", "phase1"),
    ])
    func offers(_ code: String, _ expected: String) {
        let found = complete(
            code, after: "r = {start_here: 1, inner: {deeper: 2}}\nfn my_function(alpha, beta) { 1 }")
        #expect(found.contains { $0.text == expected }, "\(code): \(found.map(\.text))")
    }

    @Test(arguments: [
        ("list[0].st|", "start_here"), ("list[-1].inner.de|", "deeper"), ("r[\"inner\"].de|", "deeper"),
        ("r[\"st|", "start_here"), ("r[\"inner\"][\"de|\"]", "deeper"), ("list[0][\"in|", "inner"),
        ("my_function(r.inner.de|", "deeper"),
    ])
    func offersWhatAPathReaches(_ code: String, _ expected: String) {
        let found = complete(code, after: "r = {start_here: 1, inner: {deeper: 2}}\nlist = [r, r]")
        #expect(found.map(\.text) == [expected], "\(code)")
    }

    @Test(arguments: ["f(1).st|", "list[i].st|", "list[7].st|", "(r).st|", "list[0, 1].st|"])
    func runsNothingToComplete(_ code: String) {
        #expect(complete(code, after: "r = {start_here: 1}\nlist = [r]\ni = 0\nfn f(x) { r }").isEmpty)
    }

    @Test(arguments: ["# ph|", "12|", "r.|", "phase1(t, steps=3, steps|"])
    func offersNoNames(_ code: String) {
        let found = complete(code, after: "r = 5")
        #expect(
            !found.contains { $0.text == "phase1" || $0.text == "steps=" }, "\(code): \(found.map(\.text))")
    }

    @Test func rangesAreBytesToReplace() {
        let found = complete("\"é\"; ph|ase", after: "")
        #expect(found.first { $0.text == "phase1" }?.range == 6..<8)
    }

    /// Nobody who asks what a call takes wants to see all commands.
    @Test func anEmptyPlaceInACallOffersItsParametersAndVariables() {
        let found = complete("phase1(t, |", after: "mine = 1").map(\.text)
        #expect(!found.contains("model="), "given already")
        #expect(found.contains("steps=") && found.contains("mine") && !found.contains("len"))
        #expect(complete("|", after: "mine = 1").map(\.text).contains("len"))
    }

    @Test func filesInsideStrings() throws {
        let folder = try ScratchFolder()
        try folder.write("photo.jpg", "")
        try folder.write("other.txt", "")
        let found = complete("len(\"\(folder.path)/ph|\")")
        #expect(found.map(\.text) == ["photo.jpg"] && found.first?.kind == .file)
        #expect(complete("len(\"\(folder.path.dropLast(2))|").first?.text.hasSuffix("/") == true)
    }

    @Test func parameterDetailsComeFromTheTable() {
        let steps = complete("phase1(t, st|").first { $0.text == "steps=" }
        #expect(steps?.detail == "int = 400" && steps?.kind == .parameter)
    }

    @Test func hostFields() {
        #expect(complete("t.sh|", after: "t = tensor([2])").map(\.text) == ["shape"])
    }
}
