/// The CRC-32 of zlib and PNG (polynomial 0xEDB88320).
public enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { register, _ in register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1 }
    }

    /// Returns the checksum of some bytes.
    public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { register, byte in register >> 8 ^ table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] }
    }
}
