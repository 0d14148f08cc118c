import Files
import Glibc

/// A message that a client sent.
struct Message: Sendable {
    /// The frames that lead back to the client through a router.
    var identities: [[UInt8]]
    /// The header as it came; answers carry it as their parent.
    var header: [UInt8]
    /// The type of the message: "execute_request".
    var type: String
    /// The content; nil where it is no JSON object.
    var content: JSONObject?

    /// Why frames are no message.
    enum Flaw: Error, Equatable {
        case noDelimiter, missingFrames, wrongSignature, badHeader

        /// The flaw in words.
        var text: String {
            switch self {
            case .noDelimiter: "it has no delimiter"
            case .missingFrames: "frames are missing"
            case .wrongSignature: "its signature is wrong"
            case .badHeader: "its header is no JSON object with a type"
            }
        }
    }

    /// The frame between identities and message.
    static let delimiter = Array("<IDS|MSG>".utf8)
    /// The longest name of a type.
    private static let longestType = 200

    /// Reads a message: identities, delimiter, signature, header, parent header, metadata, content, and buffers, which are not used.
    /// `isNew` tells whether a signature was not seen before.
    static func read(_ frames: [[UInt8]], _ signer: Signer, isNew: ([UInt8]) -> Bool) throws(Flaw) -> Message {
        guard let place = frames.firstIndex(of: delimiter) else { throw .noDelimiter }
        guard frames.count >= place + 6 else { throw .missingFrames }
        let (signature, parts) = (frames[place + 1], frames[(place + 2)..<(place + 6)])
        guard signer.accepts(signature, of: parts), !signer.signs || isNew(signature) else { throw .wrongSignature }
        let header = frames[place + 2]
        guard let json = try? JSON.parse(header), let type = json["msg_type"]?.stringValue, type.utf8.count <= longestType else {
            throw .badHeader
        }
        let content = (try? JSON.parse(frames[place + 5]))?.objectValue
        return Message(identities: Array(frames[..<place]), header: header, type: type, content: content)
    }
}

/// Writes messages as frames.
struct MessageWriter: Sendable {
    /// The version of the protocol that the kernel speaks.
    static let version = "5.5"
    /// The parent of messages that answer none.
    static let noParent = Array("{}".utf8)

    let signer: Signer
    /// The identity of this run of the kernel.
    let session = Self.identifier()

    /// Returns the frames of a message from the delimiter on. `parent` is the header of the message that it answers.
    func frames(_ type: String, _ content: JSONObject, metadata: JSONObject = [:], parent: [UInt8]) -> [[UInt8]] {
        let header: JSONObject = [
            "msg_id": .string(Self.identifier()), "session": .string(session), "username": "kernel",
            "date": .string(Self.now()), "msg_type": .string(type), "version": .string(Self.version),
        ]
        let parts = [bytes(header), parent, bytes(metadata), bytes(content)]
        return [Message.delimiter, signer.signature(of: parts)] + parts
    }

    private func bytes(_ object: JSONObject) -> [UInt8] { Array(JSON.object(object).text().utf8) }

    /// Returns 128 random bits in hexadecimal digits.
    static func identifier() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Returns the time in UTC as ISO 8601 writes it, with microseconds.
    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        var buffer = [CChar](repeating: 0, count: 40)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let seconds = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fraction = String(1_000_000 + time.tv_nsec / 1000).dropFirst()
        return "\(seconds).\(fraction)Z"
    }
}
