/// Recursive descent over tokens; grammar.txt is what it implements. Stops at the first error, or goes on at the
/// next statement where it `recovers`.
final class Parser {
    let file: SourceFile
    let commands: Set<String>
    let tokens: [Token]
    let comments: [Comment]
    var place = 0
    /// Above zero inside brackets, where newlines do not end a statement.
    var bracketDepth = 0
    /// Brackets and blocks that are open, for the message at an early end.
    var openers: [(symbol: Symbol, span: Span)] = []
    var nesting: Int
    let stringDepth: Int
    var inFunction = 0
    var inLoop = 0
    /// Whether errors are collected instead of thrown.
    let recovers: Bool
    var errors: [SyntaxError] = []
    /// Whether a text that ends too early is read as if all that is open were closed at its end.
    var toleratesEnd = false
    /// The tokens of statements that were left out.
    var skipped: [Range<Int>] = []
    /// Filled for a formatter.
    var notes: LayoutNotes?

    /// Brackets and blocks within each other, each of which is a level for itself and one for what it holds; and prefixes.
    static let deepestNesting = 160
    /// Height of a tree, which long chains of operators reach too.
    static let deepestTree = 1000

    init(
        file: SourceFile, range: Range<Int>? = nil, commands: Set<String>, nesting: Int = 0,
        stringDepth: Int = 0, recovers: Bool = false
    ) throws {
        self.file = file
        self.commands = commands
        self.nesting = nesting
        self.stringDepth = stringDepth
        self.recovers = recovers
        var scanner = Scanner(file: file, range: range, stringDepth: stringDepth)
        tokens = recovers ? scanner.scanRecovering(&errors) : try scanner.scan()
        comments = scanner.comments
    }

    static func parse(_ file: SourceFile, commands: Set<String>) throws -> Program {
        let parser = try Parser(file: file, commands: commands)
        let statements = try parser.parseStatements(until: nil)
        return Program(file: file, statements: statements, comments: parser.comments)
    }

    /// The statements that can be read, and everything that is wrong with the others: the first error of each, in
    /// the order of the text. A stop ends it with the statements before.
    static func recover(_ file: SourceFile, commands: Set<String>) -> (program: Program, errors: [Diagnostic]) {
        guard let parser = try? Parser(file: file, commands: commands, recovers: true) else {
            return (Program(file: file, statements: [], comments: []), [])
        }
        var statements: [Statement] = []
        do {
            statements = try parser.parseStatements(until: nil)
        } catch let error as SyntaxError {
            parser.errors.append(error)
        } catch {}
        return (Program(file: file, statements: statements, comments: parser.comments), parser.sortedErrors)
    }

    private var sortedErrors: [Diagnostic] {
        let sorted = errors.map(\.diagnostic).sorted { ($0.span?.start ?? 0) < ($1.span?.start ?? 0) }
        // What scanner and parser, or two ways of reading on, both stumble over is one mistake.
        return sorted.enumerated().filter { place, error in
            place == 0 || error.code != sorted[place - 1].code || error.span?.start != sorted[place - 1].span?.start
        }.map(\.element)
    }

    /// A program as far as it can be read, with what is wrong with the rest.
    struct Draft {
        var program: Program
        var errors: [Diagnostic] = []
        /// Names in what could not be read: they may be used there.
        var hidden: Set<String> = []
        /// Those of them that may get a value there.
        var bound: Set<String> = []
    }

    /// The same for a program that is being written: what is open is closed at its end.
    static func draft(_ file: SourceFile, commands: Set<String>) -> Draft {
        guard let parser = try? Parser(file: file, commands: commands, recovers: true) else {
            return Draft(program: Program(file: file, statements: [], comments: []))
        }
        parser.toleratesEnd = true
        let statements = (try? parser.parseStatements(until: nil)) ?? []
        let program = Program(file: file, statements: statements, comments: parser.comments)
        return Draft(program: program, errors: parser.sortedErrors, hidden: parser.hiddenNames, bound: parser.hiddenBindings)
    }

    /// Whether the text fails only because it ends too early. Where no bracket, block or string is open, a blank line says
    /// that it is to end there.
    static func isIncomplete(_ source: String, commands: Set<String>) -> Bool {
        do {
            _ = try parse(SourceFile(name: "", text: source), commands: commands)
            return false
        } catch let error as SyntaxError {
            let isOpen = [ErrorCode.unclosedBracket, .unterminatedString].contains(error.diagnostic.code)
            let lastLine = source.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
            return error.incomplete && (isOpen || !lastLine.allSatisfy(\.isWhitespace) || source.allSatisfy(\.isWhitespace))
        } catch {
            return false
        }
    }

    // MARK: tokens

    var token: Token { tokens[place] }
    var previous: Token { tokens[max(0, place - 1)] }

    func peek(_ offset: Int) -> Token { tokens[min(place + offset, tokens.count - 1)] }

    func advance() {
        if place < tokens.count - 1 { place += 1 }
    }

