import Glibc
import Testing

/// An evening at the prompt from end to end: explore, train, interrupt, resume, measure, try an own loss, mistype;
/// then the machine dies, and everything comes back.
@Suite(.serialized)
struct StoryTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func prompt() throws -> PseudoTerminal {
        let terminal = try PseudoTerminal([], in: folder, environment: ["NO_COLOR=1"], columns: 120)
        try terminal.wait(for: "In [1]: ")
        return terminal
    }

    private func journalHolds(_ text: String) -> Bool {
        let words = ["/bin/grep", "-rq", "--", text, folder.path + "/state/bas/sessions"]
        return Child.spawn(words, environment: []) { _ in }.map { Child.wait($0) } == 0
    }

    /// Enters a line as cell `number` and waits for what it shows and for the next prompt.
    private func enter(_ line: String, as number: Int, showing text: String = "", in terminal: PseudoTerminal) throws {
        terminal.send(line + "\r")
        // The echo of the line ends with the line.
        try terminal.wait(for: "\r\n")
        if !text.isEmpty { try terminal.wait(for: text) }
        try terminal.wait(for: "In [\(number + 1)]: ")
    }

    @Test func anEveningAtThePrompt() throws {
        let first = try prompt()
        try enter("photo = load_scene(\"mug_rose\")", as: 1, in: first)
        try enter("photo", as: 2, showing: "Out[2]:", in: first)
        try enter("base = load_model(\"collage\")", as: 3, in: first)

        first.send("model = phase1(base, photo, init=[\"dish\", \"flower\"], steps=80, prior_weight=0, seed=1)\r")
        try first.wait(for: "textual inversion")
        first.send("\u{3}")
        try first.wait(for: "Interrupted after step")
        try first.wait(for: "In [5]: ")
        try enter("model.interrupted", as: 5, showing: "Out[5]: true", in: first)
        try enter("model = resume(model)", as: 6, in: first)
        try enter("len(model.history)", as: 7, showing: "Out[7]: 80", in: first)
        try enter("leakage(model, photo)", as: 8, showing: "<asset1>", in: first)

        let loss = "fn twice(out, pick) { attention_loss(out.attention, pick) * 2 }"
        try enter(loss, as: 9, in: first)
        try enter(
            "own = phase1(base, photo, steps=2, prior_weight=0, attention_loss=twice)", as: 10, in: first)
        try enter("leakge(own, photo)", as: 11, showing: "leakage", in: first)
        try enter("seed(7)", as: 12, in: first)
        try enter("x = rand([2])", as: 13, in: first)
        try enter("\"{model.hash} {own.hash} {x}\"", as: 14, showing: "Out[14]: ", in: first)
        let shown = try #require(first.transcript.components(after: "Out[14]: "))
        first.send("while true {}\r")
        try first.wait(for: "\r\n")
        // The echo comes before the journal's record: what is not written yet is lost with the session.
        for _ in 0..<200 where !journalHolds("while true") { usleep(50_000) }
        first.signal(SIGKILL)
        #expect(try first.end() == 128 + SIGKILL)

        let second = try prompt()
        #expect(second.transcript.contains("did not end in good order: :recover brings it back"))
        second.send(":recover\r")
        try second.wait(for: "Up brings it back")
        try second.wait(for: "(replayed)")
        // Everything is as it was, seeds included; and the session is lost no more.
        try second.wait(for: "In [15]: ")
        #expect(second.transcript.components(after: "Out[14]: ") == shown)
        second.send(":recover list\r")
        try second.wait(for: "nothing to recover")
        second.send(":save evening.bas\r")
        try second.wait(for: "→ evening.bas")
        second.send(":quit\r")
        #expect(try second.end() == 0)
        let saved = folder.read("evening.bas")
        #expect(saved.contains("seed(7)") && saved.contains(loss) && !saved.contains("leakge"))
        // A clean end leaves nothing to recover.
        #expect(try Run(["--recover=list"], in: folder).output.contains("nothing to recover"))
    }

    @Test func recoveryFromTheCommandLine() throws {
        let first = try prompt()
        try enter("y = 20", as: 1, in: first)
        try enter("y + 1", as: 2, showing: "Out[2]: 21", in: first)
        try enter("nope", as: 3, showing: "E0201", in: first)
        // While it lives it is not lost.
        #expect(try Run(["--recover=list"], in: folder).output.contains("nothing to recover"))
        first.signal(SIGHUP)
        #expect(try first.end() == 129)

        let list = try Run(["--recover=list"], in: folder)
        #expect(list.output.contains("  1  a session of ") && list.output.contains("with 3 cells, in "))
        let printed = try Run(["--recover=print"], in: folder).output
        #expect(printed == "# %% In [1]\ny = 20\n\n# %% In [2]\ny + 1\n\n# %% In [3]   (error)\nnope\n\n")
        #expect(try Run(["--recover=print", "5"], in: folder).status != 0)
        #expect(try Run(["--recover=prnt"], in: folder).status == 64)

        let second = try PseudoTerminal(["-q", "--recover"], in: folder, environment: ["NO_COLOR=1"])
        try second.wait(for: "Out[2]: 21")
        try second.wait(for: "(replayed)")
        try second.wait(for: "In [4]: ")
        second.send("y * 2\r")
        try second.wait(for: "Out[4]: 40")
        // The recovered session is journalled like any other.
        second.signal(SIGKILL)
        #expect(try second.end() == 128 + SIGKILL)
        #expect(try Run(["--recover=list"], in: folder).output.contains("In [4]: y * 2"))
        #expect(try Run(["--recover=forget"], in: folder).output.contains("forgotten"))
        #expect(try Run(["--recover"], in: folder).status == 66)
    }
}

extension String {
    /// The rest of the line after the first `mark`.
    fileprivate func components(after mark: String) -> String? {
        guard let start = firstRange(of: mark)?.upperBound else { return nil }
        return String(self[start...].prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" })
    }
}
