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
    private var anchors: Set<Anchor> = []

    init(file: SourceFile, tokens: [Token], notes: LayoutNotes) {
        self.file = file
        self.notes = notes
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
        return Anchor(sign: sign, line: file.position(of: second.start).line, column: column(second.start))
    }

    /// Columns of a screen before a place on its line.
    func column(_ offset: Int) -> Int {
        let start = file.lineRange(file.position(of: offset).line).lowerBound
        return displayWidth(ExcerptLine.screened(file.text(start, offset)))
    }

    /// Columns of the blanks that its line begins with.
    func indent(_ offset: Int) -> Int {
        let line = file.lineRange(file.position(of: offset).line)
        let blanks = file.bytes[line].prefix { $0 == 32 || $0 == 9 }.count
        return column(line.lowerBound + blanks)
    }
}
