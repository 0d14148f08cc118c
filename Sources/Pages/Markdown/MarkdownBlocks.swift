/// Reads the blocks of Markdown: CommonMark's, and tables and tasks as on GitHub. HTML is no block of its own: it is text.
struct MarkdownBlocks {
    /// The blocks in their order.
    private(set) var blocks: [MarkdownBlock] = []
    /// What the names of links stand for.
    private(set) var references: [String: MarkdownReference] = [:]

    /// The deepest nesting of lists and quotations; what is deeper is text.
    private static let deepest = 12

    /// Reads a text.
    init(_ markdown: String) {
        let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
        blocks = parse(lines[...], depth: 0)
    }

    private mutating func parse(_ lines: ArraySlice<Substring>, depth: Int) -> [MarkdownBlock] {
        var result: [MarkdownBlock] = []
        var rest = lines
        while let line = rest.first {
            if MarkdownLine.isBlank(line) {
                rest = rest.dropFirst()
            } else if MarkdownLine.indent(line) >= 4 {
                result.append(indentedCode(&rest))
            } else if let fence = MarkdownLine.fence(line) {
                result.append(fencedCode(&rest, fence.mark, fence.count, fence.language, fence.indent))
            } else if let heading = MarkdownLine.heading(line) {
                result.append(.heading(level: heading.level, heading.text))
                rest = rest.dropFirst()
            } else if MarkdownLine.isRule(line) {
                result.append(.rule)
                rest = rest.dropFirst()
            } else if depth < Self.deepest, MarkdownLine.quote(line) != nil {
                result.append(quote(&rest, depth))
            } else if depth < Self.deepest, MarkdownLine.item(line) != nil {
                result.append(list(&rest, depth))
            } else if let table = table(&rest, depth) {
                result.append(table)
            } else if let block = paragraph(&rest, depth) {
                result.append(block)
            }
        }
        return result
    }

    // MARK: code

    private func indentedCode(_ rest: inout ArraySlice<Substring>) -> MarkdownBlock {
        var code: [Substring] = []
        while let line = rest.first, MarkdownLine.isBlank(line) || MarkdownLine.indent(line) >= 4 {
            code.append(MarkdownLine.dropping(4, line))
            rest = rest.dropFirst()
        }
        while let last = code.last, MarkdownLine.isBlank(last) { code.removeLast() }
        return .code(code.joined(separator: "\n"), language: "")
    }

    private func fencedCode(
        _ rest: inout ArraySlice<Substring>, _ mark: Character, _ count: Int, _ language: String, _ indent: Int
    ) -> MarkdownBlock {
        rest = rest.dropFirst()
        var code: [Substring] = []
        while let line = rest.popFirst(), !MarkdownLine.closes(line, mark: mark, count: count) {
            code.append(MarkdownLine.dropping(indent, line))
        }
        return .code(code.joined(separator: "\n"), language: language)
    }

    // MARK: quotations and lists

