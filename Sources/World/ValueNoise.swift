import Tensors

/// Smooth random patterns over the plane: values of a table of random numbers, interpolated. The pattern repeats after 64 units.
struct ValueNoise {
    private let table: [Float]
    private static let side = 64

    /// A pattern of the numbers that dice draw next.
    init(_ dice: inout Dice) { table = (0..<Self.side * Self.side).map { _ in Float(dice.fraction()) } }

    /// The value at a place, 0…1: it changes over distances of about 1.
    func at(_ u: Float, _ v: Float) -> Float {
        let (left, top) = (u.rounded(.down), v.rounded(.down))
        let (a, b) = (Self.smooth(u - left), Self.smooth(v - top))
        let mask = Self.side - 1
        let (x, y) = (Int(left) & mask, Int(top) & mask)
        let (x1, y1) = ((x + 1) & mask, (y + 1) & mask)
        return table.withUnsafeBufferPointer { t in
            let upper = t[y * Self.side + x] * (1 - a) + t[y * Self.side + x1] * a
            let lower = t[y1 * Self.side + x] * (1 - a) + t[y1 * Self.side + x1] * a
            return upper * (1 - b) + lower * b
        }
    }

    /// The sum of patterns of doubled fineness, each `persistence` times as strong as the one before; 0…1, around 0.5.
    func fractal(_ u: Float, _ v: Float, octaves: Int, persistence: Float = 0.5) -> Float {
        var (sum, whole, strength, scale) = (Float(0), Float(0), Float(1), Float(1))
        for octave in 0..<octaves {
            // Shifted, so that the lattices of the octaves do not meet.
            let shift = Float(octave) * 17.31
            sum += strength * at(u * scale + shift, v * scale - shift)
            whole += strength
            strength *= persistence
            scale *= 2
        }
        return whole > 0 ? sum / whole : 0.5
    }

    private static func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }
}

/// A colour as red, green and blue, 0…1.
typealias RGB = SIMD3<Float>

/// The colour of three bytes.
func rgb(_ red: Float, _ green: Float, _ blue: Float) -> RGB { RGB(red, green, blue) / 255 }

/// The colour between two, the first for 0 and below, the second for 1 and above.
func blend(_ a: RGB, _ b: RGB, _ amount: Float) -> RGB { a + (b - a) * min(max(amount, 0), 1) }

/// 0 below `low`, 1 above `high`, smooth between.
func ramp(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let t = min(max((x - low) / (high - low), 0), 1)
    return t * t * (3 - 2 * t)
}

extension Dice {
    /// A colour near another one.
    mutating func near(_ color: RGB, _ deviation: Float = 0.05) -> RGB {
        let shift = RGB(Float(normal()), Float(normal()), Float(normal())) * deviation
        return (color + shift).clamped(lowerBound: RGB(repeating: 0), upperBound: RGB(repeating: 1))
    }
}
