import Language

extension Reference {
    /// Returns the reference as one Markdown page.
    public func markdown() -> String {
        var lines = ["# \(version): reference", "", "## language", ""]
        for cell in LanguagePage.cells {
            lines += ["### \(cell.title)", ""] + (cell.prose.isEmpty ? [] : [cell.prose, ""]) + ["```", cell.code, "```", ""]
        }
        for family in table.families {
            lines += ["## \(family.name)", ""]
            for row in family.rows { lines += markdown(row) }
        }
        lines += ["## Errors", "", "| code | title | meaning |", "|---|---|---|"]
        lines += ErrorCode.allCases.map { "| \($0.rawValue) | \(cell($0.title)) | \(cell($0.explanation)) |" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func markdown(_ row: Builtin) -> [String] {
        var lines = ["### \(row.name)", "", "`\(row.signature)`", "", row.summary, ""]
        if !row.parameters.isEmpty {
            lines += ["| parameter | type | | |", "|---|---|---|---|"]
            lines += row.parameters.map {
                "| `\($0.name)` | \(cell($0.type.shortName)) | \(cell($0.doc)) | \(cell($0.facts.joined(separator: ", "))) |"
            }
            lines.append("")
        }
        lines += ["Gives: \(row.result.words)\(row.paper.map { ". Paper: \($0)" } ?? "")", "", "```"]
        for example in row.examples {
            lines += example.code.split(separator: "\n").map(String.init)
            if let shows = example.shows { lines += shows.split(separator: "\n").map { "#> \($0)" } }
        }
        lines += ["```", ""]
        if !row.seeAlso.isEmpty {
            lines += ["See also: " + row.seeAlso.map { "[\($0)](#\($0))" }.joined(separator: ", "), ""]
        }
        return lines
    }

    private func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
