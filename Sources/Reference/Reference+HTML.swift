import Language

extension Reference {
    /// Returns one self-contained page: it needs no fonts, pictures or scripts from elsewhere.
    public func html() -> String {
        let families = table.families
        let index = families.map { family in
            "<section><h2>\(escaped(family.name))</h2><ul>"
                + family.rows.map { "<li><a href=\"#\($0.name)\">\($0.name)</a></li>" }.joined()
                + "</ul></section>"
        }.joined(separator: "\n")
        let pages = families.map { family in
            "<h2 class=\"family\" id=\"family-\(escaped(family.name))\">\(escaped(family.name))</h2>\n"
                + family.rows.map(html).joined(separator: "\n")
        }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(version)): reference</title>
            <style>
            \(HTMLStyle.sheet)
            </style>
            </head>
            <body>
            <nav>
            <h1>\(escaped(version))</h1>
            <input id="search-box" type="search" placeholder="Search" aria-label="Search">
            <section><h2>language</h2><ul><li><a href="#language">on a page</a></li><li><a href="#grammar">grammar</a></li></ul></section>
            \(index)
            <section><h2>more</h2><ul><li><a href="#errors">error codes</a></li></ul></section>
            </nav>
            <main>
            <p id="nothing" hidden>Nothing speaks of these words.</p>
            <h2 class="family" id="language">the language</h2>
            \(LanguagePage.cells.map(html).joined(separator: "\n"))
            \(pages)
            <h2 class="family" id="errors">error codes</h2>
            \(ErrorCode.allCases.map(html).joined(separator: "\n"))
            <h2 class="family" id="grammar">grammar</h2>
            <pre>\(escaped(Self.grammar))</pre>
            </main>
            <script>
            \(HTMLStyle.script)
            </script>
            </body>
            </html>

            """
    }

    /// Returns a cell of the page: heading, prose and code, with its comments set off.
    private func html(_ cell: Cell) -> String {
        let code = cell.code.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let comment = LanguagePage.comment(of: String(line))
            return escaped(String(line.dropLast(comment.count)))
                + (comment.isEmpty ? "" : "<span class=\"comment\">\(escaped(comment))</span>")
        }
        // Words between backquotes are code.
        let prose = cell.prose.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { place, part in
            place % 2 == 0 ? escaped(String(part)) : "<code>\(escaped(String(part)))</code>"
        }
        return """
            <article data-words="\(escaped((cell.title + " " + cell.prose).lowercased()))">
            <h3>\(escaped(cell.title))</h3>
            \(cell.prose.isEmpty ? "" : "<p>\(prose.joined())</p>")
            <pre class="example"><code>\(code.joined(separator: "\n"))</code></pre>
            </article>
            """
    }

    private func html(_ row: Builtin) -> String {
        var parts = ["<article id=\"\(row.name)\" data-words=\"\(escaped(words(of: row)))\">"]
        parts.append("<h3><a href=\"#\(row.name)\">\(row.name)</a></h3>")
        parts.append("<pre class=\"signature\">\(escaped(row.signature))</pre>")
        parts.append("<p>\(escaped(row.summary))</p>")
        if !row.parameters.isEmpty {
            parts.append("<table>" + row.parameters.map(html).joined() + "</table>")
        }
        parts.append("<dl><dt>gives</dt><dd>\(escaped(row.result.words))</dd>")
        if row.isCommand {
            parts.append("<dt>command</dt><dd>may be written <code>\(row.name) x</code> without parentheses</dd>")
        }
        if row.scope != nil {
            parts.append("<dt>scope</dt><dd><code>with \(row.name)(…) { … }</code></dd>")
        }
        if let paper = row.paper { parts.append("<dt>paper</dt><dd>\(escaped(paper))</dd>") }
        if !row.seeAlso.isEmpty {
            let links = row.seeAlso.map { "<a href=\"#\($0)\">\($0)</a>" }.joined(separator: ", ")
            parts.append("<dt>see also</dt><dd>\(links)</dd>")
        }
        parts.append("</dl>")
        for example in row.examples {
            let shows = example.shows.map { "\n<samp>\(escaped($0))</samp>" } ?? ""
            parts.append("<pre class=\"example\"><code>\(escaped(example.code))</code>\(shows)</pre>")
        }
        return parts.joined(separator: "\n") + "\n</article>"
    }

    private func html(_ parameter: Parameter) -> String {
        let name = (parameter.variadic ? ".." : "") + parameter.name
        let facts = parameter.facts.map { "<span>\(escaped($0))</span>" }.joined(separator: " ")
        return "<tr><th scope=\"row\"><code>\(name)</code></th><td class=\"type\">\(escaped(parameter.type.shortName))</td>"
            + "<td>\(escaped(parameter.doc))\(facts.isEmpty ? "" : "<br><small>\(facts)</small>")</td></tr>"
    }

    private func html(_ code: ErrorCode) -> String {
        """
        <article id="\(code.rawValue)" data-words="\(escaped(code.rawValue + " " + code.title.lowercased()))">
        <h3><a href="#\(code.rawValue)">\(code.rawValue)</a> \(escaped(code.title))</h3>
        <p class="explanation">\(escaped(code.explanation))</p>
        </article>
        """
    }

    /// Returns the text that the search box looks in.
    private func words(of row: Builtin) -> String {
        ([row.name, row.family.name, row.summary] + row.terms + row.parameters.map(\.name)).joined(separator: " ")
            .lowercased()
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
