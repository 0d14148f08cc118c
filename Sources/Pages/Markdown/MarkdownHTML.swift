/// Markdown as HTML: what a notebook's prose becomes on a page.
struct MarkdownHTML {
    /// The addresses of pictures.
    let picture: CellHTML.PictureLink
    /// How code is coloured whose fence names the language `bas`; nil for no colours.
    var colours: CodeColours?

    /// The level that is added to headings: the page and its cells have the first two.
    private static let headingShift = 2

    /// Creates a writer.
    init(picture: @escaping CellHTML.PictureLink, colours: CodeColours? = nil) { (self.picture, self.colours) = (picture, colours) }

    /// Returns a text as HTML.
    func html(_ markdown: String) -> String {
        let parsed = MarkdownBlocks(markdown)
        return html(parsed.blocks, parsed.references)
    }

    /// Returns one line with emphasis and code but without links and pictures, as a heading has it.
    static func title(_ text: String) -> String {
        var inlines = MarkdownInlines(references: [:], picture: { _ in nil }, hasLinks: false)
        return inlines.html(text)
    }

    private typealias References = [String: MarkdownReference]

    private func html(_ blocks: [MarkdownBlock], _ references: References) -> String {
        blocks.map { html($0, references) }.joined()
    }

    private func html(_ block: MarkdownBlock, _ references: References) -> String {
        switch block {
        case .heading(let level, let text):
            let name = "h\(min(6, level + Self.headingShift))"
            return "<\(name)>\(inline(text, references))</\(name)>\n"
        case .paragraph(let text): return "<p>\(inline(text, references))</p>\n"
        case .code(let text, let language):
            let coloured = language == "bas" ? colours?.html(text) : nil
            return "<pre><code>\(coloured ?? escapedHTML(text))</code></pre>\n"
        case .quote(let blocks): return "<blockquote>\n\(html(blocks, references))</blockquote>\n"
        case .list(let start, let isTight, let items):
            let name = start == nil ? "ul" : "ol"
            let first = start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
            let lines = items.map { html($0, isTight: isTight, references) }.joined()
            return "<\(name)\(first)>\n\(lines)</\(name)>\n"
        case .table(let header, let alignments, let rows): return table(header, alignments, rows, references)
        case .rule: return "<hr>\n"
        }
    }

    private func html(_ item: MarkdownItem, isTight: Bool, _ references: References) -> String {
        let box = item.isDone.map { "<span class=\"task\">\($0 ? "☑" : "☐")</span> " } ?? ""
        let parts = item.blocks.map { block in
            if isTight, case .paragraph(let text) = block { return inline(text, references) + "\n" }
            return html(block, references)
        }
        return "<li>\(box)\(parts.joined().trimmingSpaces)</li>\n"
    }

    private func table(_ header: [String], _ alignments: [MarkdownAlignment], _ rows: [[String]], _ references: References) -> String {
        func row(_ cells: [String], _ name: String) -> String {
            let parts = zip(cells, alignments).map { text, alignment in
                "<\(name)\(alignment == .none ? "" : " class=\"\(alignment.rawValue)\"")>\(inline(text, references))</\(name)>"
            }
            return "<tr>\(parts.joined())</tr>\n"
        }
        let body = rows.isEmpty ? "" : "<tbody>\n\(rows.map { row($0, "td") }.joined())</tbody>\n"
        return "<div class=\"table\"><table>\n<thead>\n\(row(header, "th"))</thead>\n\(body)</table></div>\n"
    }

    private func inline(_ text: String, _ references: References) -> String {
        var inlines = MarkdownInlines(references: references, picture: picture)
        return inlines.html(text)
    }
}
