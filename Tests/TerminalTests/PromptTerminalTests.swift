import Glibc
import Testing

/// The pitfalls of line editing, each at a real (pseudo-)terminal.
@Suite(.serialized)
struct PromptTerminalTests {
    static let controlC = "\u{3}"
    static let controlD = "\u{4}"
    static let controlZ = "\u{1a}"
    static let up = "\u{1b}[A"
    static let pasteOn = "\u{1b}[?2004h"
    static let pasteOff = "\u{1b}[?2004l"

    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func prompt(_ arguments: [String] = ["-q"], environment: [String] = ["NO_COLOR=1"]) throws
        -> PseudoTerminal
    {
        let terminal = try PseudoTerminal(arguments, in: folder, environment: environment)
        try terminal.wait(for: "In [1]: ")
        return terminal
    }

    @Test func resultsAreNumbered() throws {
        let terminal = try prompt()
        terminal.send("20 + 3\r")
        try terminal.wait(for: "Out[1]: 23\r\n")
        try terminal.wait(for: "In [2]: ")
        terminal.send("_ * 2;\r")
        try terminal.wait(for: "In [3]: ")
        #expect(!terminal.transcript.contains("Out[2]"))
    }

    @Test func controlCDropsTheLineAndKeepsTheNext() throws {
        let terminal = try prompt()
        terminal.send("nonsense + (")
        try terminal.wait(for: "nonsense + (")
        terminal.send(Self.controlC)
        try terminal.wait(for: "^C")
        try terminal.wait(for: "In [1]: ")
        terminal.send("40 + 2\r")
        try terminal.wait(for: "Out[1]: 42")
        // Within a block too, and the block's first line is gone with it.
        terminal.send("[1,\r")
        try terminal.wait(for: "...: ")
        terminal.send("2" + Self.controlC)
        try terminal.wait(for: "In [2]: ")
        terminal.send("5 * 5\r")
        try terminal.wait(for: "Out[2]: 25")
    }

    @Test func aLoopIsInterruptedAndValuesStay() throws {
        let terminal = try prompt()
        terminal.send("x = 7\r")
        try terminal.wait(for: "In [2]: ")
        for number in 2...4 {
            terminal.send("while true { x = x + 1 }\r")
            try terminal.wait(for: "\r\n")
            usleep(300_000)
            terminal.send(Self.controlC)
            try terminal.wait(for: "E0601")
            try terminal.wait(for: "In [\(number + 1)]: ")
        }
        terminal.send("x > 1000\r")
        try terminal.wait(for: "Out[5]: true")
    }

    @Test func severalLinesMakeOneEntryThatComesBackWhole() throws {
        let terminal = try prompt()
        terminal.send("fn double(a) {\r")
        try terminal.wait(for: "   ...: ")
        terminal.send("a * 2\r")
        try terminal.wait(for: "   ...: ")
        terminal.send("}\r")
        try terminal.wait(for: "In [2]: ")
        terminal.send("double(21)\r")
        try terminal.wait(for: "Out[2]: 42")
        #expect(folder.read("state/bas/history") == "fn double(a) {\\na * 2\\n}\ndouble(21)\n")
    }

    @Test func controlDLeavesTheTerminalClean() throws {
        let terminal = try prompt()
        terminal.send("1\r")
        try terminal.wait(for: "In [2]: ")
        #expect(!terminal.isInOrdinaryMode)
        terminal.send(Self.controlD)
        #expect(try terminal.end() == 0)
        expectClean(terminal)
        #expect(terminal.transcript.unicodeScalars.last == "\n")
    }

    @Test func quitLeaves() throws {
        let terminal = try prompt()
        terminal.send(":quit\r")
        #expect(try terminal.end() == 0)
        expectClean(terminal)
    }

