/// Bytes as text in base64 (RFC 4648) with padding.
public enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Returns the text of these bytes.
    public static func text(of bytes: [UInt8]) -> String {
        let count = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: count) { out in
            var place = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let known = min(3, bytes.count - start)
                var group = 0
                for offset in 0..<3 { group = group << 8 | (offset < known ? Int(bytes[start + offset]) : 0) }
                for digit in 0..<4 {
                    out[place] = digit <= known ? digits[group >> (18 - 6 * digit) & 63] : UInt8(ascii: "=")
                    place += 1
                }
            }
            return count
        }
    }
}
