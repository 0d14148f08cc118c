/// Recovery from errors, so that one parse reports all mistakes of a program, and none that only follow from an earlier one.
extension Parser {
    /// The most errors that are reported.
    private static let mostErrors = 20

    /// The parser's state at the start of a statement, to which it returns where the statement fails.
    struct Mark {
        var place: Int
        var bracketDepth: Int
        var openers: Int
        var nesting: Int
        var inFunction: Int
        var inLoop: Int
    }

    /// Returns the current state.
    func mark() -> Mark {
        Mark(
            place: place, bracketDepth: bracketDepth, openers: openers.count, nesting: nesting,
            inFunction: inFunction, inLoop: inLoop)
    }

    /// Records the error of the statement that began at `start`, and skips to the next statement. Throws the error where the parser does
    /// not recover, where it lies at the end of the text, or where enough have been recorded. A draft (`toleratesEnd`) is parsed to its end
    /// in any case.
    func recover(from error: SyntaxError, at start: Mark, in closer: Symbol?) throws {
        guard recovers, !error.incomplete || toleratesEnd, errors.count < Parser.mostErrors || toleratesEnd else { throw error }
        bracketDepth = start.bracketDepth
        openers.removeLast(max(0, openers.count - start.openers))
        nesting = start.nesting
        inFunction = start.inFunction
        inLoop = start.inLoop
        // After an error, a closing bracket without an opening one belongs to what was skipped.
        let follows = !errors.isEmpty && place == start.place && isCloser(token)
        synchronize(after: start.place, in: closer)
        let isScanned = tokens[start.place..<max(place, start.place + 1)].contains {
            if case .invalid = $0.kind { true } else { false }
        }
        skipped.append(start.place..<max(place, start.place + 1))
        if !follows, !isScanned { note(error) }
    }

    /// Records an error; of those at the end of the text only the first.
    private func note(_ error: SyntaxError) {
        if errors.count >= Parser.mostErrors { return }
        if !error.incomplete || !errors.contains(where: \.incomplete) { errors.append(error) }
    }

    /// Throws an error at the end of the text, or records it where the end is tolerated.
    func missing(_ error: SyntaxError) throws {
        guard toleratesEnd else { throw error }
        note(error)
    }

