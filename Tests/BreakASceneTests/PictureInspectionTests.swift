import Evaluators
import Images
import Testing

@testable import BreakAScene

/// The pieces of `inspect_pictures` on pictures whose answers are known.
struct PictureInspectionTests {
    /// A picture of one colour with rectangles (x, y, width, height) on it.
    private static func picture(
        _ ground: Color, _ things: [(x: Int, y: Int, width: Int, height: Int, color: Color)], side: Int = 64
    ) -> Image {
        var image = Image(width: side, height: side, color: ground)
        for thing in things {
            for y in thing.y..<thing.y + thing.height { for x in thing.x..<thing.x + thing.width { image[x, y] = thing.color } }
        }
        return image
    }

    private static func mask(_ x: Int, _ y: Int, _ width: Int, _ height: Int, side: Int = 64) -> Mask {
        var values = [Float](repeating: 0, count: side * side)
        for v in y..<y + height { for u in x..<x + width { values[v * side + u] = 1 } }
        return Mask(width: side, height: side, values: values)
    }

    private static let (red, blue, green, grey) = (Color(200, 20, 20), Color(20, 40, 200), Color(30, 160, 40), Color(128, 128, 128))

    // MARK: colour

    @Test func labIsThatOfColorimetry() {
        // Published values of sRGB under D65.
        let published: [(Color, SIMD3<Float>)] = [
            (Color(255, 255, 255), SIMD3(100, 0, 0)), (Color(0, 0, 0), SIMD3(0, 0, 0)), (Color(255, 0, 0), SIMD3(53.24, 80.09, 67.20)),
            (Color(0, 0, 255), SIMD3(32.30, 79.19, -107.86)),
        ]
        for (color, expected) in published {
            let off = LabPicture.lab(color.red, color.green, color.blue) - expected
            #expect((off * off).sum() < 0.01, "\(color): \(off)")
        }
    }

    @Test func coloursAreLikeThemselvesAndUnlikeOthers() throws {
        let image = Self.picture(Self.grey, [(8, 8, 16, 16, Self.red), (40, 8, 8, 24, Self.red), (8, 40, 16, 16, Self.blue)])
        func thing(_ x: Int, _ y: Int, _ w: Int, _ h: Int) throws -> Appearance { try Appearance(image, mask: Self.mask(x, y, w, h)) }
        let (first, second, other) = (try thing(8, 8, 16, 16), try thing(40, 8, 8, 24), try thing(8, 40, 16, 16))
        #expect(first.colors.likeness(to: first.colors) == 1)
        // Place and size do not matter.
        #expect(abs(first.colors.likeness(to: second.colors) - 1) < 1e-6)
        #expect(first.colors.likeness(to: other.colors) < 0.05)
        // Half red, half blue lies between, and is the sum of its parts.
        var both = first.colors
        both.add(other.colors)
        let half = both.likeness(to: first.colors)
        #expect(half > other.colors.likeness(to: first.colors) && half < 0.5)
        #expect(abs(both.distance(to: first.colors) - other.colors.distance(to: first.colors) / 2) < 1e-3)
        #expect(ColorDistribution().likeness(to: first.colors) == 0)
    }

    @Test func theDistanceIsHowFarColoursMoved() {
        // 20 units along lightness: 20 on that axis, 11.54 on each diagonal, nothing on the other two.
        let (a, b) = (
            LabPicture(width: 1, height: 1, pixels: [SIMD3(40, 0, 0)]), LabPicture(width: 1, height: 1, pixels: [SIMD3(60, 0, 0)])
        )
        let distance = ColorDistribution(a, weights: [1]).distance(to: ColorDistribution(b, weights: [1]))
        let expected = (20 + 4 * 11.54) / 7
        #expect(abs(distance - expected) < 0.05, "\(distance)")
    }

    // MARK: structure

    /// A thing of two tones: its left third dark, the rest light, a notch at the top right.
    private static func thing(x: Int, y: Int, scale: Int, flipped: Bool = false) throws -> Appearance {
        let (side, unit) = (64, 4 * scale)
        var image = Image(width: side, height: side, color: grey)
        var values = [Float](repeating: 0, count: side * side)
        for v in 0..<6 * unit {
            for u in 0..<6 * unit where !(v < 2 * unit && u >= 4 * unit) {
                let column = x + (flipped ? 6 * unit - 1 - u : u)
                image[column, y + v] = u < 2 * unit ? Color(30, 30, 30) : Color(220, 220, 220)
                values[(y + v) * side + column] = 1
            }
        }
        return try Appearance(image, mask: Mask(width: side, height: side, values: values))
    }

