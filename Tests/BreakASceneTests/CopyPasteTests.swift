import Diffusion
import Images
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// Things pasted on pictures of empty places, and how such a training weighs timesteps and lowers its rate.
@Suite struct CopyPasteTests {
    private struct Setting {
        let scene: PreparedScene
        let model: DiffusionModel
        let prior: PriorSet
    }

    /// The scene with prior pictures of one grey each: two of the first two places, and one that shows no place.
    private static func setting() throws -> Setting {
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        let scene = try SceneFolder.load(Fixtures.root + "/stdlib/scenes/toys")
        let withHandles = try model.addingHandles(for: scene, words: [], seed: 1)
        let prompts = ["a photo at the beach", "a photo in the snow", "a photo of a dog", "a photo at the beach"]
        let pictures = Tensor.make([4, 128, 128, 3]) { out in
            for i in out.indices { out[i] = -0.5 + 0.25 * Float(i / (128 * 128 * 3)) }
        }
        let prior = PriorSet(
            prompts: prompts, ids: try model.tokenize(prompts), pictures: pictures,
            posteriors: prompts.indices.map { model.posterior(of: pictures.rows($0..<$0 + 1)) })
        return Setting(scene: try PreparedScene(scene, for: withHandles), model: withHandles, prior: prior)
    }

    // MARK: places

    @Test func aPlaceIsTheContextWithoutTheThings() {
        #expect(CopyPaste.background("a photo of * at the beach") == "a photo at the beach")
        #expect(CopyPaste.background("an oil painting of * in the snow, at noon") == "an oil painting in the snow, at noon")
        #expect(CopyPaste.background("* on the moon") == "on the moon" && CopyPaste.background("the moon, *") == "the moon,")
        #expect(CopyPaste.contexts(["a photo of *", "a photo of * here", "a photo of * here"]) == ["a photo of * here"])
        #expect(CopyPaste.backgrounds(PromptContext.places).count == 7)
        let places = CopyPaste.backgrounds(PromptContext.emptyPlaces)
        #expect(places.count == 12 && places.contains("a photo at sunset") && !places.contains("a photo"))
        #expect(CopyPaste.backgrounds([]) == places && CopyPaste.backgrounds([PromptContext.plain]) == places)
        #expect(Preset.collage256.prior.prompts == places && Preset.collage256.prior.count == 12)
        var few = PriorOptions()
        few.showPlaces(of: ["a photo of * here"])
        #expect(few.prompts == ["a photo here"] && few.count == 12)
        #expect(CopyPaste.isPossible([], prompts: ["x", "a photo at night"]) && !CopyPaste.isPossible([], prompts: ["a photo"]))
    }

