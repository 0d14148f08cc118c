import Diffusion
import Images
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// First guesses of masks: pictures whose answer is known, and the parts against plain versions.
@Suite struct AutomaticMaskTests {
    /// A picture of coloured discs on a plain ground, with their masks.
    private static func discs(_ discs: [(x: Double, y: Double, radius: Double, color: Color)], width: Int, height: Int) throws
        -> (image: Image, masks: [Mask])
    {
        let size = PixelSize(width: width, height: height)
        var pixels = [[UInt8]](repeating: [70, 110, 160], count: width * height).flatMap { $0 }
        let masks = try discs.map {
            try Mask.ellipse(center: Point($0.x, $0.y), radii: Point($0.radius, $0.radius), size: size).thresholded()
        }
        for (mask, disc) in zip(masks, discs) {
            for i in mask.values.indices where mask.values[i] > 0 {
                pixels.replaceSubrange(3 * i..<3 * i + 3, with: [disc.color.red, disc.color.green, disc.color.blue])
            }
        }
        return (Image(width: width, height: height, pixels: pixels), masks)
    }

    private static let red = Color(200, 40, 40)
    private static let yellow = Color(230, 210, 60)

    @Test(arguments: [(200, 200), (400, 160), (90, 240)])
    func findsDiscs(_ width: Int, _ height: Int) throws {
        let (w, h) = (Double(width), Double(height))
        let scene = try Self.discs(
            [(0.27 * w, 0.3 * h, 0.16 * min(w, h), Self.red), (0.7 * w, 0.68 * h, 0.2 * min(w, h), Self.yellow)], width: width,
            height: height)
        let found = try AutomaticMasks.guess(image: scene.image, count: 2)
        #expect(found.map(\.size) == [scene.image.size, scene.image.size])
        for (guess, truth) in zip(found, scene.masks) { #expect(try guess.overlap(with: truth) > 0.8) }
        #expect(try (found[0] & found[1]).isEmpty)
    }

    /// With a model: the same discs, the same bits again and on any number of threads.
    @Test func theModelFindsThemToo() throws {
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        let scene = try Self.discs([(50, 60, 28, Self.red), (140, 130, 36, Self.yellow)], width: 200, height: 200)
        let found = try Parallel.$schedule.withValue(.threads(1)) { try AutomaticMasks.guess(image: scene.image, count: 2, model: model) }
        for (guess, truth) in zip(found, scene.masks) { #expect(try guess.overlap(with: truth) > 0.8) }
        let again = try Parallel.$schedule.withValue(.threads(3)) { try AutomaticMasks.guess(image: scene.image, count: 2, model: model) }
        #expect(again == found)
        let named = try AutomaticMasks.guess(image: scene.image, words: ["ball", "apple"], model: model)
        #expect(named.count == 2)
        #expect(try (named[0] & named[1]).isEmpty)
    }

    @Test func refusesWhatItCannotDo() throws {
        let flat = try Self.discs([], width: 60, height: 40).image
        #expect(throws: AutomaticMaskError.count(0)) { try AutomaticMasks.guess(image: flat, count: 0) }
        #expect(throws: AutomaticMaskError.count(9)) { try AutomaticMasks.guess(image: flat, count: 9) }
        #expect(throws: AutomaticMaskError.tooFew(1)) { try AutomaticMasks.guess(image: flat, count: 1) }
        let speck = Image(width: 1, height: 1, pixels: [1, 2, 3])
        #expect(throws: AutomaticMaskError.tooFew(1)) { try AutomaticMasks.guess(image: speck, count: 1) }
        let disc = try Self.discs([(30, 20, 12, Self.red)], width: 60, height: 40).image
        #expect(throws: CancellationError.self) {
            try Cancellation.scope(when: { true }) { try AutomaticMasks.guess(image: disc, count: 1) }
        }
    }
}

/// The tree of regions and the choice among them.
@Suite struct RegionTreeTests {
    private let segmentation: Segmentation
    private let tree: RegionTree

    init() throws {
        var numbers = SeededNumbers(seed: "regions")
        let noise = numbers.tensor([12, 14, 3]).values.map { UInt8(min(255, max(0, 128 + 60 * $0))) }
        let image = Image(width: 14, height: 12, pixels: noise)
        segmentation = Segmentation(try LabPicture(image, size: image.size), .init(scale: 0.1, smallest: 8))
        let looks = (0..<segmentation.count).map { _ in numbers.tensor([4]).values }
        tree = try RegionTree(segmentation, looks: looks)
    }

    /// Areas, outlines and borders of joined regions are those that their pixels have.
    @Test func joinedRegionsAreMeasuredRightly() throws {
        #expect(segmentation.count > 6 && tree.regions.count == 2 * segmentation.count - 1)
        let (width, height, labels) = (segmentation.width, segmentation.height, segmentation.labels)
        for (index, region) in tree.regions.enumerated() {
            let members = Set(tree.leaves(of: index))
            func isInside(_ x: Int, _ y: Int) -> Bool {
                (0..<width).contains(x) && (0..<height).contains(y) && members.contains(labels[y * width + x])
            }
            var (area, outline, border) = (0, 0, 0)
            for y in 0..<height {
                for x in 0..<width where isInside(x, y) {
                    area += 1
                    for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                        if !isInside(x + dx, y + dy) { outline += 1 }
                        if !(0..<width).contains(x + dx) || !(0..<height).contains(y + dy) { border += 1 }
                    }
                }
            }
            #expect(region.area == area && region.outline == outline && region.border == border)
        }
        #expect(tree.leaves(of: tree.regions.count - 1) == Array(0..<segmentation.count))
    }

    /// The choice is the best of all choices of disjoint regions, tried one by one.
    @Test(arguments: 1...3) func choosesTheBest(_ places: Int) throws {
        var numbers = SeededNumbers(seed: "choice \(places)")
        let scores = tree.regions.map { _ in
            numbers.tensor([places]).values.map { $0 > 1.2 ? -Float.infinity : $0 }
        }
        let members = tree.regions.indices.map { Set(tree.leaves(of: $0)) }
        var best = -Float.infinity
        func search(_ chosen: [Int], _ sum: Float) {
            if chosen.count == places {
                best = max(best, sum)
            } else {
                for region in tree.regions.indices where chosen.allSatisfy({ members[$0].isDisjoint(with: members[region]) }) {
                    search(chosen + [region], sum + scores[region][chosen.count])
                }
            }
        }
        search([], 0)
        let chosen = try #require(RegionChoice(tree, scores: scores).regions)
        #expect(abs(chosen.enumerated().reduce(0) { $0 + scores[$1.element][$1.offset] } - best) < 1e-4)
        for (index, region) in chosen.enumerated() {
            #expect(chosen[..<index].allSatisfy { members[$0].isDisjoint(with: members[region]) })
        }
        #expect(RegionChoice(tree, scores: scores.map { $0.map { _ in -.infinity } }).regions == nil)
    }

    /// The weights of a grid's cells in a region sum to 1, and those of a grid of pixels pick the pixels.
    @Test func weightsAreMeans() throws {
        for grid in [CellGrid(height: 4, width: 3), CellGrid(height: 1, width: 1), CellGrid(height: 12, width: 14)] {
            let sums = segmentation.weights(of: grid).matmul(Tensor(repeating: 1, shape: [grid.count, 1])).values
            #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
        }
        let weights = segmentation.weights(of: CellGrid(height: 12, width: 14)).values
        for region in 0..<segmentation.count {
            for (pixel, label) in segmentation.labels.enumerated() { #expect((weights[region * 168 + pixel] > 0) == (label == region)) }
        }
    }
}
