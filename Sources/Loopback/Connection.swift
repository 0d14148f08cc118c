import FlyingSocks
import FoundationEssentials
import Glibc

/// One connection: reads one request, answers it and ends. Events go on until one side leaves.
struct Connection: Sendable {
    let socket: AsyncSocket
    let limits: ServerLimits

    /// Serves the connection to its end; errors end it.
    func serve(_ handler: @Sendable (HTTPRequest) async -> HTTPReply) async {
        do {
            let reply: HTTPReply
            do {
                reply = await handler(try await within(limits.readSeconds) { try await request() })
            } catch let refusal as HTTPRequest.Refusal {
                reply = HTTPReply(status: refusal.status, refusal.reason + "\n")
            } catch is TimedOut {
                reply = HTTPReply(status: 408, "the request did not come to its end\n")
            }
            try await write(reply.head)
            switch reply.body {
            case .bytes(let bytes): try await write(Data(bytes))
            case .events(let source): try await stream(source)
            }
            try await leave()
        } catch {
            // The other side is gone, or the server ends: nobody is left to be told.
        }
    }

    // MARK: reading

    private func request() async throws -> HTTPRequest {
        var bytes: [UInt8] = []
        var searched = 0
        while true {
            if let end = Self.end(of: bytes, from: searched) {
                var request = try HTTPRequest(head: Array(bytes[..<end]))
                let length = try request.bodyLength(limit: limits.bodyBytes)
                var body = Array(bytes[(end + 4)...])
                while body.count < length { body += try await socket.read(atMost: length - body.count) }
                request.body = Array(body.prefix(length))
                return request
            }
            searched = max(0, bytes.count - 3)
            guard bytes.count < HTTPRequest.mostHeadBytes else {
                throw HTTPRequest.Refusal(status: 431, reason: "the headers are larger than \(HTTPRequest.mostHeadBytes) bytes")
            }
            bytes += try await socket.read(atMost: 4096)
        }
    }

    /// Returns where the empty line behind the headers begins; nil where it has not come yet.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start...(bytes.count - 4)).first { bytes[$0..<($0 + 4)] == [13, 10, 13, 10] }
    }

    // MARK: writing

    private func write(_ text: String) async throws { try await write(Data(text.utf8)) }

    /// Writes; a browser that takes nothing for too long is left.
    private func write(_ data: Data) async throws {
        try await within(limits.writeSeconds) { try await socket.write(data) }
    }

    /// Ends the connection so that the answer arrives even where the request was not read to its end: what still comes is read for a
    /// moment.
    private func leave() async throws {
        shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        try await within(0.5) {
            for _ in 0..<64 { _ = try await socket.read(atMost: 4096) }
        }
    }

    /// Sends what a source shows and each change of it, not more often than the limits say. What changes while a browser is slow is sent
    /// once, as it is then: nothing piles up.
    private func stream(_ source: any EventSource) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Reading tells at once that the browser is gone.
            group.addTask { while true { _ = try await socket.read(atMost: 4096) } }
            group.addTask {
                var seen = 0
                let listener = source.listen()
                for await _ in listener {
                    let change = source.change(since: seen)
                    let isBeat = change.revision == seen
                    seen = change.revision
                    if let json = change.json {
                        try await write("data: \(json)\n\n")
                        try await Task.sleep(for: .milliseconds(limits.eventMilliseconds))
                    } else if isBeat {
                        try await write("event: beat\ndata:\n\n")
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

/// Thrown where something took too long.
struct TimedOut: Error {}

/// Returns or throws what `body` does; throws `TimedOut` where it takes longer, and cancels it then.
func within<Result: Sendable>(_ seconds: Double, _ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: body)
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw TimedOut()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw TimedOut() }
        return result
    }
}
