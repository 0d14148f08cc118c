import Files
import Language

/// Conversion of the protocol's positions: lines from 0, characters in UTF-16 code units.
extension SourceFile {
    /// Returns the byte offset of a position; beyond the end of a line or of the text it is that end.
    func offset(line: Int, character: Int) -> Int {
        guard line >= 0 else { return 0 }
        guard line < lineCount else { return text.utf8.count }
        return offset(utf16Count: character, in: lineRange(line + 1))
    }

    /// Returns the byte offset of a position object, or nil where it is malformed.
    func offset(_ position: JSON?) -> Int? {
        guard let line = position?["line"]?.intValue, let character = position?["character"]?.intValue else { return nil }
        return offset(line: line, character: character)
    }

    /// Returns the position object of a byte offset.
    func position(_ offset: Int) -> JSON {
        let line = self.line(of: offset)
        return ["line": JSON(line - 1), "character": JSON(utf16Count(from: lineRange(line).lowerBound, to: offset))]
    }

    func range(_ start: Int, _ end: Int) -> JSON { ["start": position(start), "end": position(max(start, end))] }
    func range(_ span: Span) -> JSON { range(span.start, span.end) }
}

/// Conversion between paths and `file:` addresses.
enum FileAddress {
    /// Returns the path of an address, or nil for another kind, as that of an unsaved document.
    static func path(_ uri: String) -> String? {
        guard uri.hasPrefix("file://") else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(uri.utf8.dropFirst("file://".utf8.count))[...]
        if let slash = rest.firstIndex(of: UInt8(ascii: "/")) { rest = rest[slash...] }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns the address of a path, percent-encoded.
    static func uri(_ path: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        return "file://"
            + path.utf8.map { byte in
                if plain.contains(byte) { return String(UnicodeScalar(byte)) }
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }.joined()
    }
}
