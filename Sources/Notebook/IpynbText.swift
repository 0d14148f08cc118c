import Language

/// Texts of `.ipynb` files as lines.
enum IpynbText {
    /// Returns the lines of a text, whose ends are `\n` or `\r\n`; a line end at the end begins no line of its own.
    static func lines(_ text: String) -> [String] {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { withoutReturn(String($0) ?? "") }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Returns a line without carriage returns at its end.
    static func withoutReturn(_ line: String) -> String {
        guard line.utf8.last == 0x0D else { return line }
        var bytes = line.utf8[...]
        while bytes.last == 0x0D { bytes.removeLast() }
        return String(bytes) ?? ""
    }

    /// Returns the lines of a source, without blank ones at both ends.
    static func source(_ text: String) -> [String] { trimmed(lines(text)) }

    /// Returns the lines without blank ones at both ends.
    static func trimmed(_ lines: [String]) -> [String] {
        var part = lines[...]
        while let first = part.first, isBlank(first) { part.removeFirst() }
        while let last = part.last, isBlank(last) { part.removeLast() }
        return Array(part)
    }

    static func isBlank(_ line: String) -> Bool { line.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    /// Returns the lines that a terminal shows of an output: without colours and other escape sequences, and where a carriage return goes
    /// back in a line, what was written last.
    static func shown(_ text: String) -> [String] {
        var plain = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            if scalar == "\u{1b}" { skipSequence(&scalars) } else { plain.append(scalar) }
        }
        return lines(String(plain)).map { line in clean(line.split(separator: "\r").last.map(String.init) ?? "") }
    }

    /// Returns a recorded line as it is written: control characters are made visible, and white space at the end goes.
    static func clean(_ line: String) -> String {
        let line = printable(line)
        guard line.last == " " || line.last == "\t" else { return line }
        return String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// Skips the rest of an escape sequence whose escape character was read.
    private static func skipSequence(_ scalars: inout String.UnicodeScalarView.Iterator) {
        switch scalars.next() {
        case "[":
            // Parameters, then a letter or a sign.
            while let next = scalars.next(), !(0x40...0x7E).contains(next.value) {}
        case "]", "P", "_", "^":
            // A text that ends with a bell or with the terminator ESC \.
            while let next = scalars.next(), next != "\u{07}" {
                if next == "\u{1b}" {
                    _ = scalars.next()
                    return
                }
            }
        default: break
        }
    }
}
