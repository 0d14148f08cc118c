/// A recursive-descent parser over tokens, for the grammar in grammar.txt. It throws the first `SyntaxError`, or continues at the next
/// statement where `recovers` is true.
final class Parser {
    let file: SourceFile
    let commands: Set<String>
    let tokens: [Token]
    let comments: [Comment]
    var place = 0
    /// The number of open brackets, within which line ends do not end a statement; 0 within a block.
    var bracketDepth = 0
    /// The open brackets and blocks, for errors at the end of the text.
    var openers: [(symbol: Symbol, span: Span)] = []
    var nesting: Int
    let stringDepth: Int
    var inFunction = 0
    var inLoop = 0
    /// Whether errors are collected instead of thrown.
    let recovers: Bool
    var errors: [SyntaxError] = []
    /// Whether the end of the text closes everything that is open.
    var toleratesEnd = false
    /// The tokens of statements that were skipped.
    var skipped: [Range<Int>] = []
    /// The roles of tokens, recorded where a formatter asks for them.
    var notes: LayoutNotes?

    /// The deepest nesting. A bracket or a block counts twice, once for itself and once for its contents; a prefix operator once.
    static let deepestNesting = 160
    /// The greatest height of a syntax tree, which long chains of operators reach too.
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

    /// Returns the parsed program. Throws the first `SyntaxError`.
    static func parse(_ file: SourceFile, commands: Set<String>) throws -> Program {
        let parser = try Parser(file: file, commands: commands)
        let statements = try parser.parseStatements(until: nil)
        return Program(file: file, statements: statements, comments: parser.comments)
    }

    /// Returns the statements that can be parsed, and the first error of each other one, in the order of the text. A requested stop ends it
    /// with the statements so far.
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

    /// The errors by place, each pair of code and place once.
    private var sortedErrors: [Diagnostic] {
        let sorted = errors.map(\.diagnostic).sorted { ($0.span?.start ?? 0) < ($1.span?.start ?? 0) }
        // Scanner and parser, or two attempts to continue, may report the same mistake.
        return sorted.enumerated().filter { place, error in
            place == 0 || error.code != sorted[place - 1].code || error.span?.start != sorted[place - 1].span?.start
        }.map(\.element)
    }

    /// A program as far as it can be parsed, with the errors of the rest.
    struct Draft {
        var program: Program
        var errors: [Diagnostic] = []
        /// The names in parts that cannot be parsed, which may be used there.
        var hidden: Set<String> = []
        /// The names among `hidden` that may be bound there.
        var bound: Set<String> = []
    }

    /// Parses a program that is being written; the end of the text closes what is open.
    static func draft(_ file: SourceFile, commands: Set<String>) -> Draft {
        guard let parser = try? Parser(file: file, commands: commands, recovers: true) else {
            return Draft(program: Program(file: file, statements: [], comments: []))
        }
        parser.toleratesEnd = true
        let statements = (try? parser.parseStatements(until: nil)) ?? []
        let program = Program(file: file, statements: statements, comments: parser.comments)
        return Draft(program: program, errors: parser.sortedErrors, hidden: parser.hiddenNames, bound: parser.hiddenBindings)
    }

    /// Returns whether the text fails to parse only because it ends too early. Where no bracket, block or string is open, a blank last line
    /// says that the text is meant to end there.
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

    /// The current token.
    var token: Token { tokens[place] }
    /// The token before the current one.
    var previous: Token { tokens[max(0, place - 1)] }

    /// Returns the token `offset` places ahead; the last one beyond the end.
    func peek(_ offset: Int) -> Token { tokens[min(place + offset, tokens.count - 1)] }

    /// Goes to the next token; stays at the end.
    func advance() {
        if place < tokens.count - 1 { place += 1 }
    }

    /// Takes the current token if it is this symbol, and returns whether it was.
    func take(_ symbol: Symbol) -> Bool {
        guard token.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    /// Takes the current token if it is this keyword, and returns whether it was.
    func take(_ keyword: Keyword) -> Bool {
        guard token.isKeyword(keyword) else { return false }
        advance()
        return true
    }

    /// Takes a word that is a keyword only in its context, `as` or `recover`, and returns whether it was there.
    func take(word: String) -> Bool {
        guard case .name(word) = token.kind else { return false }
        advance()
        return true
    }

    /// Takes a symbol, or throws that it was expected.
    func expect(_ symbol: Symbol, _ purpose: String) throws {
        if !take(symbol) { throw expected("\"\(symbol.rawValue)\" \(purpose)") }
    }

    /// Takes a name and returns it with its place, or throws that it was expected.
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

    /// Parses the contents of a bracket that has just been taken, and takes the closing one. Line ends within it mean nothing.
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

    /// Returns the error of a missing closing bracket; the opening one is shown as well where it stands on another line.
    private func unclosed(_ what: String) -> SyntaxError {
        var failure = expected(what)
        if !token.isEnd, token.newlineBefore, let opener = openers.last {
            failure.diagnostic.labels.append(.init(span: opener.span, text: "this bracket is open"))
        }
        return failure
    }

    /// Runs `body` one level deeper. Throws `.tooDeep` beyond the limit.
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

    /// Returns the span from a token to the last one taken.
    func span(from start: Token) -> Span { Span(file: file, start: start.start, end: previous.end) }

    /// Creates an expression above its children.
    func node(_ kind: Expression.Kind, _ span: Span, above children: Expression...) throws -> Expression {
        try node(kind, span, height: children.reduce(0) { max($0, $1.depth) })
    }

    /// Creates an expression above children of the greatest height `height`. Throws `.tooDeep` where the tree becomes too high.
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

    /// Returns an error at a token.
    func error(
        _ code: ErrorCode, _ message: String, _ token: Token, label: String = "", help: String? = nil
    ) -> SyntaxError {
        error(code, message, span(of: token), label: label, help: help)
    }

    /// Returns an error at a span.
    func error(
        _ code: ErrorCode, _ message: String, _ span: Span, label: String = "", help: String? = nil
    ) -> SyntaxError {
        SyntaxError(
            diagnostic: Diagnostic(
                code: code, message: message, labels: [.init(span: span, text: label, primary: true)],
                help: help),
            incomplete: false)
    }

    /// Returns the error that something was expected here; at the end of the text it names what is still open.
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

    /// Returns a token in words, for messages.
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
