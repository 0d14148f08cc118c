import Glibc

/// A thing brought to one place and size, its orientation kept: 24×24 cells around its centroid, in which its area is a quarter.
struct PoseCrop: Sendable {
    static let side = 24
    /// The thing's area as a share of the crop.
    private static let share = 0.25

    /// Coverage 0…1 of every cell, row after row.
    let coverage: [Double]
    /// Lightness of every cell relative to the thing's mean, in units of Lab; 0 where it is not covered.
    let light: [Double]

    /// The crop of a thing that is turned by `degrees` (counter-clockwise on the screen), mirrored left to right first where `isMirrored`,
    /// and enlarged by `scale`; nil for a thing of fewer than 16 pixels at the measured size.
    init?(_ thing: Appearance, degrees: Double = 0, isMirrored: Bool = false, scale: Double = 1) {
        let (width, height, weights) = (thing.picture.width, thing.picture.height, thing.weights)
        var (mass, x0, y0) = (0.0, 0.0, 0.0)
        for i in weights.indices where weights[i] > 0 {
            mass += Double(weights[i])
            x0 += Double(weights[i]) * Double(i % width)
            y0 += Double(weights[i]) * Double(i / width)
        }
        guard mass >= 16 else { return nil }
        (x0, y0) = (x0 / mass, y0 / mass)
        // Pixels of the picture for each cell of the crop.
        let step = (mass / Self.share).squareRoot() / Double(Self.side) / scale
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        var (coverage, light) = ([Double](), [Double]())
        coverage.reserveCapacity(Self.side * Self.side)
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                let (u, v) = ((Double(column) - 11.5) * step, (Double(row) - 11.5) * step)
                let (a, b) = (c * u - s * v, s * u + c * v)
                let sample = Self.sample(thing, x0 + (isMirrored ? -a : a), y0 + b, width, height)
                coverage.append(sample.weight)
                light.append(sample.light)
            }
        }
        let sum = coverage.reduce(0, +)
        let mean = sum > 0 ? zip(coverage, light).reduce(0) { $0 + $1.0 * $1.1 } / sum : 0
        (self.coverage, self.light) = (coverage, zip(coverage, light).map { $0 > 0 ? $1 - mean : 0 })
    }

    /// Weight and lightness at a place of the picture, bilinear; outside there is nothing.
    private static func sample(_ thing: Appearance, _ x: Double, _ y: Double, _ width: Int, _ height: Int) -> (
        weight: Double, light: Double
    ) {
        let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        var (weight, light) = (0.0, 0.0)
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let (u, v) = (left + dx, top + dy)
            guard (0..<width).contains(u), (0..<height).contains(v) else { continue }
            let part = (1 - abs(x - Double(u))) * (1 - abs(y - Double(v)))
            let w = part * Double(thing.weights[v * width + u])
            weight += w
            light += w * Double(thing.picture.pixels[v * width + u].x)
        }
        return (weight, weight > 1e-9 ? light / weight : 0)
    }

    /// How well two crops agree, 0…1: half the overlap of their outlines (soft IoU), half the correlation of light and dark where both are
    /// covered, of which negative values count as none. Things of one lightness are compared by their outlines alone.
    func agreement(_ other: PoseCrop) -> Double {
        var (both, either, mass, xy, xx, yy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for i in coverage.indices {
            both += min(coverage[i], other.coverage[i])
            either += max(coverage[i], other.coverage[i])
            let weight = coverage[i] * other.coverage[i]
            mass += weight
            xy += weight * light[i] * other.light[i]
            xx += weight * light[i] * light[i]
            yy += weight * other.light[i] * other.light[i]
        }
        let outline = either > 0 ? both / either : 0
        // A standard deviation of less than one unit of lightness is no pattern.
        guard mass > 0, xx / mass > 1, yy / mass > 1 else { return outline }
        return 0.5 * outline + 0.5 * max(0, xy / (xx * yy).squareRoot())
    }
}
