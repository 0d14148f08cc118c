// The alphabet of byte-level BPE, in which every byte is written as one printable character (GPT-2's table).

enum ByteAlphabet {
    /// The character of each byte: printable Latin-1 stands for itself, the other 68 are U+0100 and following.
    static let characters: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0..<256).map { byte in
            if isPrintable(byte) { return Unicode.Scalar(UInt8(byte)) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? "?"
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8($0)) })

    /// The bytes that a token stands for; a token with other characters stands for its own UTF-8.
    static func decode(_ token: String) -> [UInt8] {
        var decoded: [UInt8] = []
        for scalar in token.unicodeScalars {
            guard let byte = bytes[scalar] else { return Array(token.utf8) }
            decoded.append(byte)
        }
        return decoded
    }

    private static func isPrintable(_ byte: Int) -> Bool {
        (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
    }
}