    @Test func structureIgnoresPlaceSizeAndFlips() throws {
        let first = try Self.thing(x: 2, y: 3, scale: 1)
        for other in [
            first, try Self.thing(x: 30, y: 33, scale: 1), try Self.thing(x: 10, y: 12, scale: 2),
            try Self.thing(x: 8, y: 4, scale: 1, flipped: true),
        ] {
            for measure in LikenessMeasure.all {
                let likeness = measure.compare(first, other)
                #expect(likeness > 0.97, "\(measure.name): \(likeness)")
            }
        }
    }

    @Test func structureTellsThingsApart() throws {
        let first = try Self.thing(x: 2, y: 3, scale: 1)
        let bar = try Appearance(Self.picture(Self.grey, [(4, 20, 56, 6, Self.red)]), mask: Self.mask(4, 20, 56, 6))
        // A bar fills its box: of the first thing's box 32 of 36 units are covered.
        let covered = 32.0 / 36
        #expect(abs(StructureLikeness.shape(first.crop, bar.crop) - covered) < 0.02)
        #expect(StructureLikeness.light(first.crop, bar.crop) == 0)
        // The same outline, its tones top and bottom: edges run the other way.
        var image = Self.picture(Self.grey, [(10, 10, 24, 24, Color(220, 220, 220)), (10, 10, 24, 12, Color(30, 30, 30))])
        let lying = try Appearance(image, mask: Self.mask(10, 10, 24, 24))
        image = Self.picture(Self.grey, [(10, 10, 24, 24, Color(220, 220, 220)), (10, 10, 12, 24, Color(30, 30, 30))])
        let standing = try Appearance(image, mask: Self.mask(10, 10, 24, 24))
        #expect(StructureLikeness.edges(lying.crop, standing.crop) < 0.2)
        #expect(StructureLikeness.light(lying.crop, standing.crop) < 0.2)
        #expect(StructureLikeness.edges(lying.crop, lying.crop) > 0.999)
        #expect(StructureLikeness.shape(lying.crop, standing.crop) > 0.99)
    }

    // MARK: segmentation

    @Test func segmentationOfFlatPicturesIsExact() throws {
        let image = Self.picture(Self.grey, [(8, 8, 16, 16, Self.red), (40, 30, 12, 20, Self.blue)])
        let found = Segmentation(try LabPicture(image, size: image.size), .init(blur: 0))
        #expect(found.count == 3)
        let (ground, red, blue) = (found.labels[0], found.labels[8 * 64 + 8], found.labels[30 * 64 + 40])
        #expect(Set([ground, red, blue]) == [0, 1, 2])
        let (inRed, inBlue) = (Self.mask(8, 8, 16, 16).values, Self.mask(40, 30, 12, 20).values)
        let expected = found.labels.indices.map { i -> Int in
            if inRed[i] > 0 { return red }
            return inBlue[i] > 0 ? blue : ground
        }
        #expect(found.labels == expected)
        #expect(found.neighbours == [[1, 2], [0], [0]])
    }

    @Test func specksJoinWhatIsAroundThemAndGradientsStayWhole() throws {
        let specks = Self.picture(Self.grey, [(20, 20, 3, 3, Self.red), (50, 50, 5, 5, Self.blue)])
        #expect(Segmentation(try LabPicture(specks, size: specks.size), .init(blur: 0)).count == 2)
        var ramp = Self.picture(Self.grey, [])
        for x in 0..<64 {
            let level = UInt8(60 + x)
            for y in 0..<64 { ramp[x, y] = Color(level, level, level) }
        }
        #expect(Segmentation(try LabPicture(ramp, size: ramp.size)).count == 1)
        let one = Image(width: 1, height: 1, color: Self.red)
        #expect(Segmentation(try LabPicture(one, size: one.size)).labels == [0])
    }

    // MARK: search

    /// Attention of 1 inside rectangles, little elsewhere.
    private static func attention(_ places: [(x: Int, y: Int, width: Int, height: Int)]) -> [Float] {
        let masks = places.map { mask($0.x, $0.y, $0.width, $0.height).values }
        return (0..<64 * 64).map { i in masks.contains { $0[i] > 0 } ? 1 : 0.01 }
    }

    private static func copies(_ image: Image, _ attention: [Float]) throws -> [Finding] {
        let photo = picture(green, [(10, 10, 16, 8, red), (10, 18, 16, 8, blue)])
        let thing = try Appearance(photo, mask: mask(10, 10, 16, 16))
        return ThingSearch(image, try LabPicture(image, size: image.size)).copies(of: thing, attention: attention)
    }

