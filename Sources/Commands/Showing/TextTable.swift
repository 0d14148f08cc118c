import Language

/// Cells in aligned columns, fitted to a width: text columns are cut first, then columns at the end are left out. A last line counts and
/// names what is left out.
struct TextTable {
    /// A column's heading and alignment.
    struct Column {
        /// The heading.
        var head: String
        /// Whether the cells are numbers, which stand at the right of their column; all else stands at the left.
        var isNumber: Bool
        /// The width that no column exceeds.
        fileprivate static let widest = 40
        /// The width below which no text column is cut.
        fileprivate static let narrowest = 8

        /// Makes a column.
        init(_ head: String, number: Bool = false) { (self.head, isNumber) = (head, number) }
    }

    /// The columns from left to right.
    var columns: [Column]
    /// The rows, each with one cell for each column.
    var rows: [[String]]
    /// Texts that are written behind rows, by the place of the row.
    var marks: [Int: String] = [:]
    /// The number of rows above which only the first and the last are shown.
    var mostRows = 40

    /// Returns the heading, the rows and the notes on what is left out, each line at most `width` columns wide where that is possible.
    func lines(width: Int, indent: Int = 0) -> [String] {
        let places = shownRows
        let (shown, widths) = fitted(places, width - indent)
        let pad = String(repeating: " ", count: indent)
        func line(_ cells: [String]) -> String {
            let padded = zip(shown, widths).map { place, width in
                TextLines.padded(cells[place], to: width, left: columns[place].isNumber)
            }
            return pad + padded.joined(separator: "  ")
        }
        var result = [TextLines.trimmedEnd(line(columns.map(\.head)))]
        for (number, place) in places.enumerated() {
            if number > 0, place > places[number - 1] + 1 { result.append("\(pad)… \(place - places[number - 1] - 1) rows more") }
            let (row, mark) = (line(rows[place]), marks[place] ?? "")
            // A mark repeats what stands elsewhere, so that columns take precedence over it.
            result.append(TextLines.trimmedEnd(displayWidth(row + mark) <= width ? row + mark : row))
        }
        let hidden = columns.indices.filter { !shown.contains($0) }.map { columns[$0].head }
        if !hidden.isEmpty {
            let note = "… \(hidden.count) column\(hidden.count == 1 ? "" : "s") more: \(hidden.joined(separator: ", "))"
            result += TextLines.wrapped(note, width: width, first: pad, rest: pad)
        }
        return result
    }

    /// The places of the rows that are shown.
    private var shownRows: [Int] {
        guard rows.count > mostRows else { return Array(rows.indices) }
        let last = max(1, mostRows / 4)
        return Array(0..<(mostRows - last)) + Array((rows.count - last)..<rows.count)
    }

    /// Returns the columns that fit into `room`, and their widths.
    private func fitted(_ places: [Int], _ room: Int) -> (columns: [Int], widths: [Int]) {
        var widths = columns.indices.map { column in
            let widest = places.map { displayWidth(rows[$0][column]) }.max() ?? 0
            return min(Column.widest, max(displayWidth(columns[column].head), widest))
        }
        func total(_ count: Int) -> Int { widths.prefix(count).reduce(0, +) + 2 * max(0, count - 1) }
        while total(widths.count) > room,
            let text = widths.indices.filter({ !columns[$0].isNumber && widths[$0] > Column.narrowest }).max(by: { widths[$0] < widths[$1] }
            )
        {
            widths[text] -= 1
        }
        var count = widths.count
        while count > 1, total(count) > room { count -= 1 }
        return (Array(0..<count), Array(widths.prefix(count)))
    }
}

/// Lines of text by their width in a terminal's columns.
enum TextLines {
    /// Returns the text cut or padded to a width; `left` pads on the left.
    static func padded(_ text: String, to width: Int, left: Bool = false) -> String {
        let text = cut(text, to: width)
        let pad = String(repeating: " ", count: max(0, width - displayWidth(text)))
        return left ? pad + text : text + pad
    }

    /// Returns the text, cut to a width with "…" at its end where it is longer.
    static func cut(_ text: String, to width: Int) -> String {
        guard displayWidth(text) > width else { return text }
        var kept = ""
        for character in text where displayWidth(kept + String(character)) < width { kept.append(character) }
        return kept + "…"
    }

    /// Returns the text without the spaces at its end.
    static func trimmedEnd(_ text: String) -> String { String(text.reversed().drop { $0 == " " }.reversed()) }

    /// Returns the words in lines of a width; `first` stands before the first line, `rest` before the others. Words longer than a line stay
    /// whole, and a unit stays with its number.
    static func wrapped(_ text: String, width: Int, first: String = "", rest: String = "") -> [String] {
        var words: [String] = []
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !words.isEmpty, word.hasPrefix("%") || word == "px" || word == "px," {
                words[words.count - 1] += " " + word
            } else {
                words.append(String(word))
            }
        }
        return pieces(words, between: " ", width, first, rest)
    }

    /// Returns the pieces in lines of a width, as many on a line as fit; no piece is broken.
    static func pieces(_ pieces: [String], between: String = "  ", _ width: Int, _ first: String = "", _ rest: String = "") -> [String] {
        var (lines, line, isEmpty) = ([String](), first, true)
        for piece in pieces {
            if !isEmpty, displayWidth(line + between + piece) > width {
                lines.append(trimmedEnd(line + trimmedEnd(between)))
                (line, isEmpty) = (rest, true)
            }
            line += (isEmpty ? "" : between) + piece
            isEmpty = false
        }
        return lines + [trimmedEnd(line)]
    }
}
