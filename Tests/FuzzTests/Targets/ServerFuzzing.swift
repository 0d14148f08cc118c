import Files
import Commands
import Language

@testable import LanguageServer

/// What an editor sends.
enum ServerFuzzing {
    /// A stream of bytes: messages are the same however the stream is cut.
    static func frames(_ bytes: [UInt8]) {
        let whole = messages(bytes, pieces: bytes.count)
        precondition(messages(bytes, pieces: 1 + bytes.count % 7) == whole, "messages depend on how the stream is cut")
        for case .message(let body) in whole {
            if let value = try? JSON.parse(body) { _ = FrameReader.frame(value) }
        }
    }

    private static func messages(_ bytes: [UInt8], pieces length: Int) -> [FrameReader.Frame] {
        var reader = FrameReader()
        var frames: [FrameReader.Frame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            reader.feed(rest.prefix(length))
            rest = rest.dropFirst(length)
            while let frame = reader.next() { frames.append(frame) }
        }
        return frames
    }

    /// Messages to a server that is ready, one a line.
    static func server(_ bytes: [UInt8]) {
        // An import reads any file that it names, a terminal too.
        guard !String(decoding: bytes, as: UTF8.self).contains("import") else { return }
        let server = Server(builtins: builtins, standardLibrary: [], version: "") { _ = FrameReader.frame($0) }
        server.handle(["jsonrpc": "2.0", "id": 0, "method": "initialize", "params": [:]])
        for line in bytes.split(separator: UInt8(ascii: "\n")).prefix(16) {
            if let message = try? JSON.parse(Array(line)) { server.handle(message) } else { server.reportBroken("no JSON") }
        }
        server.publishDiagnostics()
    }

    private static let builtins = CommandTable.all.filter { ["show", "phase1", "zeros", "mask", "print"].contains($0.name) }
}
