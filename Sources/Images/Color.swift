/// An sRGB colour: red, green and blue, 8 bits each.
public struct Color: Sendable, Equatable, Hashable {
    /// The channels, 0…255.
    public var red, green, blue: UInt8

    /// A colour from its channels.
    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// A colour from 0xRRGGBB; higher bits are ignored.
    public init(hex: UInt32) {
        self.init(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }

    /// The colour as style sheets write it: "#0072b2".
    public var hexadecimal: String {
        "#" + [red, green, blue].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// White.
    public static let white = Color(hex: 0xFFFFFF)
    /// Black.
    public static let black = Color(hex: 0x000000)
    /// Dark grey, for text on white.
    public static let ink = Color(hex: 0x222222)

    /// Colours that differ for all common kinds of colour vision (Okabe and Ito 2008, "Color Universal Design"), brightest
    /// first so that the first few stand out on a photo.
    public static let qualitative: [Color] = [
        0xE69F00, 0x56B4E9, 0x009E73, 0xCC79A7, 0xF0E442, 0xD55E00, 0x0072B2,
    ].map { Color(hex: $0) }

    /// The colour of the `index`-th element of a series, which may be negative; colours repeat after seven.
    public static func series(_ index: Int) -> Color {
        qualitative[((index % qualitative.count) + qualitative.count) % qualitative.count]
    }

    /// This colour for `amount` 0, the other one for 1, and mixed between.
    public func mixed(with other: Color, _ amount: Float) -> Color {
        Color(
            mix(red, other.red, amount), mix(green, other.green, amount), mix(blue, other.blue, amount))
    }

    /// The brightness 0…255, channels weighted as in ITU-R 601.
    public var luma: Float { 0.299 * Float(red) + 0.587 * Float(green) + 0.114 * Float(blue) }
}

/// The value between `a` and `b` at `amount` 0…1, rounded.
@inline(__always)
func mix(_ a: UInt8, _ b: UInt8, _ amount: Float) -> UInt8 {
    byte(Float(a) + (Float(b) - Float(a)) * amount)
}

/// The value rounded and clipped to 0…255; NaN gives 0.
@inline(__always)
func byte(_ value: Float) -> UInt8 {
    value > 0 ? UInt8(min(value, 255).rounded()) : 0
}
