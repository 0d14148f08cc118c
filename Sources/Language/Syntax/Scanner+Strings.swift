extension Scanner {
    /// Scans `"text {code:format}"`, `r"raw"`, and both in triple quotes over several lines.
    mutating func scanString(raw: Bool) throws -> Token.Kind {
        let start = place
        let triple = matches(Array("\"\"\"".utf8))
        place += triple ? 3 : 1
        var segments: [StringSyntax.Segment] = []
        var text: [UInt8] = []
        while true {
            guard let byte = peek(0), triple || byte != UInt8(ascii: "\n") else {
                throw unterminated(start, triple: triple)
            }
            if byte == UInt8(ascii: "\""), !triple || matches(Array("\"\"\"".utf8)) {
                place += triple ? 3 : 1
                break
            }
            if !raw, byte == UInt8(ascii: "\\") {
                try scanEscape(into: &text)
            } else if !raw, byte == UInt8(ascii: "{"), peek(1) != byte {
                flush(&text, into: &segments)
                segments.append(try scanCode(stringStart: start, triple: triple))
            } else if !raw, byte == UInt8(ascii: "{") || (byte == UInt8(ascii: "}") && peek(1) == byte) {
                text.append(byte)
                place += 2
            } else {
                text.append(byte)
                place += 1
            }
        }
        flush(&text, into: &segments)
        if triple { Scanner.dedent(&segments) }
        return .string(StringSyntax(segments: segments))
    }

    private func flush(_ text: inout [UInt8], into segments: inout [StringSyntax.Segment]) {
        if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
        text.removeAll()
    }

    private func unterminated(_ start: Int, triple: Bool) -> SyntaxError {
        error(
            .unterminatedString, "this string has no end", start, triple ? start + 3 : place,
            help: triple
                ? "close it with \"\"\"" : "close it with \"; text over several lines stands between \"\"\"",
            incomplete: triple && place >= end)
    }

    // MARK: escapes

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "0"): 0,
        UInt8(ascii: "e"): 27, UInt8(ascii: "\\"): 92, UInt8(ascii: "\""): 34, UInt8(ascii: "{"): 123,
        UInt8(ascii: "}"): 125,
    ]

    private mutating func scanEscape(into text: inout [UInt8]) throws {
        let start = place
        guard let mark = peek(1) else { throw unterminated(start, triple: false) }
        if let byte = Scanner.escapes[mark] {
            text.append(byte)
            place += 2
        } else if mark == UInt8(ascii: "u"), peek(2) == UInt8(ascii: "{") {
            place += 3
            let digits = place
            while let byte = peek(0), byte != UInt8(ascii: "}"), place - digits < 8 { place += 1 }
            guard peek(0) == UInt8(ascii: "}"), let code = UInt32(file.text(digits, place), radix: 16),
                let scalar = Unicode.Scalar(code)
            else {
                throw error(.badEscape, "\\u{…} wants the hexadecimal number of a character", start, place)
            }
            place += 1
            text.append(contentsOf: Array(String(Character(scalar)).utf8))
        } else {
            let width = mark < 0x80 ? 1 : 0
            throw error(
                .badEscape, "unknown escape \(quoted(file.text(start, start + 1 + width)))", start,
                start + 1 + width,
                help: "write \\\\ for a backslash, or a raw string r\"…\"")
        }
    }

    // MARK: interpolation

    /// Scans from `{` to `}`: finds the ends of the expression and of the format, skipping nested brackets and strings.
    private mutating func scanCode(stringStart: Int, triple: Bool) throws -> StringSyntax.Segment {
        let open = place
        guard stringDepth < Scanner.deepestString else {
            throw error(.tooDeep, "strings are nested too deeply here", open, open + 1)
        }
        place += 1
        let start = place
        var depth = 0
        while let byte = peek(0), triple || byte != UInt8(ascii: "\n") {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                place += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                depth -= 1
                place += 1
            case UInt8(ascii: "}") where depth <= 0:
                return try finishCode(open: open, start: start, format: nil)
            case UInt8(ascii: "}"):
                depth -= 1
                place += 1
            case UInt8(ascii: ":") where depth <= 0:
                return try finishCode(open: open, start: start, format: try scanFormat(open: open))
            case UInt8(ascii: "\""):
                if triple, matches(Array("\"\"\"".utf8)) { throw openBrace(open) }
                do {
                    try skipNestedString()
                } catch let error as SyntaxError where error.diagnostic.code == .unterminatedString && !triple {
                    // The quote was meant to end the outer string.
                    throw openBrace(open)
                }
            default:
                place += 1
            }
        }
        if place >= end, triple {
            throw unterminated(stringStart, triple: triple)
        }
        throw openBrace(open)
    }

    private mutating func finishCode(open: Int, start: Int, format: Range<Int>?) throws
        -> StringSyntax.Segment
    {
        let codeEnd = format.map { $0.lowerBound - 1 } ?? place
        place += 1
        guard bytes[start..<codeEnd].contains(where: { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }) else {
            throw error(
                .badEscape, "an expression is missing between these braces", open, place,
                help: "write {{ and }} for braces themselves")
        }
        return .code(start: start, end: codeEnd, format: format)
    }

    /// Returns the bytes of the format after the colon; the closing brace is left.
    private mutating func scanFormat(open: Int) throws -> Range<Int> {
        place += 1
        let start = place
        while let byte = peek(0), byte != UInt8(ascii: "}") {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\"") { throw openBrace(open) }
            place += 1
        }
        guard place < end else { throw openBrace(open) }
        return start..<place
    }

    private mutating func skipNestedString() throws {
        let raw =
            place > 0 && bytes[place - 1] == UInt8(ascii: "r")
            && !(place > 1 && (Scanner.isNameStart(bytes[place - 2]) || Scanner.isDigit(bytes[place - 2])))
        var inner = Scanner(file: file, range: place..<end, stringDepth: stringDepth + 1)
        _ = try inner.scanString(raw: raw)
        place = inner.place
    }

    private func openBrace(_ open: Int) -> SyntaxError {
        error(
            .badEscape, "this brace has no end", open, open + 1,
            help: "braces hold expressions inside strings; write {{ for a brace itself")
    }

    // MARK: multi-line text

    /// Removes the line end after the opening quotes, and the indentation of the closing ones from every line.
    private static func dedent(_ segments: inout [StringSyntax.Segment]) {
        guard case .text(let first)? = segments.first, first.first == "\n" else { return }
        segments[0] = .text(String(first.dropFirst()))
        guard case .text(let last)? = segments.last else { return }
        let tail = last.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        guard last.contains("\n") || segments.count == 1, tail.allSatisfy({ $0 == " " || $0 == "\t" }) else {
            return
        }
        let indent = String(tail)
        for (place, segment) in segments.enumerated() {
            guard case .text(var text) = segment else { continue }
            let isFirst = place == 0
            if isFirst, text.hasPrefix(indent) { text.removeFirst(indent.count) }
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for line in lines.indices.dropFirst() where lines[line].hasPrefix(indent) {
                lines[line].removeFirst(indent.count)
            }
            segments[place] = .text(lines.joined(separator: "\n"))
        }
        if case .text(let text)? = segments.last, text.hasSuffix("\n") {
            segments[segments.count - 1] = .text(String(text.dropLast()))
        }
    }
}
