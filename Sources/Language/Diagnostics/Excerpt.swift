/// A line of source made safe for a screen, with the labels that fall on it, in columns.
struct ExcerptLine {
    struct Mark {
        var column: Int
        var width: Int
        var text: String
        var primary: Bool
    }

    var number: Int
    var text: String
    var marks: [Mark]

    static let tabWidth = 4
    /// The most columns of a line; longer lines are cut around their labels.
    static let longestLine = 160

    /// Returns the lines that a diagnostic's labels touch, in order. A label over several lines marks its first.
    static func lines(of diagnostic: Diagnostic, in file: SourceFile) -> [ExcerptLine] {
        var lines: [Int: ExcerptLine] = [:]
        for label in diagnostic.labels where label.span.file === file {
            let number = label.span.line
            var line = lines[number] ?? ExcerptLine(file, number)
            line.add(label, file)
            lines[number] = line
        }
        return lines.values.sorted { $0.number < $1.number }.map { $0.cut() }
    }

    private init(_ file: SourceFile, _ number: Int) {
        self.number = number
        let range = file.lineRange(number)
        text = ExcerptLine.screened(file.text(range.lowerBound, range.upperBound))
        marks = []
    }

    private mutating func add(_ label: Diagnostic.Label, _ file: SourceFile) {
        let range = file.lineRange(number)
        let end = min(max(label.span.end, label.span.start), max(range.upperBound, label.span.start))
        let before = ExcerptLine.screened(file.text(range.lowerBound, label.span.start))
        let covered = ExcerptLine.screened(file.text(label.span.start, end), from: displayWidth(before))
        marks.append(
            Mark(
                column: displayWidth(before), width: max(1, displayWidth(covered)), text: label.text,
                primary: label.primary))
        marks.sort { $0.column < $1.column }
    }

    /// Returns the text with tabs as spaces and control characters as their written-out code points. `column` is the column at which the
    /// text begins.
    static func screened(_ text: String, from column: Int = 0) -> String {
        if isPlain(text) { return text }
        var result = ""
        var width = column
        for character in text {
            var piece = String(character)
            if character == "\t" {
                piece = String(repeating: " ", count: tabWidth - width % tabWidth)
            } else if piece.unicodeScalars.contains(where: isControl) {
                piece = escapedControls(piece)
            }
            result += piece
            width += displayWidth(piece)
        }
        return result
    }

    /// Returns the line, cut to a window around its first label where it is too long.
    private func cut() -> ExcerptLine {
        guard displayWidth(text) > ExcerptLine.longestLine, let first = marks.first else { return self }
        let start = max(0, first.column - 40)
        var result = self
        var column = 0
        var window = ""
        for character in text {
            let width = displayWidth(character)
            if column >= start, column + width <= start + ExcerptLine.longestLine { window.append(character) }
            column += width
        }
        let lead = start > 0 ? "..." : ""
        result.text = lead + window + (column > start + ExcerptLine.longestLine ? "..." : "")
        result.marks = marks.compactMap { mark in
            let place = mark.column - start + lead.count
            guard place >= 0, place < ExcerptLine.longestLine else { return nil }
            var moved = mark
            moved.column = place
            moved.width = max(1, min(mark.width, ExcerptLine.longestLine - place))
            return moved
        }
        return result
    }

    /// Returns the rows under the line: the underlines with the last label's words behind them, then the words of the other labels under
    /// their own underlines, on further rows where they would collide.
    func rows(primary: Character, secondary: Character) -> [String] {
        var underline = Canvas()
        for mark in marks {
            for column in mark.column..<(mark.column + mark.width)
            where mark.primary || underline[column] == " " {
                underline[column] = mark.primary ? primary : secondary
            }
        }
        guard let last = marks.last else { return [] }
        let end = marks.map { $0.column + $0.width }.max() ?? 0
        var rows = [underline.text]
        if !last.text.isEmpty {
            rows[0] += String(repeating: " ", count: max(0, end - underline.width)) + " " + last.text
        }
        var below = Canvas()
        var free = Int.max
        for mark in marks.dropLast().reversed() where !mark.text.isEmpty {
            if mark.column + displayWidth(mark.text) + 1 > free {
                rows.append(below.text)
                below = Canvas()
            }
            below.write(mark.text, at: mark.column)
            free = mark.column
        }
        if below.width > 0 { rows.append(below.text) }
        return rows
    }
}

/// A row of characters, written at columns.
private struct Canvas {
    private var cells: [String] = []
    var width: Int { cells.count }
    var text: String { cells.joined() }

    subscript(column: Int) -> Character {
        get { column < cells.count ? cells[column].first ?? " " : " " }
        set {
            while cells.count <= column { cells.append(" ") }
            cells[column] = String(newValue)
        }
    }

    mutating func write(_ text: String, at column: Int) {
        var place = column
        for character in text {
            self[place] = character
            place += 1
        }
    }
}
