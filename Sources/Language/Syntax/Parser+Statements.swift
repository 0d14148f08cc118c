extension Parser {
    /// Parses statements up to the closing brace, which is left, or to the end of the text.
    func parseStatements(until closer: Symbol?) throws -> [Statement] {
        var statements: [Statement] = []
        while true {
            while take(.semicolon) {}
            if let closer, token.isSymbol(closer) { return statements }
            if token.isEnd {
                if closer != nil { try missing(expected("\"}\"")) }
                return statements
            }
            try Interrupt.current?.check()
            let start = mark()
            do {
                statements.append(try parseEndedStatement(closer))
            } catch let error as SyntaxError {
                try recover(from: error, at: start, in: closer)
            }
        }
    }

    private func parseEndedStatement(_ closer: Symbol?) throws -> Statement {
        var statement = try parseStatement()
        if take(.semicolon) {
            statement.silenced = true
        } else if !endsStatement(closer) {
            throw unfinished(statement)
        }
        return statement
    }

    private func endsStatement(_ closer: Symbol?) -> Bool {
        token.isEnd || token.newlineBefore || (closer.map { token.isSymbol($0) } ?? false)
    }

    /// Returns the error of something that follows a complete statement on its line.
    private func unfinished(_ statement: Statement) -> SyntaxError {
        if token.isSymbol(.equal), case .expression(let target) = statement.kind { return badTarget(target) }
        if token.isSymbol(.equal), case .assign = statement.kind {
            let isArrow = peek(1).isSymbol(.greater) && peek(1).start == token.end
            return error(
                .unexpectedToken, "one \"=\" in a statement", token,
                help: isArrow ? "a function without a name is written  fn(x) { … }" : "each name on a line of its own")
        }
        if token.isSymbol(.comma) {
            return error(
                .unexpectedToken, "a comma cannot stand here", token,
                help: "a list is written [a, b]; several names are bound by a, b = …")
        }
        if case .symbol(let symbol) = token.kind, [.closeParen, .closeBracket, .closeBrace].contains(symbol) {
            return error(
                .unexpectedToken, "nothing is open that this \"\(symbol.rawValue)\" could close", token)
        }
        var help = foreignHelp()
        if case .assign(_, let value) = statement.kind, case .name(let name) = value.kind {
            help = help ?? ForeignSyntax.words[name]
        }
        if case .expression(let value) = statement.kind, case .name(let name) = value.kind {
            if token.isSymbol(.colon) {
                help = "names have no declared types:  \(name) = value"
            } else if help == nil {
                help =
                    ForeignSyntax.words[name]
                    ?? "\(name) is not a command that takes arguments without parentheses: \(name)(…)"
            }
        }
        return error(
            .unexpectedToken, "expected a new line or \";\"", token, label: "found \(describe(token))",
            help: help)
    }

    private func badTarget(_ target: Expression) -> SyntaxError {
        let text = target.span.text
        switch target.kind {
        case .index:
            return error(
                .badAssignment, "values do not change: \(text) cannot be assigned", target.span,
                help: "make a new list with the changed item, and give it the name")
        case .field(let base, let field, _):
            return error(
                .badAssignment, "values do not change: \(text) cannot be assigned", target.span,
                help: "a record with another field:  \(base.span.text) = {..\(base.span.text), \(field): …}")
        case .call:
            return error(
                .badAssignment, "a call cannot be assigned", target.span,
                help: "a function is defined by  fn \(text) { … },  equality is ==")
        default:
            return error(
                .badAssignment, "this cannot be assigned; only names can", target.span, help: "equality is =="
            )
        }
    }

    /// Parses a block in braces. `purpose` completes the error where it is missing.
    func parseBlock(_ purpose: String) throws -> Block {
        let start = token
        try expect(.openBrace, purpose)
        note(start, .blockOpen)
        openers.append((.openBrace, span(of: start)))
        let outer = bracketDepth
        bracketDepth = 0
        let statements = try nested { try parseStatements(until: .closeBrace) }
        bracketDepth = outer
        if !toleratesEnd || !token.isEnd { try expect(.closeBrace, "to end this block") }
        note(previous, .blockClose)
        notes?.blocks[start.start] = previous.start
        openers.removeLast()
        let block = Block(statements: statements, span: span(from: start))
        if block.depth > Parser.deepestTree {
            throw error(
                .tooDeep, "this block is nested too deeply", block.span, help: "make functions of its parts")
        }
        return block
    }

    /// Parses a statement without the `;` or line end behind it.
    func parseStatement() throws -> Statement {
        let start = token
        notes?.statements.insert(start.start)
        let kind = try parseStatementKind()
        return Statement(kind: kind, span: span(from: start))
    }

    private func parseStatementKind() throws -> Statement.Kind {
        if case .keyword(let keyword) = token.kind {
            switch keyword {
            case .fn where peek(1).word != nil: return .define(try parseFunction())
            case .for: return try parseFor()
            case .while: return try parseWhile()
            case .import: return try parseImport()
            case .assert: return try parseAssert()
            case .return: return try parseReturn()
            case .break, .continue: return try parseLoopExit()
            case .else:
                throw error(.misplacedStatement, "this \"else\" belongs to no \"if\"", token)
            default: break
            }
        }
        if assignmentAhead() { return try parseAssignment() }
        if let update = try parseUpdate() { return update }
        if commandAhead() { return .expression(try parseCommand()) }
        if place == 0, token.isSymbol(.pipe) {
            // A cell that starts with |> goes on with the last result.
            let last = try node(.name("_"), Span(file: file, start: token.start, end: token.start), height: 0)
            return .expression(try parseBinary(Infix.Level.or, after: last))
        }
        return .expression(try parseExpression())
    }

    // MARK: assignment

    private func parseAssignment() throws -> Statement.Kind {
        let pattern = try parsePattern()
        try expect(.equal, "in an assignment")
        note(previous, .assignmentEqual)
        return .assign(pattern, try parseTuple())
    }

    /// Parses an expression, or several separated by commas, which make a list.
    private func parseTuple() throws -> Expression {
        let start = token
        let first = try parseExpression()
        guard token.isSymbol(.comma) else { return first }
        var items = [first]
        while take(.comma) { items.append(try parseExpression()) }
        let height = items.reduce(0) { max($0, $1.depth) }
        return try node(
            .list(items.map { ListItem(value: $0, spread: false) }), span(from: start), height: height)
    }

    /// Parses `x += 1` as `x = x + 1`; returns nil where something else comes next.
    private func parseUpdate() throws -> Statement.Kind? {
        let updates: [Symbol: BinaryOperator] = [
            .plusEqual: .add, .minusEqual: .subtract, .starEqual: .multiply, .slashEqual: .divide,
        ]
        guard case .name(let name) = token.kind, case .symbol(let symbol) = peek(1).kind,
            let op = updates[symbol]
        else { return nil }
        let target = span(of: token)
        advance()
        let at = span(of: token)
        note(token, .assignmentEqual)
        advance()
        let right = try parseExpression()
        let left = try node(.name(name), target, height: 0)
        let sum = try node(.binary(op, left, right, at: at), target.through(right.span), above: left, right)
        return .assign(.name(name, target), sum)
    }

    // MARK: loops and exits

    private func parseFor() throws -> Statement.Kind {
        advance()
        let pattern = try parsePattern()
        if !take(.in) { throw expected("\"in\" after the names of the loop") }
        let source = try parseExpression()
        return .forLoop(pattern, source, try parseLoopBody())
    }

    private func parseWhile() throws -> Statement.Kind {
        advance()
        let condition = try parseExpression()
        return .whileLoop(condition, try parseLoopBody())
    }

    private func parseLoopBody() throws -> Block {
        inLoop += 1
        defer { inLoop -= 1 }
        return try parseBlock("to begin the body of the loop")
    }

    private func parseLoopExit() throws -> Statement.Kind {
        let isBreak = token.isKeyword(.break)
        guard inLoop > 0 else {
            throw error(
                .misplacedStatement, "\"\(isBreak ? "break" : "continue")\" stands outside of a loop", token)
        }
        advance()
        return isBreak ? .breaks : .continues
    }

    private func parseReturn() throws -> Statement.Kind {
        guard inFunction > 0 else {
            throw error(.misplacedStatement, "\"return\" stands outside of a function", token)
        }
        advance()
        if token.isEnd || token.newlineBefore || token.isSymbol(.closeBrace) || token.isSymbol(.semicolon) {
            return .returns(nil)
        }
        return .returns(try parseTuple())
    }

    // MARK: import, assert

    private func parseImport() throws -> Statement.Kind {
        advance()
        guard case .string(let literal) = token.kind else {
            let name = token.word ?? "file"
            throw expected("a file's name in quotes", help: "import \"\(name).bas\" as \(name)")
        }
        let at = span(of: token)
        var path = ""
        for segment in literal.segments {
            guard case .text(let text) = segment else {
                throw error(.unexpectedToken, "the name of an imported file is plain text", token)
            }
            path += text
        }
        advance()
        if take(word: "as") {
            return .importFile(path: path, at: at, name: try expectName("the module's name").0)
        }
        let stem = path.split(separator: "/").last.map { $0.hasSuffix(".bas") ? $0.dropLast(4) : $0 } ?? ""
        guard isPlainName(String(stem)) else { throw expected("\"as\" and a name for the module") }
        return .importFile(path: path, at: at, name: String(stem))
    }

    private func parseAssert() throws -> Statement.Kind {
        advance()
        let condition = try parseExpression()
        return .assert(condition, message: take(.comma) ? try parseExpression() : nil)
    }
}

/// Returns whether a text can be written as a name.
func isPlainName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, Keyword(rawValue: text) == nil else { return false }
    return !("0"..."9").contains(first)
        && text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? Scanner.isNameStart(UInt8(scalar.value)) || Scanner.isDigit(UInt8(scalar.value)) : scalar.properties.isAlphabetic
        }
}
