/// A program's text with its name ("script.bas", "In [3]") and its line starts. Offsets are UTF-8 bytes.
public final class SourceFile: Sendable {
    /// The file's path, or what stands for it in messages.
    public let name: String
    /// The whole text.
    public let text: String
    let bytes: [UInt8]
    private let lineStarts: [Int]
    let utf16 = UTF16Marks()

    /// Creates a file and finds its lines.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
        bytes = Array(text.utf8)
        var starts = [0]
        for (place, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(place + 1) }
        lineStarts = starts
    }

    /// The number of lines; an empty one after a final line end counts.
    public var lineCount: Int { lineStarts.count }

    /// Returns the text between two byte offsets, which are clamped to the file.
    public func text(_ start: Int, _ end: Int) -> String {
        let low = min(max(start, 0), bytes.count)
        let high = min(max(end, low), bytes.count)
        return String(decoding: bytes[low..<high], as: UTF8.self)
    }

    /// Returns the byte offsets of a line, counted from 1, without its line end; an empty range at the end for other numbers.
    public func lineRange(_ line: Int) -> Range<Int> {
        guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
        let start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<max(start, end)
    }

    /// Returns the number of the line, counted from 1, in which a byte offset lies.
    public func line(of offset: Int) -> Int { max(1, lineStarts.partitioningIndex { $0 > offset }) }

    /// Returns the line and column of a byte offset, both counted from 1.
    public func position(of offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        let line = self.line(of: offset)
        return SourcePosition(line: line, column: text(lineStarts[line - 1], offset).count + 1)
    }
}

/// A place in a text as a reader counts.
public struct SourcePosition: Sendable, Equatable {
    /// The line, counted from 1.
    public let line: Int
    /// The column in characters, counted from 1.
    public let column: Int

    /// Makes a position.
    public init(line: Int, column: Int) { (self.line, self.column) = (line, column) }
}

/// A part of a source file, `start..<end` in UTF-8 bytes.
public struct Span: Sendable {
    /// The file.
    public let file: SourceFile
    /// The byte offset at which it begins.
    public let start: Int
    /// The byte offset after its last byte.
    public let end: Int

    /// Creates a span; an end before the start is moved to the start.
    public init(file: SourceFile, start: Int, end: Int) {
        self.file = file
        self.start = start
        self.end = max(start, end)
    }

    /// The text that it covers.
    public var text: String { file.text(start, end) }
    /// The line and column at which it begins.
    public var position: SourcePosition { file.position(of: start) }
    /// The line, counted from 1, in which it begins; on a very long line this is much cheaper than `position`.
    public var line: Int { file.line(of: start) }
    /// The line and column just after its end.
    public var endPosition: SourcePosition { file.position(of: end) }

    /// Returns the smallest span that covers both.
    public func through(_ other: Span) -> Span {
        Span(file: file, start: min(start, other.start), end: max(end, other.end))
    }

    /// The place in the form "script.bas:3:14".
    public var location: String {
        let place = position
        return "\(file.name):\(place.line):\(place.column)"
    }
}
