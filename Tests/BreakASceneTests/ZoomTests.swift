import Diffusion
import Images
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// Photos seen from closer: where the part lies, and that picture and masks stay together.
@Suite(.serialized) struct ZoomTests {
    private static func model() throws -> DiffusionModel {
        try ModelFolder.load(Fixtures.root + "/stdlib/models/collage").addingHandles(count: 2, words: [], seed: 1)
    }

    /// A black photo with a red and a green thing, which are exactly their masks; 4 times the model's pixels.
    private static func scene() throws -> Scene {
        let rects = [PixelRect(x0: 60, y0: 200, x1: 180, y1: 380), PixelRect(x0: 300, y0: 90, x1: 420, y1: 200)]
        func inside(_ rect: PixelRect, _ x: Int, _ y: Int) -> Bool { x >= rect.x0 && x < rect.x1 && y >= rect.y0 && y < rect.y1 }
        var photo = Image(width: 512, height: 512, color: Color(0, 0, 0))
        for y in 0..<512 {
            for x in 0..<512 {
                if inside(rects[0], x, y) { photo[x, y] = Color(255, 0, 0) }
                if inside(rects[1], x, y) { photo[x, y] = Color(0, 255, 0) }
            }
        }
        let masks = rects.map { rect in
            Mask(width: 512, height: 512, values: (0..<512 * 512).map { inside(rect, $0 % 512, $0 / 512) ? 1 : 0 })
        }
        return try Scene(image: photo, masks: masks)
    }

    private static func draws(_ count: Int) -> [RandomDraw] { (0..<count).map { RandomDraw(seed: 5, stream: "zoomed", step: UInt32($0)) } }

    @Test func partsAreAsOftenAndAsLargeAsTheLawSays() throws {
        let size = PixelSize(width: 512, height: 512)
        let box = PixelRect(x0: 206, y0: 156, x1: 306, y1: 356)
        let count = 20_000
        let parts = Self.draws(count).compactMap { Zoom.part(around: box, in: size, share: 0.3, $0) }
        #expect(abs(Double(parts.count) / Double(count) - 0.3) < 0.012)
        let least = 200 * Zoom.margin / 512
        for part in parts {
            #expect(part.width == part.height && part.width >= 230 && part.width < 512)
            #expect(part.contains(box) && part.x0 >= 0 && part.y0 >= 0 && part.x1 <= 512 && part.y1 <= 512)
        }
        // The side is uniform between the least and the whole.
        let sides = parts.map { (Double($0.width) / 512 - least) / (1 - least) }
        for quarter in 1...3 {
            #expect(abs(Double(sides.count { $0 < Double(quarter) / 4 }) / Double(sides.count) - Double(quarter) / 4) < 0.03)
        }
        // Places are uniform among those that hold the box: a third of them in each third of the way.
        let free = parts.filter { $0.width < 300 }
        let ways = free.map { part in
            Double(part.x0 - max(0, 306 - part.width)) / Double(min(206, 512 - part.width) - max(0, 306 - part.width))
        }
        for third in 0..<3 {
            let share = Double(ways.count { $0 >= Double(third) / 3 && $0 < Double(third + 1) / 3 }) / Double(ways.count)
            #expect(abs(share - 1.0 / 3) < 0.03, "third \(third): \(share)")
        }
        #expect(Self.draws(1000).allSatisfy { Zoom.part(around: box, in: size, share: 0, $0) == nil })
        // What fills the photo cannot be seen from closer.
        let all = PixelRect(x0: 0, y0: 3, x1: 512, y1: 500)
        #expect(Self.draws(1000).allSatisfy { Zoom.part(around: all, in: size, share: 1, $0) == nil })
    }

    @Test func noDrawRepeats() {
        let box = PixelRect(x0: 200, y0: 200, x1: 260, y1: 260)
        let parts = Self.draws(800).compactMap { Zoom.part(around: box, in: PixelSize(width: 512, height: 512), share: 1, $0) }
        // 400 sides and 452 places: a few may meet by chance.
        #expect(parts.count == 800 && Set(parts).count > 790)
    }

    @Test(arguments: [[0], [1], [1, 0]]) func masksFollowThePixels(_ chosen: [Int]) throws {
        let (scene, model) = (try Self.scene(), try Self.model())
        let prepared = try PreparedScene(scene, for: model)
        var seen = 0
        for (index, draw) in Self.draws(30).enumerated() {
            var sample = UnionSample(chosen: chosen, isFlipped: index % 2 == 1)
            sample.part = prepared.part(chosen, share: 1, draw)
            let view = try prepared.view(sample)
            #expect(view.picture.shape == [1, 128, 128, 3] && view.masks.count == chosen.count)
            if sample.part != nil { seen += 1 }
            let pixels = view.picture.values
            for (mask, thing) in zip(view.masks, chosen) {
                let shares = mask.values
                let wrong = (0..<128 * 128).count { place in (pixels[place * 3 + thing] > 0) != (shares[place] > 0.5) }
                // Only on the edges, where Lanczos and area differ: less than a pixel all round a thing that fills the picture.
                #expect(wrong < 300, "thing \(thing) differs in \(wrong) pixels")
                // All of it is there, at least as large as on the whole photo.
                #expect(mask.area >= prepared.masks[thing].area * 0.98)
            }
        }
        #expect(seen == 30)
    }

