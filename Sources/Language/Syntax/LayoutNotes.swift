/// What the parser knows of tokens and a formatter cannot see: the same sign means different things in different
/// places. By the tokens' byte offsets.
final class LayoutNotes {
    enum Role {
        /// `-x`, `!x`, `..xs`, and the `..` that stands for axes: nothing between the sign and what follows.
        case prefix
        /// A binary operator.
        case infix
        /// `(` of a call, `[` of an index: nothing before it.
        case attached
        /// The `(` before parameters.
        case parameters
        /// `(` around one expression.
        case group
        case blockOpen, blockClose
        /// Braces of a record or of a record's pattern.
        case recordOpen, recordClose
        case sliceColon
        /// `=` of a named argument, and of an assignment.
        case argumentEqual, assignmentEqual
        /// `for` and `if` of a comprehension.
        case clause
    }

    var roles: [Int: Role] = [:]
    var statements: Set<Int> = []
    /// Blocks from the offset of their brace to that of the closing one.
    var blocks: [Int: Int] = [:]
    /// Closing brackets that a comma may precede without meaning anything.
    var commaClosers: Set<Int> = []
}

extension Parser {
    func note(_ token: Token, _ role: LayoutNotes.Role) { notes?.roles[token.start] = role }
}
