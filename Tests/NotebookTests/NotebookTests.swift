import Commands
import Figures
import Files
import Language
import Testing

@testable import Notebook

/// What has to run, and what comes out, after every kind of edit.
@Suite(.serialized) struct NotebookTests {
    private static let page = """
        # %% Numbers
        x = 3
        y = [x, 2 * x]
        y
        # %% Twice
        #| Prose about it.
        y[1] * 2
        # %% Own
        "alone"
        """

    @Test func outputsAreRecordedOnce() throws {
        let desk = try Desk(Self.page)
        #expect(try desk.run() == ["ran", "ran", "ran"])
        #expect(desk.recorded == ["[3, 6]", "12", "\"alone\""])
        let text = desk.text
        #expect(text.contains("y[1] * 2\n#> 12\n#>@ "))
        #expect(try desk.run() == ["kept", "kept", "kept"])
        #expect(desk.text == text)
        #expect(try desk.isTrue() == [true, true, true])
        // Running everything anew leaves the file as it is.
        #expect(try desk.run(usesCache: false) == ["ran", "ran", "ran"])
        #expect(desk.text == text)
    }

    @Test func aCellRunsWhereItsTextOrValuesChange() throws {
        let desk = try Desk(Self.page)
        try desk.run()
        try desk.edit("x = 3", "x  =  3   # three")
        #expect(try desk.run() == ["kept", "kept", "kept"], "layout and comments")
        try desk.edit("Prose about it.", "Other prose.")
        #expect(try desk.run() == ["kept", "kept", "kept"], "prose")
        try desk.edit("x  =  3   # three", "x = 1 + 2")
        #expect(try desk.run() == ["ran", "kept", "kept"], "the values below are the same")
        try desk.edit("y[1] * 2", "y[1] * 3")
        #expect(try desk.run() == ["kept", "ran", "kept", "again 0"])
        try desk.edit("x = 1 + 2", "x = 4")
        #expect(try desk.isTrue() == [false, false, true])
        #expect(try desk.run() == ["ran", "ran", "kept"])
        #expect(desk.recorded == ["[4, 8]", "24", "\"alone\""])
    }

    @Test func reorderingDeletingAndRenamingBehaveAsInASheet() throws {
        let desk = try Desk("# %% a\na = 1\n# %% b\nb = a + 1\nb\n# %% c\nc = 10\nc\n")
        #expect(try desk.run() == ["ran", "ran", "ran"])
        try desk.write("# %% c\nc = 10\nc\n# %% a\na = 1\n# %% b\nb = a + 1\nb\n")
        #expect(try desk.run() == ["kept", "kept", "kept"], "another order")
        #expect(desk.recorded == ["10", "2"])
        try desk.write("# %% c\nc = 10\nc\n# %% b\nb = a + 1\nb\n")
        #expect(try desk.run() == ["kept", "failed"], "a is gone")
        #expect(desk.recorded.joined().contains("there is no name \"a\"") || desk.recorded.joined().contains("E02"))
        try desk.write("# %% b\nb = a + 1\nb\n# %% a\na = 1\n")
        #expect(try desk.run() == ["failed", "kept"], "a comes too late")
        try desk.write("# %% a\nz = 1\n# %% b\nb = z + 1\nb\n")
        #expect(try desk.run() == ["ran", "ran"], "another name")
        #expect(desk.recorded == ["2"])
    }

    @Test func functionsBringWhatTheyRead() throws {
        let desk = try Desk("# %% f\nk = 2\nfn f(x) { x * k }\n# %% use\nf(10)\n# %% bind anew\nk = 5\n# %% again\nf(10)\n")
        try desk.run()
        #expect(desk.recorded == ["20", "50"])
        try desk.edit("k = 5", "k = 7")
        #expect(try desk.run() == ["kept", "kept", "ran", "ran", "again 0"])
        #expect(desk.recorded == ["20", "70"])
        try desk.edit("x * k }", "x * k + 1 }")
        #expect(try desk.run() == ["ran", "ran", "kept", "ran", "again 2"])
        #expect(desk.recorded == ["21", "71"])
    }

