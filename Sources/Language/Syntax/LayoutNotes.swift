/// The roles of tokens that the parser knows and the formatter needs: one sign means different things in different places. Tokens are
/// identified by their byte offsets.
final class LayoutNotes {
    enum Role {
        /// A prefix operator or spread, `-x`, `!x`, `..xs`, or the `..` that stands for axes: nothing stands between it and what follows.
        case prefix
        /// A binary operator.
        case infix
        /// The `(` of a call or `[` of an index: nothing stands before it.
        case attached
        /// The `(` before parameters.
        case parameters
        /// The `(` around one expression.
        case group
        case blockOpen, blockClose
        /// A brace of a record or of a record's pattern.
        case recordOpen, recordClose
        case sliceColon
        /// The `=` of a named argument, and that of an assignment.
        case argumentEqual, assignmentEqual
        /// The `for` or `if` of a comprehension.
        case clause
    }

    var roles: [Int: Role] = [:]
    var statements: Set<Int> = []
    /// The byte offsets of blocks' closing braces, by those of their opening ones.
    var blocks: [Int: Int] = [:]
    /// The byte offsets of closing brackets before which a comma has no meaning.
    var commaClosers: Set<Int> = []
}

extension Parser {
    /// Records the role of a token, where a formatter asked for that.
    func note(_ token: Token, _ role: LayoutNotes.Role) { notes?.roles[token.start] = role }
}
