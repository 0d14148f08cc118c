import Files
import Images
import Language
import TestSupport
import Testing

@testable import Notebook

/// Notebooks of other programs, and what is none.
@Suite struct IpynbReadingTests {
    private func imported(_ cells: String, metadata: String = "{\"kernelspec\": {\"name\": \"bas\", \"language\": \"bas\"}}") throws
        -> Ipynb.Imported
    {
        let json = "{\"nbformat\": 4, \"nbformat_minor\": 2, \"metadata\": \(metadata), \"cells\": [\(cells)]}"
        return try Ipynb.notebook(from: Array(json.utf8), name: "page.bas")
    }

    private func code(_ source: String, _ outputs: String = "") -> String {
        "{\"cell_type\": \"code\", \"execution_count\": null, \"metadata\": {}, \"source\": \(JSON.string(source).text()), \"outputs\": [\(outputs)]}"
    }

    private func markdown(_ source: String, _ rest: String = "") -> String {
        "{\"cell_type\": \"markdown\", \"metadata\": {}, \"source\": \(JSON.string(source).text())\(rest)}"
    }

    private func picture(_ side: Int = 2) throws -> String {
        Base64.text(of: try Image(width: side, height: 2, color: Color(1, 2, 3)).pngData(metadata: ["prompt": "kept"]))
    }

    @Test func cellsBecomeCells() throws {
        let found = try imported(
            [
                markdown("# Title\n\nProse *here*.\n"), code("x = 1\nx\n"), code("x + 1"), markdown("Only prose"), markdown("## Next"),
                code("2"),
            ].joined(separator: ","))
        #expect(found.text == "# %% Title\n#| Prose *here*.\nx = 1\nx\n\n# %%\nx + 1\n\n# %%\n#| Only prose\n\n# %% Next\n2\n")
        #expect(found.warnings.isEmpty)
    }

