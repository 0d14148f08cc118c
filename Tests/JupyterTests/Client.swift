import CZeroMQ
import Files
import Glibc
import Testing

@testable import Jupyter

/// A client of a kernel, as a notebook is one, over the same sockets.
final class Client {
    /// A message of the kernel.
    struct Received {
        var type: String
        /// The identifier of the request that it belongs to; empty where it belongs to none.
        var parent: String
        var content: JSONObject
        /// The frames before the delimiter.
        var topic: [[UInt8]]

        subscript(key: String) -> JSON? { content[key] }
    }

    /// The life of one request to execute.
    struct Execution {
        /// What was published for it, from busy to idle.
        var published: [Received]
        var reply: Received

        var types: [String] { published.map(\.type) }
        var status: String? { reply["status"]?.stringValue }
        /// The text that was written to a stream.
        func text(_ stream: String = "stdout") -> String {
            published.filter { $0.type == "stream" && $0["name"]?.stringValue == stream }.compactMap { $0["text"]?.stringValue }.joined()
        }
        /// The last result in a form.
        func result(_ form: String = "text/plain") -> String? {
            published.last { $0.type == "execute_result" }?["data"]?[form]?.stringValue
        }
        func first(_ type: String) -> Received? { published.first { $0.type == type } }
    }

    let signer: Signer
    private let writer: MessageWriter
    private var sockets: [Channel: ZeroMQSocket] = [:]

    /// Connects to all channels, and waits for the welcome where `waits` is set.
    init(_ kernel: RunningKernel, key: String = RunningKernel.key, waits: Bool = true) throws {
        signer = Signer(key: key)
        writer = MessageWriter(signer: signer)
        let context = try ZeroMQContext()
        for channel in Channel.allCases {
            let socket = try ZeroMQSocket(context, channel == .iopub ? .subscriber : .dealer)
            socket.set(ZMQ_LINGER, 0)
            if channel == .iopub { socket.set(ZMQ_SUBSCRIBE, [UInt8]()) }
            try socket.connect(kernel.endpoints[channel] ?? "")
            sockets[channel] = socket
        }
        if waits { _ = try next(.iopub) }
    }

    /// Sends a request. Returns its identifier.
    @discardableResult
    func send(_ type: String, _ content: JSONObject = [:], on channel: Channel = .shell) throws -> String {
        let frames = writer.frames(type, content, parent: MessageWriter.noParent)
        sendFrames(frames, on: channel)
        let header = try JSON.parse(frames[2])
        return try #require(header["msg_id"]?.stringValue)
    }

    /// Sends frames as they are.
    func sendFrames(_ frames: [[UInt8]], on channel: Channel = .shell) { sockets[channel]?.send(frames) }

    /// Returns the frames of a request without sending them.
    func frames(_ type: String, _ content: JSONObject) -> [[UInt8]] {
        writer.frames(type, content, parent: MessageWriter.noParent)
    }

    /// Returns the next message; nil where none comes in time.
    func poll(_ channel: Channel, seconds: Double = 10) throws -> Received? {
        guard let frames = frames(channel, seconds: seconds) else { return nil }
        let place = try #require(frames.firstIndex(of: Message.delimiter))
        try #require(frames.count == place + 6)
        try #require(signer.accepts(frames[place + 1], of: frames[(place + 2)...]))
        let (header, parent) = (try JSON.parse(frames[place + 2]), try JSON.parse(frames[place + 3]))
        let content = try JSON.parse(frames[place + 5])
        return Received(
            type: try #require(header["msg_type"]?.stringValue), parent: parent["msg_id"]?.stringValue ?? "",
            content: try #require(content.objectValue), topic: Array(frames[..<place]))
    }

    /// Returns the next message, which must come in time.
    func next(_ channel: Channel, seconds: Double = 10) throws -> Received {
        let message = try poll(channel, seconds: seconds)
        return try #require(message, "nothing came on \(channel.rawValue)")
    }

    /// Returns the frames of the next message as they came.
    func frames(_ channel: Channel, seconds: Double) -> [[UInt8]]? {
        guard let socket = sockets[channel] else { return nil }
        let end = monotonicSeconds() + seconds
        repeat {
            if case .message(let frames) = socket.receive() { return frames }
            var poll = ZeroMQPoll([socket])
            poll.wait(max(0, Int((end - monotonicSeconds()) * 1000)))
        } while monotonicSeconds() < end
        return nil
    }

    /// Sends a request and returns its reply.
    func ask(_ type: String, _ content: JSONObject = [:], on channel: Channel = .shell) throws -> Received {
        let id = try send(type, content, on: channel)
        let reply = try next(channel)
        #expect(reply.parent == id)
        return reply
    }

    /// Sends a cell. Returns its identifier.
    func begin(_ code: String, _ options: JSONObject = [:]) throws -> String {
        var content = options
        content["code"] = .string(code)
        return try send("execute_request", content)
    }

    /// Waits for the end of a cell.
    func end(_ id: String, seconds: Double = 10) throws -> Execution {
        var published: [Received] = []
        while published.last?["execution_state"]?.stringValue != "idle" {
            let message = try next(.iopub, seconds: seconds)
            if message.parent == id { published.append(message) }
        }
        return Execution(published: published, reply: try next(.shell))
    }

    /// Runs a cell.
    @discardableResult
    func execute(_ code: String, _ options: JSONObject = [:]) throws -> Execution { try end(begin(code, options)) }

    /// Waits until a message of this type is published.
    func wait(for type: String) throws -> Received {
        while true {
            let message = try next(.iopub)
            if message.type == type { return message }
        }
    }
}
