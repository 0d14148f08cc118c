import Glibc
import Images

/// A small picture in CIE Lab (D65), in which distances between colours are near to those that are seen: what measures
/// of colour, shape and structure work on.
struct LabPicture: Sendable {
    /// The longer side that pictures are brought to before they are measured.
    static let side = 64

    let width: Int
    let height: Int
    /// Row after row: lightness 0…100, green–red and blue–yellow about −110…110.
    let pixels: [SIMD3<Float>]

    /// Takes pixels that are in Lab already, row after row.
    init(width: Int, height: Int, pixels: [SIMD3<Float>]) { (self.width, self.height, self.pixels) = (width, height, pixels) }

    /// The picture at `size`, each pixel the mean of those that it stands for. Throws `ImageError`.
    init(_ image: Image, size: PixelSize) throws {
        let small = image.size == size ? image : try image.resized(to: size, .box)
        (width, height) = (small.width, small.height)
        pixels = (0..<small.width * small.height).map { i in
            Self.lab(small.pixels[3 * i], small.pixels[3 * i + 1], small.pixels[3 * i + 2])
        }
    }

    /// The size that pictures of `size` are measured at: the longer side is `side`, the shorter in proportion, at least 1.
    static func measuredSize(_ size: PixelSize) -> PixelSize {
        let longer = max(size.width, size.height, 1)
        return PixelSize(width: max(1, size.width * side / longer), height: max(1, size.height * side / longer))
    }

    /// Linear light 0…1 of each of the 256 values of sRGB.
    private static let linear: [Float] = (0...255).map { byte in
        let x = Float(byte) / 255
        return x <= 0.04045 ? x / 12.92 : powf((x + 0.055) / 1.055, 2.4)
    }

    /// The Lab value of a colour in sRGB.
    static func lab(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> SIMD3<Float> {
        let (r, g, b) = (linear[Int(red)], linear[Int(green)], linear[Int(blue)])
        // IEC 61966-2-1, by the white of D65.
        let x = (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047
        let y = 0.2126729 * r + 0.7151522 * g + 0.0721750 * b
        let z = (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883
        func f(_ t: Float) -> Float { t > 0.008856 ? cbrtf(t) : 7.787 * t + 16.0 / 116 }
        return SIMD3(116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z)))
    }
}
