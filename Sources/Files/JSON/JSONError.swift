// Errors of JSON texts.

/// A violation of RFC 8259, or of this reader's limits, and its place.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem.
    public enum Problem: Equatable, Sendable {
        /// The text ends too early.
        case unexpectedEnd(expected: String)
        /// Another byte than expected.
        case unexpected(byte: UInt8, expected: String)
        /// Something follows the value.
        case trailingText(byte: UInt8)
        /// A string is not valid UTF-8.
        case invalidUTF8
        /// A control character stands in a string without an escape.
        case controlCharacterInString(byte: UInt8)
        /// A backslash is followed by a byte that no escape begins with.
        case invalidEscape(byte: UInt8)
        /// A UTF-16 unit of a surrogate pair stands alone.
        case loneSurrogate(UInt16)
        /// A number has a leading zero, or lacks digits.
        case malformedNumber
        /// A number is beyond the range of `Double`.
        case numberOutOfRange
        /// A key occurs twice in an object.
        case duplicateKey(String)
        /// Values are nested more than `limit` levels deep.
        case tooDeep(limit: Int)
    }

    /// The problem.
    public let problem: Problem
    /// The number of bytes before the place.
    public let offset: Int
    /// The line of the place, counted from 1.
    public let line: Int
    /// The column of the place in bytes, counted from 1.
    public let column: Int

    /// The place and the problem as a message, without a full stop.
    public var description: String { "line \(line), column \(column): \(problem.text)" }
}

extension JSONError.Problem {
    /// The problem in words, without its place.
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
