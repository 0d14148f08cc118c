/// A text with a name ("script.bas", "In [3]") and its line starts. Offsets are UTF-8 bytes.
public final class SourceFile: Sendable {
    public let name: String
    public let text: String
    let bytes: [UInt8]
    private let lineStarts: [Int]
    let utf16 = UTF16Marks()

    public init(name: String, text: String) {
        self.name = name
        self.text = text
        bytes = Array(text.utf8)
        var starts = [0]
        for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(place + 1) }
        lineStarts = starts
    }

    public var lineCount: Int { lineStarts.count }

    /// The text between two byte offsets; offsets outside the file are clamped.
    public func text(_ start: Int, _ end: Int) -> String {
        let low = min(max(start, 0), bytes.count)
        let high = min(max(end, low), bytes.count)
        return String(decoding: bytes[low..<high], as: UTF8.self)
    }

    /// Byte offsets of a line (from 1) without its line end.
    public func lineRange(_ line: Int) -> Range<Int> {
        guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<max(start, end)
    }

    /// The line, from 1, in which an offset lies.
    public func line(of offset: Int) -> Int { max(1, lineStarts.partitioningIndex { $0 > offset }) }

    /// Line from 1 and column from 1, counted in characters as a reader sees them.
    public func position(of offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        let line = self.line(of: offset)
        return SourcePosition(line: line, column: text(lineStarts[line - 1], offset).count + 1)
    }
}

public struct SourcePosition: Sendable, Equatable {
    public let line: Int
    public let column: Int
}

/// A part of a source file, `start..<end` in UTF-8 bytes.
public struct Span: Sendable {
    public let file: SourceFile
    public let start: Int
    public let end: Int

    public init(file: SourceFile, start: Int, end: Int) {
        self.file = file
        self.start = start
        self.end = max(start, end)
    }

    public var text: String { file.text(start, end) }
    public var position: SourcePosition { file.position(of: start) }
    /// The line, from 1, in which it begins: much cheaper than its position on a line of a million bytes.
    public var line: Int { file.line(of: start) }
    public var endPosition: SourcePosition { file.position(of: end) }

    /// The smallest span that covers both.
    public func through(_ other: Span) -> Span {
        Span(file: file, start: min(start, other.start), end: max(end, other.end))
    }

    /// "script.bas:3:14".
    public var location: String {
        let place = position
        return "\(file.name):\(place.line):\(place.column)"
    }
}