    @Test func sourcesMayBeLists() throws {
        #expect(
            try imported("{\"cell_type\": \"code\", \"metadata\": {}, \"source\": [\"a = 1\\r\\n\", \"a\"], \"outputs\": []}").text
                == "a = 1\na\n")
    }

    @Test func outputsBecomeRecords() throws {
        let found = try imported(
            code(
                "x",
                """
                {"output_type": "stream", "name": "stdout", "text": ["10 %\\r", "100 %\\nhalf "]}, {"output_type": "stream", "name": "stdout", "text": "a line\\n"},
                {"output_type": "stream", "name": "stderr", "text": "\\u001b[31mred\\u001b[0m \\u001b]0;title\\u0007\\n"},
                {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["[1,\\n", " 2]"], "text/html": "<b>no</b>"}},
                {"output_type": "display_data", "metadata": {"image/png": {"alt": "a [dog]"}}, "data": {"image/png": "\(try picture())\\n", "text/plain": "a [dog]"}},
                {"output_type": "display_data", "metadata": {}, "data": {"image/png": ["\(try picture(3))"], "text/plain": "words\\nmore"}},
                {"output_type": "error", "ename": "E0307", "evalue": "no", "traceback": ["\\u001b[1mcell:1:1: error[E0307]: no\\u001b[0m", "  | x"]},
                {"output_type": "error", "ename": "Name", "evalue": "value", "traceback": []}
                """))
        let names = found.pictures.map(\.name)
        #expect(names.count == 2 && names.allSatisfy(Ipynb.isNameOfPixels))
        #expect(
            found.text == """
                x
                #> 100 %
                #> half a line
                #> red
                #> [1,
                #>  2]
                #> ![a (dog)](page.out/\(names[0]))
                #> words
                #> more
                #> ![words](page.out/\(names[1]))
                #> cell:1:1: error[E0307]: no
                #>   | x
                #> Name: value

                """)
        #expect(try PNGMetadata(pngData: found.pictures[0].png)["prompt"] == "kept")
    }

    @Test func codeOfOtherLanguagesIsKeptAsProse() throws {
        let python = "{\"language_info\": {\"name\": \"python\"}}"
        let found = try imported(
            [
                markdown("# Load"),
                code("s = \"\"\"```\n# %% x\n", "{\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": \"out\\n\"}"),
            ].joined(separator: ","),
            metadata: python)
        #expect(found.text == "# %% Load\n#| ````python\n#| s = \"\"\"```\n#| # %% x\n#| ````\n#|\n#| ```\n#| out\n#| ```\n")
        #expect(found.warnings == ["cell 2: its code is python, not bas; it is kept as text"])
        let picture = try imported(
            code(
                "plt.show()",
                "{\"output_type\": \"display_data\", \"metadata\": {}, \"data\": {\"image/png\": \"\(try picture())\", \"text/plain\": \"<Figure>\"}}"
            ),
            metadata: python)
        #expect(picture.text.contains("#| ![<Figure>](page.out/\(picture.pictures[0].name))\n"))
        // Such a file is whole: nothing of it counts as code.
        #expect(cells(of: picture.text).allSatisfy { $0.code.isEmpty && $0.recordedLines.isEmpty })
    }

    @Test func codeThatWouldSpillIsKeptAsProse() throws {
        let found = try imported(
            [code("t = \"\"\"open"), code("u = \"\"\"closed\"\"\""), code("?show"), code("%%bash\nls"), code("x\n#> no record")].joined(
                separator: ","))
        #expect(found.warnings.count == 3)
        #expect(cells(of: found.text).map(\.code).filter { !$0.isEmpty } == ["u = \"\"\"closed\"\"\"", "x\n# > no record"])
    }

    @Test func attachmentsBecomePictures() throws {
        let found = try imported(
            [
                markdown("![a](attachment:image.png)", ", \"attachments\": {\"image.png\": {\"image/png\": \"\(try picture())\"}}"),
                markdown("![b](attachment:image.png)", ", \"attachments\": {\"image.png\": {\"image/png\": \"\(try picture(3))\"}}"),
                markdown("![c](attachment:../up.png)", ", \"attachments\": {\"../up.png\": {\"image/png\": \"\(try picture(4))\"}}"),
                markdown("![d](attachment:d.svg)", ", \"attachments\": {\"d.svg\": {\"image/svg+xml\": \"<svg/>\"}}"),
            ].joined(separator: ","))
        let names = found.pictures.map(\.name)
        #expect(names.count == 3 && names[0] == "image.png" && names[1...].allSatisfy(Ipynb.isNameOfPixels))
        for (place, letter) in ["a", "b", "c"].enumerated() { #expect(found.text.contains("![\(letter)](page.out/\(names[place]))")) }
        #expect(found.text.contains("![d](attachment:d.svg)") && found.warnings.count == 1)
    }

    @Test func oldNotebooksAreRead() throws {
        let json = """
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"}, "worksheets": [{"cells": [
            {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]},
            {"cell_type": "code", "language": "bas", "input": "1 + 1", "prompt_number": 3, "metadata": {}, "outputs": [
            {"output_type": "pyout", "prompt_number": 3, "text": ["2"], "metadata": {}}, {"output_type": "stream", "stream": "stdout", "text": "s\\n"},
            {"output_type": "display_data", "png": "\(try picture())", "text": "p", "metadata": {}},
            {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]}]},
            {"cell_type": "code", "language": "python", "input": "import x", "outputs": []},
            {"cell_type": "html", "source": "<b>b</b>"}, {"cell_type": "raw", "source": "raw"}]}]}
            """
        let found = try Ipynb.notebook(from: Array(json.utf8), name: "page.bas")
        #expect(
            found.text.hasPrefix(
                "# %% Old\n1 + 1\n#> 2\n#> s\n#> ![p](page.out/\(found.pictures[0].name))\n#> t\n\n# %%\n#| ```python\n#| import x\n#| ```\n"
            ))
        #expect(found.text.hasSuffix("# %%\n#| <b>b</b>\n\n# %%\n#| ```\n#| raw\n#| ```\n"))
    }

    // MARK: hostile input

    @Test(arguments: [
        "", " ", "x", "{", "[]", "null", "3", "\"text\"", "{}", "{\"nbformat\": \"4\"}", "{\"nbformat\": 4}",
        "{\"nbformat\": 4, \"cells\": {}}",
        "{\"nbformat\": 5, \"cells\": []}", "{\"nbformat\": 2, \"worksheets\": []}", "{\"nbformat\": 1e300, \"cells\": []}",
        "{\"nbformat\": NaN, \"cells\": []}",
        "{\"nbformat\": 4, \"cells\": [3]}", "{\"nbformat\": 4, \"cells\": [{}]}", "{\"nbformat\": 4, \"cells\": [{\"cell_type\": 3}]}",
        "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\"}]}",
        "{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": [1]}]}",
        "{\"nbformat\": 3, \"cells\": []}", "{\"nbformat\": 3, \"worksheets\": [{}]}", "{\"nbformat\": 3, \"worksheets\": [3]}", "\u{0}",
        "{\"nbformat\": 4, \"nbformat\": 4, \"cells\": []}", "{\"nbformat\": 4, \"cells\": []} x",
    ])
    func whatIsNoNotebookIsAProblem(_ text: String) {
        #expect(throws: Problem.self) { try Ipynb.notebook(from: Array(text.utf8), name: "page.bas") }
    }

    @Test func deepAndBrokenBytesAreProblems() {
        for bytes in [
            Array(repeating: UInt8(ascii: "["), count: 1_000_000), [0xFF, 0xFE],
            Array("{\"nbformat\": 4, \"cells\": [\"\u{fffd}".utf8.dropLast(1)),
        ] {
            #expect(throws: Problem.self) { try Ipynb.notebook(from: bytes, name: "page.bas") }
        }
    }

    @Test func whatIsWrongInsideIsAWarning() throws {
        let found = try imported(
            [
                code(
                    "1",
                    "3, {}, {\"output_type\": 4}, {\"output_type\": \"new\"}, {\"output_type\": \"stream\"}, {\"output_type\": \"stream\", \"text\": {\"a\": 1}}"
                ),
                code(
                    "2",
                    "{\"output_type\": \"display_data\", \"data\": {\"image/png\": \"!!!\"}}, {\"output_type\": \"display_data\", \"data\": {\"image/png\": \"iVBORw0KGgo=\"}}"
                ),
                code(
                    "3",
                    "{\"output_type\": \"display_data\", \"data\": 3, \"metadata\": NaN}, {\"output_type\": \"display_data\", \"data\": {\"image/svg+xml\": \"<svg/>\"}}"
                ),
                "{\"cell_type\": \"code\", \"source\": \"4\", \"outputs\": 3}", "{\"cell_type\": \"odd\", \"source\": \"5\"}",
                "{\"cell_type\": \"markdown\", \"source\": \"6\", \"attachments\": {\"a\": 3, \"b\": {\"image/png\": []}}, \"metadata\": {\"bas\": {\"lines\": [1, \"x\"], \"continues\": 4}}}",
            ].joined(separator: ","))
        #expect(found.text == "1\n\n# %%\n2\n\n# %%\n3\n\n# %%\n4\n\n# %%\n#| ```\n#| 5\n#| ```\n\n# %%\n#| 6\n")
        #expect(found.warnings.count == 9)
        let many = try imported(
            (0..<100).map { _ in code("1", "{\"output_type\": \"display_data\", \"data\": {\"image/png\": \"!\"}}") }.joined(separator: ",")
        )
        #expect(many.warnings.count == 20)
        #expect(many.warnings.last == "81 more of such warnings")
    }

    @Test func floodsAreCut() throws {
        let lines = String(repeating: String(repeating: "a", count: 99) + "\\n", count: 60_000)
        let found = try imported(code("1", "{\"output_type\": \"stream\", \"text\": \"\(lines)\"}"))
        #expect(found.text.hasSuffix("#> (1805696 more bytes of output are not kept)\n") && found.text.utf8.count < 4_400_000)
        let one = code("1", "{\"output_type\": \"stream\", \"text\": \"\(lines)\"}")
        #expect(throws: Problem.self) { try imported([one, one, one, one, one].joined(separator: ",")) }
    }

    /// Metadata that were written by hand can say neither more cells nor other code than the cells do.
    @Test func metadataCannotSmuggle() throws {
        func cell(_ bas: String) -> String {
            "{\"cell_type\": \"code\", \"source\": \"x = 1\", \"outputs\": [], \"metadata\": {\"bas\": \(bas)}}"
        }
        for bas in [
            "{\"lines\": [\"x = 2\", \"\"]}", "{\"lines\": [\"x = 1\", \"# %% more\", \"y = 1\"]}", "{\"lines\": [\"x = 1\\nevil = 2\"]}",
            "{\"lines\": []}",
            "{\"mark\": \"a b\\nevil = 2\"}", "{\"mark\": \"abc K 1.0 s\", \"outputs\": \"wrong\"}", "{\"mark\": \"x\"}",
        ] { #expect(try imported(cell(bas)).text == "x = 1\n") }
        #expect(try imported(cell("{\"lines\": [\"\", \"x = 1\", \"\", \"\"]}")).text == "\nx = 1\n\n")
        let first =
            "{\"kernelspec\": {\"language\": \"bas\"}, \"bas\": {\"first\": \"#!x\\nevil = 2\", \"newline\": \"evil\", \"lines\": [\"evil\"]}}"
        #expect(try imported(cell("{}"), metadata: first).text == "x = 1\n")
        #expect(try imported("", metadata: first).text == "")
    }

    @Test(arguments: ["", "QQ==", "QQ", "QUI=", "QUI", "QUJD", "Q U\nJ D", "_-8="]) func base64IsRead(_ text: String) throws {
        let bytes = try #require(Base64.bytes(of: text))
        #expect(Base64.bytes(of: Base64.text(of: bytes)) == bytes)
    }

    @Test(arguments: ["Q", "=", "QQ=Q", "QQ===", "Ä", "QUJD="]) func otherTextIsNoBase64(_ text: String) {
        #expect(Base64.bytes(of: text) == nil)
    }

    /// Notebooks with pieces exchanged at random are read or refused, never more.
    @Test func damagedNotebooksNeverTrap() throws {
        let desk = Ipynb.text(
            of: NotebookFile(
                path: "page.bas", text: "#!x\n# %% T\n#| p\n\nx = 1\n#> 1\n#> ![a](page.out/a.png)\n#>@ abc K 1.0 s\n# %%\n#| q\n"))
        let pieces = [
            "{", "}", "[", "]", "\"", ",", ":", "null", "3", "\\u0000", "\"source\"", "\\n", "# %%", "\"\"\"", "\u{301}", "\\ud800", "NaN",
        ].map { Array($0.utf8) }
        var numbers = SeededNumbers(seed: 3)
        var read = 0
        for _ in 0..<3000 {
            var bytes = Array(desk.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &numbers) {
                let start = Int.random(in: 0..<bytes.count, using: &numbers)
                let end = min(bytes.count, start + Int.random(in: 0..<6, using: &numbers))
                bytes.replaceSubrange(start..<end, with: pieces.randomElement(using: &numbers) ?? [])
            }
            do {
                let found = try Ipynb.notebook(from: bytes, name: "page.bas")
                read += found.text.isEmpty ? 0 : 1
            } catch is Problem {}
        }
        #expect(read > 100)
    }
}
