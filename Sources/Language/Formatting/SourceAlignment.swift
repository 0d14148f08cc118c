/// Columns of the text as it was written: signs that stand under each other on neighbouring lines are lined up on
/// purpose.
struct SourceAlignment {
    private enum Sign: Hashable {
        case equal, afterComma, afterColon, block
    }

    private struct Anchor: Hashable {
        var sign: Sign
        var line: Int
        var column: Int
    }

    private let file: SourceFile
    private let notes: LayoutNotes
    private let ruler: Ruler
    private var anchors: Set<Anchor> = []

    init(file: SourceFile, tokens: [Token], notes: LayoutNotes) {
        self.file = file
        self.notes = notes
        ruler = Ruler(file)
        for (first, second) in zip(tokens, tokens.dropFirst()) where !second.newlineBefore && second.spaceBefore {
            if let anchor = anchor(first, second) { anchors.insert(anchor) }
        }
    }

    /// More than one space before the second token, where they line it up with the line above or below.
    func keptSpaces(_ first: Token, _ second: Token) -> Int? {
        let gap = file.bytes[first.end..<second.start]
        guard gap.count > 1, gap.allSatisfy({ $0 == 32 }), let anchor = anchor(first, second) else { return nil }
        for direction in [-1, 1] {
            var other = anchor
            for _ in 0..<SourceAlignment.reach {
                other.line += direction
                if anchors.contains(other) { return gap.count }
                if isBlank(other.line) { break }
            }
        }
        return nil
    }

    /// Lines between two signs that line up, and one.
    private static let reach = 3

    private func isBlank(_ line: Int) -> Bool {
        file.bytes[file.lineRange(line)].allSatisfy { $0 == 32 || $0 == 9 }
    }

    private func anchor(_ first: Token, _ second: Token) -> Anchor? {
        let role = notes.roles[second.start]
        let sign: Sign
        if role == .assignmentEqual {
            sign = .equal
        } else if first.isSymbol(.comma) {
            sign = .afterComma
        } else if first.isSymbol(.colon), notes.roles[first.start] != .sliceColon {
            sign = .afterColon
        } else if role == .blockOpen {
            sign = .block
        } else {
            return nil
        }
        return Anchor(sign: sign, line: file.line(of: second.start), column: column(second.start))
    }

    /// Columns of a screen before a place on its line.
    func column(_ offset: Int) -> Int { ruler.column(offset) }

    /// Columns of the blanks that its line begins with.
    func indent(_ offset: Int) -> Int {
        let line = file.lineRange(file.line(of: offset))
        let blanks = file.bytes[line].prefix { $0 == 32 || $0 == 9 }.count
        return column(line.lowerBound + blanks)
    }
}

/// Measures columns from the last place that was asked for, where that is before on the same line: a list of a hundred
/// thousand numbers may stand on one line.
private final class Ruler {
    private let file: SourceFile
    private var (last, width) = (0, 0)

    init(_ file: SourceFile) { self.file = file }

    func column(_ offset: Int) -> Int {
        let start = file.lineRange(file.line(of: offset)).lowerBound
        if !(start...max(start, offset)).contains(last) { (last, width) = (start, 0) }
        width += displayWidth(ExcerptLine.screened(file.text(last, offset), from: width))
        last = max(last, offset)
        return width
    }
}
