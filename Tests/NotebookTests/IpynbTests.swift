import Commands
import Files
import Images
import Language
import TestSupport
import Testing

@testable import Notebook

/// `.bas` files as `.ipynb` files and back.
@Suite struct IpynbTests {
    private static func examples() -> [String] {
        ["examples", "examples/research"].flatMap { folder in
            FileSystem.contents("\(Desk.root)/\(folder)").filter { $0.hasSuffix(".bas") && !$0.hasPrefix(".") }.map {
                "\(Desk.root)/\(folder)/\($0)"
            }
        }
            + ["\(Desk.root)/Sources/Language/language.bas", "\(Desk.root)/stdlib/break_a_scene.bas"]
    }

    private func back(_ text: String, path: String = "page.bas") throws -> String {
        let json = Ipynb.text(of: NotebookFile(path: path, text: text))
        return try Ipynb.notebook(from: Array(json.utf8), name: path).text
    }

    /// Returns the cells of an exported text.
    private func cells(_ text: String) throws -> [JSON] {
        let json = try JSON.parse(Ipynb.text(of: NotebookFile(path: "page.bas", text: text)))
        return try #require(json["cells"]?.arrayValue)
    }

    private func source(_ cell: JSON) -> String { IpynbFile.text(cell["source"]) ?? "" }

    @Test(arguments: examples()) func examplesComeBack(_ path: String) throws {
        let file = try NotebookFile(path: path)
        #expect(try back(file.text, path: path) == file.text)
        // Most of an example is in the canonical layout. Its pictures are left out of account.
        let bare = NotebookFile(path: path, text: textWithoutRecords(file.text))
        #expect(Ipynb.text(of: bare).utf8.count < 4 * bare.text.utf8.count + 3000)
    }

    @Test(arguments: [
        "", "\n", "\n\n\n", "#!/usr/bin/env bas", "#!/usr/bin/env bas\n", "#!x\n\n", "# %%", "# %%\n", "# %%\n# %%\n", "x = 1", "x = 1\n",
        "\n\nx = 1\n\n\n",
        "# %% T", "# %%   T  \n", "# %% T\n\n# %% T\n", "#| prose", "#|prose\n#|\n#|  two\n", "# %% T\n#| a\n\n#| b\nx = 1\n",
        "# %% T\n\nx = 1\n#| after\n",
        "# %% T\nx = 1\n#| middle\ny = 2\n#| end\n#> 1\n#>@ abc K 1.0 s\n\n# %% U\nz\n", "#> only\n", "# %% T\n#> only\n#>\n#>  two  \n",
        "#>@ abc K 1.0 s\n",
        "x\n#>@ junk\n#> 1\n", "x\n#> 1\ny\n#> 2\n", "# %%\n#| # Not the title\nx\n", "# %% # T #\n#| - a\n", "#| one\n# %%\nx = 1\n",
        "# %%\nx\n# %%\ny\n",
        "x = 1\r\n# %% T\r\n#| p\r\nx\r\n#> 1\r\n", "x = 1\r\n# %% T\nx\r\n", "x\r\r\ny\rz\n",
        "t = \"\"\"\n# %% no\n#| no\n#> no\n\"\"\"\nt\n#> 1\n",
        "t = \"\"\"\n# %% open\n#| no\n", "x = $ ?\n# %% T\nt = \"\"\"\n# %% no\n\"\"\"\n", "#!second\n#!third\nx\n",
        "# %% T\n# %%\n\n# %% U\n", "é = \"\u{301}\"\n#| \u{2028}\n",
        "\u{feff}# %% T\nx\n", "#| ![a](page.out/none.png)\nx\n#> ![a](page.out/none.png)\n#> ![a](/etc/passwd)\n", "# %%T\nx\n",
        "# %% T\n#|\n#| a\n#|\nx\n\n\n\n",
        "#| ```\n#| code\n#| ```\n", "# %% T\nx\n#> error[E0307]: no\n#> more\n#>@ - K 0.0 s\n",
        "# %% T\nx\n#> cell:1:1: error[E0307]: no\n#>   |\n#>@ - K 0.0 s\n",
        "#| [x](attachment:y.png)\n", "   \n\t\n# %% T\n \nx\n", "x\n#> \u{1b}[31mred\n", "x\n#>\u{301}\n#|\u{301}\n# %%\u{301}\n",
    ])
    func everyLayoutComesBack(_ text: String) throws {
        let returned = try back(text)
        #expect(Array(returned.utf8) == Array(text.utf8))
    }

