import Glibc

/// Numbers as axes write them: the same number of decimals along an axis, powers of ten where decimals would be many.
enum NumberLabel {
    /// The labels of multiples of `step`: "0.05", "0.10"; "2×10⁻⁵" where digits would be many.
    static func texts(_ values: [Double], step: Double) -> [String] {
        let largest = values.map(abs).max() ?? 0
        guard step > 0, largest > 0 else { return values.map { fixed($0, 0) } }
        // Large numbers that only differ in late digits are shorter when written out.
        if largest < 1e-3 || largest >= 1e6 && (largest >= 1e12 || step >= largest * 1e-5) {
            let exponent = Int(log10(largest).rounded(.down))
            let decimals = min(12, max(0, exponent - magnitude(of: step)))
            return values.map { $0 == 0 ? "0" : power($0, exponent, decimals) }
        }
        let decimals = min(12, max(0, -magnitude(of: step)))
        return values.map { fixed($0, decimals) }
    }

    /// The power of ten of a step's last digit.
    private static func magnitude(of step: Double) -> Int { Int((log10(step) + 1e-9).rounded(.down)) }

    /// The label of a tick on a logarithmic axis.
    static func logarithmic(_ value: Double) -> String {
        if value >= 0.9e-3, value < 0.9e5 { return short(value) }
        let exponent = Int((log10(value) + 1e-9).rounded(.down))
        let digit = (value / pow(10, Double(exponent))).rounded()
        return digit == 1 ? "10" + superscript(exponent) : power(value, exponent, 0)
    }

    /// A number with up to four significant digits, without zeros at the end: values of a category or a mark.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "∞" : "−∞" }
        if value == value.rounded(), abs(value) < 1e6 { return fixed(value, 0) }
        if abs(value) >= 1e-4, abs(value) < 1e6 {
            let decimals = max(0, 3 - Int(log10(abs(value)).rounded(.down)))
            return trimmed(fixed(value, decimals))
        }
        let exponent = Int(log10(abs(value)).rounded(.down))
        let mantissa = trimmed(fixed(value / pow(10, Double(exponent)), 3))
        return (mantissa == "1" ? "" : mantissa + "×") + "10" + superscript(exponent)
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func power(_ value: Double, _ exponent: Int, _ decimals: Int) -> String {
        "\(fixed(value / pow(10, Double(exponent)), decimals))×10\(superscript(exponent))"
    }

    private static func superscript(_ number: Int) -> String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return (number < 0 ? "⁻" : "") + String(String(abs(number)).compactMap(\.wholeNumberValue).map { digits[$0] })
    }

    /// A number with so many decimals and a true minus sign; "-0.00" is zero.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return short(value) }
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList([Int32(decimals), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
        let text = String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.hasPrefix("-") else { return text }
        return text.contains { ("1"..."9").contains($0) } ? "−" + text.dropFirst() : String(text.dropFirst())
    }
}
