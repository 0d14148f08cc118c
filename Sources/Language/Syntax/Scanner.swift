/// Turns text into tokens. Line ends are not tokens: each token knows whether one precedes it.
struct Scanner {
    let file: SourceFile
    let bytes: [UInt8]
    var place: Int
    let end: Int
    /// The number of strings around this part of the text, as in a string within an expression within a string.
    let stringDepth: Int
    var comments: [Comment] = []

    /// The deepest nesting of strings.
    static let deepestString = 16

    init(file: SourceFile, range: Range<Int>? = nil, stringDepth: Int = 0) {
        self.file = file
        bytes = file.bytes
        place = range?.lowerBound ?? 0
        end = min(range?.upperBound ?? file.bytes.count, file.bytes.count)
        self.stringDepth = stringDepth
    }

    /// Returns all tokens, the last of which is `.end`. Throws the first `SyntaxError`.
    mutating func scan() throws -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity((end - place) / 4 + 2)
        while true {
            let token = try next()
            tokens.append(token)
            if token.isEnd { return tokens }
        }
    }

    /// Returns the next token, `.end` at the end. Throws a `SyntaxError`.
    mutating func next() throws -> Token {
        let (newline, space) = skipSpace()
        let start = place
        guard place < end else {
            return Token(kind: .end, start: start, end: start, newlineBefore: newline, spaceBefore: space)
        }
        let kind = try scanKind()
        return Token(kind: kind, start: start, end: place, newlineBefore: newline, spaceBefore: space)
    }

    private mutating func scanKind() throws -> Token.Kind {
        let byte = bytes[place]
        if byte == UInt8(ascii: "\"") { return try scanString(raw: false) }
        if byte == UInt8(ascii: "r"), place + 1 < end, bytes[place + 1] == UInt8(ascii: "\"") {
            place += 1
            return try scanString(raw: true)
        }
        if Scanner.isDigit(byte) { return try scanNumber() }
        if Scanner.isNameStart(byte) || byte >= 0x80 { return try scanName() }
        for (spelling, symbol) in Symbol.bySpelling where matches(spelling) {
            place += spelling.count
            return .symbol(symbol)
        }
        throw unexpected(byte)
    }

    // MARK: space, comments, names

    /// Skips blanks, line ends and comments, and returns whether a line end, and whether anything, was skipped.
    private mutating func skipSpace() -> (newline: Bool, space: Bool) {
        let start = place
        var newline = false
        var ownsLine = place == 0
        while place < end {
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                place += 1
            case UInt8(ascii: "\n"):
                newline = true
                ownsLine = true
                place += 1
            case UInt8(ascii: "#"):
                let begin = place
                while place < end, bytes[place] != UInt8(ascii: "\n") { place += 1 }
                comments.append(Comment(start: begin, end: place, ownsLine: ownsLine))
            case 0xC2 where place + 1 < end && bytes[place + 1] == 0xA0:
                place += 2  // a no-break space, as pasted from web pages
            case 0xEF where place == 0 && end >= 3 && bytes[1] == 0xBB && bytes[2] == 0xBF:
                place += 3  // a byte order mark
            default:
                return (newline, place > start)
            }
        }
        return (newline, place > start)
    }

    private mutating func scanName() throws -> Token.Kind {
        let start = place
        while place < end {
            let byte = bytes[place]
            if Scanner.isNameStart(byte) || Scanner.isDigit(byte) {
                place += 1
            } else if byte >= 0x80, let scalar = scalar(at: place), scalar.properties.isAlphabetic {
                place += UTF8.width(scalar)
            } else {
                break
            }
        }
        guard place > start else { throw unexpected(bytes[start]) }
        let word = file.text(start, place)
        return Keyword(rawValue: word).map { .keyword($0) } ?? .name(word)
    }

    // MARK: helpers

    /// Returns whether the next bytes are these.
    func matches(_ spelling: [UInt8]) -> Bool {
        guard place + spelling.count <= end else { return false }
        for (offset, byte) in spelling.enumerated() where bytes[place + offset] != byte { return false }
        return true
    }

    /// Returns the scalar that begins at a byte offset, or nil at the end.
    func scalar(at place: Int) -> Unicode.Scalar? {
        String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
    }

    /// Returns whether the byte is an ASCII digit.
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// Returns whether the byte is an ASCII letter or an underscore.
    static func isNameStart(_ byte: UInt8) -> Bool {
        (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte == UInt8(ascii: "_")
    }

    func error(
        _ code: ErrorCode, _ message: String, _ start: Int, _ end: Int, label: String = "",
        help: String? = nil,
        incomplete: Bool = false
    ) -> SyntaxError {
        let span = Span(file: file, start: start, end: end)
        return SyntaxError(
            diagnostic: Diagnostic(
                code: code, message: message, labels: [.init(span: span, text: label, primary: true)],
                help: help),
            incomplete: incomplete)
    }

    private func unexpected(_ byte: UInt8) -> SyntaxError {
        let character = scalar(at: place) ?? "?"
        let width = byte < 0x80 ? 1 : UTF8.width(character)
        return error(
            .unexpectedCharacter, "unexpected character \(quoted(String(character)))", place, place + width,
            help: ForeignSyntax.help(on: character))
    }
}

/// Returns the text in quotes with control characters escaped, for messages.
func quoted(_ text: String) -> String {
    "\"\(escapedControls(text))\""
}

/// Returns the text with control characters and escape sequences written out, so that a message cannot steer a terminal.
func escapedControls(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        if isControl(scalar) {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// Returns whether the scalar is a C0 or C1 control, DEL, or a bidirectional override, which can make source text look like something else.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<32, 127..<160, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
}
