import Diffusion
import Images
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// What a step shows in the place of the photo: things on solid backgrounds, where they stand or anywhere, and noise outside.
@Suite struct CollageTests {
    private static func prepared(_ name: String = "toys") throws -> (PreparedScene, DiffusionModel) {
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        let scene = try SceneFolder.load(Fixtures.root + "/stdlib/scenes/\(name)")
        let withHandles = try model.addingHandles(for: scene, words: [], seed: 1)
        return (try PreparedScene(scene, for: withHandles), withHandles)
    }

    private static func draw(_ index: Int) -> RandomDraw { RandomState(seed: 9).draw("collage", UInt32(index)) }

    private static func color(_ collage: Collage) throws -> [Float] {
        let color: [Float]? = if case .color(let color) = collage.background { color } else { nil }
        return try #require(color)
    }

    private static func pixel(_ picture: Tensor, _ x: Int, _ y: Int) -> [Float] {
        let start = (y * picture.shape[2] + x) * 3
        return Array(picture.values[start..<start + 3])
    }

    /// Inside of the chosen masks the photo, elsewhere one colour, of which no two steps have the same; masks stay where they are.
    @Test(arguments: [false, true]) func thingsStandWhereTheyDoInThePhoto(_ isFlipped: Bool) throws {
        let (scene, _) = try Self.prepared()
        var sample = UnionSample(chosen: [2, 0], isFlipped: isFlipped)
        let plain = try scene.view(sample)
        sample.collage = .standing(Self.draw(1))
        let view = try scene.view(sample)
        #expect(view.masks == plain.masks && view.unionMask.values == plain.unionMask.values && !view.isWhole)
        #expect(zip(view.attentionTargets, plain.attentionTargets).allSatisfy { $0.values == $1.values })
        let color = try Self.color(#require(sample.collage))
        let size = view.masks[0].size
        var (inside, outside) = (0, 0)
        for y in 0..<size.height {
            for x in 0..<size.width {
                let cover = view.masks.map { $0[x, y] }.max() ?? 0
                let found = Self.pixel(view.picture, x, y)
                if cover == 1 { #expect(found == Self.pixel(plain.picture, x, y)); inside += 1 }
                if cover == 0 { #expect(zip(found, color).allSatisfy { abs($0 - $1) < 1e-6 }); outside += 1 }
            }
        }
        #expect(inside > 500 && outside > 500)
        #expect(Set(try (0..<50).map { try Self.color(.standing(Self.draw($0))) }).count == 50)
    }

    /// Pasted things are in the picture, hardly cover each other, keep their shape, and lie where their masks are.
    @Test func thingsArePastedAnywhere() throws {
        let (scene, _) = try Self.prepared()
        var centres: [Set<[Int]>] = [[], [], []]
        for index in 0..<40 {
            var sample = UnionSample(chosen: [1, 2, 0], isFlipped: index % 2 == 1)
            let collage = Collage.scattered(
                sample.chosen.map { scene.detail.boxes[$0] }, in: scene.detail.photo.size, size: scene.pixelSize, Self.draw(index))
            sample.collage = collage
            let (places, color) = (try #require(collage.places), try Self.color(collage))
            for (place, handle) in zip(places, sample.chosen) {
                #expect(place.x0 >= 0 && place.y0 >= 0 && place.x1 <= 128 && place.y1 <= 128 && place.width > 2 && place.height > 2)
                let box = scene.detail.boxes[handle]
                let (own, now) = (Double(box.width) / Double(box.height), Double(place.width) / Double(place.height))
                #expect(abs(now / own - 1) < 0.3)
                centres[handle].insert([place.x0 / 16, place.y0 / 16])
            }
            let view = try scene.view(sample)
            for mask in view.masks { #expect(mask.areaFraction > 0.001, "a thing is hidden") }
            #expect(view.attentionTargets.allSatisfy { $0.sum > 0 } && view.unionMask.sum > 0)
            // No two masks claim a pixel, and what no mask claims is the background.
            for y in stride(from: 0, to: 128, by: 5) {
                for x in stride(from: 0, to: 128, by: 5) {
                    let cover = view.masks.reduce(0) { $0 + $1[x, y] }
                    #expect(cover < 1 + 1e-4)
                    if cover == 0 { #expect(zip(Self.pixel(view.picture, x, y), color).allSatisfy { abs($0 - $1) < 1e-5 }) }
                }
            }
        }
        #expect(centres.allSatisfy { $0.count > 10 })
    }

    /// A flipped collage is the mirror of the one that is not.
    @Test func aFlipIsAMirror() throws {
        let (scene, _) = try Self.prepared()
        let collage = Collage.scattered(
            [1, 0].map { scene.detail.boxes[$0] }, in: scene.detail.photo.size, size: scene.pixelSize, Self.draw(3))
        let views = try [false, true].map { isFlipped in
            var sample = UnionSample(chosen: [1, 0], isFlipped: isFlipped)
            sample.collage = collage
            return try scene.view(sample)
        }
        for y in stride(from: 0, to: 128, by: 3) {
            for x in 0..<128 {
                #expect(Self.pixel(views[0].picture, x, y) == Self.pixel(views[1].picture, 127 - x, y))
                #expect(views[0].masks[0][x, y] == views[1].masks[0][127 - x, y])
            }
        }
    }

    /// MagicTailor's noise: outside of the masks alone, of the strength asked for, and gone at the end.
    @Test func noiseIsOutsideOfTheMasks() throws {
        let (scene, _) = try Self.prepared()
        var sample = UnionSample(chosen: [0, 1], isFlipped: false)
        let plain = try scene.view(sample)
        sample.degradation = OutsideDegradation(strength: 0.2, draw: Self.draw(0))
        let view = try scene.view(sample)
        let union = PreparedScene.union(view.masks.map { Tensor($0) })
        var (squares, count) = (0.0, 0)
        for (index, cover) in union.values.enumerated() {
            for channel in 0..<3 {
                let (old, new) = (plain.picture.values[3 * index + channel], view.picture.values[3 * index + channel])
                if cover == 1 { #expect(old == new) }
                #expect(abs(new) <= 1)
                if cover == 0, abs(old) < 0.2 { squares += Double((new - old) * (new - old)); count += 1 }
            }
        }
        #expect(count > 1000 && abs((squares / Double(count)).squareRoot() - 0.2) < 0.01)
        #expect(view.masks == plain.masks && !view.isWhole)
        let strengths = [0, 200, 360, 390, 400].map { OutsideDegradation.strength(0.5, step: $0, of: 400) }
        #expect(strengths[0] == 0.5 && strengths[1] > 0.4999 && strengths[2] > 0.48 && strengths[3] < 0.29 && strengths[4] == 0)
    }

    /// Each has a stream of its own: nothing else that is drawn changes.
    @Test func otherDrawsAreNotTouched() throws {
        let (scene, model) = try Self.prepared()
        var options = TrainingOptions()
        (options.batchSize, options.zoom) = (3, 0.5)
        func batches(_ options: TrainingOptions) throws -> (batches: [TrainingBatch], streams: Set<String>) {
            var random = RandomState(seed: 4)
            let batches = try (0..<6).map { try TrainingBatch(model, scene, prior: nil, options, step: $0, &random) }
            return (batches, Set(random.steps.keys))
        }
        let plain = try batches(options)
        (options.data, options.segmix, options.degradesOutside) = (.collection, 0.5, 0.3)
        let other = try batches(options)
        #expect(other.streams.subtracting(plain.streams) == ["collection", "segmix", "degrade_outside"])
        for (a, b) in zip(plain.batches, other.batches) {
            #expect(a.samples.map(\.chosen) == b.samples.map(\.chosen) && a.samples.map(\.isFlipped) == b.samples.map(\.isFlipped))
            #expect(a.timesteps == b.timesteps && a.noise.values == b.noise.values && a.latents.values != b.latents.values)
            #expect(a.samples.map(\.part) == b.samples.map(\.part))
        }
        let collages = other.batches.flatMap(\.samples).map(\.collage)
        #expect(collages.allSatisfy { $0 != nil } && collages.contains { $0?.places == nil } && collages.contains { $0?.places != nil })
        options.data = .photo
        let mixed = try batches(options).batches.flatMap(\.samples)
        #expect(mixed.contains { $0.collage == nil } && mixed.contains { $0.collage?.places != nil })
        let shares = try batches(
            {
                var o = TrainingOptions(); o.segmix = 0.3; o.batchSize = 64; return o
            }()
        ).batches.flatMap(\.samples)
        let share = Double(shares.count { $0.collage != nil }) / Double(shares.count)
        #expect(abs(share - 0.3) < 4 * (0.21 / Double(shares.count)).squareRoot())
    }

    @Test func thePlanCountsTheEncodings() throws {
        let (_, model) = try Self.prepared()
        let encoding = model.vae.configuration.encodingCost(height: 16, width: 16).operations
        func encodings(_ change: (inout TrainingOptions) -> Void) -> Double {
            var options = TrainingOptions()
            let without = TrainingPlan(model, phase: 1, options).operationsPerStep
            change(&options)
            return (TrainingPlan(model, phase: 1, options).operationsPerStep - without) / encoding
        }
        #expect(abs(encodings { $0.segmix = 0.25 } - 0.25) < 1e-9)
        #expect(
            abs(
                encodings {
                    $0.segmix = 0.5; $0.zoom = 0.5
                } - 0.75) < 1e-9)
        #expect(
            abs(encodings { $0.data = .collection } - 1) < 1e-9
                && abs(
                    encodings {
                        $0.degradesOutside = 0.1; $0.zoom = 0.5
                    } - 1) < 1e-9
        )
    }
}