    /// A cell below one that trains and defines a function: the training is that cell's, not its own.
    @Test func callsOfOtherCellsAreTheirOwn() throws {
        let desk = try Desk("# %% a\nfn f() { 1 }\nx = phase1(load_model(\"collage\"), load_scene(\"mug_rose\"), steps=0)\n# %% b\nf()\n")
        let file = try NotebookFile(path: desk.path)
        #expect(NotebookAnalysis(file, desk.session()).cells.map(\.obstacle) == [nil, nil])
    }

    @Test func aNameMayBeThatOfABuiltin() throws {
        let desk = try Desk("# %% a\nseed = 3\n# %% b\nseed + 1\n# %% c\nfn f() { seed * 2 }\nf()\n")
        try desk.run()
        try desk.edit("seed + 1", "seed + 2")
        #expect(try desk.run() == ["kept", "ran", "kept", "again 0"])
        #expect(desk.recorded == ["5", "6"])
        try desk.edit("seed = 3", "seed = 4")
        try desk.run()
        #expect(desk.recorded == ["6", "8"])
    }

    @Test func linesOfWindowsStayLinesOfWindows() throws {
        let desk = try Desk("# %% a\r\na = 2\r\na\r\n# %% b\r\na * 4\r\n")
        #expect(try desk.run() == ["ran", "ran"])
        #expect(desk.recorded == ["2", "8"])
        #expect(desk.text.hasPrefix("# %% a\r\na = 2\r\na\r\n#> 2\r\n"))
        #expect(desk.text.replacing("\r\n", with: "").contains("\n") == false)
        #expect(try desk.run() == ["kept", "kept"])
    }

    @Test func aFailingCellStopsOnlyWhatNeedsIt() throws {
        let desk = try Desk("# %% wrong\nz = [1][7]\n# %% needs it\nz + 1\n# %% through it\nw = z\nw\n# %% other\n2 + 2\n")
        #expect(try desk.run() == ["failed", "skipped", "failed", "ran"] || desk.recorded.last == "4")
        let lines = desk.recorded
        #expect(lines.first?.hasPrefix("wrong:1:") == true && lines.first?.contains("E0307") == true)
        #expect(lines.contains("not run: z comes from the cell \"wrong\" (line 2), which failed"))
        #expect(lines.last == "4")
        let text = desk.text
        try desk.run()
        #expect(desk.text.replacing("line 2", with: "") == text.replacing("line 2", with: ""))
        try desk.edit("[1][7]", "[1][0]")
        try desk.run()
        #expect(desk.recorded == ["2", "1", "4"])
    }

    @Test func aCellThatCannotBeParsedIsRecordedToo() throws {
        let desk = try Desk("# %% a\nx = (\n# %% b\n1 + 1\n")
        #expect(try desk.run() == ["failed", "ran"])
        #expect(desk.recorded.first?.contains("E0107") == true && desk.recorded.last == "2")
    }

    @Test func drawsAreCounted() throws {
        let desk = try Desk("# %% a\na = randn([2])\na\n# %% b\nb = randn([2])\nb\n# %% c\nrandn([2], seed=1)\n")
        try desk.run()
        let lines = desk.recorded
        #expect(lines.count == 3 && lines[0] != lines[1])
        #expect(try desk.run() == ["kept", "kept", "kept"])
        // Without the first draw the second cell draws first.
        try desk.write("# %% b\nb = randn([2])\nb\n")
        #expect(try desk.run() == ["kept"] || desk.recorded == [lines[0]])
        #expect(desk.recorded == [lines[0]])
    }

    @Test(arguments: [
        ("time() > 0", "time reads the clock"), ("len(args)", "it reads the arguments of the command line"),
        ("save_json([1], \"/dev/null\")", "save_json writes a file"), ("p = \"x\" + \".json\"; exists(p)", "exists looks for a file"),
        ("map([\"a.json\"], exists)", "exists looks for a file"), ("fn f() { time() }\nf() > 0", "time reads the clock"),
    ])
    func whatCannotBeKeptSaysWhy(_ code: String, _ reason: String) throws {
        let desk = try Desk("# %% a\n\(code)\n")
        let file = try NotebookFile(path: desk.path)
        #expect(NotebookAnalysis(file, desk.session()).cells.first?.obstacle == reason)
        try desk.run()
        #expect(try desk.run().first != "kept")
        #expect(try desk.isTrue() == [false])
    }

