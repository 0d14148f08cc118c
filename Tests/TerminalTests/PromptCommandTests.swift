import Glibc
import Language
import Testing

@testable import Terminal

/// Lines that a test enters.
final class ScriptedReader: LineReader {
    private var inputs: [LineInput]
    private(set) var prompts: [String] = []
    private(set) var remembered: [String] = []

    init(_ inputs: [LineInput]) {
        self.inputs = inputs
    }

    func read(prompt: String) -> LineInput {
        prompts.append(prompt)
        return inputs.isEmpty ? .end : inputs.removeFirst()
    }

    func remember(_ entry: String) { remembered.append(entry) }
}

/// A session at a prompt with scripted lines.
private struct PromptHarness {
    let printer = PrinterHarness()
    let reader: ScriptedReader
    let prompt: Prompt

    init(_ lines: [String], history: HistoryFile? = nil) {
        self.init(inputs: lines.map { .line($0) }, history: history)
    }

    init(inputs: [LineInput], history: HistoryFile? = nil) {
        reader = ScriptedReader(inputs)
        let sink = printer.printer
        let session = Session { sink.handle($0) }
        prompt = Prompt(
            session: session, printer: sink, reader: reader, surrounds: Prompt.Surrounds(history: history))
        prompt.run()
    }

    var output: String { printer.output.text }
}

