/// The words of the language, for grammars of editors.
public enum Vocabulary {
    /// Reserved words, and those that are words only where the grammar expects them.
    public static let keywords = Keyword.allCases.map(\.rawValue) + ["as", "recover"]
    /// Keywords that are values.
    public static let constants = [Keyword.true, .false, .none].map(\.rawValue)
    /// Keywords that stand between or before operands.
    public static let wordOperators = [Keyword.and, .or, .not, .in].map(\.rawValue)
    /// Operators, longest first.
    public static let operators = Symbol.allCases.map(\.rawValue)
        .filter { !"()[]{},;:.".contains($0) }.sorted { ($1.count, $0) < ($0.count, $1) }
    /// One line on a keyword.
    public static func help(on keyword: String) -> String? { KeywordHelp.table[keyword] }
}
