import Language
import Tensors

/// Reads text of rows of cells between separators (RFC 4180). Cells in quotes may contain separators, line breaks and doubled quotes; lines
/// end in LF, CR LF or CR; a byte order mark is skipped.
struct SeparatedText {
    struct Cell {
        var text: String
        /// Whether the cell stood in quotes, which makes it a text whatever it looks like.
        var isQuoted: Bool
    }

    struct Row {
        /// The line at which the row begins, counted from 1.
        let line: Int
        var cells: [Cell]
        /// Whether the line has nothing in it.
        var isBlank: Bool { cells.count == 1 && cells[0].text.isEmpty && !cells[0].isQuoted }
    }

    struct Mistake: Error {
        let line: Int
        let text: String
    }

    private let bytes: [UInt8]
    private let separator: UInt8
    private var place: Int
    private var line = 1

    private init(_ bytes: [UInt8], separator: UInt8) {
        (self.bytes, self.separator) = (bytes, separator)
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Returns all rows. Throws a `Mistake` where quotes do not fit, and for bytes that are not UTF-8.
    static func rows(_ bytes: [UInt8], separator: UInt8) throws -> [Row] {
        var reader = SeparatedText(bytes, separator: separator)
        var rows: [Row] = []
        while reader.place < bytes.count {
            try Cancellation.check()
            rows.append(try reader.row())
        }
        return rows
    }

    private mutating func row() throws -> Row {
        var row = Row(line: line, cells: [])
        while true {
            row.cells.append(try cell())
            guard place < bytes.count else { return row }
            let byte = bytes[place]
            place += 1
            if byte == separator { continue }
            // CR LF is one end of a line.
            if byte == 13, place < bytes.count, bytes[place] == 10 { place += 1 }
            line += 1
            return row
        }
    }

    private var isAtEnd: Bool { place >= bytes.count || bytes[place] == separator || bytes[place] == 10 || bytes[place] == 13 }

    private mutating func cell() throws -> Cell {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
            let start = place
            while !isAtEnd { place += 1 }
            return Cell(text: try text(bytes[start..<place], line), isQuoted: false)
        }
        let beginning = line
        var content: [UInt8] = []
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") {
                guard place < bytes.count, bytes[place] == byte else {
                    guard isAtEnd else {
                        throw Mistake(line: line, text: "something stands between a closing quote and the end of its cell")
                    }
                    return Cell(text: try text(content[...], beginning), isQuoted: true)
                }
                place += 1
            } else if byte == 10 || byte == 13 && (place >= bytes.count || bytes[place] != 10) {
                line += 1
            }
            content.append(byte)
        }
        throw Mistake(line: beginning, text: "a quote is opened here and never closed")
    }

    private func text(_ bytes: ArraySlice<UInt8>, _ line: Int) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Mistake(line: line, text: "this is no UTF-8 text") }
        return text
    }
}

/// The values of cells without quotes, and the texts that need quotes to be read as texts.
enum CellText {
    /// Returns none for nothing, the bools, numbers in the usual notation (blanks around them do not count), else the text itself. Digits
    /// after a leading zero, and more of them than an int holds, are a text, such as a code.
    static func value(_ text: String) -> Value {
        if text.isEmpty { return .none }
        if text == "true" || text == "false" { return .bool(text == "true") }
        return number(text) ?? .string(text)
    }

    static func isText(_ text: String) -> Bool {
        if case .string = value(text) { true } else { false }
    }

    private static let words: [String: Double] = ["nan": .nan, "NaN": .nan, "inf": .infinity, "-inf": -.infinity]

    private static func number(_ text: String) -> Value? {
        var bytes = Array(text.utf8)
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        bytes = Array(bytes.drop { $0 == 32 || $0 == 9 })
        let trimmed = String(decoding: bytes, as: UTF8.self)
        if let word = words[trimmed] { return .float(word) }
        let digits = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        guard bytes.count - digits.count <= 1, let first = digits.first, isDigit(first) || first == UInt8(ascii: ".") else { return nil }
        let whole = digits.prefix(while: isDigit)
        if whole.count == digits.count {
            return whole.count > 1 && first == UInt8(ascii: "0") ? nil : Int(trimmed).map { .int($0) }
        }
        let known = digits.allSatisfy { isDigit($0) || ".eE+-".utf8.contains($0) }
        guard known, whole.count < 2 || first != UInt8(ascii: "0"), digits.contains(where: isDigit) else { return nil }
        return Double(trimmed).map { .float($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
