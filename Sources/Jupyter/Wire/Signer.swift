import Files

/// Signs messages with HMAC-SHA256, and checks the signatures of those that arrive. With an empty key, messages are not signed.
struct Signer: Sendable {
    private let key: [UInt8]

    init(key: String) {
        self.key = Array(key.utf8)
    }

    /// Whether messages are signed.
    var signs: Bool { !key.isEmpty }

    /// Returns the signature of frames in hexadecimal digits, empty without a key.
    func signature(of frames: some Sequence<[UInt8]>) -> [UInt8] {
        guard let code = code(of: frames) else { return [] }
        return code.flatMap { byte in [byte >> 4, byte & 15].map { Self.digits[Int($0)] } }
    }

    /// Returns whether a signature belongs to these frames. The comparison takes the same time wherever the difference is.
    func accepts(_ signature: [UInt8], of frames: some Sequence<[UInt8]>) -> Bool {
        guard let code = code(of: frames) else { return true }
        guard let bytes = Self.bytes(signature) else { return false }
        // Every byte is looked at, whatever those before it say.
        return bytes.count == code.count && zip(code, bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func code(of frames: some Sequence<[UInt8]>) -> [UInt8]? {
        guard signs else { return nil }
        var code = HMAC(key: key)
        for frame in frames { code.update(frame) }
        return code.finalize()
    }

    private static let digits = Array("0123456789abcdef".utf8)

    /// Returns the bytes that lower-case hexadecimal digits say, or nil where they are none. Upper case is refused, so that a signature has one
    /// spelling and a repeated one is recognized.
    private static func bytes(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: text.count, by: 2) {
            guard let high = digits.firstIndex(of: text[place]), let low = digits.firstIndex(of: text[place + 1]) else {
                return nil
            }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}

/// The signatures of the last messages, so that one which somebody recorded and sends again is recognized.
struct SeenSignatures {
    private static let most = 16_384

    private var seen: Set<[UInt8]> = []
    private var order: [[UInt8]] = []
    private var oldest = 0

    /// Remembers a signature; returns false where it was seen before.
    mutating func insert(_ signature: [UInt8]) -> Bool {
        guard seen.insert(signature).inserted else { return false }
        if order.count < Self.most {
            order.append(signature)
        } else {
            seen.remove(order[oldest])
            order[oldest] = signature
            oldest = (oldest + 1) % Self.most
        }
        return true
    }
}
