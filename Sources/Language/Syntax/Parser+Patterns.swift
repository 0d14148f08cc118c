/// Patterns on the left of `=` and in loops and comprehensions: `a`, `_`, `a, (b, ..c)`, `{lr, steps: n, ..others}`.
extension Parser {
    /// Parses a pattern; several parts separated by commas make a list pattern.
    func parsePattern() throws -> Pattern {
        let start = token
        let first = try parsePatternPart()
        guard token.isSymbol(.comma) else {
            if case .rest = first { return .list([first], first.span) }
            return first
        }
        var parts = [first]
        while take(.comma) { parts.append(try parsePatternPart()) }
        let whole = span(from: start)
        if parts.filter(\.isRest).count > 1 {
            throw error(.badAssignment, "only one name can take the rest", whole)
        }
        return .list(parts, whole)
    }

    private func parsePatternPart() throws -> Pattern {
        let start = token
        if token.isSymbol(.dotDot) { note(token, .prefix) }
        if take(.dotDot) { return .rest(try parsePatternPart(), span(from: start)) }
        if token.isSymbol(.openParen) { note(token, .group) }
        if take(.openParen) {
            return try bracketed(.openParen, .closeParen, "to end this pattern") { try parsePattern() }
        }
        if take(.openBrace) { return try parseRecordPattern(start) }
        let (name, span) = try expectName("a name to bind")
        return name == "_" ? .ignore(span) : .name(name, span)
    }

    /// Parses the fields of `{lr, steps: n, ..others}`, each bound to its own name or to a pattern.
    private func parseRecordPattern(_ start: Token) throws -> Pattern {
        let fields = try bracketed(.openBrace, .closeBrace, "or \",\" in this pattern") {
            () -> [Pattern.Field] in
            var fields: [Pattern.Field] = []
            while !token.isSymbol(.closeBrace) {
                fields.append(try parseFieldPattern())
                if let last = fields.last, last.key == nil, token.isSymbol(.comma), !peek(1).isSymbol(.closeBrace) {
                    throw error(.badAssignment, "the rest stands last in a record's pattern", last.part.span)
                }
                if !take(.comma) { break }
            }
            return fields
        }
        notes?.commaClosers.insert(previous.start)
        guard !fields.isEmpty else { throw error(.badAssignment, "this pattern binds nothing", span(from: start)) }
        return .record(fields, span(from: start))
    }

    private func parseFieldPattern() throws -> Pattern.Field {
        let start = token
        if token.isSymbol(.dotDot) { note(token, .prefix) }
        if take(.dotDot) {
            let (name, at) = try expectName("a name for the other fields")
            return .init(key: nil, part: .rest(.name(name, at), span(from: start)))
        }
        guard let word = token.word else { throw expected("a field's name") }
        if peek(1).isSymbol(.colon) {
            let key = span(of: token)
            advance()
            advance()
            return .init(key: word, keySpan: key, part: try parsePatternPart())
        }
        let (name, at) = try expectName("a name to bind")
        return .init(key: name, keySpan: at, part: .name(name, at))
    }

    // MARK: looking ahead

    /// Returns whether a pattern and `=` come next, without taking tokens.
    func assignmentAhead() -> Bool {
        var ahead = place
        return skipPattern(&ahead, nestedIn: 0) && tokens[ahead].isSymbol(.equal)
    }

    private func skipPattern(_ ahead: inout Int, nestedIn depth: Int) -> Bool {
        while true {
            guard skipPart(&ahead, nestedIn: depth) else { return false }
            guard tokens[ahead].isSymbol(.comma) else { return true }
            ahead += 1
        }
    }

    private func skipPart(_ ahead: inout Int, nestedIn depth: Int) -> Bool {
        guard depth < 16 else { return false }
        if tokens[ahead].isSymbol(.dotDot) { ahead += 1 }
        if case .name = tokens[ahead].kind {
            ahead += 1
            return true
        }
        if tokens[ahead].isSymbol(.openParen) {
            ahead += 1
            guard skipPattern(&ahead, nestedIn: depth + 1), tokens[ahead].isSymbol(.closeParen) else { return false }
            ahead += 1
            return true
        }
        guard tokens[ahead].isSymbol(.openBrace) else { return false }
        ahead += 1
        return skipFields(&ahead, nestedIn: depth + 1)
    }

    /// Skips the fields of a record pattern and its closing brace; returns false where there is no such pattern.
    private func skipFields(_ ahead: inout Int, nestedIn depth: Int) -> Bool {
        while !tokens[ahead].isSymbol(.closeBrace) {
            if tokens[ahead].word != nil, tokens[min(ahead + 1, tokens.count - 1)].isSymbol(.colon) { ahead += 2 }
            guard skipPart(&ahead, nestedIn: depth) else { return false }
            guard tokens[ahead].isSymbol(.comma) else { break }
            ahead += 1
        }
        guard tokens[ahead].isSymbol(.closeBrace) else { return false }
        ahead += 1
        return true
    }
}
