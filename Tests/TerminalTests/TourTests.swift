import Glibc
import TestSupport
import Testing

@testable import Terminal

/// Notebooks and lessons at a real (pseudo-)terminal.
@Suite(.serialized)
struct TourTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let root: String = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")

    private static let first = #"""
        # %% Lesson 1: Numbers
        #| A *lesson* about numbers.
        import "lessons.bas" as lesson
        n = 3
        # %% Predict
        answer = lesson.predict("What is n + 1?", none)
        # %% The experiment
        n + 1
        #| It was four.
        #> 4
        # %% What came out
        lesson.reveal(answer, n + 1)

        """# + LessonText.exercise(hint: "a little more")

    /// Writes two lessons and what they import, where an installed program has them.
    private func writeLessons() throws -> [String] {
        for name in ["stdlib", "examples", "examples/lessons"] { mkdir("\(folder.path)/\(name)", 0o700) }
        let library = try #require(fopen(Self.root + "/stdlib/lessons.bas", "r"))
        defer { fclose(library) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, library)
        try folder.write("stdlib/lessons.bas", String(decoding: bytes[..<count], as: UTF8.self))
        try folder.write("examples/lessons/1_numbers.bas", Self.first)
        try folder.write("examples/lessons/2_more.bas", "# %% Lesson 2: More\n#| Two.\n2 + 2\n")
        return ["NO_COLOR=1", "BAS_STDLIB=\(folder.path)/stdlib", "XDG_CACHE_HOME=\(folder.path)/cache"]
    }

    private func tour(_ arguments: [String] = []) throws -> PseudoTerminal {
        try PseudoTerminal(["tour", "-q"] + arguments, in: folder, environment: try writeLessons())
    }

    @Test func aLessonIsWalkedThrough() throws {
        let terminal = try tour()
        try terminal.wait(for: "Lesson 1: Numbers")
        try terminal.wait(for: "A *lesson* about numbers.")
        try terminal.wait(for: "Enter runs this cell")
        terminal.send("\r")
        try terminal.wait(for: "Question: What is n + 1?")
        try terminal.wait(for: "> ")
        terminal.send("five {or} \"so\"\r")
        try terminal.wait(for: "The experiment")
        try terminal.wait(for: "Enter runs this cell")
        // A person's own names change nothing in the lesson, and its names are at hand.
        terminal.send("n * 100\r")
        try terminal.wait(for: "300")
        terminal.send("n = 50\r")
        try terminal.wait(for: "In [3]: ")
        terminal.send("\r")
        try terminal.wait(for: "4\r\n")
        try terminal.wait(for: "It was four.")
        terminal.send("\r")
        try terminal.wait(for: "What came out")
        terminal.send(":quit\r")
        #expect(try terminal.end() == 0)

        // It goes on there.
        let second = try tour()
        try second.wait(for: "on with step 4 of 7")
        try second.wait(for: "Enter runs this cell")
        second.send("n\r")
        try second.wait(for: "Out[1]: 3")
        second.send("\r")
        try second.wait(for: "You said:  five {or} \"so\"")
        second.send("\r")
        try second.wait(for: "Make it five.")
        second.send("\r")
        try second.wait(for: "Must be five.")
        #expect(!second.transcript.contains("solution = r"))
        second.send(":hint\r")
        try second.wait(for: "Hint: a little more")
        second.send("\r")
        try second.wait(for: "Not solved yet.")
        try second.wait(for: "try again")
        second.send("k = 5\r")
        try second.wait(for: "Enter checks it")
        second.send("fn mine() { k }\r")
        try second.wait(for: "Enter checks it")
        second.send("\r")
        try second.wait(for: "Solved.")
        try second.wait(for: "Five it was.")
        second.send("\r")
        try second.wait(for: "The end.")
        second.send("\r")
        try second.wait(for: "Enter begins lesson 2")
        second.send("\r")
        try second.wait(for: "Lesson 2: More")
        try second.wait(for: "In [4]: ")
        second.send(PromptTerminalTests.controlD)
        #expect(try second.end() == 0)
        let list = try Run(["tour", "--list"], in: folder, environment: try writeLessons())
        #expect(list.output == "  1  Numbers   done, exercise solved\n  2  More      at step 1 of 1  ←\n")
        #expect(try Run(["tour", "--forget"], in: folder, environment: try writeLessons()).output == "(forgotten)\n")
        #expect(try Run(["tour", "--list"], in: folder, environment: try writeLessons()).output == "  1  Numbers\n  2  More\n")
    }

    @Test func theTourOfThePromptIsLeftForThePrompt() throws {
        let terminal = try PseudoTerminal(["-q"], in: folder, environment: try writeLessons())
        try terminal.wait(for: "In [1]: ")
        terminal.send(":tour 2\r")
        try terminal.wait(for: "Lesson 2: More")
        terminal.send("\r")
        try terminal.wait(for: "4\r\n")
        terminal.send(":back\r")
        try terminal.wait(for: "nothing of the kind")
        terminal.send(":quit\r")
        try terminal.wait(for: "the tour is left")
        terminal.send("1 + 1\r")
        try terminal.wait(for: "Out[1]: 2")
        terminal.send(":quit\r")
        #expect(try terminal.end() == 0)
    }

    @Test func aStepThatTakesLongIsAskedFor() throws {
        let environment = try writeLessons()
        let recorded =
            "x = 40 + 2\nx\n#> as recorded\n#>@ 0123456789ab Haswell 300 s\n# %% Use\nx + 1\n#> 43\n#>@ 0123456789ac Haswell 0.0 s\n"
        try folder.write("examples/lessons/2_more.bas", "# %% Lesson 2: More\n#| Two.\n" + recorded)
        let terminal = try PseudoTerminal(["tour", "-q", "2"], in: folder, environment: environment)
        try terminal.wait(for: "Enter runs this cell")
        terminal.send("\r")
        try terminal.wait(for: "This step takes about 5 min")
        terminal.send("r\r")
        try terminal.wait(for: "as recorded on a Haswell")
        try terminal.wait(for: "as recorded\r\n")
        terminal.send("\r")
        try terminal.wait(for: "Use")
        terminal.send("\r")
        // Its value is needed now.
        try terminal.wait(for: "This step takes about 5 min")
        terminal.send("\r")
        try terminal.wait(for: "43\r\n")
        terminal.send("x\r")
        try terminal.wait(for: "Out[1]: 42")
    }

    @Test func withoutATerminalOrLessonsItIsSaidWhy() throws {
        let run = try Run(["tour"], in: folder, environment: try writeLessons())
        #expect(run.status == 64)
        #expect(run.errors.contains("a tour needs a terminal") && run.errors.contains("notebooks in \(folder.path)/examples/lessons"))
        let none = try Run(["tour", "--list"], in: folder, environment: ["BAS_STDLIB=/nowhere/stdlib"])
        #expect(none.status == 66 && none.errors.contains("the lessons are not there"))
        let unknown = try PseudoTerminal(["tour", "7"], in: folder, environment: try writeLessons())
        try unknown.wait(for: "there is no lesson 7")
        try unknown.wait(for: "lessons are 1 to 2")
        _ = try unknown.end()
    }

    @Test func aNotebookAtATerminalEndsAtThePrompt() throws {
        try folder.write("page.bas", "# %% First\nx = 6\nx\n# %% Second\ny = x * 7\n")
        let terminal = try PseudoTerminal(["-q", "page.bas", "a", "b"], in: folder, environment: ["NO_COLOR=1"])
        try terminal.wait(for: "[1] First\r\n6\r\n[2] Second")
        try terminal.wait(for: "In [3]: ")
        terminal.send("[y, args]\r")
        try terminal.wait(for: "Out[3]: [42, [\"a\", \"b\"]]")
        terminal.send(":quit\r")
        #expect(try terminal.end() == 0)
        // Anywhere else it runs and ends.
        #expect(try Run(["page.bas"], in: folder).output == "6\n")
        let plain = try folder.write("plain.bas", "print(\"plain\")\n")
        let script = try PseudoTerminal(["-q", plain], in: folder, environment: ["NO_COLOR=1"])
        try script.wait(for: "plain")
        #expect(try script.end() == 0, "a script without cells ends")
    }

    @Test func aCellThatIsInterruptedLeavesAPrompt() throws {
        try folder.write("page.bas", "# %% First\nx = 6\n# %% Loop\nn = 0\nwhile true { n += 1 }\n# %% Rest\n3\n")
        let terminal = try PseudoTerminal(["-q", "page.bas"], in: folder, environment: ["NO_COLOR=1"])
        try terminal.wait(for: "[2] Loop")
        usleep(300_000)
        terminal.send(PromptTerminalTests.controlC)
        try terminal.wait(for: "interrupted: 2 cells have not run")
        try terminal.wait(for: "In [2]: ")
        terminal.send("[x, n > 10]\r")
        try terminal.wait(for: "Out[2]: [6, true]")
    }
}
