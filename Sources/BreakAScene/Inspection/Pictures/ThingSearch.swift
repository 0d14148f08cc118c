import Images

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

    /// Regions that together are taken for a thing.
    private struct Place {
        let regions: Set<Int>
        let evidence: Double
    }

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
        var (found, taken, seen) = ([finding(first)], first.regions, appearance(first))
        while found[0].isPresent, found.count < most, let next = best(seen, nil, Self.copySizes, without: taken) {
            let other = appearance(next)
            guard next.evidence >= PresenceRule.copyColor, StructureLikeness.shape(seen.crop, other.crop) >= PresenceRule.copyStructure,
                StructureLikeness.light(seen.crop, other.crop) >= PresenceRule.copyStructure
            else { break }
            found.append(finding(next))
            taken.formUnion(next.regions)
        }
        return found
    }

    private func pixels(_ place: Place) -> [Bool] { segmentation.labels.map(place.regions.contains) }
    private func appearance(_ place: Place) -> Appearance { Appearance(image, picture, weights: pixels(place).map { $0 ? 1 : 0 }) }
    private func finding(_ place: Place) -> Finding {
        Finding(pixels: pixels(place), evidence: place.evidence, isPresent: place.evidence >= PresenceRule.present)
    }

    /// The best place for a thing among the regions that are not `taken`; without attention it is judged by looks alone.
    private func best(_ thing: Appearance, _ attention: [Float]?, _ sizes: ClosedRange<Double>, without taken: Set<Int>) -> Place? {
        var looks = [Double](repeating: 0, count: areas.count)
        if let attention { for (value, region) in zip(attention, segmentation.labels) { looks[region] += Double(value) } }
        let trial = Trial(search: self, thing: thing, sizes: sizes, looks: attention == nil ? nil : looks, all: looks.reduce(0, +))
        let limit = max(Self.largest, min(0.9, 1.5 * thing.area)) * Double(segmentation.labels.count)
        let usable = Set(areas.indices.filter { Double(areas[$0]) < limit && !taken.contains($0) })
        let starts = usable.sorted().map { (region: $0, evidence: trial.evidence([$0])) }
            .sorted { ($1.evidence, $0.region) < ($0.evidence, $1.region) }.prefix(Self.seeds)
        var best: Place?
        for start in starts {
            let grown = grow(start.region, usable, trial)
            if grown.evidence > best?.evidence ?? -1 { best = grown }
        }
        return best
    }

    /// Takes in the neighbour that raises evidence most, until none does.
    private func grow(_ start: Int, _ usable: Set<Int>, _ trial: Trial) -> Place {
        var place = Place(regions: [start], evidence: trial.evidence([start]))
        while place.regions.count < Self.mostRegions {
            let around = Set(place.regions.flatMap { segmentation.neighbours[$0] }).subtracting(place.regions).intersection(usable).sorted()
            var step: (region: Int, evidence: Double)?
            for region in around {
                let next = trial.evidence(place.regions.union([region]))
                if next > (step?.evidence ?? place.evidence) + 1e-6 { step = (region, next) }
            }
            guard let step else { break }
            place = Place(regions: place.regions.union([step.region]), evidence: step.evidence)
        }
        return place
    }

    /// The constants of a search for one thing.
    private struct Trial {
        let search: ThingSearch
        let thing: Appearance
        let sizes: ClosedRange<Double>
        /// The attention in each region; nil where attention does not count.
        let looks: [Double]?
        /// The attention in all regions together.
        let all: Double

        /// The evidence that a set of regions is the thing, 0…1.
        func evidence(_ regions: Set<Int>) -> Double {
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
            return color * fits * looked
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