    @Test func allSizesAreOfTheSameMasksAndFlipTogether() throws {
        let prepared = try PreparedScene(Self.scene(), for: Self.model())
        for draw in Self.draws(5) {
            var sample = UnionSample(chosen: [1, 0], isFlipped: false)
            sample.part = prepared.part([1, 0], share: 1, draw)
            var other = UnionSample(chosen: [1, 0], isFlipped: true)
            other.part = sample.part
            let (view, flipped) = (try prepared.view(sample), try prepared.view(other))
            #expect(try Image(flipped.picture) == Image(view.picture).flipped())
            #expect(flipped.masks == view.masks.map { $0.flipped() })
            for each in [view, flipped] {
                let latents = try each.masks.map { try PreparedScene.cells(of: $0, PixelSize(width: 16, height: 16)) }
                #expect(each.attentionTargets.map(\.values) == latents.map(\.values))
                #expect(each.unionMask.values == PreparedScene.union(latents).values)
            }
        }
    }

    /// A thing of four pixels that one pixel a cell would miss keeps the cells that it touches, from closer too.
    @Test func smallThingsKeepTheirCells() throws {
        let photo = Image(width: 128, height: 128, color: Color(9, 9, 9))
        let tiny = Mask(
            width: 128, height: 128, values: (0..<128 * 128).map { [41, 42].contains($0 % 128) && [41, 42].contains($0 / 128) ? 1 : 0 })
        let prepared = try PreparedScene(Scene(image: photo, masks: [tiny]), for: Self.model())
        var sample = UnionSample(chosen: [0], isFlipped: false)
        for part in [
            PixelRect(x0: 1, y0: 1, x1: 127, y1: 127), PixelRect(x0: 30, y0: 20, x1: 120, y1: 110),
            PixelRect(x0: 40, y0: 40, x1: 44, y1: 44),
        ] {
            sample.part = part
            let view = try prepared.view(sample)
            #expect(view.unionMask.sum > 0 && view.attentionTargets[0].sum > 0)
        }
    }

    @Test func aPartOfTheUsersShowsEveryThing() throws {
        let prepared = try PreparedScene(Self.scene(), for: Self.model())
        #expect(prepared.part([1], top: 0.1, left: 0.5, side: 0.5) == PixelRect(x0: 256, y0: 51, x1: 512, y1: 307))
        #expect(prepared.part([0, 1], top: 0.1, left: 0.5, side: 0.5) == nil)
        // Moved inside where it would reach out of the photo, and never empty.
        #expect(prepared.part([1], top: 1, left: 1, side: 0.9) == PixelRect(x0: 51, y0: 51, x1: 512, y1: 512))
        #expect(prepared.part([1], top: 0.25, left: 0.7, side: 1e-9) == PixelRect(x0: 358, y0: 128, x1: 359, y1: 129))
    }

    /// What is drawn besides stays the same, and without the options nothing of theirs is drawn.
    @Test func otherDrawsAreNotTouched() throws {
        let (scene, model) = (try Self.scene(), try Self.model())
        let prepared = try PreparedScene(scene, for: model)
        var options = TrainingOptions()
        options.batchSize = 3
        func batches(_ options: TrainingOptions) throws -> (batches: [TrainingBatch], streams: Set<String>) {
            var random = RandomState(seed: 4)
            let batches = try (0..<4).map { _ in try TrainingBatch(model, prepared, prior: nil, options, step: 0, &random) }
            return (batches, Set(random.steps.keys))
        }
        let plain = try batches(options)
        (options.zoom, options.contexts) = (0.7, ["a photo of *", "an oil painting of *"])
        let other = try batches(options)
        #expect(other.streams.subtracting(plain.streams) == ["zoomed", "in_context"])
        for (a, b) in zip(plain.batches, other.batches) {
            #expect(a.samples.map(\.chosen) == b.samples.map(\.chosen) && a.samples.map(\.isFlipped) == b.samples.map(\.isFlipped))
            #expect(a.timesteps == b.timesteps && a.noise.values == b.noise.values)
        }
        let samples = other.batches.flatMap(\.samples)
        #expect(Set(samples.map(\.context)).count == 2 && samples.contains { $0.part != nil } && samples.contains { $0.part == nil })
        #expect(plain.batches.flatMap(\.samples).allSatisfy { $0.part == nil && $0.context == PromptContext.plain })
    }

    /// A zoomed photo costs one more encoding; counted as PyTorch counts it: two per multiplication and addition.
    @Test func thePlanCountsTheEncoding() throws {
        let model = try Self.model()
        var options = TrainingOptions()
        let without = TrainingPlan(model, phase: 1, options)
        options.zoom = 0.5
        options.batchSize = 2
        var twice = TrainingOptions()
        twice.batchSize = 2
        let encoding = model.vae.configuration.encodingCost(height: 16, width: 16)
        let more = TrainingPlan(model, phase: 1, options).operationsPerStep - TrainingPlan(model, phase: 1, twice).operationsPerStep
        #expect(abs(more / encoding.operations - 1) < 1e-9 && encoding.operations > 1e8 && without.operationsPerStep > 0)
    }
}
