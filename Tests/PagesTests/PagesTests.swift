import Files
import Images
import Notebook
import TestSupport
import Testing

@testable import Pages

/// A notebook in memory; `path` names its folder.
func notebook(_ text: String, path: String = "lesson.bas") -> NotebookFile { NotebookFile(path: path, text: text) }

/// Returns a page of a notebook without pictures.
func page(_ file: NotebookFile, states: [RecordState] = [], hasScript: Bool = true, picture: @escaping CellHTML.PictureLink = { _ in nil })
    -> String
{
    let look = PageCell.Look(builtins: ["show", "load_scene"], picture: picture)
    return NotebookPage(file, states: states, options: .init(version: "bas test", look: look, hasScript: hasScript)).html()
}

@Suite struct PageTests {
    @Test func base64HasPadding() {
        let known = [("", ""), ("M", "TQ=="), ("Ma", "TWE="), ("Man", "TWFu"), ("Many", "TWFueQ==")]
        for (text, code) in known { #expect(Base64.text(of: Array(text.utf8)) == code) }
    }

    @Test func cellsKeepTheOrderOfTheFile() {
        let file = notebook("# %% One\n#| before\nx = 1\n\n#| between\n\ny = 2\n#| behind\n#> 3\n#>@ abc Haswell 0.1 s\n")
        let cell = PageCell(file, 0, state: .current)
        #expect(cell.pieces == [.prose("before"), .code("x = 1"), .prose("between"), .code("y = 2"), .prose("behind")])
        #expect(cell.recordedLines == ["3"])
    }

    @Test func aPageHasContentsCellsAndRecords() throws {
        let text = "# %% First\nx = 1\n#> 1\n#>@ abc Haswell 2.5 s\n# %% Second\ny = 2\n# %%\n#| prose only\n"
        let file = notebook(text)
        let html = page(file, states: [.current, .missing, .none])
        #expect(html.contains("<title>First</title>"))
        #expect(html.contains("<h1>First</h1>"))
        #expect(html.contains("<h2>Second</h2>"))
        #expect(html.contains("<a href=\"#cell-2\">Second</a>"))
        #expect(html.contains("Of 2 records: 1 still true, 1 not recorded."))
        #expect(html.contains("<td>Haswell</td><td class=\"number\">2.5 s</td>"))
        #expect(html.contains("<p class=\"state missing\">not recorded</p>"))
        #expect(html.contains("lesson.bas, bas test, computed on Haswell"))
        #expect(!html.contains("<p class=\"state current\">"))
    }

    @Test func statesFollowFromMarks() {
        let file = notebook(
            "# %%\n#| prose\n# %%\na = 1\n#>@ k K 1 s\n# %%\nb = 1\n#>@ k K 1 s\n# %%\nc = 1\n# %%\nd = 1\n#>@ - K 1 s\n"
                + "# %%\ne = 1\n#> x:1:2: error[E0213]: no\n#>@ - K 1 s\n# %%\nf = e\n#> not run: e comes from y, which failed\n")
        #expect(RecordState.all(of: file, isTrue: [true, true]) == [.none, .current, .stale, .missing, .unknown, .failed, .failed])
    }

    @Test func aMarkWithStrangeNumbersIsShown() {
        for seconds in ["nan", "inf", "1e300", "-1"] {
            #expect(page(notebook("# %%\na = 1\n#>@ k K \(seconds) s\n"), states: [.current]).contains("computed on"))
        }
    }

    @Test func thePolicyNamesOurStyleAndScriptAlone() throws {
        let html = page(notebook("x = 1\n"))
        let script = try #require(html.firstRange(of: "<script>")).upperBound
        let end = try #require(html.firstRange(of: "</script>")).lowerBound
        #expect(html.contains("script-src 'sha256-\(SinglePage.hash(String(html[script..<end])))'"))
        let style = try #require(html.firstRange(of: "<style>")).upperBound
        let styleEnd = try #require(html.firstRange(of: "</style>")).lowerBound
        #expect(html.contains("style-src 'sha256-\(SinglePage.hash(String(html[style..<styleEnd])))'"))
        #expect(html.contains("default-src 'none'"))
        // An attribute `style` would be refused by the policy.
        #expect(!html.contains(" style=\""))
        // Known value of the hash: SHA-256 of "abc".
        #expect(SinglePage.hash("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    }

    @Test func aPageWithoutScriptIsUnfolded() {
        let html = page(notebook("# %% One\nx = 1\n#> 1\n#>@ k K 1 s\n"), states: [.current], hasScript: false)
        #expect(!html.contains("<script>"))
        #expect(html.contains("script-src 'none'"))
        #expect(!html.contains("<details>"))
    }

    @Test func outputsInMemoryReplaceRecords() throws {
        let file = notebook("# %%\nx = 1\n#> old\n")
        let png = try Image(width: 3, height: 2, color: Color(1, 2, 3)).pngData()
        let outputs: [CellOutput] = [
            .text("new <b>\n"), .problem("error[E0101]: no", isError: true), .picture(png: png, alt: "a \"square\""),
        ]
        let html = PageCell(file, 0, state: .current, outputs: outputs).html(.init(builtins: [], picture: { _ in nil }))
        #expect(!html.contains("old"))
        #expect(html.contains("<pre class=\"text\">new &lt;b&gt;</pre>"))
        #expect(html.contains("<pre class=\"problem error\""))
        #expect(html.contains("<img src=\"data:image/png;base64,iVBORw0KGgo"))
        #expect(html.contains("alt=\"a &quot;square&quot;\" width=\"3\" height=\"2\">"))
    }
}

@Suite struct OutputTests {
    private func parts(_ lines: [String]) -> [OutputPart] {
        OutputPart.parts(of: lines, pictureFolder: "lesson.out", picture: { "url:" + $0 })
    }

    @Test func recordedPicturesAreThoseOfTheFolder() {
        #expect(parts(["![a ] b](lesson.out/12.png)"]) == [.picture(OutputPicture(link: "url:lesson.out/12.png", alt: "a ] b"))])
        for line in ["![a](other.out/12.png)", "![a](lesson.out/../x.png)", "![a](lesson.out/)", "![a](http://x/lesson.out/1.png)"] {
            #expect(parts([line]) == [.text([line])])
        }
    }

    @Test func aLineThatRepeatsThePicturesWordsIsItsCaption() {
        let lines = ["image 4×4  bytes 0…255", "![image 4×4](lesson.out/1.png)", "image 4×4  mean 3", "![image 4×4](lesson.out/2.png)"]
        #expect(parts(lines).count == 2)
        #expect(CellHTML.outputs(lines, pictureFolder: "lesson.out", picture: { $0 }).contains("<div class=\"strip\">"))
    }

    @Test func diagnosticsAreToldFromText() {
        let error = [
            "It fails:1:9: error[E0213]: no", "  |", "1 | y = f()", "  |     ^^^", "  = help: write", "    more", "  in f, called at 3",
        ]
        let other = ["<asset0>: moved 0.12", "    nearest words"]
        #expect(parts(error + other) == [.problem(error, isError: true), .text(other)])
        #expect(parts(["warning[E0515]: small"]) == [.problem(["warning[E0515]: small"], isError: false)])
        for line in ["an error[E0213] in words", "x:y:z: error[E0213]: no", "error[E02]: no", "error: no"] {
            #expect(parts([line]) == [.text([line])])
        }
    }

    @Test func printedTablesBecomeTables() throws {
        let lines = [
            "leakage of a b", "            mask 0  mean IoU", "<asset0>  .61 9.5×       .33", "chance    .06 1.0×",
            "A row is where  a handle goes",
        ]
        let table = PrintedTable(
            header: ["", "mask 0", "mean IoU"], rows: [["<asset0>", ".61 9.5×", ".33"], ["chance", ".06 1.0×", ""]],
            isNumber: [false, true, true])
        #expect(parts(lines) == [.text([lines[0]]), .table(table), .text([lines[4]])])
    }

    @Test func textThatOnlyLooksLikeColumnsStaysText() {
        for lines in [
            ["0:   64", "1:  128", "2:  256"],
            ["phase 1  4 steps", "  reconstruction  ▁█▂▁  0.0005 → 0.0011", "  prior           ▁▂█▃  0.0088"],
            ["name  value"], ["a  b", "one  two", "three  four"], ["", ""], ["x  y", "1"],
        ] {
            #expect(parts(lines) == [.text(lines)])
        }
    }

    @Test func wideCharactersTakeTwoColumns() throws {
        let (table, count) = try #require(PrintedTable.read(["名前  value", "漢字     12", "ab        3"]))
        #expect(count == 3)
        #expect(table.rows == [["漢字", "12"], ["ab", "3"]])
    }

    @Test func longOutputsScroll() {
        let html = CellHTML.outputs((0..<100).map { "line \($0)" }, pictureFolder: "x", picture: { _ in nil })
        #expect(html.contains("<pre class=\"text long\" tabindex=\"0\">"))
    }
}