    @Test func aThingOfTwoColoursIsFoundWhole() throws {
        let image = Self.picture(Self.grey, [(30, 40, 16, 8, Self.red), (30, 48, 16, 8, Self.blue), (2, 2, 16, 16, Self.green)])
        let found = try Self.copies(image, Self.attention([(30, 40, 16, 16)]))
        #expect(found.count == 1)
        let first = try #require(found.first)
        #expect(first.evidence >= PresenceRule.present, "\(first.evidence)")
        #expect(first.pixels[44 * 64 + 36] && first.pixels[52 * 64 + 36] && !first.pixels[5 * 64 + 5] && !first.pixels[0])
    }

    @Test func twoCopiesAreTwo() throws {
        let image = Self.picture(
            Self.grey, [(4, 40, 16, 8, Self.red), (4, 48, 16, 8, Self.blue), (40, 10, 16, 8, Self.red), (40, 18, 16, 8, Self.blue)])
        // A handle mostly looks at one of them, and has drawn two all the same.
        #expect(try Self.copies(image, Self.attention([(4, 40, 16, 16)])).count == 2)
        // The same colours the other way round, or as a strip, are another thing.
        let other = Self.picture(
            Self.grey, [(4, 40, 16, 8, Self.red), (4, 48, 16, 8, Self.blue), (40, 10, 16, 8, Self.blue), (40, 18, 16, 8, Self.red)])
        #expect(try Self.copies(other, Self.attention([(4, 40, 16, 16)])).count == 1)
    }

    @Test func whatIsNotThereHasLittleEvidence() throws {
        let empty = Self.picture(Self.grey, [])
        let spread = [Float](repeating: 0.05, count: 64 * 64)
        #expect(try Self.copies(empty, spread).first?.evidence ?? 0 < 0.1)
        // Attention on a thing of other colours; the right colours without attention.
        let other = Self.picture(Self.grey, [(30, 40, 16, 16, Self.green)])
        #expect(try Self.copies(other, Self.attention([(30, 40, 16, 16)])).first?.evidence ?? 0 < PresenceRule.present / 2)
        let unseen = Self.picture(Self.grey, [(30, 40, 16, 8, Self.red), (30, 48, 16, 8, Self.blue)])
        #expect(try Self.copies(unseen, spread.map { $0 / 5 }).first?.evidence ?? 0 < PresenceRule.present / 2)
        // A crumb of it.
        let crumb = Self.picture(Self.grey, [(30, 40, 4, 2, Self.red), (30, 42, 4, 2, Self.blue)])
        #expect(try Self.copies(crumb, Self.attention([(30, 40, 4, 4)])).first?.evidence ?? 0 < PresenceRule.present)
    }

    // MARK: counting

    /// Pieces of a mask: copies are of like area, crumbs belong to the largest piece, and a row's end does not touch the next row's start.
    @Test func aMaskFallsIntoPieces() {
        func pieces(_ rows: [String]) -> [[Bool]] { SegmenterFinder.pieces(rows.joined().map { $0 == "#" }, width: rows[0].count) }
        let two = pieces(["##....", "##..##", "....##", "#....."])
        #expect(two.count == 2 && two.map { $0.filter(\.self).count } == [5, 4])
        #expect(two[0][18] && two[1][10] && !two[0][10])
        #expect(pieces(["..#", "#.."]).count == 2)
        #expect(pieces(["#####", ".....", "....#"]).count == 1)
        #expect(pieces(["...", "..."]).isEmpty && pieces(["###"]) == [[true, true, true]])
    }