    @Test func filesThatAreReadCount() throws {
        let desk = try Desk("# %% a\nread_text(\"note.txt\")\n")
        try AtomicFile.write(desk.folderPath + "/note.txt", text: "one")
        #expect(try desk.run() == ["ran"])
        #expect(try desk.run() == ["kept"])
        try AtomicFile.write(desk.folderPath + "/note.txt", text: "two")
        #expect(try desk.isTrue() == [false])
        #expect(try desk.run() == ["ran"])
        #expect(desk.recorded == ["\"two\""])
    }

    @Test func importedFilesCount() throws {
        let desk = try Desk("# %% a\nimport \"lib.bas\" as lib\n# %% b\nlib.f(2)\n")
        try AtomicFile.write(desk.folderPath + "/lib.bas", text: "fn f(x) { x + 1 }\n")
        try desk.run()
        #expect(desk.recorded == ["3"])
        try AtomicFile.write(desk.folderPath + "/lib.bas", text: "fn f(x) { x + 2 }\n")
        try desk.run()
        #expect(desk.recorded == ["4"])
    }
}

/// What people explore in pages travels within recorded pictures.
@Suite(.serialized) struct ExplorableRecordTests {
    private static let page = "# %% Curve\nplot([3, 2, 1, 4])\n"

    private func picture(_ desk: Desk) throws -> String {
        let names = FileSystem.contents(desk.folderPath + "/page.out")
        #expect(names.count == 1)
        return desk.folderPath + "/page.out/" + (try #require(names.first))
    }

    @Test func recordsCarryIt() throws {
        let desk = try Desk(Self.page)
        try desk.run()
        let path = try picture(desk)
        let png = try ReadableFile.contents(path)
        guard case .chart(let chart)? = Explorable(png: png) else {
            Issue.record("the recorded chart can be explored")
            return
        }
        #expect(chart.lines.map(\.values) == [[3, 2, 1, 4]])
        // The name is that of the pixels: a record from before, whose picture carries nothing, is still true.
        let old = Explorable.removed(from: png)
        #expect(old.count < png.count && CellOutput.pictureName(old) == CellOutput.pictureName(png))
        try AtomicFile.write(path) { try $0.write(old) }
        let text = desk.text
        let file = try NotebookFile(path: desk.path)
        let (results, _) = try NotebookRunner(file, desk.session(), usesCache: false).run()
        #expect(RecordComparison(file, results, kernel: NotebookRunner.kernel).differences.isEmpty)
        // Recording anew puts it into the file, and changes nothing else.
        #expect(try desk.run() == ["kept"])
        #expect(try ReadableFile.contents(path) == png)
        #expect(desk.text == text)
    }

    @Test func jupyterNotebooksCarryItThereAndBack() throws {
        let desk = try Desk(Self.page)
        try desk.run()
        let png = try ReadableFile.contents(picture(desk))
        let ipynb = try JSON.parse(Ipynb.text(of: NotebookFile(path: desk.path)))
        let output = try #require(ipynb["cells"]?.arrayValue?.last?["outputs"]?.arrayValue?.first)
        let text = try #require(IpynbFile.text(output["data"]?["image/png"]))
        #expect(Base64.bytes(of: text) == png)
    }

    /// A prompt that goes on in the same session draws pictures without it.
    @Test func itIsMadeForPagesAlone() throws {
        let desk = try Desk(Self.page)
        let session = desk.session()
        _ = try NotebookRunner(NotebookFile(path: desk.path), session, usesCache: false).run()
        #expect(session.context.displayContext.wantsExplorables == false)
        let shown = session.run(source: "plot([3, 2, 1, 4])").value?.display(session.context.displayContext).image
        #expect(try Explorable(png: #require(shown).png) == nil)
    }
}