    /// The preset goes with the model, not with the size that it is used at.
    @Test func theLargerModelHasItsOwnPreset() throws {
        let small = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage")
        let large = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage256")
        #expect(Preset.suited(to: small) == .collage && Preset.suited(to: large) == .collage256)
        #expect(try Preset.suited(to: small.sized(height: 256, width: 256)) == .collage)
        #expect(try Preset.suited(to: large.sized(height: 128, width: 128)) == .collage256)
        #expect(Preset.suited(to: try ModelFolder.load(Fixtures.path("models/tiny-sd15"))) == .code)
        let options = [1, 2].map { Preset.collage256.options(phase: $0) }
        #expect(options.allSatisfy { $0.copyPaste == 0.9 && $0.priorWeight == 0 && $0.needsPrior && !$0.contexts.isEmpty })
        #expect(options[1].trains == .unet && Preset.collage.options(phase: 2).trains == .all)
        for option in options { #expect(TrainingOptions(option.json) == option) }
    }

    // MARK: views

    /// The prior picture where no thing is, the thing where its mask is, and a loss that counts everywhere.
    @Test func theStepShowsThingsOnThePriorPicture() throws {
        let setting = try Self.setting()
        var options = TrainingOptions()
        (options.copyPaste, options.priorWeight, options.contexts) = (1, 0, PromptContext.places)
        var random = RandomState(seed: 3)
        var places: Set<String> = []
        for step in 0..<20 {
            let batch = try TrainingBatch(setting.model, setting.scene, prior: setting.prior, options, step: step, &random)
            let (sample, view) = (batch.samples[0], try #require(batch.views?[0]))
            guard case .prior(let number)? = sample.collage?.background else {
                Issue.record("nothing is pasted")
                continue
            }
            #expect(number != 2 && CopyPaste.background(sample.context) == setting.prior.prompts[number])
            #expect(batch.priorCount == 0 && batch.latents.shape[0] == 1 && batch.ids.count == 1 && !view.isWhole)
            places.insert(sample.context)
            let grey = -0.5 + 0.25 * Float(number)
            var (inside, outside) = (0, 0)
            for pixel in 0..<128 * 128 {
                let cover = view.masks.reduce(0) { $0 + $1.values[pixel] }
                let values = view.picture.values[3 * pixel..<3 * pixel + 3]
                if cover == 0 { #expect(values.allSatisfy { abs($0 - grey) < 1e-6 }); outside += 1 }
                if cover == 1, values.contains(where: { abs($0 - grey) > 0.05 }) { inside += 1 }
            }
            #expect(inside > 100 && outside > 5000)
            #expect(view.unionMask.values.allSatisfy { $0 * $0 >= 0.2 - 1e-6 } && view.unionMask.values.contains(1))
            #expect(view.attentionTargets.allSatisfy { $0.values.contains(0) && $0.sum > 0 })
        }
        #expect(places.count == 2)
    }

    /// It has a stream of its own: nothing else that is drawn changes, but for the prompt of steps that show a place.
    @Test func otherDrawsAreNotTouched() throws {
        let setting = try Self.setting()
        func batches(_ share: Double, prior: PriorSet?) throws -> (batches: [TrainingBatch], streams: Set<String>) {
            var options = TrainingOptions()
            (options.batchSize, options.copyPaste, options.contexts) = (4, share, PromptContext.places)
            var random = RandomState(seed: 4)
            let batches = try (0..<6).map { try TrainingBatch(setting.model, setting.scene, prior: prior, options, step: $0, &random) }
            return (batches, Set(random.steps.keys))
        }
        let (plain, mixed) = (try batches(0, prior: setting.prior), try batches(0.5, prior: setting.prior))
        #expect(mixed.streams.subtracting(plain.streams) == ["copy_paste"])
        var pasted = 0
        for (a, b) in zip(plain.batches, mixed.batches) {
            #expect(a.samples.map(\.chosen) == b.samples.map(\.chosen) && a.samples.map(\.isFlipped) == b.samples.map(\.isFlipped))
            // A photo that only says where to look is seen at less noise: what stands where cannot be learned from it.
            for (index, sample) in b.samples.enumerated() {
                let (drawn, used) = (a.timesteps[4 + index], b.timesteps[4 + index])
                #expect(sample.collage == nil ? used == Int(0.6 * Double(drawn)) : used == drawn)
            }
            #expect(a.timesteps[..<4] == b.timesteps[..<4] && a.noise.values == b.noise.values && a.priorCount == 4 && b.priorCount == 4)
            for (sample, view) in zip(b.samples, b.views ?? []) {
                // The photo itself says where to look, and nothing of what is there.
                #expect((view.unionMask.sum == 0) == (sample.collage == nil) && view.attentionTargets.allSatisfy { $0.sum > 0 })
            }
            for (old, new) in zip(a.samples, b.samples) {
                if new.collage == nil { #expect(old.context == new.context) } else { pasted += 1 }
            }
        }
        #expect((5...19).contains(pasted))
        #expect(try batches(1, prior: nil).batches.flatMap(\.samples).allSatisfy { $0.collage == nil }, "no picture to paste on")
    }

    /// A mask that reaches all sides is no thing to paste: its handle learns from the photo, as in the paper, and the others are pasted as
    /// without it.
    @Test func theBackgroundIsLearnedFromThePhoto() throws {
        let setting = try Self.setting()
        let scene = setting.scene.scene
        var rest = [Float](repeating: 1, count: scene.image.width * scene.image.height)
        for mask in scene.masks { for (index, value) in mask.values.enumerated() { rest[index] = min(rest[index], 1 - value) } }
        let background = Mask(width: scene.image.width, height: scene.image.height, values: rest)
        let whole = try Scene(image: scene.image, masks: scene.masks + [background], names: nil, title: "toys", fit: scene.fit)
        let model = try ModelFolder.load(Fixtures.root + "/stdlib/models/collage").addingHandles(for: whole, words: [], seed: 1)
        let prepared = try PreparedScene(whole, for: model)
        #expect(prepared.surroundings == [3] && setting.scene.surroundings.isEmpty)
        var options = TrainingOptions()
        (options.copyPaste, options.priorWeight, options.contexts) = (1, 0, PromptContext.places)
        var random = RandomState(seed: 5)
        var (named, pasted) = (0, 0)
        for step in 0..<30 {
            let batch = try TrainingBatch(model, prepared, prior: setting.prior, options, step: step, &random)
            let (sample, view) = (batch.samples[0], try #require(batch.views?[0]))
            if sample.chosen.contains(3) {
                #expect(sample.collage == nil && view.unionMask.sum > 0)
                named += 1
            } else {
                var other = RandomState(seed: 5)
                let alike = try #require(setting.scene.pasted(sample.chosen, options, setting.prior, &other))
                #expect(sample.collage?.places == alike.collage.places)
                pasted += 1
            }
        }
        #expect(named > 3 && pasted > 3)
    }

    // MARK: timesteps and rates

    /// diffusers' `compute_snr` and the formula of its training scripts, for the three things that a model may predict.
    @Test func timestepsAreWeighedByMinSNR() throws {
        for (alpha, epsilon, velocity, sample) in [
            (Float(0.99), 5.0 / 99, 5.0 / 100, 5.0), (0.5, 1, 0.5, 1), (0.1, 1, 0.1, 1.0 / 9), (0.8333333, 1, 5.0 / 6, 5),
        ] {
            for (kind, weight) in [(PredictionType.epsilon, epsilon), (.vPrediction, velocity), (.sample, sample)] {
                #expect(abs(Double(SNRWeighting.weight(alpha: alpha, gamma: 5, kind)) - weight) < 1e-4, "\(alpha) \(kind)")
            }
        }
        // The weight is that of the squared error: of the photo's and of the prior picture's.
        let setting = try Self.setting()
        var options = TrainingOptions()
        var random = RandomState(seed: 4)
        let batch = try TrainingBatch(setting.model, setting.scene, prior: setting.prior, options, step: 0, &random)
        let plain = try TrainingLosses(setting.model, batch, setting.scene, options).values
        options.snrGamma = 0.01
        let weighed = try TrainingLosses(setting.model, batch, setting.scene, options).values
        for (term, timestep) in [(LossTerm.prior, batch.timesteps[0]), (.reconstruction, batch.timesteps[1])] {
            let alpha = Double(setting.model.scheduler.schedule.alphasCumprod[timestep])
            let weight = min(1, 0.01 * (1 - alpha) / alpha)
            #expect(weight < 0.9)
            #expect(abs(Double(weighed[term]) / Double(plain[term]) / weight - 1) < 1e-4, "\(term.name)")
        }
        #expect(weighed[.attention] == plain[.attention])
    }

    @Test func theRateGoesDown() throws {
        func factors(_ schedule: LearningRateSchedule) -> [Double] { [0, 100, 200, 300, 399].map { schedule.factor(step: $0, of: 400) } }
        #expect(
            factors(.constant) == [1, 1, 1, 1, 1]
                && zip(factors(.linear), [1, 0.75, 0.5, 0.25, 0.0025]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(zip(factors(.cosine), [1, 0.853553, 0.5, 0.146447, 0.0000154]).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(LearningRateSchedule.linear.factor(step: 0, of: 0) == 1)
        // AdamW's first step moves by the rate, whatever the gradient: the second of two steps by half of it.
        let setting = try Self.setting()
        var options = TrainingOptions()
        (options.steps, options.priorWeight, options.optimizer.weightDecay, options.schedule) = (2, 0, 0, .linear)
        var run = TrainingRun(phase: 1, setting.model, scene: setting.scene, prior: nil, options: options, seed: 1)
        try run.advance()
        #expect(run.optimizer.options.lr == 5e-4)
        try run.advance()
        #expect(run.optimizer.options.lr == 2.5e-4)
    }
}
