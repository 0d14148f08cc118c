import Images
import Tensors

/// Regions of a picture, each but the smallest made of two others: the order in which neighbours are joined, most alike first.
///
/// The cost of joining two neighbours grows with the squared distance of their looks and with their areas (Ward's law, damped), and
/// falls with the share of their outlines that they have in common. A pure function of its input.
struct RegionTree: Sendable {
    /// A region. Areas and lengths are in pixels of the segmented picture.
    struct Region: Sendable {
        var area: Int
        /// The mean look of its pixels.
        var look: [Float]
        /// The length of its outline, the picture's border included.
        var outline: Int
        /// How much of the outline is the picture's border.
        var border: Int
        /// The regions that it was made of, by their places; nil for one of the segmentation.
        var parts: (Int, Int)?
    }

    /// The regions of the segmentation, in its order, and then those made of them, in the order of joining: a region stands after its
    /// parts, the whole picture last.
    private(set) var regions: [Region]
    /// The number of regions of the segmentation.
    let leafCount: Int
    /// Per region of the segmentation: its neighbours in rising order, and how many pixels long the common border is.
    let borders: [[(region: Int, length: Int)]]

    /// Joins the regions of a segmentation, of which `looks` has one each. Throws `CancellationError`.
    init(_ segmentation: Segmentation, looks: [[Float]]) throws {
        leafCount = segmentation.count
        borders = Self.borders(segmentation)
        regions = Self.leaves(segmentation, looks, borders)
        try join()
    }

    /// The leaves of a region, that is those of the segmentation, in rising order.
    func leaves(of region: Int) -> [Int] {
        guard let (a, b) = regions[region].parts else { return [region] }
        return (leaves(of: a) + leaves(of: b)).sorted()
    }

    /// The soft intersection over union of every region with a mask, given by its mean over each region of the segmentation.
    func overlaps(with means: [Float]) -> [Float] {
        var shared: [Float] = []
        for (index, region) in regions.enumerated() {
            shared.append(region.parts.map { shared[$0.0] + shared[$0.1] } ?? means[index] * Float(region.area))
        }
        let mask = shared.last ?? 0
        return zip(regions, shared).map { region, shared in
            let union = Float(region.area) + mask - shared
            return union > 0 ? shared / union : 0
        }
    }

    private static func leaves(_ segmentation: Segmentation, _ looks: [[Float]], _ borders: [[(region: Int, length: Int)]]) -> [Region] {
        let (width, height) = (segmentation.width, segmentation.height)
        var areas = [Int](repeating: 0, count: segmentation.count)
        var atBorder = areas
        for (pixel, label) in segmentation.labels.enumerated() {
            let (x, y) = (pixel % width, pixel / width)
            areas[label] += 1
            atBorder[label] += [x == 0, x == width - 1, y == 0, y == height - 1].count { $0 }
        }
        return looks.indices.map { index in
            Region(
                area: areas[index], look: looks[index], outline: borders[index].reduce(atBorder[index]) { $0 + $1.length },
                border: atBorder[index], parts: nil)
        }
    }

    /// The lengths of the borders between the regions of a segmentation.
    private static func borders(_ segmentation: Segmentation) -> [[(region: Int, length: Int)]] {
        let (labels, width) = (segmentation.labels, segmentation.width)
        var lengths = [[Int: Int]](repeating: [:], count: segmentation.count)
        for pixel in labels.indices {
            for other in [(pixel + 1) % width == 0 ? pixel : pixel + 1, min(pixel + width, labels.count - 1)]
            where labels[other] != labels[pixel] && (other == pixel + 1 || other == pixel + width) {
                lengths[labels[pixel]][labels[other], default: 0] += 1
                lengths[labels[other]][labels[pixel], default: 0] += 1
            }
        }
        return lengths.map { of in of.sorted { $0.key < $1.key }.map { (region: $0.key, length: $0.value) } }
    }

    /// Joins regions until one is left.
    private mutating func join() throws {
        var neighbours = borders.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.region, $0.length) }) }
        var pairs = borders.indices.flatMap { a in
            borders[a].filter { $0.region > a }.map { (cost: cost(a, $0.region, $0.length), a: a, b: $0.region) }
        }
        while let best = pairs.min(by: { ($0.cost, $0.a, $0.b) < ($1.cost, $1.a, $1.b) }) {
            if regions.count % 32 == 0 { try Cancellation.check() }
            let (a, b, joined) = (best.a, best.b, regions.count)
            let common = neighbours[a][b] ?? 0
            regions.append(union(a, b, common: common))
            let lengths = neighbours[a].merging(neighbours[b], uniquingKeysWith: +).filter { $0.key != a && $0.key != b }
            neighbours.append(lengths)
            pairs.removeAll { [$0.a, $0.b].contains { $0 == a || $0 == b } }
            for (other, length) in lengths {
                neighbours[other][a] = nil
                neighbours[other][b] = nil
                neighbours[other][joined] = length
                pairs.append((cost(other, joined, length), other, joined))
            }
        }
    }

    private func union(_ a: Int, _ b: Int, common: Int) -> Region {
        let (first, second) = (regions[a], regions[b])
        let share = Float(first.area) / Float(first.area + second.area)
        return Region(
            area: first.area + second.area, look: zip(first.look, second.look).map { share * $0 + (1 - share) * $1 },
            outline: first.outline + second.outline - 2 * common, border: first.border + second.border, parts: (a, b))
    }

    /// The cost of joining two regions with a common border of `length` pixels.
    private func cost(_ a: Int, _ b: Int, _ length: Int) -> Float {
        let (first, second) = (regions[a], regions[b])
        let areas = Float(first.area) * Float(second.area) / Float(first.area + second.area)
        let common = Float(length) / Float(min(first.outline, second.outline))
        return squaredDistance(first.look, second.look) * (areas / common).squareRoot()
    }
}

/// Σ (a − b)² of vectors of one length.
func squaredDistance(_ a: [Float], _ b: [Float]) -> Float {
    var sum: Float = 0
    for i in a.indices { sum += (a[i] - b[i]) * (a[i] - b[i]) }
    return sum
}
