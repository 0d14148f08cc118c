/// A value in a database.
public enum SQLValue: Sendable, Equatable {
    /// NULL.
    case null
    /// An integer.
    case int(Int)
    /// A number; SQLite keeps NaN as NULL.
    case real(Double)
    /// A text.
    case text(String)

    /// The text; nil for other kinds.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The integer; nil for other kinds.
    public var int: Int? {
        if case .int(let number) = self { number } else { nil }
    }

    /// The number, of an integer too; nil for other kinds.
    public var real: Double? {
        switch self {
        case .real(let number): number
        case .int(let number): Double(number)
        default: nil
        }
    }
}

extension Optional<String> {
    /// The text, or NULL.
    var sql: SQLValue { map(SQLValue.text) ?? .null }
}

extension Optional<Double> {
    /// The number, or NULL.
    var sql: SQLValue { map(SQLValue.real) ?? .null }
}
