import Files
import Commands
import Foundation
import Testing

@testable import LanguageServer

/// The server over two pipes, as an editor starts it.
@Suite struct LoopTests {
    /// What comes back for these bytes, and the exit code.
    private func converse(_ bytes: [UInt8]) -> (frames: [JSON], code: Int32) {
        let (input, output) = (Pipe(), Pipe())
        let writer = Thread { [handle = input.fileHandleForWriting] in
            try? handle.write(contentsOf: Data(bytes))
            try? handle.close()
        }
        writer.start()
        final class Result: @unchecked Sendable { var code: Int32 = -1 }
        let result = Result()
        let done = DispatchSemaphore(value: 0)
        let (read, write) = (input.fileHandleForReading.fileDescriptor, output.fileHandleForWriting.fileDescriptor)
        let server = Thread {
            result.code = ServerLoop(input: read, output: write).run(builtins: CommandTable.all, standardLibrary: [], version: "test")
            close(write)
            done.signal()
        }
        server.stackSize = 8 << 20
        server.start()
        var reader = FrameReader()
        reader.feed((try? output.fileHandleForReading.readToEnd()).flatMap { $0 }.map(Array.init) ?? [])
        done.wait()
        var frames: [JSON] = []
        while case .message(let bytes)? = reader.next() { frames.append((try? JSON.parse(bytes)) ?? .null) }
        withExtendedLifetime((input, output)) {}
        return (frames, result.code)
    }

    private func frames(_ messages: JSON...) -> [UInt8] { messages.flatMap { FrameReader.frame($0) } }

    private let initialize: JSON = ["jsonrpc": "2.0", "id": 1, "method": "initialize", "params": [:]]
    private let shutdown: JSON = ["jsonrpc": "2.0", "id": 99, "method": "shutdown"]
    private let exit: JSON = ["jsonrpc": "2.0", "method": "exit"]

    @Test func wholeSession() {
        let open: JSON = [
            "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": ["textDocument": ["uri": "untitled:a", "text": "nope"]],
        ]
        let (answers, code) = converse(frames(initialize, open, shutdown, exit))
        #expect(code == 0 && answers.map { $0["id"] } == [1, 99])
    }

    @Test func cancelledInTheQueue() {
        let hover: JSON = ["jsonrpc": "2.0", "id": 7, "method": "textDocument/hover", "params": [:]]
        let cancel: JSON = ["jsonrpc": "2.0", "method": "$/cancelRequest", "params": ["id": 7]]
        let (answers, _) = converse(frames(initialize, hover, cancel, shutdown, exit))
        #expect(answers.first { $0["id"] == 7 }?["error"]?["code"] == -32800)
    }

    @Test func brokenInput() {
        let bad = Array("Content-Length: 3\r\n\r\n{x}Nothing\r\n\r\n".utf8)
        let (answers, code) = converse(bad + frames(initialize, shutdown, exit))
        #expect(answers.prefix(2).allSatisfy { $0["error"]?["code"] == -32700 } && answers.count == 4)
        #expect(code == 0)
    }

    @Test func aClientThatLeaves() {
        #expect(converse(frames(initialize)).code == 1)
        #expect(converse([]).code == 1)
        #expect(converse(frames(exit)).code == 1)
        #expect(converse(Array("Content-Length: 99999999999\r\n\r\n".utf8)).code == 1)
    }

    /// After a moment of silence, once for many changes.
    @Test func diagnosticsWait() throws {
        let (input, output) = (Pipe(), Pipe())
        let (read, write) = (input.fileHandleForReading.fileDescriptor, output.fileHandleForWriting.fileDescriptor)
        Thread.detachNewThread {
            _ = ServerLoop(input: read, output: write).run(builtins: CommandTable.all, standardLibrary: [], version: "test")
            close(write)
        }
        var bytes = frames(
            initialize,
            ["jsonrpc": "2.0", "method": "textDocument/didOpen", "params": ["textDocument": ["uri": "untitled:a", "text": ""]]])
        for version in 1...50 {
            bytes += frames([
                "jsonrpc": "2.0", "method": "textDocument/didChange",
                "params": ["textDocument": ["uri": "untitled:a", "version": JSON(version)], "contentChanges": [["text": "nope"]]],
            ])
        }
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        var reader = FrameReader()
        var published: [JSON] = []
        while published.isEmpty {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            reader.feed(Array(data))
            while case .message(let bytes)? = reader.next() {
                if let message = try? JSON.parse(bytes), message["method"] != nil { published.append(message) }
            }
        }
        #expect(published.count == 1 && published.first?["params"]?["version"] == 50)
        try input.fileHandleForWriting.close()
        _ = try? output.fileHandleForReading.readToEnd()
        withExtendedLifetime((input, output)) {}
    }
}
