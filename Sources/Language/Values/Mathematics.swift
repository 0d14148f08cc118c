import Glibc

/// Returns a to the power b. The C library's functions get names here that do not collide with the language's own.
func raise(_ a: Double, _ b: Double) -> Double { pow(a, b) }
/// Returns e to the power x.
func exponential(_ x: Double) -> Double { exp(x) }
/// Returns the natural logarithm.
func logarithm(_ x: Double) -> Double { log(x) }

/// Returns the number with `digits` decimals, as "%.*f" writes it.
func formatFixed(_ value: Double, _ digits: Int) -> String { cFormat("%.\(digits)f", value) }

/// Returns a number in a C format, in the notation of the C locale.
func cFormat(_ format: String, _ value: Double) -> String {
    var buffer = [CChar](repeating: 0, count: 1100)
    let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
    return String(decoding: buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Returns the shortest text that reads back as the same float, always with a dot or an exponent; "nan", "inf" or "-inf" where it is not
/// finite.
func floatText(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return value.description
}

/// Returns the seconds on a clock that never goes back.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
