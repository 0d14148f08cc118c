import Glibc

/// One way of measuring how much a thing that was found looks like the thing of the photo: 0 is nothing alike, 1 the same.
public struct LikenessMeasure: Sendable {
    /// The measure's name, also of its column in tables.
    public let name: String
    /// A description of what it compares.
    public let summary: String
    /// Compares the thing of the photo with what was found.
    let compare: @Sendable (Appearance, Appearance) -> Double

    /// Every measure that is reported. Another one, such as a trained encoder of identity, is another row.
    public static let all: [LikenessMeasure] = [
        LikenessMeasure(name: "color", summary: "how often each colour stands in it, by the earth mover's distance") {
            $0.colors.likeness(to: $1.colors)
        },
        LikenessMeasure(name: "shape", summary: "overlap of the outlines, brought to one size") {
            StructureLikeness.shape($0.crop, $1.crop)
        },
        LikenessMeasure(name: "light", summary: "correlation of the pattern of light and dark") {
            StructureLikeness.light($0.crop, $1.crop)
        },
        LikenessMeasure(name: "edges", summary: "overlap of the directions of edges, by place") {
            StructureLikeness.edges($0.crop, $1.crop)
        },
    ]
}

/// Likeness of structure, 0…1. Each value is the best over flips and small shifts, after both things were brought to one
/// size.
enum StructureLikeness {
    /// Shifts in cells of the 16×16 crop.
    private static let shifts = [-1, 0, 1]
    /// The number of parts a side in each of which directions are counted, and the number of directions.
    private static let (parts, directions) = (2, 8)

    /// The best score over flips, and over shifts in both directions.
    private static func best(_ a: ThingCrop, _ b: ThingCrop, shifts: [Int], _ score: (ThingCrop) -> Double) -> Double {
        var best = 0.0
        for flipped in [false, true] {
            for dy in shifts { for dx in shifts { best = max(best, score(a.moved(dx, dy, flipped: flipped))) } }
        }
        return best
    }

    /// The overlap of the outlines: intersection over union of what is covered.
    static func shape(_ a: ThingCrop, _ b: ThingCrop) -> Double {
        best(a, b, shifts: shifts) { moved in
            var (both, either): (Float, Float) = (0, 0)
            for (x, y) in zip(moved.coverage, b.coverage) {
                both += min(x, y)
                either += max(x, y)
            }
            return either > 0 ? Double(both / either) : 0
        }
    }

    /// Normalised cross-correlation of lightness where both are covered; negative correlation counts as none, and a thing
    /// of one lightness has no pattern.
    static func light(_ a: ThingCrop, _ b: ThingCrop) -> Double {
        best(a, b, shifts: shifts) { moved in
            let weights = zip(moved.coverage, b.coverage).map { Double($0 * $1) }
            let mass = weights.reduce(0, +)
            guard mass > 4 else { return 0 }
            func centred(_ values: [Float]) -> [Double] {
                let mean = zip(values, weights).reduce(0) { $0 + Double($1.0) * $1.1 } / mass
                return values.map { Double($0) - mean }
            }
            let (x, y) = (centred(moved.light), centred(b.light))
            func product(_ u: [Double], _ v: [Double]) -> Double { weights.indices.reduce(0) { $0 + weights[$1] * u[$1] * v[$1] } }
            let size = (product(x, x) * product(y, y)).squareRoot()
            return size > 1e-6 ? product(x, y) / size : 0
        }
    }

    /// Intersection of histograms of the gradient's direction, weighed by its strength, in each of 2×2 parts.
    static func edges(_ a: ThingCrop, _ b: ThingCrop) -> Double {
        let target = histogram(b)
        return best(a, b, shifts: [0]) { moved in zip(histogram(moved), target).reduce(0) { $0 + min($1.0, $1.1) } }
    }

    /// The shares of edges by part and direction; all 0 for a thing without edges.
    private static func histogram(_ crop: ThingCrop) -> [Double] {
        let side = ThingCrop.side
        var counts = [Double](repeating: 0, count: parts * parts * directions)
        for y in 1..<side - 1 {
            for x in 1..<side - 1 {
                let i = y * side + x
                let (gx, gy) = (Double(crop.light[i + 1] - crop.light[i - 1]), Double(crop.light[i + side] - crop.light[i - side]))
                let strength = (gx * gx + gy * gy).squareRoot() * Double(crop.coverage[i])
                guard strength > 0 else { continue }
                // An edge from dark to light has the direction of one from light to dark.
                let turn = atan2(gy, gx) / .pi + 1
                let place = (turn - turn.rounded(.down)) * Double(directions)
                let (first, share) = (Int(place) % directions, place - place.rounded(.down))
                let part = (y * parts / side * parts + x * parts / side) * directions
                counts[part + first] += strength * (1 - share)
                counts[part + (first + 1) % directions] += strength * share
            }
        }
        let sum = counts.reduce(0, +)
        return sum > 0 ? counts.map { $0 / sum } : counts
    }
}
