import Glibc

/// How often each colour stands in a part of a picture, in a form whose sums are those of parts put together.
///
/// Likeness is by the sliced earth mover's distance (Bonneel et al. 2015): the three-dimensional distributions are looked
/// at along fixed lines through Lab, and along each the distance is the area between the two cumulative distributions.
/// It grows with how far colours have moved, where an intersection of histograms knows only same or not.
struct ColorDistribution: Sendable {
    /// The directions that colours are projected on: the axes of Lab, and the diagonals between them.
    private static let lines: [SIMD3<Float>] = [
        SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1), SIMD3(0.577, 0.577, 0.577), SIMD3(0.577, -0.577, 0.577),
        SIMD3(0.577, 0.577, -0.577),
        SIMD3(0.577, -0.577, -0.577),
    ]
    private static let (bins, low, high): (Int, Float, Float) = (48, -130, 150)
    private static let step = (high - low) / Float(bins)
    /// The distance at which likeness has fallen to 1/e, in units of Lab (2.3 are just seen).
    private static let reach = 14.0

    /// Per line and bin: the weight of the pixels that lie below the bin's end.
    private var below: [Float]
    /// The sum of all pixels' weights.
    private(set) var mass: Float

    init() {
        below = [Float](repeating: 0, count: Self.lines.count * Self.bins)
        mass = 0
    }

    /// The distribution of all pixels, each with its weight (as many as pixels, ≥ 0).
    init(_ picture: LabPicture, weights: [Float]) {
        self.init()
        for (pixel, weight) in zip(picture.pixels, weights) where weight > 0 { add(pixel, weight) }
    }

    mutating func add(_ color: SIMD3<Float>, _ weight: Float) {
        mass += weight
        for (number, line) in Self.lines.enumerated() {
            // A pixel that lies within a bin counts in part, so that small shifts give small differences.
            let place = (color * line).sum()
            for bin in 0..<Self.bins {
                let end = Self.low + Self.step * Float(bin + 1)
                below[number * Self.bins + bin] += weight * min(max((end - place) / Self.step + 0.5, 0), 1)
            }
        }
    }

    mutating func add(_ other: ColorDistribution) {
        mass += other.mass
        for i in below.indices { below[i] += other.below[i] }
    }

    /// The sliced earth mover's distance in units of Lab; infinite where one of the two has no pixels.
    func distance(to other: ColorDistribution) -> Double {
        guard mass > 0, other.mass > 0 else { return .infinity }
        var sum: Float = 0
        for i in below.indices { sum += abs(below[i] / mass - other.below[i] / other.mass) }
        return Double(sum * Self.step) / Double(Self.lines.count)
    }

    /// Likeness 0…1: 1 for the same colours, towards 0 for colours far apart.
    func likeness(to other: ColorDistribution) -> Double { exp(-distance(to: other) / Self.reach) }
}
