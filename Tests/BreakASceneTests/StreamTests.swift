import Diffusion
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// No two draws of a training are the same: across phases, kinds of draws and steps, and between prior pictures and
/// generation.
@Suite struct StreamTests {
    private static func model() throws -> DiffusionModel {
        try ModelFolder.load(Fixtures.path("models/tiny-sd15")).addingHandles(count: 2, words: [], seed: 5)
    }

    private static func prior(_ model: DiffusionModel, count: Int) throws -> PriorSet {
        let size = model.latentSize
        let shape = [1, size.height, size.width, model.latentChannels]
        let prompts = Array(repeating: "a photo", count: count)
        return PriorSet(
            prompts: prompts, ids: try model.tokenize(prompts), pictures: .zeros([0]),
            posteriors: (0..<count).map { _ in DiagonalGaussian(mean: .zeros(shape), std: .zeros(shape)) })
    }

    /// The batches of both phases of a training with one seed.
    private static func batches(_ phase: Int, _ model: DiffusionModel, _ scene: PreparedScene, _ prior: PriorSet, steps: Int) throws
        -> [TrainingBatch]
    {
        var options = TrainingOptions()
        options.flip = 0.5
        let run = TrainingRun(phase: phase, model, scene: scene, prior: prior, options: options, seed: 5)
        var random = run.random
        return try (0..<steps).map { try TrainingBatch(model, scene, prior: prior, options, step: $0, &random) }
    }

    @Test func phaseTwoDrawsOtherNumbersThanPhaseOne() throws {
        let model = try Self.model()
        let scene = try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
        let prior = try Self.prior(model, count: 50)
        let (first, second) = (try Self.batches(1, model, scene, prior, steps: 20), try Self.batches(2, model, scene, prior, steps: 20))
        let noise = (first + second).map { $0.noise.values }
        #expect(Set(noise).count == 40)
        // Each of these agrees by chance in some steps, never in all.
        #expect(zip(first, second).contains { $0.samples != $1.samples })
        #expect(zip(first, second).contains { $0.timesteps != $1.timesteps })
        #expect(zip(first, second).contains { $0.ids[0] != $1.ids[0] || $0.latents.values != $1.latents.values })
        let places = [first, second].map { batches in batches.map(\.samples) }
        #expect(places[0] != places[1])
    }

    /// Words of every draw that a training of both phases makes, its prior pictures, its handles and generations with seeds
    /// near by: all different.
    @Test func noDrawIsMadeTwice() {
        let streams = ["union_sample", "shuffle", "encode", "randn", "random_timesteps"]
        var draws: [RandomDraw] = []
        for seed in 0..<4 {
            for phase in 1...2 {
                let random = RandomState(seed: seed, scope: TrainingRun.scope(phase: phase))
                for stream in streams { for step in 0..<100 { draws.append(random.draw(stream, UInt32(step))) } }
            }
            let random = RandomState(seed: seed)
            for step in 0..<60 { draws += [random.draw("prior_images", UInt32(step)), random.draw("prior_images/steps", UInt32(step))] }
            for step in 0..<60 { draws += [random.draw("generate", UInt32(step)), random.draw("lora", UInt32(step))] }
            draws += [random.draw("add_handles", 0), random.draw("attention", 0)]
        }
        #expect(Set(draws.map { [$0.word(0), $0.word(1), $0.word(2), $0.word(3)] }).count == draws.count)
    }

    /// What a run has drawn from is only ever of its own scope, and every kind of draw is counted.
    @Test func aRunCountsItsStreams() throws {
        let model = try Self.model()
        let scene = try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
        for phase in 1...2 {
            var options = TrainingOptions()
            (options.steps, options.priorWeight) = (2, 0)
            var run = TrainingRun(phase: phase, model, scene: scene, prior: nil, options: options, seed: 5)
            while !run.isFinished { try run.advance() }
            #expect(run.random.scope == (phase == 1 ? "" : "phase 2"))
            #expect(run.random.steps == ["union_sample": 2, "encode": 2, "random_timesteps": 2, "randn": 2])
        }
    }

    /// The noise that a scheduler adds while prior pictures are drawn is not that of `generate` with the same seed, nor that of
    /// the next seed's pictures.
    @Test func priorPicturesShareNoNoiseWithGeneration() throws {
        let model = try ModelFolder.load(Fixtures.path("models/tiny-sd15"))
        var options = PriorOptions()
        (options.count, options.steps, options.guidanceScale) = (2, 2, 1)
        let sets = try [0, 1, 0].map { seed in
            options.seed = seed
            return try PriorSet(model, options) { _, _ in }
        }
        #expect(sets[0].pictures.values == sets[2].pictures.values)
        #expect(sets[0].pictures.values != sets[1].pictures.values)
        let generated = try model.initialLatents(2, RandomDraw(seed: 0, stream: "generate", step: 0))
        #expect(generated.values != (try model.initialLatents(2, RandomDraw(seed: 0, stream: "prior_images", step: 0)).values))
    }

    /// All prior pictures come before any comes again, in another order every time, whatever the batch.
    @Test(arguments: [(7, 1), (7, 3), (4, 8)]) func priorPicturesComeByEpochs(_ count: Int, _ batch: Int) {
        let random = RandomState(seed: 2, scope: "phase 2")
        let places = (0..<6 * count).flatMap { TrainingBatch.epochs(random, places: $0 * batch..<($0 + 1) * batch, of: count) }
        let epochs = stride(from: 0, to: places.count - count, by: count).map { Array(places[$0..<$0 + count]) }
        #expect(epochs.allSatisfy { $0.sorted() == Array(0..<count) } && Set(epochs).count > 1)
    }
}
