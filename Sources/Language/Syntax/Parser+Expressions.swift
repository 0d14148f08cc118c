extension Parser {
    /// Parses an expression.
    func parseExpression() throws -> Expression {
        try nested { try parseBinary(Infix.Level.or) }
    }

    /// Parses binary operators of at least level `minimum` by precedence climbing. `first` is a left operand that has been parsed already.
    func parseBinary(_ minimum: Int, after first: Expression? = nil) throws -> Expression {
        var left = try first ?? parseUnary()
        while let (level, infix) = infixAhead(), level >= minimum {
            let operatorSpan = takeInfix(infix)
            if case .pipe = infix {
                left = try piped(left, into: try parsePostfix())
                continue
            }
            // `a ?? b ?? c` groups to the right; the result is the same and the tree is what one expects.
            let tighter: Int = if case .coalesce = infix { level } else { level + 1 }
            let right = try nested { try parseBinary(tighter) }
            left = try combine(infix, left, right, at: operatorSpan)
            if level == Infix.Level.comparison { try rejectChain(left) }
        }
        return left
    }

    /// Returns the call of a pipe: `x |> f(a)` is `f(x, a)`, and `x |> f` is `f(x)`.
    private func piped(_ left: Expression, into right: Expression) throws -> Expression {
        let first = Argument(label: nil, labelSpan: nil, value: left, spread: false)
        var call = CallSyntax(callee: right, arguments: [first], isPipe: true)
        if case .call(let written) = right.kind {
            call.callee = written.callee
            call.arguments += written.arguments
        }
        return try node(.call(call), left.span.through(right.span), above: left, right)
    }

    /// Returns the binary operator at the current token with its level, or nil where the expression does not go on.
    private func infixAhead() -> (level: Int, infix: Infix)? {
        switch token.kind {
        case .symbol(let symbol):
            guard let found = Infix.symbols[symbol] else { return nil }
            if token.newlineBefore, bracketDepth == 0, Infix.neverContinue.contains(symbol) { return nil }
            return found
        case .keyword(.not) where peek(1).isKeyword(.in) && !token.newlineBefore:
            return (Infix.Level.comparison, .contains(negated: true))
        case .keyword(let keyword):
            return Infix.keywords[keyword]
        default:
            return nil
        }
    }

    private func takeInfix(_ infix: Infix) -> Span {
        let start = token
        note(start, .infix)
        advance()
        if case .contains(negated: true) = infix { advance() }
        return span(from: start)
    }

    private func combine(_ infix: Infix, _ left: Expression, _ right: Expression, at: Span) throws
        -> Expression
    {
        let kind: Expression.Kind =
            switch infix {
            case .logical(let and): .logical(and: and, left, right)
            case .comparison(let op), .arithmetic(let op): .binary(op, left, right, at: at)
            case .contains(let negated): .contains(item: left, in: right, negated: negated, at: at)
            case .coalesce: .coalesce(left, right)
            case .range(let inclusive): .range(left, right, inclusive: inclusive)
            case .pipe: .call(CallSyntax(callee: right, arguments: []))  // `piped` builds pipes
            }
        return try node(kind, left.span.through(right.span), above: left, right)
    }

    private func rejectChain(_ left: Expression) throws {
        guard let (level, _) = infixAhead(), level == Infix.Level.comparison else { return }
        throw error(
            .unexpectedToken, "comparisons do not chain", token,
            help: "write  a < b and b < c,  or brackets around one of them")
    }

    /// Parses `-x`, `!x` and `not x`; `-x ** 2` is `-(x ** 2)`.
    func parseUnary() throws -> Expression {
        let start = token
        if token.isSymbol(.minus) || token.isSymbol(.bang) { note(token, .prefix) }
        if take(.minus) {
            let operand = try nested { try parseUnary() }
            return try node(.unary(.negate, word: false, operand), span(from: start), above: operand)
        }
        if take(.bang) {
            let operand = try nested { try parseUnary() }
            return try node(.unary(.not, word: false, operand), span(from: start), above: operand)
        }
        if take(.not) {
            let operand = try nested { try parseBinary(Infix.Level.comparison) }
            return try node(.unary(.not, word: true, operand), span(from: start), above: operand)
        }
        if token.isSymbol(.plus) {
            throw error(.unexpectedToken, "a plus sign needs something on its left", token, help: foreignHelp())
        }
        return try parsePower()
    }

    private func parsePower() throws -> Expression {
        let base = try parsePostfix()
        guard token.isSymbol(.starStar) else { return base }
        let at = span(of: token)
        note(token, .infix)
        advance()
        let exponent = try nested { try parseUnary() }
        return try node(
            .binary(.power, base, exponent, at: at), base.span.through(exponent.span), above: base, exponent)
    }

    // MARK: calls, indices, fields

    /// Parses a primary expression with the calls, indices and fields that follow it.
    func parsePostfix() throws -> Expression {
        let start = token
        var value = try parsePrimary()
        while case .symbol(let symbol) = token.kind {
            // A line may go on with .field; a bracket at a line's start begins something new.
            if token.newlineBefore, symbol != .dot || peek(1).word == nil { break }
            switch symbol {
            case .openParen: value = try parseCall(of: value, start)
            case .openBracket: value = try parseIndex(of: value, start)
            case .dot: value = try parseField(of: value, start)
            default: return value
            }
        }
        return value
    }

    private func parseCall(of callee: Expression, _ start: Token) throws -> Expression {
        note(token, .attached)
        advance()
        let arguments = try bracketed(.openParen, .closeParen, "or \",\" after this argument") {
            try parseArguments(until: .closeParen)
        }
        if !arguments.isEmpty { notes?.commaClosers.insert(previous.start) }
        let height = arguments.reduce(callee.depth) { max($0, $1.value.depth) }
        return try node(
            .call(CallSyntax(callee: callee, arguments: arguments)), span(from: start), height: height)
    }

    /// Parses arguments up to the closing bracket, which is left, or for a command as far as commas go on.
    func parseArguments(until closer: Symbol?) throws -> [Argument] {
        var arguments: [Argument] = []
        while closer == nil || !token.isSymbol(closer ?? .comma) {
            arguments.append(try parseArgument())
            if !take(.comma) { break }
            if closer != nil, token.isSymbol(closer ?? .comma) { break }
        }
        return arguments
    }

    private func parseArgument() throws -> Argument {
        if token.isSymbol(.dotDot) { note(token, .prefix) }
        if take(.dotDot) {
            return Argument(label: nil, labelSpan: nil, value: try parseExpression(), spread: true)
        }
        if case .name(let name) = token.kind, peek(1).isSymbol(.equal) {
            let labelSpan = span(of: token)
            advance()
            note(token, .argumentEqual)
            advance()
            return Argument(label: name, labelSpan: labelSpan, value: try parseExpression(), spread: false)
        }
        if case .keyword(let keyword) = token.kind, peek(1).isSymbol(.equal) {
            throw error(
                .unexpectedToken, "\"\(keyword.rawValue)\" is a word of the language and names no parameter",
                token)
        }
        return Argument(label: nil, labelSpan: nil, value: try parseExpression(), spread: false)
    }

    private func parseField(of base: Expression, _ start: Token) throws -> Expression {
        advance()
        guard let name = token.word else { throw expected("a field's name after the dot") }
        let at = span(of: token)
        advance()
        return try node(.field(base, name, at: at), span(from: start), above: base)
    }

    private func parseIndex(of base: Expression, _ start: Token) throws -> Expression {
        note(token, .attached)
        advance()
        let subscripts = try bracketed(.openBracket, .closeBracket, "to end the index") {
            var parts = [try parseSubscript()]
            while take(.comma), !token.isSymbol(.closeBracket) { parts.append(try parseSubscript()) }
            return parts
        }
        let height = subscripts.reduce(base.depth) { max($0, $1.1) }
        return try node(.index(base, subscripts.map(\.0)), span(from: start), height: height)
    }

    /// Parses one subscript and returns it with the height of its expressions.
    private func parseSubscript() throws -> (SubscriptSyntax, Int) {
        if token.isSymbol(.dotDot), peek(1).isSymbol(.comma) || peek(1).isSymbol(.closeBracket) {
            note(token, .prefix)
            advance()
            return (.ellipsis, 0)
        }
        let first = token.isSymbol(.colon) ? nil : try parseExpression()
        guard takeSliceColon() else {
            guard let first else { throw expected("an index") }
            return (.at(first), first.depth)
        }
        let second = try parseSlicePart()
        let third = takeSliceColon() ? try parseSlicePart() : nil
        return (.slice(first, second, third), max(first?.depth ?? 0, second?.depth ?? 0, third?.depth ?? 0))
    }

    private func takeSliceColon() -> Bool {
        if token.isSymbol(.colon) { note(token, .sliceColon) }
        return take(.colon)
    }

    private func parseSlicePart() throws -> Expression? {
        let ends: [Symbol] = [.colon, .comma, .closeBracket]
        return ends.contains(where: { token.isSymbol($0) }) ? nil : try parseExpression()
    }

    // MARK: commands

    /// Returns whether a command call comes next: a command's name, a space, then something that can begin an expression.
    func commandAhead() -> Bool {
        guard case .name(let name) = token.kind, commands.contains(name) else { return false }
        let next = peek(1)
        guard next.spaceBefore, !next.newlineBefore else { return false }
        switch next.kind {
        case .int, .float, .string, .name: return true
        case .keyword(let keyword):
            return [.fn, .if, .not, .true, .false, .none, .try, .with].contains(keyword)
        case .symbol(let symbol):
            if symbol == .minus || symbol == .bang || symbol == .dotDot { return !peek(2).spaceBefore }
            return [.openParen, .openBracket, .openBrace].contains(symbol)
        case .invalid, .end: return false
        }
    }

    /// Parses a command call without parentheses.
    func parseCommand() throws -> Expression {
        let start = token
        let (name, nameSpan) = try expectName("a command")
        let callee = try node(.name(name), nameSpan, height: 0)
        let arguments = try parseArguments(until: nil)
        let height = arguments.reduce(1) { max($0, $1.value.depth) }
        let call = CallSyntax(callee: callee, arguments: arguments, isCommand: true)
        return try node(.call(call), span(from: start), height: height)
    }
}
