import Glibc
import Images
import Tensors

/// A background without things: a colour for every place of the picture, and small round things painted on it (stars,
/// bubbles, flakes). Places are shares of the picture's side; things stand on the ground from about half of the height down.
struct Backdrop {
    /// A small disc or ring.
    struct Dot {
        var x, y, radius: Float
        var color: RGB
        var strength: Float = 1
        /// Whether only its edge is painted.
        var isRing = false
    }

    /// The colour at a place.
    var color: (_ x: Float, _ y: Float) -> RGB
    /// What is painted on it.
    var dots: [Dot] = []
    /// Samples per pixel along each axis, for patterns with hard edges.
    var samples = 2

    /// The background of this name as a seed draws it. Throws `WorldError.unknownBackground` for a name that is not drawn.
    init(_ name: String, seed: Int) throws {
        var dice = Dice(seed: seed, "background/" + name)
        guard let make = Self.makers[name] else { throw WorldError.unknownBackground(name, known: Self.makers.keys.sorted()) }
        self = make(&dice)
    }

    init(samples: Int = 2, dots: [Dot] = [], _ color: @escaping (Float, Float) -> RGB) {
        (self.samples, self.dots, self.color) = (samples, dots, color)
    }

    /// Every background that is drawn, by its name.
    private static let makers: [String: @Sendable (inout Dice) -> Backdrop] = [
        "plain": plain, "beach": beach, "snow": snow, "grass": grass, "forest": forest, "desert": desert, "water": water, "night": night,
        "brick": brick, "wood": wood, "tiles": tiles, "city": city, "sunset": sunset,
    ]

    /// The names of all backgrounds that are drawn.
    static var names: [String] { makers.keys.sorted() }

    /// The picture, three numbers of 0…1 a pixel, row after row.
    func drawn(side: Int) -> [Float] {
        let (step, inner) = (1 / Float(side), 1 / Float(samples))
        var pixels: [Float] = Parallel.array(side * side * 3, costs: 200) { out, part in
            // Parts are cut anywhere; each number is computed with its whole pixel only where the pixel begins in the part.
            var index = part.lowerBound
            while index < part.upperBound {
                let pixel = index / 3
                let (x, y) = (Float(pixel % side), Float(pixel / side))
                var sum = RGB(repeating: 0)
                for j in 0..<samples {
                    for i in 0..<samples { sum += color((x + (Float(i) + 0.5) * inner) * step, (y + (Float(j) + 0.5) * inner) * step) }
                }
                sum *= inner * inner
                for channel in index % 3..<3 where pixel * 3 + channel < part.upperBound { out[pixel * 3 + channel] = sum[channel] }
                index = pixel * 3 + 3
            }
        }
        for dot in dots { paint(dot, on: &pixels, side) }
        return pixels
    }

    private func paint(_ dot: Dot, on pixels: inout [Float], _ side: Int) {
        let (cx, cy, radius) = (dot.x * Float(side), dot.y * Float(side), max(dot.radius * Float(side), 0.5))
        let (low, high) = (Int(max(0, (cy - radius - 1).rounded(.down))), Int(min(Float(side - 1), (cy + radius + 1).rounded(.up))))
        let (left, right) = (Int(max(0, (cx - radius - 1).rounded(.down))), Int(min(Float(side - 1), (cx + radius + 1).rounded(.up))))
        guard low <= high, left <= right else { return }
        for y in low...high {
            for x in left...right {
                let (dx, dy) = (Float(x) + 0.5 - cx, Float(y) + 0.5 - cy)
                let distance = (dx * dx + dy * dy).squareRoot()
                let cover = dot.isRing ? 1 - min(abs(distance - radius + 0.5), 1) : min(max(radius - distance + 0.5, 0), 1)
                for channel in 0..<3 {
                    let index = (y * side + x) * 3 + channel
                    pixels[index] += (dot.color[channel] - pixels[index]) * cover * dot.strength
                }
            }
        }
    }
}

// Parts that several backgrounds share.
extension Backdrop {
    /// The colour of a clear or cloudy sky at a height.
    static func sky(_ dice: inout Dice, clouds: Bool) -> (Float, Float) -> RGB {
        let (high, low) = (dice.near(rgb(84, 144, 222), 0.04), dice.near(rgb(196, 222, 245), 0.03))
        let noise = ValueNoise(&dice)
        let amount = clouds ? dice.uniform(0.3, 0.9) : 0
        let shift = dice.uniform(0, 40)
        return { x, y in
            let clear = blend(high, low, y * 2)
            guard amount > 0 else { return clear }
            let cloud = ramp(0.52, 0.72, noise.fractal(x * 3 + shift, y * 8 + shift, octaves: 5))
            return blend(clear, rgb(252, 252, 252), cloud * amount)
        }
    }

    /// A place on the ground that is seen at a height below the horizon: sideways and away. Near the horizon it runs away
    /// without end.
    static func ground(_ x: Float, _ y: Float, horizon: Float) -> (u: Float, v: Float, depth: Float) {
        let depth = 0.5 / max(y - horizon + 0.015, 0.004)
        return ((x - 0.5) * depth, depth, depth)
    }

    /// How much of a ground's pattern is seen at a depth: it is lost far away.
    static func detail(_ depth: Float) -> Float { 1 / (1 + depth * depth * 0.012) }
}
