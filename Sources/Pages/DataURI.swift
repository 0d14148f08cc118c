/// Bytes as an address that contains them.
public enum DataURI {
    /// Returns the address of a PNG file's bytes.
    public static func png(_ bytes: [UInt8]) -> String { "data:image/png;base64,\(base64(bytes))" }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Returns bytes in base 64 (RFC 4648), with padding.
    static func base64(_ bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: count) { buffer in
            var place = 0
            var start = 0
            while start < bytes.count {
                let left = bytes.count - start
                let group =
                    UInt32(bytes[start]) << 16 | (left > 1 ? UInt32(bytes[start + 1]) << 8 : 0) | (left > 2 ? UInt32(bytes[start + 2]) : 0)
                for shift in 0..<4 {
                    let digit = digits[Int(group >> UInt32(18 - 6 * shift) & 63)]
                    buffer[place + shift] = shift <= left ? digit : UInt8(ascii: "=")
                }
                place += 4
                start += 3
            }
            return count
        }
    }
}
