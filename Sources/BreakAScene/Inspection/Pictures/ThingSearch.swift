import Images

/// Regions of a picture that together look like a thing, and that the thing's handle looks at.
public struct Finding: Sendable {
    /// Whether each pixel belongs to it, row after row at the measured size.
    public let pixels: [Bool]
    let regions: Set<Int>
    /// The evidence that the thing is there, 0…1, by which `PresenceRule` decides.
    public let evidence: Double
    /// The likeness of colours, 0…1.
    public let color: Double
    /// The area of the place as a multiple of the thing's area, both as shares of their pictures.
    public let size: Double
    /// The handle's mean attention inside, as a multiple of what the photo's best handle has in its own mask.
    public let attention: Double
    /// The share of the handle's attention in the picture that lies inside.
    public let share: Double
}

/// Looks for things in one picture: where the handle's attention and a segmentation of the picture agree.
///
/// A finding is grown from a region by taking in neighbours as long as the evidence rises. Evidence is the product of
/// likeness of colour, of size (things between a quarter and four times the photo's lose nothing), and of the square roots of
/// mean attention inside and of the share of all attention inside. All are sums over regions, so that a trial costs little.
struct ThingSearch {
    private static let seeds = 4
    /// The sizes that a copy may have, as multiples of the first one's.
    private static let copySizes = 0.6...1.7
    private static let mostRegions = 10
    private static let sizes = 0.25...4.0
    /// Larger regions, as shares of the picture, are background, unless the thing itself is that large.
    private static let largest = 0.45

    let segmentation: Segmentation
    private let image: Image
    private let picture: LabPicture
    private let colors: [ColorDistribution]
    private let areas: [Int]

    /// `picture` is `image` at the measured size.
    init(_ image: Image, _ picture: LabPicture) {
        (self.image, self.picture) = (image, picture)
        segmentation = Segmentation(picture)
        var (colors, areas) = (
            [ColorDistribution](repeating: .init(), count: segmentation.count), [Int](repeating: 0, count: segmentation.count)
        )
        for (pixel, region) in zip(picture.pixels, segmentation.labels) {
            colors[region].add(pixel, 1)
            areas[region] += 1
        }
        (self.colors, self.areas) = (colors, areas)
    }

    /// The best place for a thing, however weak, and its copies; empty only where no region can be a thing. `attention`: a
    /// value ≥ 0 a pixel, 1 being what the photo's best handle has in its own mask.
    ///
    /// A copy is a place that looks like the first: colours, size, outline, pattern of light. It need not be looked at, since
    /// a handle mostly looks at one place, also where it drew two.
    func copies(of thing: Appearance, attention: [Float], most: Int = 5) -> [Finding] {
        guard let first = best(thing, attention, Self.sizes, without: []) else { return [] }
        var (found, taken, seen) = ([first], first.regions, appearance(first))
        while first.evidence >= PresenceRule.present, found.count < most, let next = best(seen, nil, Self.copySizes, without: taken) {
            let other = appearance(next)
            guard next.evidence >= PresenceRule.copyColor, StructureLikeness.shape(seen.crop, other.crop) >= PresenceRule.copyStructure,
                StructureLikeness.light(seen.crop, other.crop) >= PresenceRule.copyStructure
            else { break }
            found.append(next)
            taken.formUnion(next.regions)
        }
        return found
    }

    private func appearance(_ finding: Finding) -> Appearance { Appearance(image, picture, weights: finding.pixels.map { $0 ? 1 : 0 }) }

