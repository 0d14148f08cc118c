/// A replacement in a program's text.
public struct TextEdit: Sendable {
    /// The text that is replaced.
    public var span: Span
    /// The new text.
    public var text: String
}

extension Analysis {
    /// Returns every place that mentions the variable at a byte offset, in order; empty where no variable stands there. Without
    /// `declaration`, the places that bind the variable are left out.
    public func references(at offset: Int, declaration: Bool = true) -> [Span] {
        guard case .variable(let symbol) = mention(at: offset)?.mention else { return [] }
        var seen: Set<Int> = []
        let places = (declaration ? symbol.bindings : []) + symbol.reads + labels(of: symbol)
        return places.filter { seen.insert($0.start).inserted }.sorted { $0.start < $1.start }
    }

    /// Returns the edits that rename the variable at a byte offset. Throws a `Problem` where no variable stands there, `name` is not a
    /// name, it would collide with another variable or a builtin used in the same scope, or a module takes its name from its file.
    public func rename(at offset: Int, to name: String) throws -> [TextEdit] {
        guard case .variable(let symbol) = mention(at: offset)?.mention else {
            throw Problem(.unknownName, "only variables and functions of the program can be renamed")
        }
        guard isPlainName(name), name != "_" else { throw Problem(.unexpectedToken, "\(quoted(name)) is no name") }
        if name == symbol.name { return [] }
        for other in symbols where other.name == name && other.visible.overlaps(symbol.visible) {
            throw Problem(.badAssignment, "\(quoted(name)) is a name here already")
        }
        if names.builtins[name]?.contains(where: { symbol.visible.contains($0.start) }) ?? false {
            throw Problem(.badAssignment, "\(quoted(name)) is a builtin that is used here")
        }
        if symbol.isModule, symbol.bindings.contains(where: { file.bytes[$0.start] == UInt8(ascii: "\"") }) {
            throw Problem(.badArgument, "this module has the file's name", help: "import \"…\" as \(name)")
        }
        return references(at: offset).map { span in
            TextEdit(span: span, text: isShorthand(span) ? "\(symbol.name): \(name)" : name)
        }
    }

    /// Returns whether the name at a place is also a field's name, as in `{steps, lr}`.
    private func isShorthand(_ span: Span) -> Bool { names.shorthand.contains(span.start) }

    /// Returns the places at which calls name this parameter: `f(a=1)` mentions the `a` of f.
    private func labels(of symbol: NamedValue) -> [Span] {
        guard symbol.kind == .parameter else { return [] }
        return labelled.filter { $0.function == symbol.visible.lowerBound && $0.span.text == symbol.name }.map(\.span)
    }
}
