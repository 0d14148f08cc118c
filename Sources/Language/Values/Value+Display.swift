extension Value {
    /// Returns the form in which the value shows itself as a result: one line where that fits, else several, cut to a readable length.
    public func display(_ context: DisplayContext) -> Display { shown(context).fitted(context) }

    private func shown(_ context: DisplayContext) -> Display {
        switch self {
        case .host(let host):
            return host.display(context)
        case .function(let function):
            let lines = function.documentation?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
            let words = lines.flatMap { TextWrapping.lines(String($0), width: context.width) }
            let head = TextWrapping.lines(function.signature, width: context.width, hanging: 4)
            return Display((head + words).joined(separator: "\n"))
        case .list(let items):
            var layout = Layout(context: context)
            return Display(layout.lines(of: self, indent: 0, label: ""), image: picture(of: items, context))
        case .record:
            var layout = Layout(context: context)
            return Display(layout.lines(of: self, indent: 0, label: ""))
        case .string(let text) where text.utf8.count > longestShownText:
            let begin = String(text.prefix(longestShownText / 2))
            let rest = byteText(text.utf8.count - begin.utf8.count)
            return Display(stringLiteral(begin) + "\n… and \(rest) more; print writes it all")
        default:
            return Display(literalText)
        }
    }
}

/// The most bytes of a text that are shown whole.
private let longestShownText = 20_000

/// Returns the picture of a list of host values, or nil where they have none together.
private func picture(of items: [Value], _ context: DisplayContext) -> DisplayImage? {
    guard context.wantsImages, case .host(let first)? = items.first else { return nil }
    let hosts = items.compactMap { if case .host(let host) = $0 { host } else { nil } }
    return hosts.count == items.count ? first.picture(of: hosts, context) : nil
}

/// Lays lists and records out over several lines.
private struct Layout {
    let context: DisplayContext
    private static let mostItems = 40
    private static let deepest = 4
    /// The most lines of one text within a list.
    private static let mostLines = 10

    init(context: DisplayContext) {
        self.context = context
    }

    private var ellipsis: String { context.unicode ? "…" : "..." }

    mutating func lines(of value: Value, indent: Int, label: String) -> String {
        let room = context.width - indent * 2 - displayWidth(label) - 1
        if let flat = flat(value, room: room) { return label + flat }
        switch value {
        case .list(let items): return label + list(items, indent)
        case .record(let record): return label + self.record(record, indent)
        default: return label + shortened(value.literalText, to: max(room, 20))
        }
    }

    /// Returns the value on one line, or nil where that is too long. Whether it is is estimated first, without writing a long value out.
    private func flat(_ value: Value, room: Int) -> String? {
        guard value.leafCount(limit: room) <= room else { return nil }
        let text = value.literalText
        return displayWidth(text) <= room && !text.contains("\n") ? text : nil
    }

    private mutating func list(_ items: [Value], _ indent: Int) -> String {
        if indent >= Layout.deepest { return "[\(ellipsis) \(countText(items.count, "item"))]" }
        let simple = items.prefix(Layout.mostItems).allSatisfy { !$0.isCollection }
        return "[" + (simple ? wrapped(items, indent) : stacked(items, indent)) + "]"
    }

    /// Returns the items one after the other, filling lines.
    private func wrapped(_ items: [Value], _ indent: Int) -> String {
        let pad = String(repeating: " ", count: indent * 2 + 1)
        var lines: [String] = []
        var line = ""
        let shown = items.count > Layout.mostItems * 4 ? Layout.mostItems * 2 : items.count
        for (place, item) in items.prefix(shown).enumerated() {
            let end = place + 1 < items.count ? ", " : ""
            let piece = shortened(item.literalText, to: context.width * Layout.mostLines) + end
            let needed = displayWidth(pad + line + trimmed(piece, leading: false))
            if !line.isEmpty, needed > context.width {
                lines.append(trimmed(line, leading: false))
                line = ""
            }
            line += piece
            // A text longer than a line goes on below, broken at its blanks; the next item stands on a line of its own.
            let whole = trimmed(piece, leading: false)
            guard line == piece, displayWidth(pad + whole) > context.width else { continue }
            lines += TextWrapping.lines(whole, width: context.width - pad.count, hanging: 1)
            line = ""
        }
        if !line.isEmpty { lines.append(trimmed(line, leading: false)) }
        if shown < items.count { lines.append("\(ellipsis) \(items.count - shown) more") }
        return lines.joined(separator: "\n" + pad)
    }

    private mutating func stacked(_ items: [Value], _ indent: Int) -> String {
        let pad = String(repeating: " ", count: indent * 2 + 1)
        let shown = items.count > Layout.mostItems ? Layout.mostItems / 2 : items.count
        var parts = items.prefix(shown).map { lines(of: $0, indent: indent + 1, label: "") }
        if shown < items.count { parts.append("\(ellipsis) \(items.count - shown) more") }
        return parts.joined(separator: ",\n" + pad)
    }

    private mutating func record(_ record: Record, _ indent: Int) -> String {
        if indent >= Layout.deepest { return "{\(ellipsis) \(countText(record.count, "field"))}" }
        let pad = String(repeating: " ", count: indent * 2 + 2)
        let shown = record.count > Layout.mostItems ? Layout.mostItems / 2 : record.count
        let width = record.keys.prefix(shown).map(displayWidth).max() ?? 0
        var parts = record.pairs.prefix(shown).map { key, value in
            let label = key + ":" + String(repeating: " ", count: width - displayWidth(key) + 1)
            return lines(of: value, indent: indent + 1, label: label)
        }
        if shown < record.count { parts.append("\(ellipsis) \(record.count - shown) more") }
        return "{\n" + pad + parts.joined(separator: ",\n" + pad) + "\n" + pad.dropLast(2) + "}"
    }
}

extension Value {
    /// Returns the number of values that this one holds, counted up to a limit.
    fileprivate func leafCount(limit: Int) -> Int {
        var stack = [self]
        var count = 0
        while let value = stack.popLast(), count <= limit {
            count += 1
            switch value {
            case .list(let items): stack += items.prefix(limit + 1)
            case .record(let record): stack += record.values.prefix(limit + 1)
            default: break
            }
        }
        return count
    }
}
