import Glibc
import Language

/// Numbers as the domain's values write them.
enum NumberText {
    /// Returns the number with so many decimals: "0.712".
    static func fixed(_ value: Double, _ digits: Int) -> String { printed(value, digits, "%.*f") }

    private static func printed(_ value: Double, _ digits: Int, _ format: String) -> String {
        guard value.isFinite else { return "\(value)" }
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([Int32(digits), value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Returns three significant digits: "0.0123", "1.5".
    static func significant(_ value: Double) -> String {
        FormatSpec(".3g").flatMap { try? Value.float(value).formatted($0) } ?? "\(value)"
    }

    /// Returns three significant digits with trailing zeros, for the columns of a table: "1.50".
    static func column(_ value: Double) -> String { printed(value, 3, "%#.3g") }

    /// Returns a share as tables write it: ".71".
    static func share(_ value: Double) -> String {
        let text = fixed(value, 2)
        return text.hasPrefix("0.") ? String(text.dropFirst()) : text
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    static func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
