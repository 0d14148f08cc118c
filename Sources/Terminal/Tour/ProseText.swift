import Language

/// Prose in Markdown as lines for a terminal.
enum ProseText {
    /// Returns paragraphs broken at `width` columns; indented lines, such as formulas, stay as they are.
    static func lines(_ prose: [String], width: Int) -> [String] {
        var result: [String] = []
        var paragraph: [String] = []
        func flush() {
            guard let first = paragraph.first else { return }
            // The lines of a list's item hang below its first.
            let isItem = first.hasPrefix("- ") || first.hasPrefix("* ")
            result += TextWrapping.lines(paragraph.joined(separator: " "), width: width, hanging: isItem ? 2 : 0)
            paragraph = []
        }
        for line in prose {
            if line.allSatisfy(\.isWhitespace) {
                flush()
                if result.last?.isEmpty == false { result.append("") }
            } else if line.hasPrefix("    ") {
                flush()
                result.append(line)
            } else {
                if line.hasPrefix("- ") || line.hasPrefix("* ") { flush() }
                paragraph.append(line)
            }
        }
        flush()
        return result
    }

    /// Returns text with `*words*` set in italics, `**words**` in bold and code between backquotes in colour, by the sequences of terminals. A
    /// mark without its partner stays.
    static func styled(_ text: String) -> String {
        var (result, rest) = ("", text[...])
        while let mark = rest.firstIndex(where: { $0 == "*" || $0 == "`" }) {
            result += rest[..<mark]
            rest = rest[mark...]
            let fence = rest.hasPrefix("**") ? "**" : String(rest[mark])
            let inner = rest.dropFirst(fence.count)
            guard let end = inner.firstRange(of: fence), end.lowerBound > inner.startIndex, inner.first?.isWhitespace == false else {
                result += fence
                rest = inner
                continue
            }
            let code = fence == "`" ? "36" : fence == "*" ? "3" : "1"
            result += "\u{1b}[\(code)m\(inner[..<end.lowerBound])\u{1b}[0m"
            rest = inner[end.upperBound...]
        }
        return result + rest
    }
}
