extension Parser {
    /// Parses `fn name(a, b = 3, *, c = 1) { … }`, with or without a name.
    func parseFunction() throws -> FunctionSyntax {
        let start = token
        advance()
        var name: String?
        if token.word != nil { name = try expectName("a function's name").0 }
        note(token, .parameters)
        try expect(.openParen, "before the parameters")
        let parameters = try bracketed(.openParen, .closeParen, "to end the parameters") {
            try parseParameters()
        }
        if !parameters.isEmpty { notes?.commaClosers.insert(previous.start) }
        let bodyStart = token
        let outerLoop = inLoop
        inLoop = 0
        inFunction += 1
        let body = try parseBlock("to begin the body of the function")
        inFunction -= 1
        inLoop = outerLoop
        return FunctionSyntax(
            name: name, parameters: parameters, body: body,
            documentation: documentation(before: start.start) ?? documentation(after: bodyStart.end),
            span: span(from: start))
    }

    private func parseParameters() throws -> [FunctionSyntax.Parameter] {
        var parameters: [FunctionSyntax.Parameter] = []
        var keywordOnly = false
        while !token.isSymbol(.closeParen) {
            if token.isSymbol(.star) {
                if keywordOnly {
                    throw error(.badParameterList, "\"*\" stands twice among the parameters", token)
                }
                keywordOnly = true
                advance()
            } else {
                let parameter = try parseParameter(keywordOnly: keywordOnly)
                try check(parameter, against: parameters)
                keywordOnly = keywordOnly || parameter.variadic
                parameters.append(parameter)
            }
            if !take(.comma) { break }
        }
        return parameters
    }

    private func parseParameter(keywordOnly: Bool) throws -> FunctionSyntax.Parameter {
        if token.isSymbol(.dotDot) { note(token, .prefix) }
        let variadic = take(.dotDot)
        let (name, span) = try expectName("a parameter's name")
        var value: Expression?
        if !variadic, take(.equal) { value = try parseExpression() }
        return .init(
            name: name, span: span, defaultValue: value, keywordOnly: keywordOnly, variadic: variadic)
    }

    private func check(
        _ parameter: FunctionSyntax.Parameter, against earlier: [FunctionSyntax.Parameter]
    ) throws {
        if earlier.contains(where: { $0.name == parameter.name }) {
            throw error(
                .badParameterList, "two parameters are called \(quoted(parameter.name))", parameter.span)
        }
        if parameter.variadic, parameter.keywordOnly {
            throw error(
                .badParameterList, "\"..\(parameter.name)\" cannot follow \"*\" or another \"..\"",
                parameter.span)
        }
        guard parameter.defaultValue == nil, !parameter.keywordOnly, !parameter.variadic,
            let optional = earlier.last(where: { $0.defaultValue != nil })
        else { return }
        throw error(
            .badParameterList, "a parameter without a default follows one with a default", parameter.span,
            help: "give \(parameter.name) a default, or put it before \(optional.name)")
    }

    // MARK: documentation

    /// Returns the text of the `##` lines directly above a function, or nil.
    private func documentation(before offset: Int) -> String? {
        var next = offset
        var lines: [String] = []
        for comment in comments[..<comments.partitioningIndex { $0.end > offset }].reversed() {
            guard comment.ownsLine, isDocumentation(comment), isBlank(comment.end, next, newlines: 1) else {
                break
            }
            lines.append(documentationText(comment))
            next = comment.start
        }
        return lines.isEmpty ? nil : lines.reversed().joined(separator: "\n")
    }

    /// Returns the text of the `##` lines at the top of a function's body, or nil.
    private func documentation(after offset: Int) -> String? {
        var previous = offset
        var lines: [String] = []
        for comment in comments[comments.partitioningIndex { $0.start >= offset }...] {
            guard isDocumentation(comment), isBlank(previous, comment.start, newlines: 1) else { break }
            lines.append(documentationText(comment))
            previous = comment.end
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func isDocumentation(_ comment: Comment) -> Bool {
        comment.end - comment.start >= 2 && file.bytes[comment.start + 1] == UInt8(ascii: "#")
    }

    private func documentationText(_ comment: Comment) -> String {
        let text = file.text(comment.start + 2, comment.end)
        return trimmed(text.first == " " ? String(text.dropFirst()) : text, leading: false)
    }

    /// Returns whether there is only space between two byte offsets, with at most `newlines` line ends.
    private func isBlank(_ start: Int, _ end: Int, newlines: Int) -> Bool {
        guard start <= end else { return false }
        var count = 0
        for byte in file.bytes[start..<end] {
            switch byte {
            case 10: count += 1
            case 32, 9, 13: continue
            default: return false
            }
        }
        return count <= newlines
    }
}

/// Returns the text without blanks at its ends.
func trimmed(_ text: String, leading: Bool = true, trailing: Bool = true) -> String {
    var part = Substring(text)
    if leading { part = part.drop { $0.isWhitespace } }
    while trailing, let last = part.last, last.isWhitespace { part.removeLast() }
    return String(part)
}
