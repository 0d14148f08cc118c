import Testing

@testable import Language

@Suite struct ImportTests {
    @Test func aModuleIsARecordOfItsNames() throws {
        let folder = try ScratchFolder()
        try folder.write("m.bas", "print \"loading\"\nk = 3\n_hidden = 4\nfn twice(x) { x * k }\n5")
        let main = try folder.write(
            "main.bas",
            "import \"m.bas\" as m\nimport \"m.bas\" as again\n[m.twice(4), again.k, has(m, \"_hidden\"), keys(m)]"
        )
        let bench = Bench()
        let outcome = bench.session.run(path: main)
        #expect(outcome.value?.literalText == "[12, 3, false, [\"k\", \"twice\"]]")
        #expect(bench.recorder.printed == "loading\n")
        #expect(bench.recorder.results.count == 1)
    }

    @Test func theLibraryIsSearched() throws {
        let folder = try ScratchFolder()
        try folder.write("losses.bas", "weight = 2")
        #expect(Bench(library: [folder.path]).show("import \"losses.bas\"\nlosses.weight") == "2")
        #expect(Bench(library: [folder.path]).show("import \"losses\" as l\nl.weight") == "2")
        let error = try #require(
            Bench(library: [folder.path]).run("import \"loses.bas\" as l").diagnostics.first)
        #expect(error.labels.first?.text == "did you mean \"losses.bas\"?")
    }

    @Test func cyclesAreErrors() throws {
        let folder = try ScratchFolder()
        try folder.write("a.bas", "import \"b.bas\" as b")
        try folder.write("b.bas", "import \"a.bas\" as a")
        let error = try #require(Bench().session.run(path: folder.path + "/a.bas").diagnostics.first)
        #expect(error.code == .importCycle)
        #expect(error.message.contains("a.bas → b.bas → a.bas"))
    }

    @Test func errorsInsideAModuleKeepTheirPlace() throws {
        let folder = try ScratchFolder()
        try folder.write("m.bas", "x = 1\n1 / 0")
        let main = try folder.write("main.bas", "import \"m.bas\" as m")
        let error = try #require(Bench().session.run(path: main).diagnostics.first)
        #expect(error.span?.file.name.hasSuffix("m.bas") == true && error.span?.position.line == 2)
        #expect(error.trace.first?.span.file.name == main)
        #expect(Bench().session.run(path: main).exitCode == .data)
    }

    @Test func syntaxErrorsInsideAModule() throws {
        let folder = try ScratchFolder()
        try folder.write("m.bas", "x = (")
        let error = try #require(
            Bench().session.run(path: try folder.write("main.bas", "import \"m.bas\" as m")).diagnostics.first
        )
        #expect(error.code == .unclosedBracket)
    }

    @Test func allSyntaxErrorsOfAModuleAreReported() throws {
        let folder = try ScratchFolder()
        let module = try folder.write("m.bas", "x = )\ny = 1\nz = [1 2]\nprint(\"never\")\n")
        let main = try folder.write("main.bas", "import \"m.bas\" as m")
        let bench = Bench()
        let outcome = bench.session.run(path: main)
        #expect(outcome.diagnostics.map { $0.span?.position.line } == [1, 3])
        #expect(outcome.diagnostics.allSatisfy { $0.span?.file.name.hasSuffix("m.bas") == true })
        #expect(outcome.exitCode == .data && bench.recorder.printed.isEmpty)
        // `try` takes the first; a check without running tells all of them at the import.
        #expect(Bench().show("try { import \"\(module)\" as m } recover e { e.message }").contains("expected"))
        let checked = Bench().session.check(source: "import \"m.bas\" as m\nm", file: main)
        let unreadable = try #require(checked.first { $0.message.contains("cannot be read") })
        #expect(unreadable.message.hasSuffix("(line 1)") && unreadable.notes.count == 1 && unreadable.notes[0].hasSuffix("(line 3)"))
    }
}
