import Testing

@testable import Language

@Suite struct SyntaxTests {
    /// The programs that the language was made for.
    @Test(arguments: [
        "ablations", "attention_atlas", "denoise_by_hand", "edit", "handles", "masks", "own_loss", "sweep",
    ])
    func programsParse(_ name: String) throws {
        let text = try dataText("programs/\(name).bas")
        let program: Program
        do {
            program = try Parser.parse(
                SourceFile(name: name, text: text), commands: ["show", "plot", "print"])
        } catch let error as SyntaxError {
            Issue.record("\(error.diagnostic.plain())")
            return
        }
        #expect(program.statements.count > 3)
        #expect(!Bench().session.isIncomplete(text))
        #expect(cells(of: text).count >= 1)
    }

    @Test func cellsHaveTitlesProseCodeAndLines() {
        let found = cells(
            of: """
                #!/usr/bin/env bas
                x = 1

                # %% Phase one: only the handles
                #| Prose, *marked*.
                #| More.
                y = \"\"\"
                # %% not a cell
                \"\"\"
                #> recorded
                # %%
                z
                """)
        #expect(found.map(\.title) == ["", "Phase one: only the handles", ""])
        #expect(found.map(\.code) == ["x = 1", "y = \"\"\"\n# %% not a cell\n\"\"\"", "z"])
        #expect(found.map(\.prose) == ["", "Prose, *marked*.\nMore.", ""])
        #expect(found.map(\.recorded) == [[], ["recorded"], []])
        #expect(found.map(\.lines) == [1...3, 4...10, 11...12])
    }

    @Test func documentationAboveAndInside() {
        let bench = Bench()
        bench.run(
            """
            # no documentation
            ## Above, first line.
            ## Second.
            fn f(x, y = [1]) { x }

            ## too far away

            fn g() {
                ## Inside.
                1
            }
            """)
        #expect(bench.session.help("f") == "f(x, y=[1])\n  Above, first line.\n  Second.")
        #expect(bench.session.help("g") == "g()\n  Inside.")
        #expect(bench.session.details("g").hasSuffix("fn g() {\n    ## Inside.\n    1\n}"))
    }

    @Test func spansCountCharacters() throws {
        let error = try diagnose("\"äöü👩‍👩‍👧\"; nope")
        #expect(error.span?.position == SourcePosition(line: 1, column: 9))
    }

    @Test(arguments: ["\r\n", "\n"])
    func lineEnds(_ end: String) {
        #expect(show("x = 1\(end)y = [1,\(end)2]\(end)x + y[1]") == "3")
    }

    @Test func byteOrderMarkAndNoBreakSpace() {
        #expect(show("\u{FEFF}x =\u{A0}1\nx") == "1")
    }

    @Test(arguments: [
        "", "\n\n", ";", ";;1;", "# only", "\u{0}", "\"\\", "\"{", "\"{\"", "{", "}", "..", "..<", "a.",
        "a.1", "x[", "x[:", "fn", "fn(",
        "for", "in", "with", "import", "\"\"\"", "r\"", "1..", "@", "\u{202E}", "|>", "show", "show ",
        "show -", "else", "a ?? ",
        "\"{x:", "\"{x:}\"", "0x", "1e", "1_", "__", "fn f(x) { ", "[for x in y]", "[x for]", "{..}", "f(..)",
        "f(x=)",
    ])
    func nothingCrashes(_ source: String) {
        let bench = Bench()
        bench.run(source)
        _ = bench.session.isIncomplete(source)
        for cursor in 0...source.utf8.count { _ = bench.session.complete(source, cursor: cursor) }
        _ = bench.session.check(source: source)
        _ = cells(of: source)
    }

    /// Programs cut anywhere are errors or run; they never trap.
    @Test func everyPrefixOfAProgram() throws {
        let text = try dataText("programs/own_loss.bas")
        let bench = Bench()
        for end in stride(from: 0, to: text.count, by: 3) {
            let part = String(text.prefix(end))
            _ = bench.session.isIncomplete(part)
            _ = bench.session.complete(part, cursor: part.utf8.count)
        }
    }

    /// Changing bytes at random with a fixed generator.
    @Test func mutatedPrograms() throws {
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let alphabet = Array("{}[]()\"\\.,:;|<>=+-*/%&!?#\n aifor1e".utf8)
        let original = Array(try dataText("control.bas").utf8)
        let bench = Bench(Limits(steps: 20_000, bytes: 1 << 24))
        for _ in 0..<200 {
            let from = next(original.count - 300)
            var bytes = Array(original[from..<(from + 300)])
            for _ in 0...next(6) { bytes[next(bytes.count)] = alphabet[next(alphabet.count)] }
            let outcome = bench.run(String(decoding: bytes, as: UTF8.self))
            for error in outcome.diagnostics {
                #expect(error.code != .internal)
                #expect(!error.plain().isEmpty && !error.fancy().isEmpty && !error.json().isEmpty)
            }
            bench.session.reset()
        }
    }
}