    private mutating func quote(_ rest: inout ArraySlice<Substring>, _ depth: Int) -> MarkdownBlock {
        var inner: [Substring] = []
        var fence = FenceState()
        while let line = rest.first {
            if let text = MarkdownLine.quote(line) {
                inner.append(text)
                fence.take(text)
            } else if continuesParagraph(line, after: inner.last, fence) {
                inner.append(line)
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        return .quote(parse(inner[...], depth: depth + 1))
    }

    private mutating func list(_ rest: inout ArraySlice<Substring>, _ depth: Int) -> MarkdownBlock {
        var items: [MarkdownItem] = []
        var (kind, start): (Character?, Int?)
        var isTight = true
        var endsBlank = false
        while let line = rest.first, let mark = MarkdownLine.item(line), kind == nil || kind == mark.kind {
            if kind == nil { (kind, start) = (mark.kind, mark.number) }
            if endsBlank { isTight = false }
            rest = rest.dropFirst()
            var inner = [mark.rest]
            var fence = FenceState()
            fence.take(mark.rest)
            while let next = rest.first {
                if MarkdownLine.isBlank(next) {
                    // An item that begins with a blank line ends with it.
                    if inner.count == 1, mark.rest.isEmpty { break }
                    inner.append("")
                } else if MarkdownLine.indent(next) >= mark.content {
                    let text = MarkdownLine.dropping(mark.content, next)
                    inner.append(text)
                    fence.take(text)
                } else if MarkdownLine.item(next) == nil, continuesParagraph(next, after: inner.last, fence) {
                    inner.append(next)
                } else {
                    break
                }
                rest = rest.dropFirst()
            }
            endsBlank = false
            while inner.count > 1, inner.last?.isEmpty == true {
                inner.removeLast()
                endsBlank = true
            }
            let task = Self.task(&inner[0])
            let blocks = parse(inner[...], depth: depth + 1)
            if blocks.count > 1, hasBlankBetweenBlocks(inner) { isTight = false }
            items.append(MarkdownItem(isDone: task, blocks: blocks))
        }
        return .list(start: start, isTight: isTight, items)
    }

    /// Takes `[ ]` or `[x]` from the start of an item.
    private static func task(_ line: inout Substring) -> Bool? {
        for (mark, isDone) in [("[ ] ", false), ("[x] ", true), ("[X] ", true)] where line.hasPrefix(mark) {
            line = line.dropFirst(4)
            return isDone
        }
        return nil
    }

    /// Returns whether a blank line stands between an item's own blocks: not within fenced code, and not within a list in it.
    private func hasBlankBetweenBlocks(_ lines: [Substring]) -> Bool {
        var fence = FenceState()
        var wasBlank = false
        for line in lines {
            let wasOpen = fence.isOpen
            fence.take(line)
            if wasOpen { continue }
            if MarkdownLine.isBlank(line) {
                wasBlank = true
                continue
            }
            if wasBlank, MarkdownLine.indent(line) == 0 { return true }
            wasBlank = false
        }
        return false
    }

    /// Returns whether a line without a container's mark goes on with the paragraph at the end of the container.
    private func continuesParagraph(_ line: Substring, after last: Substring?, _ fence: FenceState) -> Bool {
        guard let last, !MarkdownLine.isBlank(last), !MarkdownLine.isBlank(line), !interrupts(line) else { return false }
        return !fence.isOpen && MarkdownLine.underline(line) == nil && MarkdownLine.heading(last) == nil && !MarkdownLine.isRule(last)
            && MarkdownLine.fence(last) == nil
    }

    /// Returns whether a line ends the paragraph above it.
    private func interrupts(_ line: Substring) -> Bool {
        if MarkdownLine.heading(line) != nil || MarkdownLine.isRule(line) || MarkdownLine.fence(line) != nil { return true }
        if MarkdownLine.quote(line) != nil { return true }
        guard let item = MarkdownLine.item(line) else { return false }
        return !item.rest.isEmpty && (item.number ?? 1) == 1
    }

    // MARK: tables and paragraphs

    private func table(_ rest: inout ArraySlice<Substring>, _ depth: Int) -> MarkdownBlock? {
        guard let head = rest.first, head.contains("|"), let second = rest.dropFirst().first,
            let alignments = MarkdownLine.alignments(second)
        else { return nil }
        let header = MarkdownLine.cells(head)
        guard header.count == alignments.count else { return nil }
        rest = rest.dropFirst(2)
        var rows: [[String]] = []
        while let line = rest.first, !MarkdownLine.isBlank(line), !interrupts(line), MarkdownLine.indent(line) < 4 {
            let cells = MarkdownLine.cells(line).prefix(header.count)
            rows.append(cells + [String](repeating: "", count: header.count - cells.count))
            rest = rest.dropFirst()
        }
        return .table(header: header, alignments, rows: rows)
    }

    /// Returns a paragraph, or a heading where a line of `=` or `-` follows; nil where it was nothing but meanings of names.
    private mutating func paragraph(_ rest: inout ArraySlice<Substring>, _ depth: Int) -> MarkdownBlock? {
        var lines: [Substring] = []
        while let line = rest.first, !MarkdownLine.isBlank(line) {
            if !lines.isEmpty {
                if let level = MarkdownLine.underline(line) {
                    rest = rest.dropFirst()
                    let text = withoutReferences(lines)
                    return text.isEmpty ? nil : .heading(level: level, text)
                }
                if interrupts(line) { break }
                if line.contains("|"), let next = rest.dropFirst().first,
                    MarkdownLine.alignments(next)?.count == MarkdownLine.cells(line).count
                {
                    break
                }
            }
            lines.append(line)
            rest = rest.dropFirst()
        }
        let text = withoutReferences(lines)
        return text.isEmpty ? nil : .paragraph(text)
    }

    /// Takes the meanings of names from the start of a paragraph and returns what remains.
    private mutating func withoutReferences(_ lines: [Substring]) -> String {
        var rest = lines[...]
        while let line = rest.first, let (name, reference) = Self.reference(line) {
            let key = MarkdownReference.key(name)
            if references[key] == nil { references[key] = reference }
            rest = rest.dropFirst()
        }
        // Blanks at a line's end are kept: two of them break the line.
        return rest.map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: "\n")
    }

    private static func reference(_ line: Substring) -> (String, MarkdownReference)? {
        guard MarkdownLine.indent(line) < 4 else { return nil }
        let text = Substring(line.trimmingSpaces)
        guard text.first == "[", let close = text.firstRange(of: "]:") else { return nil }
        let name = text[text.index(after: text.startIndex)..<close.lowerBound]
        guard !name.contains("["), !name.contains("]"), !name.trimmingSpaces.isEmpty, name.count < 1000 else { return nil }
        var scan = MarkdownInlines.TargetScan(Array(text[close.upperBound...].unicodeScalars), at: 0)
        guard let target = scan.target(), scan.isAtEnd else { return nil }
        return (String(name), MarkdownReference(address: target.address, title: target.title))
    }
}

/// Whether the lines so far end within fenced code.
private struct FenceState {
    private var open: (mark: Character, count: Int)?

    var isOpen: Bool { open != nil }

    mutating func take(_ line: Substring) {
        if let fence = open {
            if MarkdownLine.closes(line, mark: fence.mark, count: fence.count) { open = nil }
        } else if let fence = MarkdownLine.fence(line) {
            open = (fence.mark, fence.count)
        }
    }
}
