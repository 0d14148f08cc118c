/// One pass over a program's tokens and comments, which writes them in the canonical layout.
struct FormatPass {
    /// A token or a comment.
    struct Item {
        var token: Token?
        var start: Int
        var end: Int
        /// The number of line ends before it.
        var breaks: Int
        var isTrailing: Bool
    }

    let file: SourceFile
    let tokens: [Token]
    let notes: LayoutNotes
    let alignment: SourceAlignment
    let items: [Item]
    private var page = FormatPage()
    private var contexts = [FormatContext(kind: .block, base: 0, content: 0)]
    /// The last token that was written.
    private var previous: Token?
    private var isFirst = true
    private var afterOpener = false

    init(_ source: ParsedSource, keepsAlignment: Bool) {
        file = source.program.file
        tokens = source.tokens.filter { !$0.isEnd }
        notes = source.notes
        alignment = SourceAlignment(
            file: source.program.file, tokens: keepsAlignment ? tokens : [], notes: source.notes)
        items = FormatPass.items(file, tokens, source.program.comments)
    }

    private static func items(_ file: SourceFile, _ tokens: [Token], _ comments: [Comment]) -> [Item] {
        var items = tokens.map { Item(token: $0, start: $0.start, end: $0.end, breaks: 0, isTrailing: false) }
        items += comments.map { Item(token: nil, start: $0.start, end: $0.end, breaks: 0, isTrailing: !$0.ownsLine) }
        items.sort { $0.start < $1.start }
        for place in items.indices.dropFirst() {
            let gap = file.bytes[items[place - 1].end..<items[place].start]
            items[place].breaks = gap.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        }
        return items
    }

    mutating func formatted() -> String {
        var place = 0
        for (index, item) in items.enumerated() {
            let next = index + 1 < items.count ? items[index + 1] : nil
            if let token = item.token {
                write(token, item, next: next, place, afterComment: index > 0 && items[index - 1].token == nil)
                place += 1
            } else {
                writeComment(item, upcoming: place < tokens.count ? tokens[place] : nil)
            }
            isFirst = false
        }
        return page.text
    }

    // MARK: tokens

    private mutating func write(_ token: Token, _ item: Item, next: Item?, _ place: Int, afterComment: Bool) {
        let following = place + 1 < tokens.count ? tokens[place + 1] : nil
        let closesLine = following.map { hasBreak(token.end, $0.start) } ?? true
        // A comma before a closing bracket means nothing. It is written where the bracket has a line of its own, and kept where the
        // bracket would become a part of a comment without it.
        let endsItems = following.map { notes.commaClosers.contains($0.start) } ?? false
        if token.isSymbol(.comma), endsItems, !closesLine, !afterComment { return }
        if isFirst || item.breaks > 0 || breaksLine(before: token) {
            begin(item, indent: indent(of: token), blank: wantsBlank(item, isCloser: isCloser(token)))
        } else if let previous {
            page.space(spaces(previous, token))
        }
        if isCloser(token) { contexts.removeLast() }
        noteStatement(token)
        page.write(file.text(token.start, token.end))
        if endsItems, closesLine, !token.isSymbol(.comma) { page.write(",") }
        if isOpener(token) { open(token, next: next) }
        previous = token
        afterOpener = isOpener(token)
    }

    private func hasBreak(_ start: Int, _ end: Int) -> Bool {
        file.bytes[start..<end].contains(UInt8(ascii: "\n"))
    }

    /// Returns whether a token begins a line: a block over several lines has its braces at the end and the start of lines.
    private func breaksLine(before token: Token) -> Bool {
        if let previous, role(previous) == .blockOpen, isTall(previous.start) { return true }
        guard role(token) == .blockClose else { return false }
        return contexts.last?.isTall ?? false
    }

    private func isTall(_ open: Int) -> Bool {
        notes.blocks[open].map { hasBreak(open, $0) } ?? false
    }

    private mutating func noteStatement(_ token: Token) {
        let top = contexts.count - 1
        if notes.statements.contains(token.start) {
            contexts[top].statementIndent = page.indent
            contexts[top].assignmentColumn = nil
        }
        if role(token) == .assignmentEqual { contexts[top].assignmentColumn = page.column }
        if beginsConstruct(token), role(token) != .clause { contexts[top].constructIndent = page.indent }
    }

    private func beginsConstruct(_ token: Token) -> Bool {
        if case .keyword(let word) = token.kind {
            return [.fn, .if, .else, .for, .while, .with, .try].contains(word)
        }
        return false
    }

