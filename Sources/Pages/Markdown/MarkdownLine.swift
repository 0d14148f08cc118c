/// What a line of Markdown begins. Each question looks at one line alone.
enum MarkdownLine {
    /// Returns the number of blanks at the start, tabs counted to the next multiple of four.
    static func indent(_ line: Substring) -> Int {
        var count = 0
        for character in line {
            if character == " " {
                count += 1
            } else if character == "\t" {
                count += 4 - count % 4
            } else {
                break
            }
        }
        return count
    }

    /// Returns the line without its first `count` columns of blanks.
    static func dropping(_ count: Int, _ line: Substring) -> Substring {
        var (rest, column) = (line, 0)
        while column < count, let first = rest.first, first == " " || first == "\t" {
            let width = first == " " ? 1 : 4 - column % 4
            rest = rest.dropFirst()
            column += width
            // A tab that reaches further leaves its other columns.
            if column > count { return Substring(String(repeating: " ", count: column - count) + rest) }
        }
        return rest
    }

    static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }

    /// Returns the level and text of a heading with `#`.
    static func heading(_ line: Substring) -> (level: Int, text: String)? {
        guard indent(line) < 4 else { return nil }
        let text = Substring(line.trimmingSpaces)
        let level = text.prefix { $0 == "#" }.count
        guard (1...6).contains(level) else { return nil }
        let rest = text.dropFirst(level)
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        var title = Substring(rest.trimmingSpaces)
        let bare = title.reversed().drop { $0 == "#" }
        if bare.isEmpty {
            title = ""
        } else if bare.count < title.count, bare.first == " " || bare.first == "\t" {
            title = title.prefix(bare.count)
        }
        return (level, title.trimmingSpaces)
    }

    static func isRule(_ line: Substring) -> Bool {
        guard indent(line) < 4 else { return false }
        let marks = line.filter { !$0.isWhitespace }
        guard marks.count >= 3, let first = marks.first, "-*_".contains(first) else { return false }
        return marks.allSatisfy { $0 == first }
    }

    /// Returns the level of a heading that this line makes of the paragraph above it.
    static func underline(_ line: Substring) -> Int? {
        guard indent(line) < 4 else { return nil }
        let text = line.trimmingSpaces
        guard let first = text.first, first == "=" || first == "-", text.allSatisfy({ $0 == first }) else { return nil }
        return first == "=" ? 1 : 2
    }

    /// Returns the fence that opens code: its character, its length, the first word behind it, and its indent.
    static func fence(_ line: Substring) -> (mark: Character, count: Int, language: String, indent: Int)? {
        let indent = indent(line)
        guard indent < 4 else { return nil }
        let text = line.drop { $0 == " " || $0 == "\t" }
        guard let mark = text.first, mark == "`" || mark == "~" else { return nil }
        let count = text.prefix { $0 == mark }.count
        let rest = text.dropFirst(count)
        guard count >= 3, mark == "~" || !rest.contains("`") else { return nil }
        return (mark, count, rest.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "", indent)
    }

    static func closes(_ line: Substring, mark: Character, count: Int) -> Bool {
        guard indent(line) < 4 else { return false }
        let text = line.trimmingSpaces
        return text.count >= count && text.allSatisfy { $0 == mark }
    }

    /// Returns what stands behind the mark of a quotation.
    static func quote(_ line: Substring) -> Substring? {
        guard indent(line) < 4 else { return nil }
        let text = line.drop { $0 == " " || $0 == "\t" }
        guard text.first == ">" else { return nil }
        let rest = text.dropFirst()
        return rest.first == " " ? rest.dropFirst() : rest
    }

    /// The mark of a list's item.
    struct ItemMark {
        /// The character that lists are told apart by: `-`, `+`, `*`, `.` or `)`.
        var kind: Character
        var number: Int?
        /// The column at which the item's text begins.
        var content: Int
        /// The text behind the mark.
        var rest: Substring
    }

    static func item(_ line: Substring) -> ItemMark? {
        let indent = indent(line)
        guard indent < 4, !isRule(line) else { return nil }
        let text = line.drop { $0 == " " || $0 == "\t" }
        var mark = ItemMark(kind: " ", number: nil, content: 0, rest: "")
        var width = 1
        if let first = text.first, "-+*".contains(first) {
            mark.kind = first
        } else {
            let digits = text.prefix { $0.isASCII && $0.isNumber }
            guard (1...9).contains(digits.count), let number = Int(digits), let end = text.dropFirst(digits.count).first,
                end == "." || end == ")"
            else { return nil }
            (mark.kind, mark.number, width) = (end, number, digits.count + 1)
        }
        let rest = text.dropFirst(width)
        guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        let space = Self.indent(rest)
        // Five blanks and more: code within the item, one blank behind the mark.
        let taken = isBlank(rest) ? 1 : space > 4 ? 1 : space
        mark.content = indent + width + taken
        mark.rest = isBlank(rest) ? "" : dropping(taken, rest)
        return mark
    }

    /// Returns the columns' alignments where the line is the second one of a table.
    static func alignments(_ line: Substring) -> [MarkdownAlignment]? {
        guard indent(line) < 4, line.contains("-"), line.contains("|") || line.contains(":") else { return nil }
        var result: [MarkdownAlignment] = []
        for cell in cells(line) {
            let dashes = cell.filter { $0 != ":" }
            guard !dashes.isEmpty, dashes.allSatisfy({ $0 == "-" }), !cell.dropFirst().dropLast().contains(":") else { return nil }
            switch (cell.hasPrefix(":"), cell.hasSuffix(":")) {
            case (true, true): result.append(.center)
            case (true, false): result.append(.left)
            case (false, true): result.append(.right)
            case (false, false): result.append(.none)
            }
        }
        return result
    }

    /// Returns the cells of a table's line; `\|` does not end one.
    static func cells(_ line: Substring) -> [String] {
        var text = Substring(line.trimmingSpaces)
        if text.first == "|" { text = text.dropFirst() }
        var (cells, cell, isEscaped) = ([String](), "", false)
        for character in text {
            if character == "|", !isEscaped {
                cells.append(cell.trimmingSpaces)
                cell = ""
            } else {
                if character == "|" { cell.removeLast() }
                cell.append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        if !cell.trimmingSpaces.isEmpty || cells.isEmpty { cells.append(cell.trimmingSpaces) }
        return cells
    }
}
