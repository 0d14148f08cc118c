// float16 and bfloat16 to and from float32, by bits: on x86-64 Swift's Float16 calls a library routine for every element,
// while these loops are vectorized. No result depends on a subnormal float32, so results also hold in threads that flush
// subnormals to zero.

/// Conversions between 16-bit floating-point numbers and `Float`.
public enum HalfPrecision {
    /// float16 bits as a `Float`, exactly; NaN keeps its payload.
    @inline(__always)
    public static func widen(float16 bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7FFF) << 13
        let normal = magnitude &+ (112 << 23)
        let special = magnitude &+ (224 << 23)
        // A subnormal half is m·2⁻²⁴: put m below the exponent of 2⁻¹⁴ and take 2⁻¹⁴ away.
        let tiny = Float(bitPattern: magnitude &+ (113 << 23)) - Float(bitPattern: 113 << 23)
        let finite = magnitude < 0x0080_0000 ? tiny.bitPattern : normal
        return Float(bitPattern: sign | (magnitude >= 0x0F80_0000 ? special : finite))
    }

    /// bfloat16 bits as a `Float`, exactly.
    @inline(__always)
    public static func widen(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// The nearest float16, ties to even, as bits; what is too large becomes infinity, and NaN stays NaN.
    @inline(__always)
    public static func narrow(float16 value: Float) -> UInt16 {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 {
            return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13) & 0x1FF
        }
        if magnitude >= 0x4780_0000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            // Below 2⁻¹⁴: adding 0.5 leaves m·2⁻²⁴ in the last bits, rounded by the addition itself.
            let shifted = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: shifted.bitPattern &- Float(0.5).bitPattern)
        }
        let rounded = magnitude &+ 0xFFF &+ (magnitude >> 13 & 1) &- (112 << 23)
        return sign | UInt16(truncatingIfNeeded: rounded >> 13)
    }

    /// The nearest bfloat16, ties to even, as bits; NaN stays NaN.
    @inline(__always)
    public static func narrow(bfloat16 value: Float) -> UInt16 {
        let bits = value.bitPattern
        if bits & 0x7FFF_FFFF > 0x7F80_0000 { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