    func take(_ symbol: Symbol) -> Bool {
        guard token.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    func take(_ keyword: Keyword) -> Bool {
        guard token.isKeyword(keyword) else { return false }
        advance()
        return true
    }

    /// Takes a contextual word: `as`, `recover`.
    func take(word: String) -> Bool {
        guard case .name(word) = token.kind else { return false }
        advance()
        return true
    }

    func expect(_ symbol: Symbol, _ purpose: String) throws {
        if !take(symbol) { throw expected("\"\(symbol.rawValue)\" \(purpose)") }
    }

    func expectName(_ purpose: String) throws -> (String, Span) {
        if case .name(let name) = token.kind {
            advance()
            return (name, span(of: previous))
        }
        if case .keyword(let keyword) = token.kind {
            throw error(
                .unexpectedToken,
                "\"\(keyword.rawValue)\" is a word of the language and cannot be \(purpose)", token)
        }
        throw expected(purpose)
    }

    /// From the opening bracket, which was just taken, through the closing one; newlines between them mean
    /// nothing.
    func bracketed<T>(
        _ open: Symbol, _ close: Symbol, _ purpose: String, _ body: () throws -> T
    ) throws -> T {
        if open == .openBrace { note(previous, .recordOpen) }
        openers.append((open, span(of: previous)))
        bracketDepth += 1
        let result = try nested(body)
        bracketDepth -= 1
        if !take(close) { throw unclosed("\"\(close.rawValue)\" \(purpose)") }
        if open == .openBrace { note(previous, .recordClose) }
        openers.removeLast()
        return result
    }

    /// Something else than the closing bracket: the opening one is shown too where it is on another line.
    private func unclosed(_ what: String) -> SyntaxError {
        var failure = expected(what)
        if !token.isEnd, token.newlineBefore, let opener = openers.last {
            failure.diagnostic.labels.append(.init(span: opener.span, text: "this bracket is open"))
        }
        return failure
    }

    func nested<T>(_ body: () throws -> T) throws -> T {
        nesting += 1
        guard nesting <= Parser.deepestNesting else {
            throw error(
                .tooDeep, "this is nested too deeply", token,
                help: "at most \(Parser.deepestNesting) levels; give a name to a part of it")
        }
        let result = try body()
        nesting -= 1
        return result
    }

    // MARK: spans and nodes

    func span(of token: Token) -> Span { Span(file: file, start: token.start, end: token.end) }

    /// From a token to the last one taken.
    func span(from start: Token) -> Span { Span(file: file, start: start.start, end: previous.end) }

    func node(_ kind: Expression.Kind, _ span: Span, above children: Expression...) throws -> Expression {
        try node(kind, span, height: children.reduce(0) { max($0, $1.depth) })
    }

    func node(_ kind: Expression.Kind, _ span: Span, height: Int) throws -> Expression {
        guard height < Parser.deepestTree else {
            throw SyntaxError(
                diagnostic: Diagnostic(
                    code: .tooDeep, message: "this expression is too long",
                    labels: [.init(span: span, primary: true)],
                    help: "give names to parts of it, or use a loop"),
                incomplete: false)
        }
        return Expression(kind, span, depth: height + 1)
    }

    // MARK: errors

    func error(
        _ code: ErrorCode, _ message: String, _ token: Token, label: String = "", help: String? = nil
    ) -> SyntaxError {
        error(code, message, span(of: token), label: label, help: help)
    }

    func error(
        _ code: ErrorCode, _ message: String, _ span: Span, label: String = "", help: String? = nil
    ) -> SyntaxError {
        SyntaxError(
            diagnostic: Diagnostic(
                code: code, message: message, labels: [.init(span: span, text: label, primary: true)],
                help: help),
            incomplete: false)
    }

    /// "expected X", or at the end of the text what is still open.
    func expected(_ what: String, help: String? = nil) -> SyntaxError {
        guard token.isEnd else {
            return error(
                .unexpectedToken, "expected \(what)", token, label: "found \(describe(token))",
                help: help ?? foreignHelp())
        }
        let last = place == 0 ? token.start : previous.end
        let end = Span(file: file, start: last, end: last)
        if let opener = openers.last {
            return SyntaxError(
                diagnostic: Diagnostic(
                    code: .unclosedBracket, message: "this \"\(opener.symbol.rawValue)\" is never closed",
                    labels: [
                        .init(span: opener.span, text: "opened here", primary: true),
                        .init(span: end, text: "expected \(what)"),
                    ]),
                incomplete: true)
        }
        var failure = error(.unexpectedEnd, "expected \(what), but the text ends here", end, help: help)
        failure.incomplete = true
        return failure
    }

    func describe(_ token: Token) -> String {
        switch token.kind {
        case .int, .float: "a number"
        case .string: "a string"
        case .name(let name): quoted(name)
        case .keyword(let keyword): "\"\(keyword.rawValue)\""
        case .symbol(let symbol): "\"\(symbol.rawValue)\""
        case .invalid: "what cannot be read"
        case .end: "the end"
        }
    }
}
