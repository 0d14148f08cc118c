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

    /// The value of each byte as a digit; 255 for bytes that are none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        // The alphabet for addresses is read as well.
        (values[Int(UInt8(ascii: "-"))], values[Int(UInt8(ascii: "_"))]) = (62, 63)
        return values
    }()

    /// Returns the bytes that a text stands for; nil where it is no base64. White space is skipped, and padding may be missing.
    public static func bytes(of text: String) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count / 4 * 3)
        var (group, count, padding) = (0, 0, 0)
        for byte in text.utf8 {
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(byte)]
            guard value < 64, padding == 0 else { return nil }
            group = group << 6 | Int(value)
            count += 1
            if count % 4 == 0 {
                for shift in [16, 8, 0] { out.append(UInt8(truncatingIfNeeded: group >> shift)) }
                group = 0
            }
        }
        switch count % 4 {
        case 0: return padding == 0 ? out : nil
        case 2: out.append(UInt8(truncatingIfNeeded: group >> 4))
        case 3: for shift in [10, 2] { out.append(UInt8(truncatingIfNeeded: group >> shift)) }
        default: return nil
        }
        return padding <= 2 ? out : nil
    }
}
