/// The lines written so far, the last of which is being written.
struct FormatPage {
    private struct Line {
        var indent: Int
        var sourceIndent = 0
        var text = ""
        /// Where its text ends, in columns of a screen.
        var column: Int
        var comment: String?
        /// The column at which the comment stood, moved along with the line's indentation.
        var commentColumn = 0
    }

    private var lines: [Line] = []

    var indent: Int { lines.last?.indent ?? 0 }
    var column: Int { lines.last?.column ?? 0 }

    /// Begins a line. `sourceIndent` is the indentation of the source line that it comes from; `blank` puts an empty line before it.
    mutating func begin(indent: Int, sourceIndent: Int, blank: Bool) {
        if blank { lines.append(Line(indent: 0, column: 0)) }
        lines.append(Line(indent: indent, sourceIndent: sourceIndent, column: indent))
    }

    mutating func space(_ count: Int) {
        write(String(repeating: " ", count: count))
    }

    mutating func write(_ text: String) {
        guard !lines.isEmpty else { return }
        let place = lines.count - 1
        lines[place].text += text
        if let end = text.utf8.lastIndex(of: Self.lineFeed) {
            lines[place].column = width(String(text[text.utf8.index(after: end)...]), from: 0)
        } else {
            lines[place].column += width(text, from: lines[place].column)
        }
    }

    /// The byte that ends a line for the scanner and `SourceAlignment`; a string may contain others, such as a vertical tab.
    private static let lineFeed = UInt8(ascii: "\n")

    /// Returns the width of a text as `SourceAlignment` measures it: strings may contain tabs and control characters.
    private func width(_ text: String, from column: Int) -> Int { displayWidth(ExcerptLine.screened(text, from: column)) }

    /// Puts a comment behind the current line; `sourceColumn` is the column at which it stood.
    mutating func comment(_ text: String, sourceColumn: Int) {
        guard let line = lines.last else { return }
        lines[lines.count - 1].comment = text
        // The last line of a string over several lines is not indented anew.
        let shift = line.text.utf8.contains(Self.lineFeed) ? 0 : line.indent - line.sourceIndent
        lines[lines.count - 1].commentColumn = sourceColumn + shift
    }

    /// The page, with a line end after each line. Comments of neighbouring lines that stood in one column stay in one, at least two spaces
    /// behind every text.
    var text: String {
        var page = ""
        var rest = lines[...]
        while let first = rest.first {
            let block = rest.prefix { $0.comment != nil && $0.commentColumn == first.commentColumn }
            let column = block.reduce(first.commentColumn) { max($0, $1.column + 2) }
            for line in block { page += written(line, column) }
            if block.isEmpty { page += written(first, 0) }
            rest = rest.dropFirst(max(1, block.count))
        }
        return page
    }

    private func written(_ line: Line, _ commentColumn: Int) -> String {
        guard !line.text.isEmpty else { return "\n" }
        var text = String(repeating: " ", count: line.indent) + line.text
        if let comment = line.comment {
            text += String(repeating: " ", count: max(2, commentColumn - line.column)) + comment
        }
        return text + "\n"
    }
}
