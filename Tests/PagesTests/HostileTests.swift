import Figures
import Files
import Glibc
import Images
import Notebook
import TestSupport
import Testing

@testable import Pages

/// A notebook of somebody else tries to get its own HTML, scripts or addresses into a page.
@Suite struct HostileTests {
    private static let attacks = [
        "<script>alert(1)</script>", "</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "<svg onload=alert(1)>", "</style><style>*{}</style>", "</pre></code><iframe src=//evil.org>", "<!--", "]]>", "&lt;script&gt;",
        "</title><script>alert(1)</script>", "<a href=javascript:alert(1)>x</a>", "`</code><b>`", "\u{202E}gnp.exe",
        "<base href=//evil.org>",
    ]

    /// The tags and attributes that a page of ours may have.
    private static let tags: Set<String> = [
        "!doctype", "html", "head", "meta", "title", "style", "script", "body", "nav", "details", "summary", "ol", "ul", "li", "a", "main",
        "section",
        "h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "pre", "code", "span", "em", "strong", "del", "table", "thead", "tbody", "tr", "th",
        "td",
        "figure", "figcaption", "img", "dl", "dt", "dd", "footer", "blockquote", "hr", "br",
    ]
    private static let attributes: Set<String> = [
        "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "rel", "aria-label", "open", "src", "alt", "title",
        "width", "height",
        "scope", "tabindex", "role", "start", "html", "data-explorable",
    ]

