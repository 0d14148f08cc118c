import Language

extension Reference {
    /// Returns the whole table as JSON. Schema 1 is an object of
    /// - `schema`: 1, `version`: of the program, `keywords`: list of string
    /// - `builtins`: list of {`name`, `family`, `signature`, `summary`, `parameters`, `result`, `terms`, `paper` (or
    ///   null), `examples`: list of {`code`, `shows` (or null)}, `see_also`, `command`: whether it may be written
    ///   without parentheses, `scope`: whether `with NAME(…) { … }` is possible, `source`}
    /// - a parameter is {`name`, `type`, `required`, `keyword_only`, `variadic`, `default` (a literal of the language,
    ///   or null), `minimum`, `maximum` (numbers, or null where open), `unit`, `allowed` (or null), `doc`}
    /// - `errors`: list of {`code`, `title`, `explanation`, `exit_code`}
    public func json() -> String {
        JSONText.object([
            ("schema", .number(1)), ("version", .text(version)), ("keywords", .texts(Vocabulary.keywords)),
            ("builtins", .array(table.all.map(object))), ("errors", .array(ErrorCode.allCases.map(object))),
        ]).written() + "\n"
    }

    private func object(_ row: Builtin) -> JSONText {
        .object([
            ("name", .text(row.name)), ("family", .text(row.family)), ("signature", .text(row.signature)),
            ("summary", .text(row.summary)), ("parameters", .array(row.parameters.map(object))),
            ("result", .text(row.result)), ("terms", .texts(row.terms)), ("paper", .optional(row.paper)),
            (
                "examples",
                .array(row.examples.map { .object([("code", .text($0.code)), ("shows", .optional($0.shows))]) })
            ),
            ("see_also", .texts(row.seeAlso)), ("command", .bool(row.isCommand)),
            ("scope", .bool(row.scope != nil)), ("source", .text(row.home)),
        ])
    }

    private func object(_ parameter: Parameter) -> JSONText {
        func bound(_ value: Double?) -> JSONText { value.map { $0.isFinite ? .number($0) : .null } ?? .null }
        return .object([
            ("name", .text(parameter.name)), ("type", .text(parameter.type.shortName)),
            ("required", .bool(parameter.isRequired)), ("keyword_only", .bool(parameter.keywordOnly)),
            ("variadic", .bool(parameter.variadic)), ("default", .optional(parameter.defaultValue?.literalText)),
            ("minimum", bound(parameter.range?.lowerBound)), ("maximum", bound(parameter.range?.upperBound)),
            ("unit", .optional(parameter.unit)), ("allowed", parameter.allowed.map(JSONText.texts) ?? .null),
            ("doc", .text(parameter.doc)),
        ])
    }

    private func object(_ code: ErrorCode) -> JSONText {
        .object([
            ("code", .text(code.rawValue)), ("title", .text(code.title)),
            ("explanation", .text(code.explanation)), ("exit_code", .number(Double(code.exitCode.rawValue))),
        ])
    }
}
