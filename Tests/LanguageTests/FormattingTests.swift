import Foundation
import Testing

@testable import Language

/// The formatter over data files (`before` and `after` text), over every program of the project, and over programs that
/// a generator makes.
@Suite struct FormattingTests {
    private static let commands: Set<String> = ["show", "plot", "print"]

    private func format(_ text: String) throws -> String {
        do {
            return try Formatter.format(text, file: "test.bas", commands: Self.commands)
        } catch {
            Issue.record("\(error.diagnostics.map { $0.plain() }.joined(separator: "\n"))\n\(text)")
            throw error
        }
    }

    private func outline(_ text: String) throws -> String {
        Outline(try Parser.parse(SourceFile(name: "test.bas", text: text), commands: Self.commands)).text
    }

    private func comments(_ text: String) throws -> [String] {
        let file = SourceFile(name: "test.bas", text: text)
        return try Parser.parse(file, commands: Self.commands).comments.map {
            trimmed(file.text($0.start, $0.end), leading: false)
        }
    }

    /// What has to hold for every program.
    private func check(_ text: String) throws {
        let once = try format(text)
        #expect(try format(once) == once)
        #expect(try outline(once) == outline(text))
        #expect(try comments(once) == comments(text))
        #expect(!once.split(separator: "\n").contains { $0.last == " " && !$0.hasPrefix("#>") && !$0.hasPrefix("#|") })
        #expect(once.isEmpty || once.hasSuffix("\n"))
    }

    /// `formatting.txt` has pairs: a program, a line `=>`, its canonical form; then a line `---`.
    @Test func examples() throws {
        let pairs = try dataText("formatting.txt").components(separatedBy: "\n---\n")
        #expect(pairs.count > 20)
        for pair in pairs {
            let sides = pair.components(separatedBy: "\n=>\n")
            let before = try #require(sides.first)
            let after = try #require(sides.last)
            #expect(try format(before + "\n") == trimmed(after, leading: false) + "\n", "\(before)")
            try check(before)
        }
    }

    @Test func recordedOutputAndProseStayExactly() throws {
        let text = "# %% A cell\n#| prose with two blanks at its end  \n#>  1   2 \nx = 1\n#>   [1,2]\n"
        #expect(try format(text) == text)
    }

    @Test func stringsOverSeveralLinesStayExactly() throws {
        let text = "fn f() {\nx = \"\"\"\n  a\n \"\"\"   # note\nx}\n"
        #expect(try format(text) == "fn f() {\n    x = \"\"\"\n  a\n \"\"\"   # note\n    x\n}\n")
        try check(text)
    }

    @Test func carriageReturnsAndMarksGo() throws {
        #expect(try format("\u{FEFF}x=1\r\n# note \r\n\r\n\r\ny\u{A0}= 2\r\n") == "x = 1\n# note\n\ny = 2\n")
    }

    @Test(arguments: ["", "\n\n", "# only\n\n\n", ";", ";;1;;", "\t\n"])
    func nextToNothing(_ text: String) throws {
        try check(text)
    }

    /// Every program of the repository keeps its meaning; those that people read are in canonical form already.
    @Test func programsOfTheProject() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var count = 0
        for folder in ["examples", "stdlib", "Tests"] {
            let files = try #require(FileManager.default.enumerator(atPath: root.path + "/" + folder))
            for case let name as String in files where name.hasSuffix(".bas") {
                // Chunks with errors in them are no programs.
                if name.hasPrefix("LanguageTests/Data/"), !name.contains("programs/") { continue }
                let text = try String(contentsOfFile: root.path + "/\(folder)/\(name)", encoding: .utf8)
                #expect(try format(text) == text, "bas fmt \(folder)/\(name)")
                try check(text)
                count += 1
            }
        }
        #expect(count > 10)
    }

    @Test func generatedPrograms() throws {
        for seed in 1...400 {
            var generator = ProgramGenerator(seed: UInt64(seed))
            try check(generator.program())
        }
    }

    /// Would take many minutes where each item looks through its whole line, or each comment through its whole block.
    @Test func longLinesAndLongBlocks() throws {
        let list = "x = [" + (1...20_000).map(String.init).joined(separator: ", ") + "]\n"
        #expect(try format(list) == list)
        let block = (1...20_000).map { "f(\($0 % 10))  # note\n" }.joined()
        #expect(try format(block) == block)
    }

    /// Comments keep their column behind strings with control characters and tabs.
    @Test(arguments: ["\u{1}\u{0}", "a\tb", "\u{94}"])
    func commentsBehindStrings(_ text: String) throws {
        try check("-\"\(text)\"            # a\n  x = \"\(text)\"          # b\ny = 1     # c\n")
    }

    @Test func aBrokenProgramIsReportedAndHasNoForm() throws {
        do {
            _ = try Formatter.format("x = [1\ny = )\n", file: "a.bas", commands: [])
            Issue.record("formatted")
        } catch {
            #expect(error.diagnostics.map(\.code) == [.unexpectedToken, .unexpectedToken])
        }
    }
}