    /// What a segmenter says becomes findings: a pixel belongs to the likelier of two things, and what is hardly there is not present.
    @Test func aSegmentersMasksBecomeFindings() throws {
        struct Halves: ThingSegmenter {
            var second = 0.2
            let name = "halves"
            let summary = ""
            let featureSize = 0
            let fingerprint: UInt64 = 1
            var identity: any IdentityEncoder { AppearanceEncoder() }
            func segments(of things: [Image], in images: [Image]) throws -> [[ThingSegment]] {
                try images.map { image in
                    let left = Mask(width: 2, height: 1, values: [0.9, 0.6]), right = Mask(width: 2, height: 1, values: [0.7, 0.8])
                    return try [
                        ThingSegment(mask: left.resized(to: image.size, .nearest), presence: 0.8),
                        ThingSegment(mask: right.resized(to: image.size, .nearest), presence: second),
                    ]
                }
            }
        }
        let photo = Image(width: 64, height: 64, color: .white)
        let masks = try [[1, 0], [0, 1]].map { try Mask(width: 2, height: 1, values: $0).resized(to: photo.size, .nearest) }
        let scene = try PreparedScene(
            Scene(image: photo, masks: masks), photo: photo, masks: masks, latents: PixelSize(width: 8, height: 8), .nearest)
        let inspector = try PictureInspector(scene, finder: SegmenterFinder(Halves(), scene))
        let seen = try inspector.inspect(photo, .init(context: "*", asked: [0], seed: 0), prompt: "")
        #expect(seen.isPresent(0) && !seen.isPresent(1) && seen.evidence(0) > 0.5 && seen.evidence(1) == 0.2)
        let columns = (0..<64).map { x in seen.findings.map { $0[0].pixels[x] } }
        #expect(columns.allSatisfy { $0 == [true, true] })
        // Two that are present share the picture out.
        let both = try PictureInspector(scene, finder: SegmenterFinder(Halves(second: 0.9), scene))
        let shared = try both.inspect(photo, .init(context: "*", asked: [0], seed: 0), prompt: "")
        let parts = (0..<64).map { x in shared.findings.map { $0[0].pixels[x] } }
        #expect(shared.isPresent(1) && parts[..<30].allSatisfy { $0 == [true, false] } && parts[34...].allSatisfy { $0 == [false, true] })
    }

    @Test func wilsonIntervalsAreThosePublished() throws {
        // Newcombe 1998, table I, method 3.
        let published: [(Int, Int, Double, Double)] = [
            (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
        ]
        for (hits, trials, low, high) in published {
            let interval = try #require(WilsonInterval(hits, of: trials))
            #expect(abs(interval.low - low) < 1e-4 && abs(interval.high - high) < 1e-4, "\(hits)/\(trials): \(interval)")
        }
        #expect(WilsonInterval(0, of: 0) == nil && WilsonInterval(3, of: 2) == nil)
        #expect(WilsonInterval(20, of: 20)?.high == 1)
    }

    @Test func setsOfHandles() {
        #expect(InspectionPlan.subsets(of: 1, most: 15) == [[0]])
        #expect(InspectionPlan.subsets(of: 3, most: 15) == [[0], [1], [2], [0, 1, 2], [0, 1], [0, 2], [1, 2]])
        #expect(InspectionPlan.subsets(of: 3, most: 2) == [[0], [1]])
        for count in 1...5 { #expect(Set(InspectionPlan.subsets(of: count, most: 1000)).count == (1 << count) - 1, "\(count)") }
        #expect(InspectionPlan.subsets(of: 60, most: 100).count == 100)
        let plan = InspectionPlan(handles: 2, contexts: ["a *", "b *"], count: 2, most: 15, seed: 7)
        #expect(plan.entries.map(\.seed) == Array(7..<19) && plan.entries[6].context == "b *" && plan.possible == 3)
    }

    @Test func aReportCounts() {
        func picture(_ asked: [Int], _ copies: [Int]) -> InspectedPicture {
            let findings = copies.map { count in
                (0..<count).map { _ in Finding(pixels: [true], evidence: 0.9, isPresent: true) }
            }
            return InspectedPicture(
                entry: .init(context: "*", asked: asked, seed: 0), prompt: "", image: Image(width: 1, height: 1, color: .white),
                size: PixelSize(width: 1, height: 1),
                findings: findings, likeness: copies.map { $0 > 0 ? [0.5, 0.5, 0.5, 0.5] : [] })
        }
        let plan = InspectionPlan(handles: 2, contexts: ["*"], count: 1, most: 15, seed: 0)
        let report = InspectionReport(
            tokens: ["<a>", "<b>"], names: ["a", "b"], plan: plan,
            pictures: [picture([0], [1, 1]), picture([0], [0, 0]), picture([1], [0, 2]), picture([0, 1], [2, 1])])
        #expect(report.present(0) == .init(hits: 2, trials: 3) && report.present(1) == .init(hits: 2, trials: 2))
        #expect(report.unasked(0) == .init(hits: 0, trials: 1) && report.unasked(1) == .init(hits: 1, trials: 2))
        #expect(
            report.others(0) == .init(hits: 1, trials: 2) && report.brings(0, 1) == report.others(0)
                && report.brings(1, 0) == .init(hits: 0, trials: 1))
        #expect(report.doubled(0) == .init(hits: 1, trials: 2) && report.doubled(1) == .init(hits: 1, trials: 2))
        #expect(report.likeness(0, 0) == [0.5, 0.5] && report.likeness(0, 9) == [])
    }
}
