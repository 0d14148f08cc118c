// Strings and numbers of the JSON reader.

extension JSONReader {
    /// Reads a string; `position` is at its opening quotation mark.
    mutating func readString() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            position += 1
        }
        if peek == UInt8(ascii: "\"") {  // The common case: nothing to decode.
            defer { position += 1 }
            return try decode(UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
        }
        return try readEscapedString(Array(bytes[start..<position]), start: start)
    }

    private mutating func readEscapedString(_ prefix: [UInt8], start: Int) throws(JSONError) -> String {
        var text = prefix
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error(.invalidUTF8, at: start)
                }
                return string
            case UInt8(ascii: "\\"): try readEscape(into: &text)
            case 0..<0x20: throw error(.controlCharacterInString(byte: byte))
            default:
                text.append(byte)
                position += 1
            }
        }
        throw error(.unexpectedEnd(expected: "the closing quotation mark"))
    }

    private func decode(_ slice: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let string = String(validating: slice, as: UTF8.self) else {
            throw error(.invalidUTF8, at: start)
        }
        return string
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(JSONError) {
        position += 1
        guard let byte = peek else { throw error(.unexpectedEnd(expected: "an escaped character")) }
        if byte == UInt8(ascii: "u") {
            let start = position - 1
            text.append(contentsOf: String(try readUnicodeEscape(from: start)).utf8)
            return
        }
        guard let value = Self.escapes[byte] else { throw error(.invalidEscape(byte: byte)) }
        text.append(value)
        position += 1
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F,
        UInt8(ascii: "b"): 0x08, UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A,
        UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    ]

    /// Reads `uXXXX`, or two of them that form a surrogate pair.
    private mutating func readUnicodeEscape(from start: Int) throws(JSONError) -> Character {
        let unit = try readHexUnit()
        if let scalar = Unicode.Scalar(unit) { return Character(scalar) }
        guard unit < 0xDC00, skip(UInt8(ascii: "\\")), peek == UInt8(ascii: "u") else {
            throw error(.loneSurrogate(unit), at: start)
        }
        let low = try readHexUnit()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit & 0x3FF) << 10) + UInt32(low & 0x3FF))
        else { throw error(.loneSurrogate(unit), at: start) }
        return Character(scalar)
    }

    private mutating func readHexUnit() throws(JSONError) -> UInt16 {
        position += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw unexpected("four hexadecimal digits")
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Reads a number; `position` is at its sign or first digit.
    mutating func readNumber() throws(JSONError) -> JSONNumber {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try skipDigits(from: start) }
        var isInteger = true
        if skip(UInt8(ascii: ".")) {
            isInteger = false
            try skipDigits(from: start)
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            isInteger = false
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try skipDigits(from: start)
        }
        if let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            throw error(.malformedNumber, at: start)  // A leading zero.
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return JSONNumber(integer) }
        guard let value = Double(text), value.isFinite else { throw error(.numberOutOfRange, at: start) }
        return JSONNumber(value)
    }

    private mutating func skipDigits(from start: Int) throws(JSONError) {
        guard let first = peek, (0x30...0x39).contains(first) else {
            throw error(.malformedNumber, at: start)
        }
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
    }
}