    /// Files put together from lines of every kind, in any order.
    @Test func anyLinesComeBack() throws {
        let pieces = [
            "", "", " ", "x = 1", "y = [x,", "  2]", "# %%", "# %% Title", "# %% Title ", "#| prose", "#|", "#|prose ", "#| # Heading",
            "#> out", "#>", "#>out ",
            "#>@ 0123456789ab K 1.0 s", "#>@ - K 0.0 s", "#> a:1:1: error[E0307]: no", "t = \"\"\"", "\"\"\"", "# comment", "x\r", "#!x",
            "#> ![a](page.out/a.png)", "```",
            "#| ![a](page.out/b.png)", "?x",
        ]
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<14, using: &numbers)).compactMap { _ in pieces.randomElement(using: &numbers) }.joined(
                separator: "\n")
            let returned = try back(text)
            if Array(returned.utf8) != Array(text.utf8) {
                Issue.record("\(text.debugDescription) came back as \(returned.debugDescription)")
                return
            }
        }
    }

    @Test func cellsAreWhatAReaderExpects() throws {
        let found = try cells(
            "#!/usr/bin/env bas\n# %% First\n#| Prose.\nx = 1\nx\n#> 1\n#>@ abc K 1.0 s\n#| More.\n\n# %% Second\nx +\n#> cell:1:3: error[E0106]: no\n#>@ - K 0.0 s\n"
        )
        #expect(found.map { $0["cell_type"]?.stringValue } == ["markdown", "code", "markdown", "markdown", "code"])
        #expect(found.map(source) == ["# First\n\nProse.", "x = 1\nx", "More.", "## Second", "x +"])
        let output = try #require(found[1]["outputs"]?.arrayValue?.first)
        #expect(output["output_type"]?.stringValue == "stream" && IpynbFile.text(output["text"]) == "1\n")
        let failure = try #require(found[4]["outputs"]?.arrayValue?.first)
        #expect(
            failure["ename"]?.stringValue == "E0106" && failure["evalue"]?.stringValue == "no"
                && failure["traceback"]?.arrayValue?.count == 1)
        #expect(found[1]["metadata"]?["bas"]?["mark"]?.stringValue == "abc K 1.0 s")
        #expect(Set(found.compactMap { $0["id"]?.stringValue }).count == 5)
    }

    @Test func editsInJupyterCount() throws {
        let text = "#!/usr/bin/env bas\n\n# %%   First\n\n#| Prose.\nx = 1\nx\n#> 1\n#>@ abc K 1.0 s\n\n# %% Second\nx\n"
        let json = Ipynb.text(of: NotebookFile(path: "page.bas", text: text))
        func edited(_ old: String, _ new: String) throws -> String {
            #expect(json.contains(old))
            return try Ipynb.notebook(from: Array(json.replacing(old, with: new).utf8), name: "page.bas").text
        }
        #expect(
            try edited("# First\\n", "# Other\\n").contains("# %% Other\n#| Prose.\nx = 1\nx\n#> 1\n#>@ abc K 1.0 s\n\n# %% Second\nx\n"))
        #expect(
            try edited("x = 1\\n", "x = 2\\n").contains("x = 2\nx\n#> 1\n#>@ abc K 1.0 s\n"),
            "the key of the mark tells that the code is another one")
        #expect(try edited("\"1\\n\"", "\"2\\n\"").contains("x = 1\nx\n#> 2\n\n# %% Second"), "a mark of other outputs goes")
    }

    @Test func picturesTravelWithin() throws {
        let desk = try Desk("# %% p\nplot([1, 2, 3])\n# %% q\n#| ![mine](page.out/mine.png)\n1\n")
        try desk.run()
        let folder = desk.folderPath + "/page.out"
        let picture = try #require(FileSystem.contents(folder).first)
        try Image(width: 3, height: 2, color: Color(9, 8, 7)).write(to: folder + "/mine.png", metadata: ["prompt": "none"])
        try desk.edit("#>@", "#> ![odd](page.out/mine.png)\n#>@")
        let file = try NotebookFile(path: desk.path)
        var warnings: [String] = []
        let json = Ipynb.text(of: file) { warnings.append($0) }
        #expect(warnings.isEmpty)
        let back = try Ipynb.notebook(from: Array(json.utf8), name: "page.bas")
        #expect(back.text == file.text)
        #expect(Set(back.pictures.map(\.name)) == [picture, "mine.png"])
        for (name, png) in back.pictures { #expect(try ReadableFile.contents("\(folder)/\(name)") == png) }
        let output = try JSON.parse(json)["cells"]?.arrayValue?[1]["outputs"]?.arrayValue?.first
        #expect(
            output?["output_type"]?.stringValue == "display_data"
                && output?["metadata"]?["image/png"]?["alt"]?.stringValue?.isEmpty == false)
        // What is not trusted stays text, and nothing is missed.
        let bare = Ipynb.text(of: file, hasPictures: false) { warnings.append($0) }
        #expect(warnings.isEmpty && !bare.contains("image/png") && bare.contains("](page.out/\(picture))"))
        // Under another name the folder is another one.
        let other = try Ipynb.notebook(from: Array(json.utf8), name: "sub/other.bas")
        #expect(other.text == file.text.replacing("page.out/", with: "other.out/"))
        // A picture that is gone leaves its line.
        try FileSystem.remove(folder + "/" + picture)
        #expect(try self.back(file.text, path: desk.path) == file.text)
        _ = Ipynb.text(of: file) { warnings.append($0) }
        #expect(warnings.count == 1 && warnings[0].contains(picture))
    }
}
