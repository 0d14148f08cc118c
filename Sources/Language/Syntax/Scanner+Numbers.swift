extension Scanner {
    /// Scans `12`, `1_000`, `0xff`, `0.5` or `5e-4`. A dot belongs to the number only before a digit: `1..8` is a range.
    mutating func scanNumber() throws -> Token.Kind {
        let start = place
        if matches(Array("0x".utf8)) || matches(Array("0X".utf8)) { return try scanHexadecimal() }
        skipDigits()
        var isFloat = false
        if peek(0) == UInt8(ascii: "."), let digit = peek(1), Scanner.isDigit(digit) {
            isFloat = true
            place += 1
            skipDigits()
        }
        if let mark = peek(0), mark | 32 == UInt8(ascii: "e"), exponentFollows() {
            isFloat = true
            place += 2
            skipDigits()
        }
        try rejectTrailingLetters(from: start)
        let digits = file.text(start, place).filter { $0 != "_" }
        if isFloat {
            guard let value = Double(digits), value.isFinite else {
                throw error(.badNumber, "this number is too large for a float", start, place)
            }
            return .float(value)
        }
        guard let value = Int(digits) else {
            throw error(
                .badNumber, "this number is too large for an int", start, place,
                help: "the largest is \(Int.max); write \(digits).0 for a float")
        }
        return .int(value)
    }

    private mutating func scanHexadecimal() throws -> Token.Kind {
        let start = place
        place += 2
        while let byte = peek(0), Scanner.isNameStart(byte) || Scanner.isDigit(byte) { place += 1 }
        let digits = file.text(start + 2, place).filter { $0 != "_" }
        guard let value = Int(digits, radix: 16) else {
            throw error(.badNumber, "this is not a hexadecimal int of at most 63 bits", start, place)
        }
        return .int(value)
    }

    private mutating func skipDigits() {
        while let byte = peek(0), Scanner.isDigit(byte) || byte == UInt8(ascii: "_") { place += 1 }
    }

    private func exponentFollows() -> Bool {
        guard let next = peek(1) else { return false }
        if Scanner.isDigit(next) { return true }
        guard next == UInt8(ascii: "-") || next == UInt8(ascii: "+"), let digit = peek(2) else {
            return false
        }
        return Scanner.isDigit(digit)
    }

    private mutating func rejectTrailingLetters(from start: Int) throws {
        guard let byte = peek(0), Scanner.isNameStart(byte) else { return }
        let digitsEnd = place
        while let byte = peek(0), Scanner.isNameStart(byte) || Scanner.isDigit(byte) { place += 1 }
        throw error(
            .badNumber, "a number cannot be followed by \(quoted(file.text(digitsEnd, place)))", start, place,
            help: "names begin with a letter; a product is written with *")
    }

    /// Returns the byte `offset` bytes ahead, or nil beyond the end.
    func peek(_ offset: Int) -> UInt8? {
        place + offset < end ? bytes[place + offset] : nil
    }
}
