extension MarkdownInlines {
    /// Opens a bracket that may become a link or a picture.
    mutating func bracket(isImage: Bool) {
        let words = isImage ? "![" : "["
        pieces.append(Piece(html: words, plain: words))
        place += words.count
        // Text with more open brackets than this has no links in mind.
        if brackets.count < 200 { brackets.append(Bracket(piece: pieces.count - 1, place: place, isImage: isImage)) }
    }

    /// Reads `]`: makes a link or a picture of what stands since its bracket, or text.
    mutating func closeBracket() {
        let close = place
        place += 1
        guard let open = brackets.popLast() else { return append("]") }
        guard hasLinks, open.isActive, let target = target(from: open, to: close) else { return append("]") }
        emphasize(from: open.piece + 1)
        let inner = pieces[(open.piece + 1)...]
        let (html, plain) = (inner.map(\.html).joined(), inner.map(\.plain).joined())
        pieces.removeSubrange(open.piece...)
        if open.isImage {
            append(html: imageHTML(target, alt: plain), plain: plain)
            return
        }
        if let address = SafeAddress.link(target.address) {
            append(html: "<a href=\"\(escapedHTML(address))\"\(title(target.title)) rel=\"noopener noreferrer\">\(html)</a>", plain: plain)
        } else {
            append(html: "<span class=\"refused\">\(html)</span>", plain: plain)
        }
        // A link holds no links.
        for index in brackets.indices where !brackets[index].isImage { brackets[index].isActive = false }
    }

    private func imageHTML(_ target: MarkdownReference, alt: String) -> String {
        guard let name = SafeAddress.picture(target.address), let address = picture(name) else {
            return
                "<span class=\"absent\">\(escapedHTML(alt.isEmpty ? "a picture" : alt)) (this picture is not in the notebook's folder)</span>"
        }
        return "<img src=\"\(escapedHTML(address))\" alt=\"\(escapedHTML(alt))\"\(title(target.title))>"
    }

    private func title(_ text: String) -> String { text.isEmpty ? "" : " title=\"\(escapedHTML(text))\"" }

    /// Returns what stands behind a closing bracket: an address in parentheses, a name in brackets, or nothing where the text itself is a
    /// name. Nil where there is no such name.
    private mutating func target(from open: Bracket, to close: Int) -> MarkdownReference? {
        if peek(0) == "(" {
            var scan = TargetScan(text, at: place + 1)
            if let target = scan.target(isInParentheses: true) {
                place = scan.place
                return target
            }
        }
        guard close - open.place <= 1000 else { return nil }
        let own = string(open.place..<close)
        if peek(0) == "[", let end = text[(place + 1)..<min(text.count, place + 1001)].firstIndex(where: { $0 == "]" || $0 == "[" }),
            text[end] == "]"
        {
            let name = string(place + 1..<end)
            guard let found = references[MarkdownReference.key(name.isEmpty ? own : name)] else { return nil }
            place = end + 1
            return found
        }
        return references[MarkdownReference.key(own)]
    }

    /// Reads `<https://…>` and `<name@host>`; any other `<` is text.
    mutating func angle() {
        let limit = min(text.count, place + 2000)
        if hasLinks,
            let end = text[(place + 1)..<max(place + 1, limit)].firstIndex(where: { $0 == ">" || $0 == "<" || $0.isMarkdownSpace }),
            text[end] == ">"
        {
            let words = string(place + 1..<end)
            let isMail = words.contains("@") && !words.contains(":") && !words.contains("/") && words.first != "@" && words.last != "@"
            if isMail || SafeAddress.hasScheme(words), let address = SafeAddress.link(isMail ? "mailto:" + words : words) {
                append(html: "<a href=\"\(escapedHTML(address))\" rel=\"noopener noreferrer\">\(escapedHTML(words))</a>", plain: words)
                place = end + 1
                return
            }
        }
        append("<")
        place += 1
    }