    @Test(arguments: [(SIGTERM, 143), (SIGHUP, 129)] as [(Int32, Int32)])
    func aSignalToEndLeavesTheTerminalClean(signal: Int32, status: Int32) throws {
        let terminal = try prompt()
        terminal.send("unfinished")
        try terminal.wait(for: "unfinished")
        terminal.signal(signal)
        #expect(try terminal.end() == status)
        expectClean(terminal)
    }

    @Test func aSignalToEndStopsARun() throws {
        let terminal = try prompt()
        terminal.send("while true {}\r")
        try terminal.wait(for: "\r\n")
        usleep(200_000)
        terminal.signal(SIGTERM)
        #expect(try terminal.end() == 143)
        expectClean(terminal)
    }

    @Test func historyComesBackByWhatStandsBeforeTheCursor() throws {
        let first = try prompt()
        first.send("alpha = 5\r")
        try first.wait(for: "In [2]: ")
        first.send("beta = 6\r")
        try first.wait(for: "In [3]: ")
        first.send(" secret = 1\r")
        try first.wait(for: "In [4]: ")
        // Even a session that is killed has kept its lines.
        first.signal(SIGKILL)
        #expect(try first.end() == 128 + SIGKILL)
        #expect(folder.read("state/bas/history") == "alpha = 5\nbeta = 6\n")

        let second = try prompt()
        second.send("al" + Self.up)
        try second.wait(for: "alpha = 5")
        second.send("\r")
        try second.wait(for: "In [2]: ")
        second.send("alpha\r")
        try second.wait(for: "Out[2]: 5")
    }

    @Test func aPastedTranscriptRunsItsInputs() throws {
        let terminal = try prompt()
        terminal.send(
            "\u{1b}[200~In [7]: a = 20\n\nIn [8]: a\nOut[8]: 20\nIn [9]: b = [a,\n   ...: 1]\n\u{1b}[201~\r")
        try terminal.wait(for: "In [2]: ")
        terminal.send("b\r")
        try terminal.wait(for: "Out[2]: [20, 1]")
    }

    @Test func controlZStopsAndTheLineGoesOn() throws {
        let terminal = try prompt()
        terminal.send("6 * ")
        try terminal.wait(for: "6 * ")
        terminal.send(Self.controlZ)
        #expect(terminal.stops(within: 5))
        #expect(terminal.isInOrdinaryMode)
        terminal.signal(SIGCONT)
        try terminal.wait(for: "6 * ")
        terminal.send("7\r")
        try terminal.wait(for: "Out[1]: 42")
    }

    /// A crash, or Ctrl-\, while a line is edited leaves the terminal as it was, and the process ends by that signal.
    @Test(arguments: [SIGABRT, SIGSEGV, SIGTRAP, SIGQUIT]) func aCrashLeavesAnOrdinaryTerminal(signal: Int32) throws {
        let terminal = try prompt(environment: ["NO_COLOR=1", "SWIFT_BACKTRACE=enable=no"])
        terminal.send("unfinished")
        try terminal.wait(for: "unfinished")
        if signal == SIGQUIT { terminal.send("\u{1c}") } else { terminal.signal(signal) }
        #expect(try terminal.end() == 128 + signal)
        #expect(terminal.isInOrdinaryMode)
        #expect(terminal.transcript.contains(Self.pasteOff))
    }

    @Test func namesAndFilesAreCompleted() throws {
        try folder.write("unusual_name.png", "")
        let terminal = try prompt()
        terminal.send("remarkable = 3\r")
        try terminal.wait(for: "In [2]: ")
        terminal.send("remar\t + 1\r")
        try terminal.wait(for: "Out[2]: 4")
        terminal.send("\"unus\t\r")
        try terminal.wait(for: "Out[3]: \"unusual_name.png\"")
        // The quote is there already, or the person's own.
        terminal.send("len(\"unus\t\") + len(\"\")\r")
        try terminal.wait(for: "Out[4]: 16")
        terminal.send(":his\t\r")
        try terminal.wait(for: "1: remarkable = 3")
    }

