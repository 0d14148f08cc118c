import Glibc
import Testing

/// What line editors get wrong, each at a real (pseudo-)terminal: see also `PromptTerminalTests`.
@Suite(.serialized)
struct PromptPitfallTests {
    static let controlC = "\u{3}"
    static let controlD = "\u{4}"
    static let left = "\u{1b}[D"
    static let up = "\u{1b}[A"

    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func prompt(
        _ arguments: [String] = ["-q"], environment: [String] = ["NO_COLOR=1"], columns: UInt16 = 80
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(arguments, in: folder, environment: environment, columns: columns)
        try terminal.wait(for: "In [1]: ")
        return terminal
    }

    /// Everything in one write: what follows Ctrl-C must not be lost with the line before it.
    @Test func whatIsTypedAheadOfAnInterruptCounts() throws {
        let terminal = try prompt()
        terminal.send("while true {}\r")
        try terminal.wait(for: "\r\n")
        usleep(200_000)
        terminal.send(Self.controlC)
        try terminal.wait(for: "E0601")
        terminal.send("30 + 3\r" + "30 + 4\r")
        try terminal.wait(for: "33")
        try terminal.wait(for: "34")
        // At the prompt: while something runs, keys are not echoed, Ctrl-C among them.
        try terminal.wait(for: "In [4]: ")
        for _ in 0..<3 {
            terminal.send("wrong" + Self.controlC)
            try terminal.wait(for: "^C")
        }
        terminal.send("30 + 5\r")
        try terminal.wait(for: "35")
    }

    /// In 20 columns a prompt in colour and a line three times as long wrap where the terminal wraps them: going to the
    /// line's start and typing there leaves the right text.
    @Test func aLongLineUnderAColouredPromptWraps() throws {
        let terminal = try prompt(environment: [], columns: 20)
        terminal.send("11 + 22 + 33 + 44 + 55 + 66 + 77 + 88 + 99")
        try terminal.wait(for: "99")
        terminal.send("\u{1}" + "5 + " + "\r")
        try terminal.wait(for: "500")
        let text = terminal.transcript
        #expect(!text.contains("\u{1}") && !text.contains("\u{2}"))
    }

    @Test func wideCharactersAreEdited() throws {
        let terminal = try prompt(columns: 24)
        terminal.send("len(\"日本語の長い文\")")
        try terminal.wait(for: "\")")
        // Back over the quote and two characters, each of two columns and three bytes.
        terminal.send(String(repeating: Self.left, count: 4) + "é" + "\u{7f}\u{7f}" + "\r")
        try terminal.wait(for: "Out[1]: 6")
    }

    /// Ctrl-D within a block ends the block, which says what it lacks; the next one leaves.
    @Test func theEndWithinABlockIsSaid() throws {
        let terminal = try prompt()
        terminal.send("[1,\r")
        try terminal.wait(for: "...: ")
        terminal.send(Self.controlD)
        try terminal.wait(for: "E01")
        try terminal.wait(for: "In [2]: ")
        terminal.send(Self.controlD)
        #expect(try terminal.end() == 0)
        #expect(terminal.isInOrdinaryMode)
    }

    @Test func aPasteOfTenThousandCharactersArrives() throws {
        let terminal = try prompt()
        let lines = (0..<500).map { "x\($0) = \($0) * 1000" }
        let text = lines.joined(separator: "\n")
        #expect(text.utf8.count > 8000)
        terminal.send("\u{1b}[200~" + text + "\u{1b}[201~")
        terminal.send("\r")
        try terminal.wait(for: "In [2]: ")
        terminal.send("x499 + x7\r")
        try terminal.wait(for: "Out[2]: 506000")
        // One entry of the history.
        #expect(folder.read("state/bas/history").split(separator: "\n").count == 2)
    }

    /// Without a terminal: no prompt, no echo, no escape sequences, also with -i.
    @Test func aPipeGetsNoPrompt() throws {
        let run = try Run(["-i", "-q"], input: "x = 4\n[x,\n5]\n", in: folder)
        #expect(run.output == "Out[2]: [4, 5]\n" && run.errors == "" && run.status == 0)
        // Nor is such a session journalled.
        #expect(folder.read("state/bas/sessions") == "")
    }

    @Test func aBlockComesBackAsOneEntry() throws {
        let terminal = try prompt()
        for line in ["fn triple(a) {", "  a * 3", "}"] {
            terminal.send(line + "\r")
            try terminal.wait(for: line == "}" ? "In [2]: " : "...: ")
        }
        terminal.send("fn" + Self.up + "\r")
        try terminal.wait(for: "In [3]: ")
        terminal.send("triple(14)\r")
        try terminal.wait(for: "Out[3]: 42")
    }

    /// Ctrl-Z while something runs: the terminal is ordinary while bas is stopped, and the run goes on.
    @Test func aRunIsStoppedAndGoesOn() throws {
        let terminal = try prompt()
        terminal.send("t = time(); while time() - t < 1.5 {}; \"through\"\r")
        try terminal.wait(for: "\r\n")
        usleep(200_000)
        terminal.send("\u{1a}")
        #expect(terminal.stops(within: 5))
        #expect(terminal.isInOrdinaryMode)
        terminal.signal(SIGCONT)
        try terminal.wait(for: "through")
        try terminal.wait(for: "In [2]: ")
    }

    /// A third Ctrl-C within two seconds tells how to get out; values are still there.
    @Test func impatienceLosesNothing() throws {
        let terminal = try prompt()
        terminal.send("x = 11\r")
        try terminal.wait(for: "In [2]: ")
        terminal.send("a = ones([12000, 12000]); matmul(a, a)\r")
        try terminal.wait(for: "\r\n")
        usleep(300_000)
        for _ in 0..<4 { terminal.send(Self.controlC) }
        try terminal.wait(for: "In [3]: ")
        terminal.send("x\r")
        try terminal.wait(for: "Out[3]: 11")
    }

    /// Each would take a minute and more.
    @Test(
        arguments: [
            "[i * i for i in 0..<10000000000]", "fn f(n) { if n < 2 { n } else { f(n - 1) + f(n - 2) } }; f(80)",
            "a = ones([16000, 16000]); matmul(a, a)",
            "generate(load_model(\"collage\"), \"a photo of a dog\", n=1000, steps=900)",
            "attention(load_model(\"collage\"), \"a photo of a dog\", token=\"dog\", steps=900)",
            "with seed(3) { while true { rand([1000]) } }",
        ])
    func computationsAreInterrupted(source: String) throws {
        let terminal = try prompt()
        terminal.send(source + "\r")
        try terminal.wait(for: "\r\n")
        usleep(400_000)
        terminal.send(Self.controlC)
        try terminal.wait(for: "E0601")
        try terminal.wait(for: "In [2]: ")
        terminal.send("20 + 2\r")
        try terminal.wait(for: "Out[2]: 22")
    }
}
