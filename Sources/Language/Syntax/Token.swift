/// The reserved words. `as` and `recover` are words only where the grammar expects them, and not among these.
enum Keyword: String, CaseIterable, Sendable {
    case `fn`, `if`, `else`, `for`, `while`, `in`, `not`, `and`, `or`, `true`, `false`, `none`, `return`,
        `break`
    case `continue`, with, `import`, `assert`, `try`
}

/// Operators and punctuation.
enum Symbol: String, CaseIterable, Sendable {
    case starStar = "**"
    case slashSlash = "//"
    case rangeUpTo = "..<"
    case dotDot = ".."
    case pipe = "|>"
    case coalesce = "??"
    case equalEqual = "=="
    case notEqual = "!="
    case lessEqual = "<="
    case greaterEqual = ">="
    case plusEqual = "+="
    case minusEqual = "-="
    case starEqual = "*="
    case slashEqual = "/="
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case ampersand = "&"
    case bar = "|"
    case bang = "!"
    case less = "<"
    case greater = ">"
    case equal = "="
    case dot = "."
    case comma = ","
    case colon = ":"
    case semicolon = ";"
    case openParen = "("
    case closeParen = ")"
    case openBracket = "["
    case closeBracket = "]"
    case openBrace = "{"
    case closeBrace = "}"

    /// The symbols, longest first, so that `..<` is not read as `..` and `<`.
    static let bySpelling: [(bytes: [UInt8], symbol: Symbol)] =
        allCases
        .map { (Array($0.rawValue.utf8), $0) }
        .sorted { $0.0.count > $1.0.count }
}

/// A scanned string literal: its text, and the places of the expressions within it.
struct StringSyntax: Sendable {
    enum Segment: Sendable {
        case text(String)
        /// An expression, by the byte offsets of its code and of the format after its colon.
        case code(start: Int, end: Int, format: Range<Int>?)
    }

    var segments: [Segment]
}

struct Token: Sendable {
    enum Kind: Sendable {
        case int(Int)
        case float(Double)
        case string(StringSyntax)
        case name(String)
        case keyword(Keyword)
        case symbol(Symbol)
        /// A part that cannot be scanned, where the scanner recovers.
        case invalid
        case end
    }

    var kind: Kind
    var start: Int
    var end: Int
    var newlineBefore: Bool
    var spaceBefore: Bool

    func isSymbol(_ symbol: Symbol) -> Bool {
        if case .symbol(let own) = kind { own == symbol } else { false }
    }

    func isKeyword(_ keyword: Keyword) -> Bool {
        if case .keyword(let own) = kind { own == keyword } else { false }
    }

    var isEnd: Bool {
        if case .end = kind { true } else { false }
    }

    /// The word of a name or a keyword, which may stand after a dot or as a record's key; nil for other tokens.
    var word: String? {
        switch kind {
        case .name(let name): name
        case .keyword(let keyword): keyword.rawValue
        default: nil
        }
    }
}

/// A comment, by its byte offsets.
struct Comment: Sendable {
    var start: Int
    var end: Int
    /// Whether only space stands before it on its line.
    var ownsLine: Bool
}

/// The error of a program that cannot be parsed. `incomplete` says that more text could complete the program.
struct SyntaxError: Error {
    var diagnostic: Diagnostic
    var incomplete: Bool
}
