import Foundation
import Testing

@testable import Language

/// One reading of a program tells all of its mistakes, and no more than these.
@Suite struct RecoveryTests {
    /// `recovery.bas` is cut at `---` lines; a line that ends in `### text` has an error whose code and message contain the
    /// text, every other line has none.
    @Test func dataFile() throws {
        for chunk in try dataText("recovery.bas").components(separatedBy: "\n---\n") {
            var expected: [(line: Int, text: String)] = []
            for (index, line) in chunk.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if let mark = line.range(of: "### ") { expected.append((index + 1, String(line[mark.upperBound...]))) }
            }
            let errors = Bench().run(chunk).diagnostics
            let lines = errors.map { $0.span?.position.line ?? 0 }
            #expect(lines == expected.map(\.line), "\(chunk)\n\(errors.map { $0.plain() }.joined(separator: "\n"))")
            for (error, wanted) in zip(errors, expected) {
                #expect("\(error.code.rawValue) \(error.message)".contains(wanted.text), "\(error.plain())")
            }
        }
    }

    /// A mistake in a line costs no more than that line: the rest of the program is still there.
    @Test func theRestIsRead() {
        let text = "a = 1\nb = (\nc = 2\nfn f() {\n    d = 3 +* 4\n    e = 5\n}\nx = @\ng = 6\n"
        let (program, errors) = Parser.recover(SourceFile(name: "a.bas", text: text), commands: [])
        #expect(errors.map { $0.span?.position.line } == [3, 5, 8])
        #expect(Outline(program).text.contains("(= e 5)"))
        #expect(Outline(program).text.hasSuffix("(= g 6)"))
    }

    @Test func notMoreThanOneReads() {
        let text = String(repeating: "x = = 1\n", count: 100)
        #expect(Bench().run(text).diagnostics.count <= 21)
    }

    @Test func nothingRunsOfABrokenProgram() {
        let bench = Bench()
        bench.run("print(1)\nx = )\n")
        #expect(bench.recorder.printed.isEmpty)
    }
}