    /// Returns the tags and attributes of a page that ours have not, and the addresses that are not allowed.
    private func strangers(_ html: String) -> [String] {
        var found: [String] = []
        var rest = html[...]
        while let open = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: ">") else { return found + ["<"] }
            let tag = rest[..<close]
            rest = rest[rest.index(after: close)...]
            let name = tag.drop { $0 == "/" }.prefix { $0 != " " && $0 != "\n" }.lowercased()
            if !Self.tags.contains(name) { found.append(String(tag)) }
            var words = tag.drop { $0 != " " }
            while let equal = words.firstIndex(of: "=") {
                let attribute = words[..<equal].split(separator: " ").last.map(String.init) ?? ""
                if !Self.attributes.contains(attribute) { found.append(attribute) }
                let value = words[words.index(after: equal)...]
                guard value.first == "\"", let end = value.dropFirst().firstIndex(of: "\"") else {
                    found.append(String(tag))
                    break
                }
                let text = value.dropFirst()[..<end]
                if attribute == "href", !["#", "http:", "https:", "mailto:"].contains(where: text.hasPrefix), text.contains(":") {
                    found.append(String(text))
                }
                if attribute == "src", !text.hasPrefix("data:image/") { found.append(String(text)) }
                words = value[end...].dropFirst()
            }
            // Within our own style and script, "<" begins no tag.
            if name == "style" || name == "script", !tag.hasPrefix("/"), let end = rest.firstRange(of: "</\(name)>") {
                rest = rest[end.lowerBound...]
            }
        }
        return found
    }

    @Test(arguments: attacks) func nothingOfANotebookIsMarkup(_ attack: String) throws {
        let line = attack.replacing("\n", with: " ")
        let png = try Image(width: 4, height: 4, color: Color(0, 0, 0)).pngData(
            metadata: ["prompt": line, "made_by": line])
        let text = """
            # %% \(line)
            #| \(line)
            #|
            #| # \(line)
            #| - [\(line)](<\(line)>) ![\(line)](<\(line)>) [x](http://x.org "\(line)")
            #| | \(line) | b |
            #| |---|---|
            #| | \(line) | `\(line)` |
            #|
            #| ```\(line)
            #| \(line)
            #| ```
            #| [\(line)]: \(line)
            x = "\(line)"  # \(line)
            #> \(line)
            #> ![\(line)](lesson.out/\(line).png)
            #> ![\(line)](lesson.out/1.png)
            #> It fails:1:1: error[E0101]: \(line)
            #> name  \(line.replacing("  ", with: " "))
            #> a     1
            #>@ \(line.replacing(" ", with: "")) \(line.replacing(" ", with: "")) 1 s

            """
        let file = notebook(text, path: "\(line.replacing("/", with: ""))/lesson.bas")
        let look = PageCell.Look(
            builtins: [line], picture: { $0 == "lesson.out/1.png" ? DataURI.png(png) : nil },
            facts: { $0 == "lesson.out/1.png" ? PictureFacts(png: png) : nil })
        for hasScript in [true, false] {
            let html = NotebookPage(file, states: [.stale], options: .init(version: line, look: look, hasScript: hasScript)).html()
            #expect(strangers(html) == [])
            #expect(html.components("<script") == (hasScript ? 1 : 0))
            #expect(!html.contains("\u{202E}"))
        }
        // A picture that carries texts of the stranger's for people to explore.
        let chart = Figure(
            .chart(
                Chart(
                    x: .init(label: line), series: [Series(line, .line(markers: false), [.init(0, 1), .init(1, 2)])],
                    marks: [.init(x: 0, label: line)])))
        let carrying = try #require(chart.explorable).embedded(in: png)
        let shown = CellHTML.outputs([.picture(png: carrying, alt: line)])
        #expect(shown.contains("data-explorable=\"{&quot;version&quot;:1") && !shown.contains("YmFTUA"))
        #expect(strangers(shown) == [])
        #expect(strangers(try #require(OutputPiece.html(text: line, picture: (carrying, line)))) == [])
        let live = PageCell(
            file, 0, state: .current, outputs: [.text(line), .problem(line, isError: false), .picture(png: png, alt: line)])
        #expect(strangers(live.html(look)) == [])
    }

    @Test func theOwnTestFindsStrangers() {
        for html in ["<video>", "<p onclick=\"x\">", "<a href=\"javascript:x\">", "<img src=\"http://x\">", "<p a=b>", "<"] {
            #expect(!strangers(html).isEmpty)
        }
    }

    @Test func picturesOutsideTheFolderAreNotRead() throws {
        let temporary = try TemporaryFolder()
        let inside = temporary.path + "/book"
        try FileSystem.createFolder(inside + "/lesson.out")
        let png = try Image(width: 2, height: 2, color: Color(9, 9, 9)).pngData()
        for path in [temporary.path + "/secret.png", inside + "/own.png", inside + "/lesson.out/1.png"] {
            try AtomicFile.write(path) { try $0.write(png) }
        }
        try AtomicFile.write(inside + "/text.png", text: "secret")
        symlink(temporary.path + "/secret.png", inside + "/link.png")
        symlink(temporary.path, inside + "/out")
        let pictures = PictureFiles(beside: notebook("x = 1", path: inside + "/lesson.bas"))
        #expect(pictures.bytes("own.png") == png)
        #expect(pictures.dataURI("lesson.out/1.png") == DataURI.png(png))
        for name in ["link.png", "out/secret.png", "../secret.png", "/etc/hostname", "text.png", "none.png", "", "."] {
            #expect(pictures.bytes(name) == nil)
        }
    }

    @Test func aStrangersRecordIsText() throws {
        let text = "x = 1\n#> name  size\n#> a     1\n#> ![dog](lesson.out/1.png)\n#> It fails:1:1: error[E0101]: no\n"
        let file = notebook(text)
        let png = try Image(width: 4, height: 4, color: Color(0, 0, 0)).pngData()
        func html(asText: Bool) -> String {
            let look = PageCell.Look(
                builtins: [], showsRecordsAsText: asText, picture: { _ in DataURI.png(png) }, facts: { _ in PictureFacts(png: png) })
            return NotebookPage(file, states: [.stale], options: .init(version: "bas", look: look)).body()
        }
        for part in ["<img", "<td class=\"number\">1</td>", "class=\"problem"] {
            #expect(html(asText: false).contains(part) && !html(asText: true).contains(part))
        }
        #expect(html(asText: true).contains("name  size\na     1\n![dog](lesson.out/1.png)\nIt fails"))
        let markdown = NotebookMarkdown(file, states: [.stale], version: "bas", showsRecordsAsText: true)
        #expect(markdown.pictures.isEmpty && markdown.text().contains("a     1\n![dog](lesson.out/1.png)\nIt fails"))
    }

    @Test func markdownHasNoLooseMarks() {
        let file = notebook("# %% a <b> *c* [d](e) `<f>`\nx = \"```\"\n#> ````\n#> ![x](lesson.out/1.png)\n#> ![](javascript:x)\n")
        let text = NotebookMarkdown(file, states: [.missing], version: "bas").text()
        #expect(
            text.hasPrefix(
                "# a \\<b\\> *c* \\[d\\](e) `<f>`\n\n````bas\nx = \"```\"\n````\n\n`````text\n````\n`````\n\n![x](<lesson.out/1.png>)\n\n"))
        #expect(text.contains("```text\n![](javascript:x)\n```"))
        #expect(text.contains("*not recorded*"))
    }
}

extension String {
    fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