    /// Reads an address that stands in the text without any marks.
    mutating func bareAddress() {
        let isWordStart = place == 0 || !text[place - 1].properties.isAlphabetic
        let rest = String(String.UnicodeScalarView(text[place..<min(text.count, place + 8)]))
        guard isWordStart, rest.hasPrefix("http://") || rest.hasPrefix("https://"),
            !brackets.contains(where: { $0.isActive && !$0.isImage })
        else {
            append("h")
            place += 1
            return
        }
        var end = place
        while end < text.count, end - place < 2000, !text[end].isMarkdownSpace, text[end] != "<", text[end] != "*" { end += 1 }
        // Punctuation at the end belongs to the sentence, and a parenthesis where it closes one that is not the address's.
        while end > place, let last = Optional(text[end - 1]) {
            let part = text[place..<end]
            let isSurplus = last == ")" && part.count { $0 == ")" } > part.count { $0 == "(" }
            guard isSurplus || "?!.,:;\"'_~`]".unicodeScalars.contains(last) else { break }
            end -= 1
        }
        let words = string(place..<end)
        if let address = SafeAddress.link(words), words.count > 8 {
            append(html: "<a href=\"\(escapedHTML(address))\" rel=\"noopener noreferrer\">\(escapedHTML(words))</a>", plain: words)
        } else {
            append(words)
        }
        place = max(end, place + 1)
    }

    /// Reads an address and a title: `address "title"`.
    struct TargetScan {
        private let text: [Unicode.Scalar]
        private(set) var place: Int
        /// No address or title is longer.
        private static let most = 4000
        /// The deepest nesting of parentheses in an address.
        private static let deepest = 32

        init(_ text: [Unicode.Scalar], at place: Int) { (self.text, self.place) = (text, place) }

        private var current: Unicode.Scalar? { place < text.count ? text[place] : nil }

        /// Whether nothing but blanks follows.
        var isAtEnd: Bool { text[min(place, text.count)...].allSatisfy(\.isMarkdownSpace) }

        /// Returns the address and title; nil where there are none. In parentheses, the closing one is read as well.
        mutating func target(isInParentheses: Bool = false) -> MarkdownReference? {
            skipSpace()
            guard let address = address(isInParentheses: isInParentheses) else { return nil }
            let end = place
            skipSpace()
            var words = ""
            if place > end, let quoted = title() { words = quoted }
            skipSpace()
            if isInParentheses {
                guard current == ")" else { return nil }
                place += 1
            }
            return MarkdownReference(address: MarkdownEntity.plain(address), title: MarkdownEntity.plain(words))
        }

        private mutating func skipSpace() { while let next = current, next.isMarkdownSpace { place += 1 } }

        private mutating func address(isInParentheses: Bool) -> String? {
            let start = place
            if current == "<" {
                place += 1
                while let next = current, next != ">", next != "<", next != "\n", place - start < Self.most { place += 1 }
                guard current == ">" else { return nil }
                place += 1
                return String(String.UnicodeScalarView(text[start + 1..<place - 1]))
            }
            var depth = 0
            while let next = current, !next.isMarkdownSpace, next.value >= 0x20, place - start < Self.most {
                if next == "\\", place + 1 < text.count, text[place + 1].isMarkdownPunctuation {
                    place += 1
                } else if next == "(" {
                    depth += 1
                    if depth > Self.deepest { return nil }
                } else if next == ")" {
                    if depth == 0 { break }
                    depth -= 1
                }
                place += 1
            }
            guard depth == 0, isInParentheses || place > start else { return nil }
            return String(String.UnicodeScalarView(text[start..<place]))
        }

        private mutating func title() -> String? {
            let pairs: [Unicode.Scalar: Unicode.Scalar] = ["\"": "\"", "'": "'", "(": ")"]
            guard let open = current, let close = pairs[open] else { return nil }
            let start = place
            place += 1
            while let next = current, next != close, place - start < Self.most { place += next == "\\" ? 2 : 1 }
            guard current == close else {
                place = start
                return nil
            }
            place += 1
            return String(String.UnicodeScalarView(text[start + 1..<place - 1]))
        }
    }
}
