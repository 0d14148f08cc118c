import Images

/// The look of a thing: a part of a picture, with the values that the measures of likeness read.
public struct Appearance: Sendable {
    /// The whole picture, for measures that look at its pixels.
    public let image: Image
    /// How far each pixel belongs to the thing, 0…1, row after row at the measured size.
    let weights: [Float]
    let picture: LabPicture
    let colors: ColorDistribution
    let crop: ThingCrop

    /// The thing's area as a share of the picture.
    var area: Double { weights.reduce(0) { $0 + Double($1) } / Double(max(1, weights.count)) }

    /// The thing under a mask of the picture's size. Throws `ImageError`.
    public init(_ image: Image, mask: Mask) throws {
        let size = LabPicture.measuredSize(image.size)
        self.init(image, try LabPicture(image, size: size), weights: try mask.resized(to: size, .box).values)
    }

    /// The thing whose pixels have these weights; `weights` has as many as `picture` has pixels.
    init(_ image: Image, _ picture: LabPicture, weights: [Float]) {
        (self.image, self.picture, self.weights) = (image, picture, weights)
        colors = ColorDistribution(picture, weights: weights)
        crop = ThingCrop(picture, weights: weights)
    }
}

/// A thing cut out along its box and brought to 16×16: its place and size in the picture no longer matter.
struct ThingCrop: Sendable {
    static let side = 16

    /// Coverage 0…1 of every cell, row after row.
    let coverage: [Float]
    /// Lightness 0…100 of every cell, row after row.
    let light: [Float]

    /// Cuts the thing out; all cells are empty where no pixel has a weight above one half.
    init(_ picture: LabPicture, weights: [Float]) {
        let inside = weights.indices.filter { weights[$0] > 0.5 }
        let (columns, rows) = (inside.map { $0 % picture.width }, inside.map { $0 / picture.width })
        guard let x0 = columns.min(), let x1 = columns.max(), let y0 = rows.min(), let y1 = rows.max() else {
            coverage = [Float](repeating: 0, count: Self.side * Self.side)
            light = coverage
            return
        }
        // Each cell is the mean of 4×4 samples.
        let (fine, cells) = (4, Self.side * Self.side)
        var (coverage, light) = ([Float](repeating: 0, count: cells), [Float](repeating: 0, count: cells))
        for v in 0..<Self.side * fine {
            for u in 0..<Self.side * fine {
                let x = x0 + (2 * u + 1) * (x1 - x0 + 1) / (2 * Self.side * fine)
                let y = y0 + (2 * v + 1) * (y1 - y0 + 1) / (2 * Self.side * fine)
                let (pixel, cell) = (y * picture.width + x, v / fine * Self.side + u / fine)
                coverage[cell] += (weights[pixel] > 0.5 ? 1 : 0) / Float(fine * fine)
                light[cell] += picture.pixels[pixel].x / Float(fine * fine)
            }
        }
        (self.coverage, self.light) = (coverage, light)
    }

    /// The crop moved by whole cells, mirrored first where `flipped`; cells that come from outside are not covered.
    func moved(_ dx: Int, _ dy: Int, flipped: Bool) -> ThingCrop {
        var (coverage, light) = ([Float](repeating: 0, count: self.coverage.count), [Float](repeating: 0, count: self.light.count))
        for y in 0..<Self.side {
            for x in 0..<Self.side {
                let (u, v) = ((flipped ? Self.side - 1 - x : x) - dx, y - dy)
                guard (0..<Self.side).contains(u), (0..<Self.side).contains(v) else { continue }
                coverage[y * Self.side + x] = self.coverage[v * Self.side + u]
                light[y * Self.side + x] = self.light[v * Self.side + u]
            }
        }
        return ThingCrop(coverage: coverage, light: light)
    }

    private init(coverage: [Float], light: [Float]) { (self.coverage, self.light) = (coverage, light) }
}
