/// The rules for spaces between two tokens of one line.
struct Spacing {
    let notes: LayoutNotes

    /// Returns whether a space stands between the tokens.
    func wantsSpace(_ first: Token, _ second: Token) -> Bool {
        let before = notes.roles[first.start]
        let after = notes.roles[second.start]
        if second.isSymbol(.comma) || second.isSymbol(.semicolon) { return false }
        if before == .prefix, !second.isSymbol(.comma) { return false }
        if isBrace(before, .recordOpen, .blockOpen) { return !isBrace(after, .recordClose, .blockClose) }
        if isBrace(after, .recordClose, .blockClose) { return true }
        if first.isSymbol(.openParen) || first.isSymbol(.openBracket) { return false }
        if second.isSymbol(.closeParen) || second.isSymbol(.closeBracket) { return false }
        if first.isSymbol(.dot) || second.isSymbol(.dot) { return false }
        if before == .sliceColon { return false }
        if after == .sliceColon { return first.isSymbol(.comma) }
        if second.isSymbol(.colon) { return false }
        if before == .argumentEqual || after == .argumentEqual { return false }
        if isRange(first, before) || isRange(second, after) { return false }
        return after != .attached && after != .parameters
    }

    private func isBrace(
        _ role: LayoutNotes.Role?, _ one: LayoutNotes.Role, _ other: LayoutNotes.Role
    ) -> Bool {
        role == one || role == other
    }

    private func isRange(_ token: Token, _ role: LayoutNotes.Role?) -> Bool {
        token.isSymbol(.rangeUpTo) || (token.isSymbol(.dotDot) && role != .prefix)
    }
}
