import Testing

@testable import Language

/// Exact texts: what a user reads.
@Suite struct RenderTests {
    @Test func unknownParameter() throws {
        let error = try diagnose("t = tensor([1]);\nm = phase1(t, stps=100)", file: "In [14]")
        #expect(
            error.fancy() == """
                error[E0203]: phase1 has no parameter "stps"
                  ┌─ In [14]:2:15
                  │ m = phase1(t, stps=100)
                  │               ^^^^ did you mean "steps"?
                """)
        #expect(
            error.plain() == """
                In [14]:2:15: error[E0203]: phase1 has no parameter "stps"
                  |
                2 | m = phase1(t, stps=100)
                  |               ^^^^ did you mean "steps"?
                """)
    }

    @Test func twoOperandsOnOneLine() throws {
        let error = try diagnose("x = tensor([1, 16, 16, 8]) * tensor([8, 16, 16])", file: "In [1]")
        #expect(
            error.fancy() == """
                error[E0301]: these shapes do not broadcast
                  ┌─ In [1]:1:5
                  │ x = tensor([1, 16, 16, 8]) * tensor([8, 16, 16])
                  │     ──────────────────────   ─────────────────── [8, 16, 16]
                  │     [1, 16, 16, 8]
                  = aligned from the right: 8 against 16
                """)
    }

    @Test func labelsOnTwoLinesAreNumbered() throws {
        let error = try diagnose("x = tensor([1, 2])\n    + tensor([2, 1])\n", file: "a.bas")
        #expect(
            error.fancy() == """
                error[E0301]: these shapes do not broadcast
                  ┌─ a.bas:1:5
                1 │ x = tensor([1, 2])
                  │     ────────────── [1, 2]
                2 │     + tensor([2, 1])
                  │       ────────────── [2, 1]
                  = aligned from the right: 2 against 1
                """)
    }

    @Test func tabsWideCharactersAndControls() throws {
        let error = try diagnose("\tx = \"日本\" + 1 # \u{1b}[31m", file: "a.bas")
        #expect(
            error.plain() == """
                a.bas:1:6: error[E0302]: "+" does not take a string and an int
                  |
                1 |     x = "日本" + 1 # \\u{1b}[31m
                  |         ------   - int
                  |         string
                  = help: values go into a string by braces: "{a}{b}"
                """)
    }

    @Test func aTraceNamesTheCalls() throws {
        let error = try diagnose("fn f(x) { 1 / x }\nfn g(x) { f(x) }\ng(0)")
        #expect(
            error.plain() == """
                test.bas:1:13: error[E0303]: division by zero
                  |
                1 | fn f(x) { 1 / x }
                  |             ^
                  in f, called at test.bas:2:11
                  in g, called at test.bas:3:1
                """)
    }

    @Test func colourWrapsOnlyWhatItMarks() throws {
        let text = try diagnose("nope").fancy(color: true)
        #expect(
            text.hasPrefix(
                "\u{1b}[1;31merror[E0201]\u{1b}[0m\u{1b}[1m: nothing is called \"nope\"\u{1b}[0m\n"))
    }

    @Test func json() throws {
        let error = try diagnose("x = \"é\" + 1", file: "a \"b\".bas")
        #expect(
            error.json()
                == #"{"code":"E0302","severity":"error","message":"\"+\" does not take a string and an int","#
                + #""labels":[{"file":"a \"b\".bas","line":1,"column":5,"endLine":1,"endColumn":8,"start":4,"end":8,"#
                + #""text":"string","primary":true},{"file":"a \"b\".bas","line":1,"column":11,"endLine":1,"#
                + #""endColumn":12,"start":11,"end":12,"text":"int","primary":false}],"notes":[],"#
                + #""help":"values go into a string by braces: \"{a}{b}\"","trace":[],"exit":65}"#)
    }

    @Test func warningsPointAtTheArgument() throws {
        let bench = Bench()
        let outcome = bench.run("warned([1, 2])")
        #expect(outcome.status == .ok && outcome.exitCode == .ok)
        #expect(
            outcome.diagnostics.first?.plain() == """
                test.bas:1:8: warning[E0515]: small
                  |
                1 | warned([1, 2])
                  |        ^^^^^^ this one
                  = help: look
                """)
    }

    @Test func veryLongLinesAreCutAroundTheLabel() throws {
        let error = try diagnose("x = \"" + String(repeating: "a", count: 500) + "\" + nope")
        let widest = error.plain().split(separator: "\n").map { displayWidth(String($0)) }.max() ?? 0
        #expect(widest < 200)
        #expect(error.plain().contains("^^^^"))
    }
}
