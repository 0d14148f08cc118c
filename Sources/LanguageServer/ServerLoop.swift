import Files
import Glibc
import Language

/// Brings a server its messages from one descriptor and its answers to another until the client leaves.
///
/// There is one thread, and messages are handled in order. Diagnostics wait until the client has been silent for a moment, so that many
/// changes in a row are answered once. A request that a message already received cancels is not worked on.
public struct ServerLoop {
    /// The silence before diagnostics are published, in milliseconds.
    private static let pause: Int32 = 120  // ms

    /// The most reads, of 64 KiB each, before the messages in them are handled.
    private static let mostReads = 64

    private let input: Int32
    private let output: Int32

    /// Creates a loop; the descriptors are those of standard input and output by default.
    public init(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
        (self.input, self.output) = (input, output)
    }

    /// Serves the client until it leaves. Returns the exit code: 0 after `shutdown` and `exit`, else 1.
    public func run(
        builtins: [Builtin], standardLibrary: [String], version: String
    ) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        let output = output
        let server = Server(
            builtins: builtins, standardLibrary: standardLibrary, version: version
        ) { ServerLoop.write(FrameReader.frame($0), to: output) }
        var reader = FrameReader()
        while true {
            let messages = drain(&reader, server)
            for (place, message) in messages.enumerated() {
                server.handle(message, isCancelled: isCancelled(message, by: messages[(place + 1)...]))
                if let code = server.exitCode { return code }
            }
            if reader.isLost { return 1 }
            if server.hasNews, !waits(ServerLoop.pause) {
                server.publishDiagnostics()
                continue
            }
            guard fill(&reader) else { return server.exitCode ?? 1 }
            // Reads what has arrived already, but not without end: a client that writes faster than the server reads must not fill the
            // memory.
            var reads = 1
            while reads < ServerLoop.mostReads, waits(0), fill(&reader) { reads += 1 }
        }
    }

    /// Returns the messages that have been received completely.
    private func drain(_ reader: inout FrameReader, _ server: Server) -> [JSON] {
        var messages: [JSON] = []
        while let frame = reader.next() {
            switch frame {
            case .broken(let reason): server.reportBroken(reason)
            case .message(let bytes):
                if let message = try? JSON.parse(bytes) { messages.append(message) } else { server.reportBroken("no JSON") }
            }
        }
        return messages
    }

    /// Returns whether a later message cancels this request.
    private func isCancelled(_ message: JSON, by later: ArraySlice<JSON>) -> Bool {
        guard let id = message["id"] else { return false }
        return later.contains { $0["method"]?.stringValue == "$/cancelRequest" && $0["params"]?["id"] == id }
    }

    /// Returns whether input arrives within this many milliseconds.
    private func waits(_ milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, milliseconds) > 0
    }

    /// Reads once; returns false at the end of the input.
    private func fill(_ reader: inout FrameReader) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            reader.feed(buffer[0..<count])
            return true
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
