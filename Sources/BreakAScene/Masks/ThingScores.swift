import Glibc
import Images
import Tensors

/// How much every region of a tree looks like one whole thing.
///
/// A thing stands out from what is around it. So a region's score is the contrast of its saliency with that of the ring around it: high
/// for a whole thing, low for a part of one (its ring is salient too) and for what holds a thing and its surroundings. Compact outlines
/// and large areas count a little more. The weights were chosen by the agreement with known masks
/// (Tests/Conformance/RESULTS.md).
struct ThingScores {
    /// The weight of a compact outline: 4π · area / outline², at most 1.
    private static let compactness: Float = 0.2
    /// The power of the area by which scores are multiplied.
    private static let growth: Float = 0.35
    /// The weight of the contrast of a word's or handle's map beside that of a saliency.
    private static let mapWeight: Float = 2
    /// The weight of the overlap with where the thing should be.
    private static let overlapWeight: Float = 1
    /// The shares of the picture that a thing can have.
    private static let areas: ClosedRange<Float> = 0.004...0.5
    /// The width of a ring, in pixels.
    private static let ring: Float = 5

    private let tree: RegionTree
    /// Per region of the segmentation and field: the mean of the field. Fields are 0…1.
    private let fields: [[Float]]
    /// The area of the picture in pixels.
    private let area: Float

    init(_ tree: RegionTree, fields: [[Float]]) {
        (self.tree, self.fields) = (tree, fields)
        area = Float(tree.regions[..<tree.leafCount].reduce(0) { $0 + $1.area })
    }

    /// The score of each region for each place. `maps`: a field for each place, whose contrast counts for that place alone.
    /// `overlaps`: for each place, the overlap of every region with where the thing should be. Either is empty where all places are
    /// alike. −∞ for regions that are too small or too large for a thing.
    func scores(places: Int, maps: [[Float]] = [], overlaps: [[Float]] = []) -> [[Float]] {
        tree.regions.indices.map { region in
            let share = Float(tree.regions[region].area) / area
            guard Self.areas.contains(share) else { return [Float](repeating: -.infinity, count: places) }
            let inside = tree.leaves(of: region)
            let ring = ring(around: inside)
            let general = fields.reduce(shape(region)) { $0 + contrast($1, inside, ring) }
            return (0..<places).map { place in
                let map = maps.isEmpty ? 0 : Self.mapWeight * contrast(maps[place], inside, ring)
                let overlap = overlaps.isEmpty ? 0 : Self.overlapWeight * overlaps[place][region]
                let score = general + map
                return (score > 0 ? score * powf(share, Self.growth) : score) + overlap
            }
        }
    }

    private func shape(_ region: Int) -> Float {
        let (area, outline) = (Float(tree.regions[region].area), Float(max(1, tree.regions[region].outline)))
        return Self.compactness * min(1, 4 * .pi * area / (outline * outline)).squareRoot()
    }

    /// The leaves around a region, and how many of their pixels lie in a ring around it.
    private func ring(around inside: [Int]) -> [(leaf: Int, pixels: Float)] {
        let members = Set(inside)
        var lengths: [Int: Int] = [:]
        for leaf in inside {
            for border in tree.borders[leaf] where !members.contains(border.region) { lengths[border.region, default: 0] += border.length }
        }
        return lengths.sorted { $0.key < $1.key }.map { leaf, length in
            (leaf, min(Float(tree.regions[leaf].area), Self.ring * Float(length)))
        }
    }

    /// The mean of a field within a region less that in the ring around it.
    private func contrast(_ field: [Float], _ inside: [Int], _ ring: [(leaf: Int, pixels: Float)]) -> Float {
        func mean(_ parts: [(leaf: Int, pixels: Float)]) -> Float {
            let pixels = parts.reduce(0) { $0 + $1.pixels }
            return pixels > 0 ? parts.reduce(0) { $0 + $1.pixels * field[$1.leaf] } / pixels : 0
        }
        return mean(inside.map { ($0, Float(tree.regions[$0].area)) }) - mean(ring)
    }
}
