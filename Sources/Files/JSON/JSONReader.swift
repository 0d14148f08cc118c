// A strict JSON reader: RFC 8259 and nothing else, with a limit on nesting.

extension JSON {
    /// Reads one JSON value, which must fill `bytes` except for white space around it.
    ///
    /// This reader is stricter than most: duplicate keys, lone surrogates, numbers beyond `Double`, a byte order mark and
    /// more than `depthLimit` levels are errors. Throws ``JSONError`` with the place.
    ///
    /// `allowsNonFinite`: also accepts `Infinity`, `-Infinity` and `NaN`, which Python's `json` writes.
    public static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int = 128, allowsNonFinite: Bool = false
    ) throws(JSONError) -> JSON {
        var reader = JSONReader(bytes: bytes, depthLimit: depthLimit)
        reader.allowsNonFinite = allowsNonFinite
        return try reader.readDocument()
    }

    /// Reads one JSON value, which must fill `bytes`. Throws ``JSONError``.
    public static func parse(_ bytes: [UInt8], depthLimit: Int = 128, allowsNonFinite: Bool = false) throws(JSONError) -> JSON {
        let outcome = bytes.withUnsafeBufferPointer { pointer in
            Result { () throws(JSONError) in try parse(pointer, depthLimit: depthLimit, allowsNonFinite: allowsNonFinite) }
        }
        return try outcome.get()
    }

    /// Reads one JSON value, which must fill `text`. Throws ``JSONError``.
    public static func parse(_ text: String, depthLimit: Int = 128) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), depthLimit: depthLimit)
    }
}

/// The state of one reading: the bytes, the place in them, and the depth of nesting.
struct JSONReader {
    let bytes: UnsafeBufferPointer<UInt8>
    let depthLimit: Int
    var allowsNonFinite = false
    var position = 0
    var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    mutating func readDocument() throws(JSONError) -> JSON {
        let value = try readValue()
        skipBlanks()
        if let byte = peek { throw error(.trailingText(byte: byte)) }
        return value
    }

    mutating func readValue() throws(JSONError) -> JSON {
        skipBlanks()
        guard let byte = peek else { throw error(.unexpectedEnd(expected: "a value")) }
        switch byte {
        case UInt8(ascii: "{"): return try nested { reader throws(JSONError) in try reader.readObject() }
        case UInt8(ascii: "["): return try nested { reader throws(JSONError) in try reader.readArray() }
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "N") where allowsNonFinite: return try readWord("NaN", .number(JSONNumber(.nan)))
        case UInt8(ascii: "I") where allowsNonFinite: return try readWord("Infinity", .number(JSONNumber(.infinity)))
        case UInt8(ascii: "-") where allowsNonFinite && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "I"):
            return try readWord("-Infinity", .number(JSONNumber(-.infinity)))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try readNumber())
        default: throw error(.unexpected(byte: byte, expected: "a value"))
        }
    }

    private mutating func nested(_ read: (inout JSONReader) throws(JSONError) -> JSON) throws(JSONError)
        -> JSON
    {
        guard depth < depthLimit else { throw error(.tooDeep(limit: depthLimit)) }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private mutating func readObject() throws(JSONError) -> JSON {
        var object = JSONObject()
        position += 1
        skipBlanks()
        if skip(UInt8(ascii: "}")) { return .object(object) }
        while true {
            skipBlanks()
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a key in quotation marks") }
            let key = try readString()
            skipBlanks()
            guard skip(UInt8(ascii: ":")) else { throw unexpected("':'") }
            guard object.append(key, try readValue()) else { throw error(.duplicateKey(key), at: start) }
            skipBlanks()
            if skip(UInt8(ascii: "}")) { return .object(object) }
            guard skip(UInt8(ascii: ",")) else { throw unexpected("',' or '}'") }
        }
    }

    private mutating func readArray() throws(JSONError) -> JSON {
        var elements: [JSON] = []
        position += 1
        skipBlanks()
        if skip(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try readValue())
            skipBlanks()
            if skip(UInt8(ascii: "]")) { return .array(elements) }
            guard skip(UInt8(ascii: ",")) else { throw unexpected("',' or ']'") }
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard skip(word.utf8Start[index]) else { throw unexpected("the word \(word)") }
        }
        return value
    }
}

// MARK: Moving, and saying where

extension JSONReader {
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    func unexpected(_ expected: String) -> JSONError {
        peek.map { error(.unexpected(byte: $0, expected: expected)) }
            ?? error(.unexpectedEnd(expected: expected))
    }

    func error(_ problem: JSONError.Problem, at place: Int? = nil) -> JSONError {
        let offset = min(place ?? position, bytes.count)
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        return JSONError(problem: problem, offset: offset, line: line, column: offset - lineStart + 1)
    }
}
