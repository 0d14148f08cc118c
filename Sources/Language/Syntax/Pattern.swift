/// What an assignment or a loop binds.
indirect enum Pattern: Sendable {
    /// A part of a record's pattern: `key`, `key: part`, or `..rest` without a key.
    struct Field: Sendable {
        var key: String?
        var keySpan: Span?
        var part: Pattern
    }

    case name(String, Span)
    /// `_`
    case ignore(Span)
    case list([Pattern], Span)
    /// `{lr, steps: n, ..others}`
    case record([Field], Span)
    /// `..rest`, once in a list, last in a record.
    case rest(Pattern, Span)

    var span: Span {
        switch self {
        case .name(_, let span), .ignore(let span), .list(_, let span), .record(_, let span), .rest(_, let span): span
        }
    }

    /// Names bound, in order.
    var names: [String] {
        switch self {
        case .name(let name, _): [name]
        case .ignore: []
        case .list(let parts, _): parts.flatMap(\.names)
        case .record(let fields, _): fields.flatMap(\.part.names)
        case .rest(let part, _): part.names
        }
    }

    var isRest: Bool {
        if case .rest = self { true } else { false }
    }
}
