import Files

/// Sends the kernel's messages. Any thread writes and signs them here; the thread of the sockets sends them in the order in which they came.
final class Outbox: Sendable {
    /// A message for a channel.
    struct Letter: Sendable {
        let channel: Channel
        let frames: [[UInt8]]
    }

    /// What waits for the thread of the sockets.
    let letters: Mailbox<Letter>
    private let writer: MessageWriter

    init(signer: Signer) throws {
        letters = try Mailbox()
        writer = MessageWriter(signer: signer)
    }

    /// The identity of this run of the kernel.
    var session: String { writer.session }

    /// Answers a request on the channel on which it came.
    func reply(_ type: String, _ content: JSONObject, to request: Message, on channel: Channel) {
        let frames = writer.frames(type, content, parent: request.header)
        letters.put(Letter(channel: channel, frames: request.identities + frames))
    }

    /// Publishes a message to all clients. `parent` is the header of the request that it belongs to.
    func publish(_ type: String, _ content: JSONObject, parent: [UInt8]) {
        let frames = writer.frames(type, content, parent: parent)
        letters.put(Letter(channel: .iopub, frames: [Array(type.utf8)] + frames))
    }

    /// Publishes whether the kernel works on a request.
    func publish(_ status: Status, for request: Message) {
        publish("status", ["execution_state": .string(status.rawValue)], parent: request.header)
    }

    /// Publishes that a subscription has come, to those who have it.
    func welcome(topic: [UInt8]) {
        let content: JSONObject = ["subscription": .string(String(decoding: topic, as: UTF8.self))]
        let frames = writer.frames("iopub_welcome", content, parent: MessageWriter.noParent)
        letters.put(Letter(channel: .iopub, frames: [topic] + frames))
    }

    /// What the kernel does.
    enum Status: String {
        case busy, idle
    }
}
