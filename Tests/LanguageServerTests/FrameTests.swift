import Files
import Testing

@testable import LanguageServer

@Suite struct FrameTests {
    private func read(_ text: String, by size: Int = .max) -> [FrameReader.Frame] {
        var reader = FrameReader()
        var frames: [FrameReader.Frame] = []
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            reader.feed(bytes.prefix(size))
            bytes = bytes.dropFirst(size)
            while let frame = reader.next() { frames.append(frame) }
        }
        return frames
    }

    private func message(_ text: String) -> FrameReader.Frame { .message(Array(text.utf8)) }

    /// However the stream is cut.
    @Test(arguments: [1, 2, 3, 7, 1000])
    func pieces(_ size: Int) {
        let text = "Content-Length: 2\r\n\r\n{}Content-Type: x\r\ncontent-length:4\r\n\r\n\"é\"Content-Length: 0\n\n"
        #expect(read(text, by: size) == [message("{}"), message("\"é\""), message("")])
    }

    @Test(arguments: [
        "Content-Length: -5\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: 1e3\r\n\r\n", "Nothing: 1\r\n\r\n",
        "\r\n\r\n", "Content-Length\r\n\r\n",
    ])
    func brokenHeadersAreSkipped(_ header: String) {
        let frames = read(header + "Content-Length: 2\r\n\r\n{}")
        #expect(frames.last == message("{}") && frames.count == 2, "\(frames)")
    }

    @Test(arguments: ["Content-Length: 99999999999\r\n\r\n", "Content-Length: 999999999999999999999999\r\n\r\n"])
    func hostileSizesEndTheStream(_ header: String) {
        var reader = FrameReader()
        reader.feed(Array(header.utf8))
        guard case .broken? = reader.next() else { return #expect(Bool(false)) }
        #expect(reader.isLost)
        reader.feed(Array("Content-Length: 2\r\n\r\n{}".utf8))
        #expect(reader.next() == nil)
    }

    @Test func anEndlessHeaderEndsTheStream() {
        var reader = FrameReader()
        for _ in 0..<200 { reader.feed(Array(String(repeating: "x", count: 100).utf8)) }
        guard case .broken? = reader.next() else { return #expect(Bool(false)) }
        #expect(reader.isLost && reader.next() == nil)
    }

    @Test func deepJSONIsNoMessage() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect((try? JSON.parse(Array(deep.utf8))) == nil)
        #expect((try? JSON.parse([0xFF, 0xFE])) == nil)
        #expect((try? JSON.parse(Array("{\"a\":1}x".utf8))) == nil)
    }

    @Test(arguments: ["null", "true", "-3", "0.5", "\"a\\n\\u001b😀\"", "[1,[2],{}]", "{\"a\":{\"b\":[false,null]}}"])
    func valuesComeBack(_ text: String) {
        #expect((try? JSON.parse(Array(text.utf8)))?.text() == text)
    }
}
