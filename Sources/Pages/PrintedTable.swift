import Language

/// A table that was printed as text: columns with two blanks and more between them, under names.
///
/// A record keeps the text alone, so the table is found by its shape, and only where the shape is certain: every column has a name, the first
/// perhaps excepted, and at least one holds nothing but numbers. Anything else stays text.
struct PrintedTable: Equatable {
    /// The names of the columns; the first may be empty.
    let header: [String]
    /// The rows, each with a text for each column.
    let rows: [[String]]
    /// Whether a column holds numbers, which stand at the right.
    let isNumber: [Bool]

    /// Returns the table that begins with the first of some lines, and the number of its lines; nil where none begins there.
    static func read(_ lines: ArraySlice<String>) -> (table: PrintedTable, count: Int)? {
        guard let first = lines.first, first.contains("  "), first.utf8.count < PrintedLine.longest else { return nil }
        let head = PrintedLine(first)
        let names = head.ranges(blanks: head.blanks).count
        var blanks = head.blanks
        var (columns, rows) = ([Range<Int>](), [PrintedLine]())
        for line in lines.dropFirst() {
            guard !line.isEmpty, line.utf8.count < PrintedLine.longest else { break }
            let row = PrintedLine(line)
            let both = PrintedLine.both(blanks, row.blanks)
            let ranges = row.ranges(blanks: both)
            guard isHead(head, ranges, names), ranges.count(where: { !row.text($0).isEmpty }) >= 2 else { break }
            (blanks, columns) = (both, ranges)
            rows.append(row)
        }
        guard !rows.isEmpty else { return nil }
        let header = columns.map(head.text)
        let texts = rows.map { row in columns.map(row.text) }
        let isNumber = columns.indices.map { column in
            let cells = texts.map { $0[column] }
            return cells.contains(where: isNumeric) && cells.allSatisfy { isNumeric($0) || ["", "–", "-"].contains($0) }
        }
        guard !header.contains(where: isNumeric), zip(header, isNumber).contains(where: { !$0.isEmpty && $1 }) else { return nil }
        return (PrintedTable(header: header, rows: texts, isNumber: isNumber), rows.count + 1)
    }

    /// Returns whether a line names these columns: each, the first perhaps excepted, and no column holds two of its `names` names.
    private static func isHead(_ head: PrintedLine, _ columns: [Range<Int>], _ names: Int) -> Bool {
        guard columns.count >= 2, columns.dropFirst().allSatisfy({ !head.text($0).isEmpty }) else { return false }
        return names == columns.count - (head.text(columns[0]).isEmpty ? 1 : 0)
    }

    /// Returns whether a text begins as a number does.
    private static func isNumeric(_ text: String) -> Bool {
        var rest = text[...]
        if let sign = rest.first, "+-−±<≈".contains(sign) { rest = rest.dropFirst() }
        if rest.first == "." { rest = rest.dropFirst() }
        return rest.first.map { $0.isASCII && $0.isNumber } ?? false || ["nan", "inf", "-inf"].contains(text.lowercased())
    }
}

/// A line of text by the columns of a terminal.
private struct PrintedLine {
    /// Longer lines, in bytes, are no rows of tables.
    static let longest = 4000

    /// What stands in each column; the second column of a wide character is empty.
    private let columns: [String]
    /// Whether a blank stands in each column.
    let blanks: [Bool]

    init(_ line: String) {
        var columns: [String] = []
        for character in line {
            let text = String(character)
            switch displayWidth(text) {
            case 0: if let last = columns.indices.last { columns[last] += text }
            case 1: columns.append(text)
            default: columns += [text, ""]
            }
        }
        self.columns = columns
        blanks = columns.map { $0 == " " }
    }

    /// Returns whether a blank stands in each column of both of two lines; behind its end a line is blank.
    static func both(_ a: [Bool], _ b: [Bool]) -> [Bool] {
        (0..<max(a.count, b.count)).map { ($0 >= a.count || a[$0]) && ($0 >= b.count || b[$0]) }
    }

    /// Returns the parts between runs of two blanks and more.
    func ranges(blanks: [Bool]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start: Int?
        var last = 0
        for place in blanks.indices where !blanks[place] {
            if let begin = start, place - last > 2 {
                result.append(begin..<last + 1)
                start = place
            }
            start = start ?? place
            last = place
        }
        if let start { result.append(start..<last + 1) }
        return result
    }

    /// Returns what stands in some columns.
    func text(_ range: Range<Int>) -> String { columns[range.clamped(to: 0..<columns.count)].joined().trimmingSpaces }
}