    /// The best place for a thing among the regions that are not `taken`; without attention it is judged by looks alone.
    private func best(_ thing: Appearance, _ attention: [Float]?, _ sizes: ClosedRange<Double>, without taken: Set<Int>) -> Finding? {
        var looks = [Double](repeating: 0, count: areas.count)
        if let attention { for (value, region) in zip(attention, segmentation.labels) { looks[region] += Double(value) } }
        let trial = Trial(search: self, thing: thing, sizes: sizes, looks: attention == nil ? nil : looks, all: looks.reduce(0, +))
        let limit = max(Self.largest, min(0.9, 1.5 * thing.area)) * Double(segmentation.labels.count)
        let usable = Set(areas.indices.filter { Double(areas[$0]) < limit && !taken.contains($0) })
        let starts = usable.sorted().map { (region: $0, evidence: trial.measured([$0]).evidence) }
            .sorted { ($1.evidence, $0.region) < ($0.evidence, $1.region) }.prefix(Self.seeds)
        var best: (regions: Set<Int>, measured: Trial.Measured)?
        for start in starts {
            let grown = grow(start.region, usable, trial)
            if grown.measured.evidence > best?.measured.evidence ?? -1 { best = grown }
        }
        return best.map { finding($0.regions, $0.measured) }
    }

    /// Takes in the neighbour that raises evidence most, until none does.
    private func grow(_ start: Int, _ usable: Set<Int>, _ trial: Trial) -> (regions: Set<Int>, measured: Trial.Measured) {
        var (regions, measured) = (Set([start]), trial.measured([start]))
        while regions.count < Self.mostRegions {
            let around = Set(regions.flatMap { segmentation.neighbours[$0] }).subtracting(regions).intersection(usable).sorted()
            var step: (region: Int, measured: Trial.Measured)?
            for region in around {
                let next = trial.measured(regions.union([region]))
                if next.evidence > (step?.measured.evidence ?? measured.evidence) + 1e-6 { step = (region, next) }
            }
            guard let step else { break }
            regions.insert(step.region)
            measured = step.measured
        }
        return (regions, measured)
    }

    private func finding(_ regions: Set<Int>, _ measured: Trial.Measured) -> Finding {
        Finding(
            pixels: segmentation.labels.map(regions.contains), regions: regions, evidence: measured.evidence, color: measured.color,
            size: measured.size, attention: measured.attention, share: measured.share)
    }

    /// The constants of a search for one thing.
    private struct Trial {
        struct Measured { var evidence, color, size, attention, share: Double }

        let search: ThingSearch
        let thing: Appearance
        let sizes: ClosedRange<Double>
        /// The attention in each region; nil where attention does not count.
        let looks: [Double]?
        /// The attention in all regions together.
        let all: Double

        /// The evidence that a set of regions is the thing, and the values that it is the product of.
        func measured(_ regions: Set<Int>) -> Measured {
            var (colors, area, inside) = (ColorDistribution(), 0, 0.0)
            for region in regions.sorted() {
                colors.add(search.colors[region])
                area += search.areas[region]
                inside += looks?[region] ?? 0
            }
            let size = Double(area) / Double(search.segmentation.labels.count) / max(thing.area, 1e-9)
            let fits = min(1, size / sizes.lowerBound).squareRoot() * min(1, sizes.upperBound / max(size, 1e-9)).squareRoot()
            let (color, attention, share) = (colors.likeness(to: thing.colors), inside / Double(max(1, area)), all > 0 ? inside / all : 0)
            let looked = looks == nil ? 1 : min(1, max(0, attention)).squareRoot() * max(0, share).squareRoot()
            let evidence = color * fits * looked
            return Measured(evidence: evidence, color: color, size: size, attention: attention, share: share)
        }
    }
}

/// What evidence makes a thing present, and a place a copy of it. Both limits were chosen on labelled pictures
/// (Tests/Conformance/presence).
public enum PresenceRule {
    /// The least evidence of a thing that is present. Chosen on half of the pictures that were labelled by eye.
    public static let present = 0.33
    /// The least evidence of a copy, by colours and size. Few doubles were seen: chosen on all of them, like
    /// `copyStructure`.
    public static let copyColor = 0.73
    /// The least likeness of a copy to the first one, by outline and by pattern of light.
    public static let copyStructure = 0.4
}
