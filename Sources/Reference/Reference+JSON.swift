import Files
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
        let json: JSON = [
            "schema": JSON(1), "version": .string(version), "keywords": .strings(Vocabulary.keywords),
            "builtins": .array(table.all.map(object)), "errors": .array(ErrorCode.allCases.map(object)),
        ]
        return json.text(pretty: true) + "\n"
    }

    private func object(_ row: Builtin) -> JSON {
        [
            "name": .string(row.name), "family": .string(row.family.name), "signature": .string(row.signature),
            "summary": .string(row.summary), "parameters": .array(row.parameters.map(object)), "result": .string(row.result.words),
            "terms": .strings(row.terms), "paper": .optional(row.paper),
            "examples": .array(row.examples.map { ["code": .string($0.code), "shows": .optional($0.shows)] }),
            "see_also": .strings(row.seeAlso), "command": .bool(row.isCommand), "scope": .bool(row.scope != nil),
            "source": .string(row.home),
        ]
    }

    private func object(_ parameter: Parameter) -> JSON {
        func bound(_ value: Double?) -> JSON { value.map { $0.isFinite ? JSON($0) : .null } ?? .null }
        return [
            "name": .string(parameter.name), "type": .string(parameter.type.shortName), "required": .bool(parameter.isRequired),
            "keyword_only": .bool(parameter.keywordOnly), "variadic": .bool(parameter.variadic),
            "default": .optional(parameter.defaultValue?.literalText), "minimum": bound(parameter.range?.lowerBound),
            "maximum": bound(parameter.range?.upperBound), "unit": .optional(parameter.unit),
            "allowed": parameter.allowed.map(JSON.strings) ?? .null, "doc": .string(parameter.doc),
        ]
    }

    private func object(_ code: ErrorCode) -> JSON {
        [
            "code": .string(code.rawValue), "title": .string(code.title), "explanation": .string(code.explanation),
            "exit_code": JSON(Double(code.exitCode.rawValue)),
        ]
    }
}
