/// The tokens before a cursor, and the kind of text that the cursor stands in. The code need not be complete.
struct PartialScan {
    /// The kind of text at the cursor.
    enum Place {
        case code
        case comment
        /// A string; the offset is that of the text after its opening quotes.
        case string(Int)
    }

    /// A call whose arguments are being written at the cursor.
    struct OpenCall {
        /// The callee's names: ["a", "f"] for `a.f`.
        var path: [String]
        /// The names of the named arguments before the cursor.
        var labels: Set<String> = []
        /// The number of commas before the cursor in the call.
        var position = 0
        /// The name where the cursor stands behind `name=`, else nil.
        var currentLabel: String?
        var afterLabel: Bool { currentLabel != nil }
    }

    private(set) var tokens: [Token] = []
    private(set) var place = Place.code

    init(_ file: SourceFile, upTo cursor: Int) {
        self.init(file, from: 0, upTo: cursor)
    }

    private init(_ file: SourceFile, from start: Int, upTo cursor: Int) {
        var scanner = Scanner(file: file, range: start..<cursor)
        while true {
            let before = scanner.place
            do {
                let token = try scanner.next()
                if token.isEnd { break }
                tokens.append(token)
            } catch {
                recover(&scanner, from: before, file, cursor)
                if scanner.place >= cursor { break }
            }
        }
        if let comment = scanner.comments.last, comment.end == cursor, comment.start < cursor {
            place = .comment
        }
    }

    /// Continues after something that cannot be scanned. Where a string is still open, the cursor stands in it, or in the code within its
    /// braces.
    private mutating func recover(
        _ scanner: inout Scanner, from before: Int, _ file: SourceFile, _ cursor: Int
    ) {
        var open = before
        while open < cursor, file.bytes[open] != UInt8(ascii: "\"") {
            if file.bytes[open] == UInt8(ascii: "#") { break }
            open += 1
        }
        guard open < cursor, file.bytes[open] == UInt8(ascii: "\"") else {
            scanner.place = max(scanner.place, before + 1)
            return
        }
        let triple =
            open + 2 < cursor && file.bytes[open + 1] == UInt8(ascii: "\"")
            && file.bytes[open + 2] == UInt8(ascii: "\"")
        let start = open + (triple ? 3 : 1)
        if let code = openBrace(file, start, cursor) {
            // The braces of a string contain code.
            let inner = PartialScan(file, from: code, upTo: cursor)
            tokens += inner.tokens
            place = inner.place
        } else {
            place = .string(start)
        }
        scanner.place = cursor
    }

    /// Returns the byte offset after the outermost brace of a string that is open at the cursor, or nil.
    private func openBrace(_ file: SourceFile, _ start: Int, _ cursor: Int) -> Int? {
        var depth: [Int] = []
        var index = start
        while index < cursor {
            switch file.bytes[index] {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "{"):
                if index + 1 < cursor, file.bytes[index + 1] == UInt8(ascii: "{"), depth.isEmpty {
                    index += 1
                } else {
                    depth.append(index + 1)
                }
            case UInt8(ascii: "}"): if !depth.isEmpty { depth.removeLast() }
            default: break
            }
            index += 1
        }
        return depth.first
    }

    /// Returns the innermost call that is open before a byte offset, with parentheses or as a command, or nil.
    func call(before offset: Int) -> OpenCall? {
        var stack: [OpenCall?] = []
        var statementStart = true
        var command: OpenCall?
        for (index, token) in tokens.enumerated() where token.end <= offset {
            if token.newlineBefore, stack.isEmpty {
                statementStart = true
                command = nil
            }
            if case .name(let name) = token.kind, statementStart, stack.isEmpty,
                index + 1 >= tokens.count || !tokens[index + 1].isSymbol(.openParen)
            {
                command = OpenCall(path: [name])
            }
            statementStart = token.isSymbol(.semicolon) || token.isSymbol(.openBrace)
            update(&stack, &command, token, index)
        }
        return stack.isEmpty ? command : stack[stack.count - 1]
    }

    /// Follows the open calls over one token.
    private func update(_ stack: inout [OpenCall?], _ command: inout OpenCall?, _ token: Token, _ index: Int) {
        switch token.kind {
        case .symbol(.openParen):
            let path = PartialScan.path(endingAt: tokens[..<index])
            stack.append(path.isEmpty ? nil : OpenCall(path: path))
        case .symbol(.openBracket), .symbol(.openBrace): stack.append(nil)
        case .symbol(.closeParen), .symbol(.closeBracket), .symbol(.closeBrace): _ = stack.popLast()
        case .symbol(.comma):
            change(&stack, &command) { call in
                call.position += 1
                call.currentLabel = nil
            }
        case .symbol(.equal):
            guard index > 0, case .name(let name) = tokens[index - 1].kind else { return }
            if stack.isEmpty, command?.path == [name] { command = nil }
            change(&stack, &command) { call in
                call.labels.insert(name)
                call.currentLabel = name
            }
        default: break
        }
    }

    private func change(
        _ stack: inout [OpenCall?], _ command: inout OpenCall?, _ body: (inout OpenCall) -> Void
    ) {
        if stack.isEmpty {
            if var call = command {
                body(&call)
                command = call
            }
        } else if var call = stack[stack.count - 1] {
            body(&call)
            stack[stack.count - 1] = call
        }
    }

    /// Returns the names of `a.b.c` at the end of the tokens; empty where something else stands there.
    static func path(endingAt tokens: ArraySlice<Token>) -> [String] {
        var words: [String] = []
        var index = tokens.endIndex - 1
        while index >= tokens.startIndex, let word = tokens[index].word {
            words.insert(word, at: 0)
            guard index - 1 >= tokens.startIndex, tokens[index - 1].isSymbol(.dot) else { break }
            index -= 2
        }
        if index >= tokens.startIndex, tokens[index].word == nil { return [] }
        return words
    }

    /// A step to a value that can be read without running code: a name or field, an index, or a key.
    enum Step: Equatable {
        case name(String)
        case place(Int)
        case key(String)
    }

    /// Returns the steps of `a.b[0]["c"].d` at the end of the tokens, or nil where something else stands there.
    static func steps(endingAt tokens: ArraySlice<Token>) -> [Step]? {
        var steps: [Step] = []
        var rest = tokens
        while let last = rest.last {
            if last.isSymbol(.closeBracket) {
                guard let (step, before) = subscripted(rest) else { return nil }
                steps.insert(step, at: 0)
                rest = before
                continue
            }
            guard let word = last.word else { return nil }
            steps.insert(.name(word), at: 0)
            rest = rest.dropLast()
            guard rest.last?.isSymbol(.dot) == true else { return steps }
            rest = rest.dropLast()
        }
        return nil
    }

    /// Returns the step of `[3]`, `[-1]` or `["key"]` at the end of the tokens, and the tokens before it.
    private static func subscripted(_ tokens: ArraySlice<Token>) -> (Step, ArraySlice<Token>)? {
        let inner = tokens.dropLast()
        guard let last = inner.last else { return nil }
        var before = inner.dropLast()
        let step: Step
        switch last.kind {
        case .int(let number):
            let isNegative = before.last?.isSymbol(.minus) == true
            if isNegative { before = before.dropLast() }
            step = .place(isNegative ? -number : number)
        case .string(let text):
            guard text.segments.count <= 1 else { return nil }
            switch text.segments.first {
            case .text(let key)?: step = .key(key)
            case nil: step = .key("")
            case .code?: return nil
            }
        default: return nil
        }
        guard before.last?.isSymbol(.openBracket) == true else { return nil }
        return (step, before.dropLast())
    }
}
