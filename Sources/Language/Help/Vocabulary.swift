/// The words of the language, for the grammars of editors.
public enum Vocabulary {
    /// The reserved words, and those that are words only where the grammar expects them.
    public static let keywords = Keyword.allCases.map(\.rawValue) + ["as", "recover"]
    /// The keywords that are values.
    public static let constants = [Keyword.true, .false, .none].map(\.rawValue)
    /// The keywords that are operators.
    public static let wordOperators = [Keyword.and, .or, .not, .in].map(\.rawValue)
    /// The operators, longest first.
    public static let operators = Symbol.allCases.map(\.rawValue)
        .filter { !"()[]{},;:.".contains($0) }.sorted { ($1.count, $0) < ($0.count, $1) }
    /// Returns one line on a keyword, or nil where the word is none.
    public static func help(on keyword: String) -> String? { KeywordHelp.table[keyword] }
}
