/// The names on the left of an assignment or in a loop.
indirect enum Pattern: Sendable {
    /// A part of a record pattern: `key`, `key: part`, or `..rest`, which has no key.
    struct Field: Sendable {
        var key: String?
        var keySpan: Span?
        var part: Pattern
    }

    case name(String, Span)
    /// `_`, which binds nothing.
    case ignore(Span)
    case list([Pattern], Span)
    /// `{lr, steps: n, ..others}`.
    case record([Field], Span)
    /// `..rest`, at most once in a list and last in a record.
    case rest(Pattern, Span)

    var span: Span {
        switch self {
        case .name(_, let span), .ignore(let span), .list(_, let span), .record(_, let span), .rest(_, let span): span
        }
    }

    /// The names that the pattern binds, in order.
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
