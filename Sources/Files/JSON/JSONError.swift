// What can be wrong with a JSON text, as data, and its one rendering.

/// A violation of RFC 8259 (or of this reader's limits) and where it is.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        case unexpectedEnd(expected: String)
        case unexpected(byte: UInt8, expected: String)
        case trailingText(byte: UInt8)
        case invalidUTF8
        case controlCharacterInString(byte: UInt8)
        case invalidEscape(byte: UInt8)
        case loneSurrogate(UInt16)
        case malformedNumber
        case numberOutOfRange
        case duplicateKey(String)
        case tooDeep(limit: Int)
    }

    public let problem: Problem
    /// Bytes before the place of the error.
    public let offset: Int
    /// Line and column of the place, from 1; the column counts bytes.
    public let line: Int
    public let column: Int

    public var description: String { "line \(line), column \(column): \(problem.text)" }
}

extension JSONError.Problem {
    public var text: String {
        switch self {
        case .unexpectedEnd(let expected): "the text ends where \(expected) should follow"
        case .unexpected(let byte, let expected): "found \(Self.show(byte)) where \(expected) should stand"
        case .trailingText(let byte): "found \(Self.show(byte)) after the end of the value"
        case .invalidUTF8: "the text is not valid UTF-8"
        case .controlCharacterInString(let byte): "control character \(Self.show(byte)) inside a string"
        case .invalidEscape(let byte): "unknown escape \\\(Self.show(byte)) in a string"
        case .loneSurrogate(let unit): "\\u\(String(unit, radix: 16)) is half of a surrogate pair"
        case .malformedNumber: "malformed number"
        case .numberOutOfRange: "the number is too large"
        case .duplicateKey(let key): "the key \"\(key)\" occurs twice in one object"
        case .tooDeep(let limit): "nested more than \(limit) levels deep"
        }
    }

    private static func show(_ byte: UInt8) -> String {
        (0x21...0x7E).contains(byte)
            ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
    }
}