    private mutating func open(_ token: Token, next: Item?) {
        let isBlock = role(token) == .blockOpen
        let base = isBlock ? contexts.last?.constructIndent ?? page.indent : page.indent
        let hangs = isBlock || next.map { $0.breaks > 0 || $0.token == nil } ?? true
        let column = page.column + (role(token) == .recordOpen ? 1 : 0)
        let kind: FormatContext.Kind =
            isBlock ? .block : role(token) == .group || !hangs ? .group : .items
        var context = FormatContext(kind: kind, base: base, content: hangs ? base + Formatter.indent : column)
        context.isTall = isBlock && isTall(token.start)
        contexts.append(context)
    }

    // MARK: comments

    private mutating func writeComment(_ item: Item, upcoming: Token?) {
        var text = file.text(item.start, item.end)
        let isMark = ["# %%", "#|", "#>", "#!"].contains { text.hasPrefix($0) }
        if text.last == "\r" { text.removeLast() }
        if !text.hasPrefix("#|"), !text.hasPrefix("#>") { text = trimmed(text, leading: false) }
        if item.isTrailing, !isFirst {
            page.comment(text, sourceColumn: alignment.column(item.start))
            return
        }
        var indent = contexts.last?.content ?? 0
        if isMark {
            indent = alignment.column(item.start)
        } else if let upcoming, !isCloser(upcoming), !continuesConstruct(upcoming) {
            indent = self.indent(of: upcoming)
        }
        let keepsGap = afterOpener && text.hasPrefix("##") && item.breaks > 1
        begin(item, indent: indent, blank: keepsGap || wantsBlank(item, isCloser: false))
        page.write(text)
        afterOpener = false
    }

    private mutating func begin(_ item: Item, indent: Int, blank: Bool) {
        page.begin(indent: indent, sourceIndent: alignment.indent(item.start), blank: blank)
    }

    private func wantsBlank(_ item: Item, isCloser: Bool) -> Bool {
        item.breaks > 1 && !isFirst && !afterOpener && !isCloser
    }

    // MARK: indentation

    private func indent(of token: Token) -> Int {
        guard let context = contexts.last else { return 0 }
        if isCloser(token) { return context.base }
        switch context.kind {
        case .block:
            if notes.statements.contains(token.start) || token.isSymbol(.semicolon) { return context.content }
            let statement = context.statementIndent ?? context.content
            if continuesConstruct(token) { return statement }
            if role(token) == .infix, !token.isSymbol(.pipe), let column = context.assignmentColumn { return column }
            return statement + Formatter.indent
        case .group:
            return context.content + (previous?.isSymbol(.colon) ?? false ? Formatter.indent : 0)
        case .items:
            guard let previous, !isOpener(previous), !previous.isSymbol(.comma) else { return context.content }
            if role(token) == .clause || continuesConstruct(token) { return context.content }
            return context.content + Formatter.indent
        }
    }

    private func continuesConstruct(_ token: Token) -> Bool {
        if case .name("recover") = token.kind, let previous { return role(previous) == .blockClose }
        return token.isKeyword(.else)
    }

    // MARK: signs

    private func role(_ token: Token) -> LayoutNotes.Role? { notes.roles[token.start] }

    private func isOpener(_ token: Token) -> Bool {
        token.isSymbol(.openParen) || token.isSymbol(.openBracket) || token.isSymbol(.openBrace)
    }

    private func isCloser(_ token: Token) -> Bool {
        token.isSymbol(.closeParen) || token.isSymbol(.closeBracket) || token.isSymbol(.closeBrace)
    }

    /// Returns the number of spaces between two tokens: none, one, or as many as line the second up with its neighbours.
    private func spaces(_ first: Token, _ second: Token) -> Int {
        let spacing = Spacing(notes: notes)
        guard spacing.wantsSpace(first, second) else { return 0 }
        return alignment.keptSpaces(first, second) ?? 1
    }
}

/// The bracket or block around a token.
struct FormatContext {
    enum Kind {
        /// Statements, each on its own line.
        case block
        /// Items between brackets, the first on a new line; continued lines of an item are indented further.
        case items
        /// One expression, or items that begin behind the bracket; all their lines start at one column.
        case group
    }

    var kind: Kind
    /// The indentation of the closing bracket.
    var base: Int
    /// The indentation of the contents.
    var content: Int
    var isTall = false
    /// The indentation of the line on which the current statement began.
    var statementIndent: Int?
    var assignmentColumn: Int?
    /// The indentation of the line with the keyword (`if`, `fn`, …) that a block will belong to.
    var constructIndent: Int?

    init(kind: Kind, base: Int, content: Int) {
        self.kind = kind
        self.base = base
        self.content = content
    }
}
