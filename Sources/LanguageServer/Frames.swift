import Files

/// Cuts a stream of bytes into the protocol's messages: headers, an empty line, and as many bytes of JSON as `Content-Length` says.
struct FrameReader {
    /// A message, or a part of the stream that is none.
    enum Frame: Equatable {
        case message([UInt8])
        /// A malformed header, with the reason; reading continues behind it where it can.
        case broken(String)
    }

    /// The largest message accepted, in bytes.
    static let largest = 64 << 20
    private static let longestHeader = 8 << 10

    private var buffer: [UInt8] = []
    private var start = 0
    /// Whether the stream can no longer be followed because the start of the next message is unknown.
    private(set) var isLost = false

    /// Appends bytes of the stream.
    mutating func feed(_ bytes: some Sequence<UInt8>) {
        if start > 1 << 16, start * 2 > buffer.count {
            buffer.removeFirst(start)
            start = 0
        }
        buffer += bytes
    }

    /// Returns the next whole message, or nil until more bytes come.
    mutating func next() -> Frame? {
        guard !isLost, let end = headerEnd() else {
            guard !isLost, buffer.count - start > FrameReader.longestHeader else { return nil }
            isLost = true
            return .broken("a header without an end")
        }
        let header = String(decoding: buffer[start..<end.text], as: UTF8.self)
        guard let length = FrameReader.length(header) else {
            start = end.body
            return .broken("a header without a Content-Length")
        }
        guard length <= FrameReader.largest else {
            isLost = true
            return .broken("a message of \(length) bytes, more than \(FrameReader.largest)")
        }
        guard buffer.count - end.body >= length else { return nil }
        start = end.body + length
        return .message(Array(buffer[end.body..<start]))
    }

    /// Returns where the header's text ends and where the body begins. Bare line feeds are accepted too.
    private func headerEnd() -> (text: Int, body: Int)? {
        var place = start
        while place < buffer.count {
            if buffer[place] == 10 {
                if place + 1 < buffer.count, buffer[place + 1] == 10 { return (place, place + 2) }
                if place + 2 < buffer.count, buffer[place + 1] == 13, buffer[place + 2] == 10 { return (place, place + 3) }
            }
            if place - start > FrameReader.longestHeader { return nil }
            place += 1
        }
        return nil
    }

    /// Returns the `Content-Length` of a header, or nil where it has none.
    private static func length(_ header: String) -> Int? {
        for line in header.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            let digits = parts[1].filter { $0 != " " && $0 != "\t" }
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
            return Int(digits) ?? Int.max
        }
        return nil
    }

    /// Returns a message with its header.
    static func frame(_ message: JSON) -> [UInt8] {
        let body = Array(message.text().utf8)
        return Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }
}