    @Test func aResizedWindowIsNoticed() throws {
        let terminal = try prompt()
        terminal.resize(columns: 30)
        // The line is laid out anew.
        try terminal.wait(for: "In [1]: ")
        terminal.send("2 + 2\r")
        try terminal.wait(for: "Out[1]: 4")
    }

    @Test func valuesFollowAResizedWindow() throws {
        let terminal = try prompt()
        terminal.send("list(100..120)\r")
        try terminal.wait(for: "115,\r\n 116, 117, 118, 119, 120]")
        terminal.resize(columns: 40)
        try terminal.wait(for: "In [2]: ")
        terminal.send("_\r")
        try terminal.wait(for: "106, 107,\r\n 108, 109")
    }

    @Test func noColorMeansNoEscapesForColor() throws {
        let plain = try prompt()
        plain.send("y\r")
        try plain.wait(for: "nothing is called")
        #expect(!plain.transcript.contains("\u{1b}[3"))
        let colored = try PseudoTerminal(["-q"], in: folder)
        try colored.wait(for: "\u{1b}[32mIn [1]: ")
        colored.send("y\r")
        try colored.wait(for: "\u{1b}[1;31merror[E0201]")
    }

    @Test func theInitFileRunsAtThePromptOnly() throws {
        mkdir(folder.path + "/config", 0o700)
        mkdir(folder.path + "/config/bas", 0o700)
        try folder.write("config/bas/init.bas", "greeting = \"hello\"\n")
        let terminal = try prompt()
        terminal.send("greeting\r")
        try terminal.wait(for: "Out[1]: \"hello\"")
        #expect(try Run(["-e", "greeting"], in: folder).status == 65)
        let without = try prompt(["-q", "--no-init"])
        without.send("greeting\r")
        try without.wait(for: "E0201")
    }

    private func expectClean(_ terminal: PseudoTerminal) {
        #expect(terminal.isInOrdinaryMode)
        let text = terminal.transcript
        let parts = text.split(separator: Self.pasteOn, omittingEmptySubsequences: false)
        #expect(parts.dropFirst().allSatisfy { $0.contains(Self.pasteOff) }, "bracketed paste is left on")
    }

    /// The terminal is asked at the first picture only; keys that come before its answer are the next line's, and what it
    /// answers too late is no input.
    @Test func theTerminalIsAskedForSixelsAndKeysInBetweenAreKept() throws {
        let terminal = try prompt(environment: ["NO_COLOR=1", "TERM=xterm"])
        terminal.send("show image(zeros([16, 16]))\r")
        try terminal.wait(for: "\u{1b}[16t\u{1b}[c")
        terminal.send("40 \u{1b}[6;20;10t+ 2\r\u{1b}[?62;4;22c")
        try terminal.wait(for: "\u{1b}P0;1;0q")
        try terminal.wait(for: "picture")
        try terminal.wait(for: "Out[2]: 42")
        terminal.send("\u{1b}[?62;4;22c\u{1b}[6;20;10t6 * 7\r")
        try terminal.wait(for: "Out[3]: 42")
    }

    /// What is typed while something runs is seen once, at its own prompt.
    @Test func keysTypedAheadAreNotEchoedIntoTheOutput() throws {
        let terminal = try prompt()
        terminal.send("while true { }\r")
        try terminal.wait(for: "\r\n")
        usleep(200_000)
        #expect(!terminal.isInOrdinaryMode)
        terminal.send("40 + 2\r")
        usleep(100_000)
        // The terminal drops what is typed before Ctrl-C; what comes behind it stays.
        terminal.send(Self.controlC + "6 * 7\r")
        try terminal.wait(for: "Out[2]: 42")
        #expect(terminal.transcript.split(separator: "6 * 7", omittingEmptySubsequences: false).count == 2)
        #expect(!terminal.transcript.contains("40 + 2"))
        try terminal.wait(for: "In [3]: ")
        terminal.send(Self.controlD)
        #expect(try terminal.end() == 0)
    }
}
