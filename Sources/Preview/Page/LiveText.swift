import Files
import Language

/// A text that grows while a cell runs, as a page shows it: its beginning and its end. What is between is counted and not kept, so that a
/// cell that prints without end costs neither memory nor the page's time.
struct LiveText: Sendable {
    /// The most bytes and lines of the beginning.
    static let mostHeadBytes = 48 << 10
    static let mostHeadLines = 400
    /// The most bytes of the end.
    static let mostTailBytes = 12 << 10

    private var head: [UInt8] = []
    private var headLines = 0
    private var tail: [UInt8] = []
    private var isFull = false
    /// The lines that are neither in the beginning nor in the end.
    private var dropped = 0

    /// Adds a text.
    mutating func append(_ text: String) {
        var rest = Array(text.utf8)[...]
        if !isFull {
            var end = rest.startIndex
            while end < rest.endIndex, head.count + (end - rest.startIndex) < Self.mostHeadBytes, headLines < Self.mostHeadLines {
                if rest[end] == 10 { headLines += 1 }
                end += 1
            }
            // A character of several bytes stays whole.
            while end < rest.endIndex, end > rest.startIndex, rest[end] & 0xC0 == 0x80 { end -= 1 }
            isFull = end < rest.endIndex
            head += rest[..<end]
            rest = rest[end...]
        }
        tail += rest
        guard tail.count > 2 * Self.mostTailBytes else { return }
        var start = tail.count - Self.mostTailBytes
        // The end begins with a line where lines are short, else with a character.
        if let line = tail[start...].prefix(1024).firstIndex(of: 10) { start = line + 1 }
        while start < tail.count, tail[start] & 0xC0 == 0x80 { start += 1 }
        dropped += tail[..<start].reduce(0) { $1 == 10 ? $0 + 1 : $0 }
        if dropped == 0 { dropped = 1 }
        tail.removeSubrange(..<start)
    }

    /// The text for the page: `text`, and where something is left out `cut`, a number of lines, and `tail`.
    var json: JSON {
        let head = printable(String(decoding: head, as: UTF8.self))
        guard dropped > 0 else { return ["text": .string(head + printable(String(decoding: tail, as: UTF8.self)))] }
        return ["text": .string(head), "cut": JSON(dropped), "tail": .string(printable(String(decoding: tail, as: UTF8.self)))]
    }
}
