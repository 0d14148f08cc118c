import Language

/// Outputs as HTML.
enum OutputHTML {
    /// Lines of text beyond this number scroll in a box of their own.
    private static let longText = 40
    /// Rows of a table beyond this number scroll.
    private static let longTable = 40

    /// Returns the pieces of a cell's output; nothing where there are none.
    static func html(_ parts: [OutputPart]) -> String {
        guard !parts.isEmpty else { return "" }
        var result = "<div class=\"outputs\">\n"
        var rest = parts[...]
        while let part = rest.first {
            // Pictures that stand side by side are one strip.
            let pictures = rest.prefix { if case .picture(let picture) = $0 { picture.facts?.explorable == nil } else { false } }
            if pictures.count > 1 {
                result += strip(pictures.compactMap { if case .picture(let picture) = $0 { picture } else { nil } })
                rest = rest.dropFirst(pictures.count)
            } else {
                result += html(part)
                rest = rest.dropFirst()
            }
        }
        return result + "</div>\n"
    }

    /// Returns one piece.
    static func html(_ part: OutputPart) -> String {
        switch part {
        case .text(let lines): return text(lines)
        case .table(let table): return html(table)
        case .problem(let lines, let isError):
            let name = isError ? "error" : "warning"
            return
                "<pre class=\"problem \(name)\" role=\"note\" aria-label=\"\(name)\">\(escapedHTML(lines.joined(separator: "\n")))</pre>\n"
        case .picture(let picture): return figure(picture)
        }
    }

    private static func text(_ lines: [String]) -> String {
        var names = ["text"]
        if lines.count > longText { names.append("long") }
        // On a narrow screen, text is wrapped, and columns scroll.
        if lines.count(where: hasColumns) > 1 { names.append("aligned") }
        let focus = lines.count > longText ? " tabindex=\"0\"" : ""
        return "<pre class=\"\(names.joined(separator: " "))\"\(focus)>\(escapedHTML(lines.joined(separator: "\n")))</pre>\n"
    }

    private static func hasColumns(_ line: String) -> Bool { line.trimmingSpaces.contains("  ") }

    // MARK: tables

    private static func html(_ table: PrintedTable) -> String {
        let head = zip(table.header, table.isNumber).map { text, isNumber in
            "<th scope=\"col\"\(isNumber ? " class=\"number\"" : "")>\(escapedHTML(text))</th>"
        }
        let rows = table.rows.map { row in
            let cells = row.indices.map { column in
                "<td\(table.isNumber[column] ? " class=\"number\"" : "")>\(escapedHTML(row[column]))</td>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        let long = table.rows.count > longTable ? " long" : ""
        return """
            <div class="table data\(long)" tabindex="0"><table>
            <thead><tr>\(head.joined())</tr></thead>
            <tbody>
            \(rows.joined())</tbody></table></div>

            """
    }

    // MARK: pictures

    private static func strip(_ pictures: [OutputPicture]) -> String {
        "<div class=\"strip\">\n\(pictures.map(figure).joined())</div>\n"
    }

    private static func figure(_ picture: OutputPicture) -> String {
        let (alt, caption) = (escapedHTML(picture.alt), escapedHTML(picture.caption ?? picture.alt))
        guard let link = picture.link else {
            return "<figure class=\"absent\"><p>This picture is not there.</p><figcaption>\(caption)</figcaption></figure>\n"
        }
        let size = picture.facts.map { " width=\"\($0.width)\" height=\"\($0.height)\"" } ?? ""
        let origin = picture.facts.map(origin) ?? ""
        let isWide = picture.facts.map { $0.width > 2 * $0.height } ?? false
        // The data are written anew from what was read, so that nothing else of the file reaches the page.
        let explorable = picture.facts?.explorable.map { " data-explorable=\"\(escapedHTML($0.json.text()))\"" } ?? ""
        return """
            <figure\(isWide ? " class=\"wide\"" : "")\(explorable)><img src="\(escapedHTML(link))" alt="\(alt)"\(size)>
            <figcaption>\(caption) \(origin)</figcaption></figure>

            """
    }

    /// Returns what the picture was made from, to be unfolded.
    private static func origin(_ facts: PictureFacts) -> String {
        guard !facts.origin.isEmpty else { return "" }
        let rows = facts.origin.map { "<dt>\(escapedHTML($0.key))</dt><dd>\(escapedHTML($0.text))</dd>" }
        return "<details class=\"origin\"><summary>made from</summary><dl>\(rows.joined())</dl></details>"
    }
}
