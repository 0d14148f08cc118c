extension Parser {
    /// Parses a literal, a name, an expression in brackets, or an expression that begins with a keyword.
    func parsePrimary() throws -> Expression {
        let start = token
        switch token.kind {
        case .int(let value):
            advance()
            return try node(.int(value), span(of: start), height: 0)
        case .float(let value):
            advance()
            return try node(.float(value), span(of: start), height: 0)
        case .string(let literal):
            advance()
            return try parseString(literal, start)
        case .name(let name):
            advance()
            return try node(.name(name), span(of: start), height: 0)
        case .keyword(let keyword):
            return try parseKeyword(keyword, start)
        case .symbol(.openParen):
            return try parseParenthesized(start)
        case .symbol(.openBracket):
            return try parseList(start)
        case .symbol(.openBrace):
            return try parseRecord(start)
        case .symbol(.dot):
            throw expected("an expression", help: "a number below one is written 0.5")
        default:
            throw expected("an expression")
        }
    }

    private func parseKeyword(_ keyword: Keyword, _ start: Token) throws -> Expression {
        switch keyword {
        case .true, .false:
            advance()
            return try node(.bool(keyword == .true), span(of: start), height: 0)
        case .none:
            advance()
            return try node(.none, span(of: start), height: 0)
        case .fn:
            let function = try parseFunction()
            return try node(.function(function), function.span, height: function.depth)
        case .if: return try parseConditional(start)
        case .try: return try parseAttempt(start)
        case .with: return try parseScoped(start)
        case .for, .while:
            throw expected("an expression", help: "a loop is a statement; a list is made by [x for x in xs]")
        default:
            throw expected("an expression")
        }
    }

    // MARK: strings

    private func parseString(_ literal: StringSyntax, _ start: Token) throws -> Expression {
        var parts: [StringPart] = []
        var height = 0
        for segment in literal.segments {
            switch segment {
            case .text(let text):
                parts.append(.text(text))
            case .code(let codeStart, let codeEnd, let format):
                let value = try parseInterpolation(codeStart..<codeEnd)
                height = max(height, value.depth)
                parts.append(.value(value, try format.map(parseFormat)))
            }
        }
        return try node(.string(parts), span(of: start), height: height)
    }

    private func parseInterpolation(_ range: Range<Int>) throws -> Expression {
        let inner = try Parser(
            file: file, range: range, commands: commands, nesting: nesting + 1, stringDepth: stringDepth + 1)
        inner.bracketDepth = 1
        inner.inFunction = inFunction
        do {
            let value = try inner.parseExpression()
            guard inner.token.isEnd else {
                throw inner.error(
                    .unexpectedToken, "one expression stands between braces", inner.token,
                    label: "found \(inner.describe(inner.token))")
            }
            return value
        } catch var error as SyntaxError {
            error.incomplete = false  // the string is closed already
            throw error
        }
    }

    private func parseFormat(_ range: Range<Int>) throws -> FormatSpec {
        if let spec = FormatSpec(file.text(range.lowerBound, range.upperBound)) { return spec }
        throw error(
            .badFormat, "this is not a format",
            Span(file: file, start: range.lowerBound, end: range.upperBound),
            help: "[align <>^][+][0][width][.precision][f e g d x %]: {loss:.3f}, {name:>12}")
    }

    // MARK: brackets

    private func parseParenthesized(_ start: Token) throws -> Expression {
        note(start, .group)
        advance()
        let value = try bracketed(.openParen, .closeParen, "to close this bracket") {
            let value = try parseExpression()
            guard !token.isSymbol(.comma) else {
                throw error(.unexpectedToken, "there are no tuples", token, help: "a list is written [a, b]")
            }
            return value
        }
        return Expression(value.kind, span(from: start), depth: value.depth)
    }

    private func parseList(_ start: Token) throws -> Expression {
        advance()
        let (kind, height) = try bracketed(.openBracket, .closeBracket, "or \",\" in this list") {
            () -> (Expression.Kind, Int) in
            if token.isSymbol(.closeBracket) { return (.list([]), 0) }
            let first = try parseListItem()
            if token.isKeyword(.for), !first.spread { return try parseComprehension(of: first.value) }
            var items = [first]
            while take(.comma), !token.isSymbol(.closeBracket) { items.append(try parseListItem()) }
            notes?.commaClosers.insert(token.start)
            return (.list(items), items.reduce(0) { max($0, $1.value.depth) })
        }
        return try node(kind, span(from: start), height: height)
    }

    private func parseListItem() throws -> ListItem {
        if token.isSymbol(.dotDot) { note(token, .prefix) }
        let spread = take(.dotDot)
        return ListItem(value: try parseExpression(), spread: spread)
    }

    private func parseComprehension(of element: Expression) throws -> (Expression.Kind, Int) {
        var clauses: [Clause] = []
        var height = element.depth
        while true {
            if token.isKeyword(.for) || token.isKeyword(.if) { note(token, .clause) }
            if take(.for) {
                let pattern = try parsePattern()
                if !take(.in) { throw expected("\"in\" after the names of the loop") }
                let source = try parseExpression()
                height = max(height, source.depth)
                clauses.append(.loop(pattern, source))
            } else if take(.if) {
                let condition = try parseExpression()
                height = max(height, condition.depth)
                clauses.append(.filter(condition))
            } else {
                return (.comprehension(element, clauses), height + clauses.count)
            }
        }
    }

    private func parseRecord(_ start: Token) throws -> Expression {
        advance()
        var height = 0
        let items = try bracketed(.openBrace, .closeBrace, "or \",\" in this record") { () -> [RecordItem] in
            var items: [RecordItem] = []
            while !token.isSymbol(.closeBrace) {
                items.append(try parseRecordItem(&height))
                if !take(.comma) { break }
            }
            return items
        }
        if !items.isEmpty { notes?.commaClosers.insert(previous.start) }
        return try node(.record(items), span(from: start), height: height)
    }

    private func parseRecordItem(_ height: inout Int) throws -> RecordItem {
        let start = token
        if token.isSymbol(.dotDot) { note(token, .prefix) }
        if take(.dotDot) {
            let value = try parseExpression()
            height = max(height, value.depth)
            return .spread(value)
        }
        if let word = token.word {
            let isName = { if case .name = start.kind { true } else { false } }()
            advance()
            if isName, token.isSymbol(.comma) || token.isSymbol(.closeBrace) {
                return .field(word, try node(.name(word), span(of: start), height: 0))
            }
            try expect(.colon, "after a field's name")
            let value = try parseExpression()
            height = max(height, value.depth)
            return .field(word, value)
        }
        guard case .string(let literal) = token.kind else { throw expected("a field: name: value") }
        advance()
        let key = try parseString(literal, start)
        try expect(.colon, "after a field's name")
        let value = try parseExpression()
        height = max(height, value.depth, key.depth)
        return .computed(key, value)
    }

    // MARK: expressions with blocks

    private func parseConditional(_ start: Token) throws -> Expression {
        advance()
        let condition = try parseExpression()
        let then = try parseBlock("after the condition")
        guard take(.else) else {
            let height = max(condition.depth, then.depth)
            return try node(.conditional(condition, then, nil), span(from: start), height: height)
        }
        guard token.isKeyword(.if) else {
            let otherwise = try parseBlock("after \"else\"")
            let height = max(condition.depth, then.depth, otherwise.depth)
            return try node(.conditional(condition, then, otherwise), span(from: start), height: height)
        }
        let inner = token
        let next = try nested { try parseConditional(inner) }
        let block = Block(statements: [Statement(kind: .expression(next), span: next.span)], span: next.span)
        let height = max(condition.depth, then.depth, block.depth)
        return try node(.conditional(condition, then, block), span(from: start), height: height)
    }

    private func parseAttempt(_ start: Token) throws -> Expression {
        advance()
        let body = try parseBlock("after \"try\"")
        guard take(word: "recover") else {
            throw expected("\"recover\" after the block of \"try\"", help: "try { … } recover problem { … }")
        }
        var problem: (name: String, span: Span)?
        if case .name = token.kind { problem = try expectName("a name for the error") }
        let recovery = try parseBlock("after \"recover\"")
        let height = max(body.depth, recovery.depth)
        return try node(.attempt(body, problem: problem, recovery), span(from: start), height: height)
    }

    private func parseScoped(_ start: Token) throws -> Expression {
        advance()
        var scopes: [Expression] = []
        repeat { scopes.append(try parsePostfix()) } while take(.comma)
        let body = try parseBlock("after \"with \(scopes.last?.span.text ?? "…")\"")
        let height = scopes.reduce(body.depth) { max($0, $1.depth) }
        return try node(.scoped(scopes, body), span(from: start), height: height)
    }
}