struct PromptCommandTests {
    @Test func cellsAreNumberedAndCommandsAreNot() {
        let harness = PromptHarness(["1 + 1", ":who", "", "x = 3", "x"])
        #expect(
            harness.reader.prompts == [
                "In [1]: ", "In [2]: ", "In [2]: ", "In [2]: ", "In [3]: ", "In [4]: ",
            ])
        #expect(harness.output == "Out[1]: 2\n  _  int  2\nOut[3]: 3\n")
    }

    @Test func theParserDecidesWhenABlockEnds() {
        let harness = PromptHarness(["fn f(a) {", "a * 2", "}", "f(", "4)"])
        #expect(
            harness.reader.prompts == [
                "In [1]: ", "   ...: ", "   ...: ", "In [2]: ", "   ...: ", "In [3]: ",
            ])
        #expect(harness.output == "Out[2]: 8\n")
        #expect(harness.reader.remembered == ["fn f(a) {\na * 2\n}", "f(\n4)"])
    }

    @Test func anInterruptDropsABlock() {
        let harness = PromptHarness(inputs: [.line("[1,"), .interrupted, .line("7")])
        #expect(harness.output == "Out[1]: 7\n")
    }

    @Test func transcriptsEnteredLineByLineWork() {
        let harness = PromptHarness([
            "In [5]: x = [1,", "   ...: 2]", "In [6]: x", "Out[6]: [1, 2]", "▸ len(x)",
        ])
        #expect(harness.output == "Out[2]: [1, 2]\nOut[3]: 2\n")
    }

    @Test func historyKeepsWhatWasEnteredOnce() throws {
        let folder = try TemporaryFolder()
        let harness = PromptHarness(
            ["1", "1", " 2", ":who", "3"], history: HistoryFile(path: folder.path + "/h"))
        #expect(harness.reader.remembered == ["1", ":who", "3"])
        #expect(folder.read("h") == "1\n:who\n3\n")
    }

    @Test func everyCommandHasHelp() {
        for command in PromptCommands.all {
            #expect(!command.summary.isEmpty)
            #expect(PromptHarness([":help \(command.name)"]).output.hasPrefix(":\(command.name)"))
            #expect(PromptHarness(["?:\(command.name)"]).output.hasPrefix(":\(command.name)"))
            #expect(PromptCommands.overview().contains("  :\(command.name)"))
        }
        #expect(Set(PromptCommands.all.map(\.name)).count == PromptCommands.all.count)
    }

    @Test(
        arguments: [
            ([":tpye 1"], "there is no command :tpye, did you mean :type?  (:help lists them)\n"),
            ([":re"], ":re could be :results, :rerun, :reset, :recover\n"),
            ([":q", "1"], ""),
            (["x = 2.5;", ":type x", ":type [x]"], "float\nlist\n"),
            ([":type"], "say what: :type CODE\n"),
            (["x = 1", ":reset", ":who"], "(all names forgotten)\n(no names yet)\n"),
            (["alpha = 1", "beta = [1, 2]", ":who et"], "  beta  list  [1, 2]\n"),
            (["6 * 7", ":rerun"], "Out[1]: 42\n6 * 7\nOut[2]: 42\n"),
            (
                ["a = 1", "a = a + 1", "a = a * 10", ":rerun 2..3", "a"],
                "a = a + 1\na = a * 10\nOut[6]: 210\n"
            ),
            ([":rerun"], "no such cells: the last; nothing was entered yet\n"),
            (["1;", ":rerun 5"], "no such cells: 5; cells are 1..1\n"),
            (["x = 1", "y = 2", ":history y"], "2: y = 2\n"),
            (["x = 1 + 1", "y = x", ":history x ="], "1: x = 1 + 1\n2: y = x\n"),
            ([":explain E9"], "there is no error code \"E9\"; codes look like E0203\n"),
            ([":explain E0230"], "there is no error code \"E0230\", did you mean E0203?\n"),
            ([":cells 3"], ":cells takes nothing after it, not \"3\"\n"),
            ([":help :tiem"], "there is no command :tiem, did you mean :time?  (:help lists them)\n"),
            ([":undo"], "nothing was entered yet\n"),
            (
                ["x = 1", "x = 2", ":undo", "x", ":undo", ":undo"],
                "(In [2] is undone; files that it wrote stay)\nOut[3]: 1\n"
                    + "(In [3] is undone; files that it wrote stay)\nonly the last cell can be undone, once\n"
            ),
            ([":results 1KiB", "7"], "no results yet; results may take 1.0 KiB\nOut[1]: 7\n"),
            ([":results 5 apples"], "\"5 apples\" is no size; write 512MiB or 2GiB\n"),
            ([":seed x"], "say which: :seed N, a whole number\n"),
            ([":load"], "say which: :load FILE\n"),
            ([":hint", ":next"], "(no tour is on; :tour begins one)\n(no tour is on; :tour begins one)\n"),
            ([":tour soon"], "there is no lesson \"soon\"  (:tour [n | list | forget])\n"),
            ([":doc"], "say which: :doc NAME\n"),
            (
                [":recover lits"],
                "cannot recover \"lits\", did you mean list?  (:recover [replay | list | print | forget] [n])\n"
            ),
        ] as [([String], String)])
    func commands(lines: [String], output: String) {
        #expect(PromptHarness(lines).output == output)
    }

    @Test func resultsBeyondTheBudgetAreTold() {
        let long = String(repeating: "x", count: 60)
        let harness = PromptHarness([":results 100", "\"\(long)\";", "\"\(long)\" + \"\";", "_1"])
        #expect(harness.output.hasSuffix("(Out[1] let go: results may take 100 bytes, see :results)\n"))
        #expect(harness.printer.errors.text.contains("error[E0606]: the result of In [1] is no longer kept"))
    }

    @Test(
        arguments: [
            ("512MiB", 512 << 20), ("2 GB", 2 << 30), ("1.5k", 1536), ("100", 100), ("x", nil), ("5q", nil), ("-1", nil), ("9e99", nil),
        ] as [(String, Int?)])
    func sizes(text: String, bytes: Int?) { #expect(PromptCommands.byteCount(text) == bytes) }

    @Test func foldersAreGoneTo() throws {
        let folder = try TemporaryFolder()
        try folder.write("one.txt", "")
        let here = Surroundings.currentFolder ?? "/"
        let output = PromptHarness([":cd \(folder.path)", ":pwd", ":ls", ":cd nowhere", "cd(\"\(here)\");", "In[1]"]).output
        #expect(output == "Out[1]: \"\(folder.path)\"\n\(folder.path)\none.txt\nOut[4]: \"cd(\\\"\(folder.path)\\\")\"\n")
    }

    @Test func aLoadedScriptIsACell() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("script.bas", "y = 6\ny * 7\n")
        let harness = PromptHarness([":load \(path)", "_1", ":save \(folder.path)/kept.bas"])
        #expect(harness.output.hasPrefix("Out[1]: 42\nOut[2]: 42\n"))
        #expect(textWithoutRecords(folder.read("kept.bas")) == "# %% In [1]   from \(path)\ny = 6\ny * 7\n\n# %% In [2]\n_1\n")
        try folder.write("wrong.bas", "1\nnope\n")
        #expect(PromptHarness([":load \(folder.path)/wrong.bas"]).printer.errors.text.contains("wrong.bas:2:1: error[E0201]"))
    }

    @Test func whatACellDidBeforeItFailedIsSaved() throws {
        let folder = try TemporaryFolder()
        _ = PromptHarness([
            "a = 1; b = nope; c = 3", "nope", "d = 4", "d = 5", ":undo", "a + d", ":save \(folder.path)/kept.bas",
        ])
        #expect(
            textWithoutRecords(folder.read("kept.bas"))
                == "# %% In [1]\n# (ended with an error)\na = 1\n# b = nope; c = 3\n\n# %% In [3]\nd = 4\n\n# %% In [5]\na + d\n")
        #expect(try Run(["\(folder.path)/kept.bas"], in: folder).output == "5\n")
        let check = try Run(["notebook", "--check", "kept.bas"], in: folder)
        #expect(check.errors == "kept.bas:1: In [1]: not recorded\n", "what a part showed is not what was seen")
    }

    @Test func aSavedSessionIsARecordedNotebook() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/kept.bas"
        _ = PromptHarness(["x = 20", ":who", "?print", "[x, 2 * x]", ":type x = 3", "x = x + 1", "nonsense", "x", ":save \(path)"])
        let lines = folder.read("kept.bas").split(separator: "\n")
        #expect(
            lines.filter { !$0.hasPrefix("#>@") }.joined(separator: "|")
                == "# %% In [1]|x = 20|# %% In [2]|[x, 2 * x]|#> [20, 40]|# %% In [3]|x = x + 1|# %% In [5]|x|#> 4")
        let check = try Run(["notebook", "--check", "kept.bas"], in: folder)
        #expect(check.status == 1)
        #expect(
            check.errors == "kept.bas:10: In [3]: never kept: it has to run\nkept.bas:14: In [5]: never kept: it has to run\n",
            "x was bound by :type, which is not saved")
        #expect(try Run(["notebook", "kept.bas"], in: folder).status == 0)
        #expect(try Run(["notebook", "--check", "kept.bas"], in: folder).status == 0)
        #expect(folder.read("kept.bas").contains("#> 21"))
        #expect(PromptHarness([":save \(folder.path)/none.bas"]).output == "nothing was entered that could be saved\n")
    }

    @Test func whatInputsShowedIsToldWhereItDoesNotFollow() throws {
        let folder = try TemporaryFolder()
        let output = PromptHarness(["x = 1", "x + 1", ":save \(folder.path)/part.bas 2"]).output
        #expect(output.contains("one cell → \(folder.path)/part.bas\n(what In [2] showed may not follow from the file: "))
    }

    @Test func aNotebookIsOpened() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "page.bas", "# %% First\n#| Prose.\nx = 6\nx\n# %% Second\ny = x * 7\n# %% Third\ny + nope\n# %% Fourth\n4\n")
        let harness = PromptHarness([":open \(path)", "y", "In[2]", ":save \(folder.path)/kept.bas"])
        #expect(harness.output.hasPrefix("[1] First\n6\n[2] Second\n[3] Third\n"))
        #expect(harness.output.contains("(the last one failed: one cell has not run; bas notebook \(path) runs what can run)\n"))
        #expect(harness.output.contains("Out[4]: 42\nOut[5]: \"y = x * 7\"\n"), "numbers go on")
        #expect(harness.printer.errors.text.contains("error[E0201]"))
        let kept = textWithoutRecords(folder.read("kept.bas"))
        #expect(kept.hasPrefix("# %% First\n#| Prose.\nx = 6\nx\n") && kept.hasSuffix("# %% In [4]\ny\n\n# %% In [5]\nIn[2]\n"))
        #expect(PromptHarness([":open nowhere.bas"]).printer.errors.text.contains("E0502"))
        #expect(PromptHarness([":open"]).output == "say which: :open FILE\n")
    }

    @Test(
        arguments: [
            (":his", ["history"]), (":t", ["tour", "type", "time", "timeit"]), (":help his", ["history"]), (":who re", []),
            (":time len", ["len"]), (":type alp", ["alpha"]), ("?alp", ["alpha"]), ("?:und", ["undo"]),
            (":doc prin", ["print"]), (":load FOLDER/sc", ["script.bas"]), (":save -f FOLDER/sc", ["script.bas"]),
            (":cd FOLDER/s", ["sub/"]), (":load \"FOLDER/sc", ["script.bas"]), (":nonsense x", []),
        ] as [(String, [String])])
    func commandsAreCompleted(line: String, words: [String]) throws {
        let folder = try TemporaryFolder()
        try folder.write("script.bas", "")
        mkdir(folder.path + "/sub", 0o700)
        let session = Session()
        session.run(source: "alpha = 1")
        let line = line.replacing("FOLDER", with: folder.path)
        let found = try #require(PromptCommands.candidates(line, line.utf8.count, session))
        #expect(found.map(\.text) == words)
        // What stands before the range stays, so that the line becomes what was meant.
        for candidate in found {
            let start = String(decoding: line.utf8.prefix(candidate.range.lowerBound), as: UTF8.self)
            let written = String(decoding: line.utf8.dropFirst(candidate.range.lowerBound), as: UTF8.self)
            #expect(candidate.text.hasPrefix(written), "\(start)|\(written)")
        }
    }

    @Test(arguments: [80, 100, 200]) func theOverviewFitsTheScreen(width: Int) {
        let lines = PromptCommands.overview(width: width).split(separator: "\n")
        #expect(lines.allSatisfy { displayWidth(String($0)) <= width })
    }

    @Test func codeIsNoCommand() {
        #expect(PromptCommands.candidates("x = 1", 5, Session()) == nil)
    }

    @Test func timesAreGiven() {
        let output = PromptHarness([":time 1 + 1", ":timeit 2 + 2"]).output
        #expect(output.contains("Out[1]: 2\n"))
        #expect(output.contains("(processor "))
        #expect(output.contains("best "))
        #expect(!output.contains("Out[2]"))
        #expect(PromptHarness([":timeit nonsense"]).printer.errors.text.contains("E0201"))
        #expect(PromptHarness([":time 1 + 1", ":cells"]).output.contains("In [1]  ok  0.0 s  1 + 1"))
    }

    @Test(arguments: [
        (1.25, "1.25 s"), (0.0034, "3.40 ms"), (0.034, "34.0 ms"), (0.000012, "12 µs"), (75.0, "1 min 15 s"),
    ])
    func preciseTimes(seconds: Double, text: String) {
        #expect(PromptCommands.preciseText(seconds) == text)
    }

    @Test func sessionsAreSavedAndLoaded() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/kept.bas"
        let first = PromptHarness([
            "x = 20", "nonsense_name", "x + 1", ":save \(path)", ":save \(path)", ":save -f \(path) 1",
        ])
        #expect(
            first.output
                == "Out[3]: 21\n2 cells → \(path)\n\(path) exists; :save -f \(path) replaces it\none cell → \(path)\n"
        )
        #expect(textWithoutRecords(folder.read("kept.bas")) == "# %% In [1]\nx = 20\n")
        #expect(PromptHarness([":load \"\(path)\"", "x * 2"]).output == "Out[2]: 40\n")
        #expect(PromptHarness([":load /nowhere.bas"]).printer.errors.text.contains("E0502"))
        #expect(PromptHarness(["1;", ":save /proc/no/file"]).output.contains("there is no folder \"/proc/no\" to write into"))
        #expect(PromptHarness(["1;", ":save /proc/file"]).output.contains("cannot write \"/proc/file\""))
    }

    /// Over a file all of the new text stands, or the old one; a zero byte is a part of it.
    @Test func savingReplacesAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("kept.bas", "old")
        symlink("kept.bas", folder.path + "/link.bas")
        chmod(path, 0o600)
        _ = PromptHarness(["x = \"a\u{0}b\"", "x", ":save -f \(folder.path)/link.bas"])
        #expect(textWithoutRecords(folder.read("kept.bas")) == "# %% In [1]\nx = \"a\u{0}b\"\n\n# %% In [2]\nx\n")
        var status = stat()
        #expect(lstat(folder.path + "/link.bas", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        let shown = PromptHarness(["1;", ":save -f \(folder.path)"]).output
        #expect(shown.contains("is a folder"), "\(shown)")
    }

    @Test func questionsAreAnswered() {
        let asked = PromptHarness(["?print"]).output
        #expect(asked.hasPrefix("print("))
        #expect(PromptHarness(["print?"]).output == asked)
        #expect(PromptHarness(["??print"]).output == PromptHarness(["print??"]).output)
        #expect(PromptHarness(["?\"separated\""]).output.contains("print"))
        #expect(PromptHarness(["?"]).output.contains("Commands of the prompt"))
        #expect(PromptHarness(["fn f() { 1 }", "??f"]).output.contains("fn f() { 1 }"))
    }

    @Test(
        arguments: [
            ("", 3, 3...3), ("2", 3, 2...2), ("1..3", 3, 1...3), (" 1 .. 2 ", 3, 1...2), ("2-3", 3, 2...3),
            ("", 0, nil),
            ("4", 3, nil), ("0", 3, nil), ("3..2", 3, nil), ("a", 3, nil), ("..", 3, nil),
        ] as [(String, Int, ClosedRange<Int>?)])
    func cellsAreSelected(text: String, last: Int, range: ClosedRange<Int>?) {
        #expect(CellSelection.parse(text, last: last) == range)
    }
}
