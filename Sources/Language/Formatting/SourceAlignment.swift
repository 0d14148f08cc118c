/// The columns of the source text: signs that stand under each other on neighbouring lines count as aligned on purpose.
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

    /// Returns the number of spaces before the second token where it is more than one and aligns the token with a nearby line, else nil.
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

    /// How many lines away an aligned sign may stand.
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

    /// Returns the screen column of a byte offset on its line.
    func column(_ offset: Int) -> Int { ruler.column(offset) }

    /// Returns the columns of the blanks at the start of the offset's line.
    func indent(_ offset: Int) -> Int {
        let line = file.lineRange(file.line(of: offset))
        let blanks = file.bytes[line].prefix { $0 == 32 || $0 == 9 }.count
        return column(line.lowerBound + blanks)
    }
}

/// Measures columns, starting from the last offset asked for where that is earlier on the same line: a line may hold a hundred thousand
/// numbers.
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
