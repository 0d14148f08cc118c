/// Reads the text of a block: emphasis, code, links, pictures. It gives HTML in which everything that is not such a mark is escaped.
struct MarkdownInlines {
    /// What the names of links stand for.
    let references: [String: MarkdownReference]
    /// The addresses of pictures.
    let picture: CellHTML.PictureLink
    /// Whether links and pictures are made; titles have none.
    var hasLinks = true

    /// A piece of the result.
    struct Piece {
        /// Finished HTML.
        var html = ""
        /// The piece's words, for a picture's alternative text.
        var plain = ""
        /// A run of `*`, `_` or `~` that may become emphasis.
        var run: Run?
    }

    /// A run of marks of emphasis.
    struct Run {
        var mark: Unicode.Scalar
        /// The number of marks that are not used yet, and at first.
        var count: Int
        let length: Int
        var opens: Bool
        var closes: Bool
        /// The tags that the used marks became: those that end emphasis stand before what is left, those that begin it behind.
        var ends = ""
        var starts = ""
    }

    /// A bracket that may begin a link.
    struct Bracket {
        /// The place of its piece.
        var piece: Int
        /// The place behind it in the text.
        var place: Int
        var isImage: Bool
        /// Whether it may begin a link: one within a link's text may not.
        var isActive = true
    }

    var text: [Unicode.Scalar] = []
    var place = 0
    var pieces: [Piece] = []
    var brackets: [Bracket] = []
    /// The lengths of runs of backquotes that no later run closes.
    private var unclosedCode: Set<Int> = []

    /// Creates a reader.
    init(references: [String: MarkdownReference], picture: @escaping CellHTML.PictureLink, hasLinks: Bool = true) {
        (self.references, self.picture, self.hasLinks) = (references, picture, hasLinks)
    }

    /// Returns a text as HTML.
    mutating func html(_ source: String) -> String {
        (text, place, pieces, brackets, unclosedCode) = (Array(source.unicodeScalars), 0, [], [], [])
        while place < text.count { step() }
        emphasize(from: 0)
        return pieces.map(\.html).joined()
    }

    private mutating func step() {
        switch text[place] {
        case "\\": escape()
        case "`": code()
        case "*", "_", "~": run()
        case "[": bracket(isImage: false)
        case "!" where peek(1) == "[": bracket(isImage: true)
        case "]": closeBracket()
        case "<": angle()
        case "&": entity()
        case "$": mathematics()
        case "\n": lineEnd()
        case "h" where hasLinks: bareAddress()
        default: plainText()
        }
    }

    // MARK: pieces

    func peek(_ offset: Int) -> Unicode.Scalar? { text.indices.contains(place + offset) ? text[place + offset] : nil }

    func string(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(text[range])) }

    /// Appends words.
    mutating func append(_ words: String) { append(html: escapedHTML(words), plain: words) }

    mutating func append(html: String, plain: String) {
        if let last = pieces.indices.last, pieces[last].run == nil, brackets.last?.piece != last {
            pieces[last].html += html
            pieces[last].plain += plain
        } else {
            pieces.append(Piece(html: html, plain: plain))
        }
    }

    private mutating func plainText() {
        let start = place
        place += 1
        while place < text.count, !"\\`*_~[]!<&$\nh".unicodeScalars.contains(text[place]) { place += 1 }
        append(string(start..<place))
    }

    private mutating func escape() {
        place += 1
        guard let next = peek(0) else { return append("\\") }
        if next == "\n" {
            append(html: "<br>\n", plain: " ")
            place += 1
        } else if next.isASCII, next.isMarkdownPunctuation {
            append(String(next))
            place += 1
        } else {
            append("\\")
        }
    }

    private mutating func lineEnd() {
        // Two blanks before the line's end break the line.
        let isBreak = place >= 2 && text[place - 1] == " " && text[place - 2] == " "
        place += 1
        while let next = peek(0), next == " " || next == "\t" { place += 1 }
        append(html: isBreak ? "<br>\n" : "\n", plain: " ")
    }

    private mutating func code() {
        let start = place
        while peek(0) == "`" { place += 1 }
        let length = place - start
        guard !unclosedCode.contains(length) else { return append(string(start..<place)) }
        var scan = place
        while scan < text.count {
            guard text[scan] == "`" else {
                scan += 1
                continue
            }
            let open = scan
            while scan < text.count, text[scan] == "`" { scan += 1 }
            guard scan - open == length else { continue }
            var words = string(place..<open).replacing("\n", with: " ")
            if words.hasPrefix(" "), words.hasSuffix(" "), !words.allSatisfy({ $0 == " " }) { words = String(words.dropFirst().dropLast()) }
            append(html: "<code>\(escapedHTML(words))</code>", plain: words)
            place = scan
            return
        }
        unclosedCode.insert(length)
        append(string(start..<place))
    }

    /// Mathematics stays as it is written: `$a_1 * b_2$` has no emphasis in it.
    private mutating func mathematics() {
        let length = peek(1) == "$" ? 2 : 1
        let start = place + length
        var end = start
        while end < text.count, text[end] != "$" { end += 1 }
        let closes = end + length <= text.count && (length == 1 || end + 1 < text.count && text[end + 1] == "$")
        let after = closes && end + length < text.count ? text[end + length] : " "
        guard closes, end > start, length == 2 || !text[start].isMarkdownSpace && !text[end - 1].isMarkdownSpace,
            length == 2 || !("0"..."9").contains(after)
        else {
            append(string(place..<start))
            place = start
            return
        }
        let words = string(place..<end + length)
        append(html: "<span class=\"math\">\(escapedHTML(words))</span>", plain: words)
        place = end + length
    }

    private mutating func entity() {
        if let (character, length) = MarkdownEntity.read(text, at: place) {
            append(character)
            place += length
        } else {
            append("&")
            place += 1
        }
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is a blank or a line end.
    var isMarkdownSpace: Bool { properties.isWhitespace }

    /// Whether CommonMark counts the scalar as punctuation.
    var isMarkdownPunctuation: Bool {
        if isASCII {
            return (33...47).contains(value) || (58...64).contains(value) || (91...96).contains(value) || (123...126).contains(value)
        }
        return switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        default: false
        }
    }
}