    /// The names in statements that were skipped and in unfinished strings.
    var hiddenNames: Set<String> {
        var names: Set<String> = []
        for token in skipped.flatMap({ tokens[$0] }) {
            switch token.kind {
            case .name(let name): names.insert(name)
            case .string, .invalid:
                // The token may contain code, so that every word in it may be a name.
                for word in file.text(token.start, token.end).split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
                    names.insert(String(word))
                }
            default: break
            }
        }
        return names
    }

    /// The names among `hiddenNames` that may be bound there: before `=` and its like, and behind `fn`, `for`, `import`, `as` and
    /// `recover`.
    var hiddenBindings: Set<String> {
        var names: Set<String> = []
        for range in skipped {
            for place in range {
                let (token, next) = (tokens[place], place + 1 < tokens.count ? tokens[place + 1] : nil)
                switch token.kind {
                case .symbol(.equal), .symbol(.plusEqual), .symbol(.minusEqual), .symbol(.starEqual), .symbol(.slashEqual):
                    names.formUnion(pattern(before: place, from: range.lowerBound))
                case .keyword(.for): names.formUnion(pattern(behind: place, upTo: range.upperBound))
                case .keyword(.fn), .name("as"), .name("recover"):
                    if case .name(let name)? = next?.kind { names.insert(name) }
                case .keyword(.import):
                    if let next, case .string = next.kind {
                        let path = file.text(next.start, next.end).split(whereSeparator: { "/\"".contains($0) }).last ?? ""
                        names.insert(String(path.split(separator: ".").first ?? ""))
                    }
                case .invalid: names.formUnion(assigned(inText: file.text(token.start, token.end)))
                default: break
                }
            }
        }
        return names
    }

    /// Returns the names of the pattern that ends before a token.
    private func pattern(before end: Int, from start: Int) -> [String] {
        var names: [String] = []
        for token in tokens[start..<end].reversed() {
            guard let name = partOfPattern(token) else { break }
            if !name.isEmpty { names.append(name) }
            if token.newlineBefore { break }
        }
        return names
    }

    /// Returns the names of the pattern that begins behind a token.
    private func pattern(behind start: Int, upTo end: Int) -> [String] {
        tokens[(start + 1)..<max(start + 1, end)].prefix { partOfPattern($0) != nil }.compactMap { partOfPattern($0) }.filter {
            !$0.isEmpty
        }
    }

    /// Returns a name, "" for a token that may stand between names of a pattern, or nil for one that may not.
    private func partOfPattern(_ token: Token) -> String? {
        switch token.kind {
        case .name(let name): name
        case .symbol(.comma), .symbol(.colon), .symbol(.dotDot), .symbol(.openBrace), .symbol(.closeBrace), .symbol(.openBracket),
            .symbol(.closeBracket):
            ""
        default: nil
        }
    }

    /// Returns the words before `=` in a text that cannot be scanned.
    private func assigned(inText text: String) -> [String] {
        text.split(separator: "=", omittingEmptySubsequences: false).dropLast().compactMap { piece in
            let words = piece.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" })
            return words.last.map(String.init)
        }
    }

    /// Skips to the next statement: on a new line or after `;` with the brackets of this one closed, or, where they never are, on the next
    /// line that is not indented more.
    private func synchronize(after start: Int, in closer: Symbol?) {
        let failed = place
        let indent = indentation(tokens[start])
        if beginsAssignment(failed - 1, behind: start, indent) {
            place = failed - 1
            return
        }
        var depth = 0
        var at = start
        while !tokens[at].isEnd {
            let next = tokens[at]
            if at > start, at >= failed {
                let leaves = next.newlineBefore && indentation(next) <= indent
                if next.isSymbol(.closeBrace), closer == .closeBrace,
                    depth <= 0 || (next.newlineBefore && indentation(next) < indent)
                {
                    break
                }
                if next.newlineBefore, depth <= 0 || leaves, !isCloser(next), !continuesBlock(next) { break }
                if depth <= 0, tokens[at - 1].isSymbol(.semicolon) { break }
            }
            if isOpener(next) { depth += 1 }
            if isCloser(next) { depth = max(0, depth - 1) }
            at += 1
        }
        place = at
    }

    /// Returns whether an unclosed bracket has swallowed a line `name = …`, which is a statement of its own.
    private func beginsAssignment(_ place: Int, behind start: Int, _ indent: Int) -> Bool {
        guard place > start, case .name = tokens[place].kind, tokens[place].newlineBefore, tokens[place + 1].isSymbol(.equal),
            indentation(tokens[place]) <= indent
        else { return false }
        var depth = 0
        for token in tokens[(place + 1)...].prefix(while: { !$0.newlineBefore && !$0.isEnd }) {
            if isOpener(token) { depth += 1 }
            if isCloser(token) { depth -= 1 }
            if depth < 0 { return false }
        }
        return true
    }

    private func continuesBlock(_ token: Token) -> Bool {
        if case .name("recover") = token.kind { return true }
        return token.isKeyword(.else)
    }

    private func isOpener(_ token: Token) -> Bool {
        token.isSymbol(.openParen) || token.isSymbol(.openBracket) || token.isSymbol(.openBrace)
    }

    private func isCloser(_ token: Token) -> Bool {
        token.isSymbol(.closeParen) || token.isSymbol(.closeBracket) || token.isSymbol(.closeBrace)
    }

    /// Returns the number of bytes before a token on its line.
    private func indentation(_ token: Token) -> Int {
        var start = token.start
        while start > 0, file.bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return token.start - start
    }
}

extension Scanner {
    /// Returns all tokens. Where no token can be scanned, records the error and returns an `.invalid` token up to the end of the line.
    mutating func scanRecovering(_ errors: inout [SyntaxError]) -> [Token] {
        var tokens: [Token] = []
        while true {
            let before = place
            do {
                let token = try next()
                tokens.append(token)
                if token.isEnd { return tokens }
            } catch {
                if let error = error as? SyntaxError { errors.append(error) }
                let start = max(before, place)
                let lineBegan = bytes[before..<start].contains(UInt8(ascii: "\n"))
                while place < end, bytes[place] != UInt8(ascii: "\n") { place += 1 }
                tokens.append(
                    Token(kind: .invalid, start: start, end: place, newlineBefore: lineBegan, spaceBefore: true))
            }
        }
    }
}
