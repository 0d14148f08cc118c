import Files

extension Diagnostic {
    /// Returns the diagnostic as one JSON object on one line, for `--error-format=json`. Columns count characters from 1; offsets are
    /// bytes.
    public func json() -> String {
        // Without a primary label, as for two operands, the first counts as primary.
        let main = labels.firstIndex(where: \.primary) ?? 0
        let labels = labels.enumerated().map { place, label in
            object(
                position(label.span) + [
                    ("text", string(label.text)), ("primary", label.primary || place == main ? "true" : "false"),
                ])
        }
        let trace = trace.map { object([("function", string($0.function))] + position($0.span)) }
        return object([
            ("code", string(code.rawValue)), ("severity", string(severity.rawValue)),
            ("message", string(message)),
            ("labels", array(labels)), ("notes", array(notes.map(string))),
            ("help", help.map(string) ?? "null"), ("trace", array(trace)),
            ("exit", String(exitCode.rawValue)),
        ])
    }

    private func position(_ span: Span) -> [(String, String)] {
        let start = span.position
        let end = span.endPosition
        return [
            ("file", string(span.file.name)), ("line", String(start.line)), ("column", String(start.column)),
            ("endLine", String(end.line)), ("endColumn", String(end.column)), ("start", String(span.start)),
            ("end", String(span.end)),
        ]
    }

    private func object(_ pairs: [(String, String)]) -> String {
        "{" + pairs.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
    }

    private func array(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

    private func string(_ text: String) -> String { JSON.string(text).text() }
}
