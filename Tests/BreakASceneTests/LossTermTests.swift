import Autograd
import Diffusion
import Glibc
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// The terms of the loss that the paper's code does not have, and the mask's normalisation.
@Suite struct LossTermTests {
    private static func model() throws -> DiffusionModel {
        try ModelFolder.load(Fixtures.path("models/tiny-sd15")).addingHandles(count: 2, words: [], seed: 5)
    }

    private static func scene(_ model: DiffusionModel) throws -> PreparedScene {
        try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
    }

    /// The losses of the first step whose prompt names both handles, with that step's batch.
    private static func losses(_ options: TrainingOptions) throws -> (TrainingLosses, TrainingBatch, DiffusionModel, PreparedScene) {
        let model = try model()
        let scene = try scene(model)
        var options = options
        (options.sampling, options.flip, options.priorWeight) = (.everything, 0, 0)
        let run = TrainingRun(phase: 1, model, scene: scene, prior: nil, options: options, seed: 3)
        var random = run.random
        let batch = try TrainingBatch(run.model, scene, prior: nil, options, step: 0, &random)
        return (try TrainingLosses(run.model, batch, scene, options), batch, run.model, scene)
    }

    /// Slopes of a function of a tensor, in double precision.
    private static func slopes(_ start: Tensor, _ function: ([Double]) -> Double) -> [Double] {
        let values = start.values.map(Double.init)
        return values.indices.map { index in
            let both = [1e-6, -1e-6].map { shift in
                var moved = values
                moved[index] += shift
                return function(moved)
            }
            return (both[0] - both[1]) / 2e-6
        }
    }

    // MARK: overlap

    @Test func overlapIsTheSoftIoUOfTwoMaps() throws {
        var numbers = SeededNumbers(seed: "overlap")
        let (a, b) = (numbers.tensor([6, 6], in: 0.01...0.3), numbers.tensor([6, 6], in: 0.01...0.3))
        func iou(_ a: [Double], _ b: [Double]) -> Double {
            let (p, q) = (a.map { $0 / (a.max() ?? 1) }, b.map { $0 / (b.max() ?? 1) })
            return zip(p, q).reduce(0) { $0 + min($1.0, $1.1) } / zip(p, q).reduce(0) { $0 + max($1.0, $1.1) }
        }
        let leaf = Variable.leaf(a)
        let value = LossTerm.softIoU(AttentionNormalization.max(leaf), AttentionNormalization.max(Variable(b)))
        let other = b.values.map(Double.init)
        #expect(abs(Double(value.value.scalar) - iou(a.values.map(Double.init), other)) < 1e-6)
        let gradient = try #require(Gradients(of: value)[leaf])
        #expect(relativeError(gradient.values, Self.slopes(a) { iou($0, other) }) < 5e-4)
        #expect(abs(LossTerm.softIoU(Variable(a), Variable(a)).value.scalar - 1) < 1e-6)
    }

    @Test func overlapComparesTheHandlesOfAPrompt() throws {
        var options = TrainingOptions()
        options.setWeight(of: .overlap, to: 0.5)
        let (losses, batch, model, _) = try Self.losses(options)
        #expect(batch.samples[0].chosen.count == 2)
        var pass = UNetPass(
            model.textEncoder(batch.ids), recording: model.attentionRecording(latents: batch.latents.shape))
        _ = model.unet(
            Variable(model.addNoise(batch.latents, batch.noise, batch.timesteps)), timesteps: batch.timesteps.map(Float.init), &pass)
        let maps = try #require(AttentionMaps(pass.maps))
        let both = batch.samples[0].chosen.map { handle -> Tensor in
            let map = maps.map(sample: 0, token: batch.ids[0].firstIndex(of: model.handleID(handle)) ?? 0).value
            return map.scaled(by: 1 / (map.values.max() ?? 1))
        }
        let common = zip(both[0].values, both[1].values).reduce((0, 0)) { ($0.0 + min($1.0, $1.1), $0.1 + max($1.0, $1.1)) }
        #expect(abs(losses.values[.overlap] - common.0 / common.1) < 1e-5)
        let rest = losses.values[.reconstruction] + 0.01 * losses.values[.attention]
        #expect(abs(losses.total.value.scalar - rest - 0.5 * losses.values[.overlap]) < 1e-5)
        #expect(Gradients(of: losses.total)[try #require(model.textEncoder.handleEmbedding)] != nil)
    }

    // MARK: contrast

    @Test func contrastIsInfoNCEOfTheCosines() throws {
        var numbers = SeededNumbers(seed: "contrast")
        let start = numbers.tensor([3, 4])
        func loss(_ values: [Double], _ temperature: Double) -> Double {
            let rows = (0..<3).map { Array(values[$0 * 4..<$0 * 4 + 4]) }
            func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
            let terms = rows.map { a in
                let all = rows.map { b in dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot() / temperature }
                // −ln of the softmax at the handle itself, whose cosine is 1.
                return log(all.reduce(0) { $0 + exp($1) }) - 1 / temperature
            }
            return terms.reduce(0, +) / 3
        }
        for temperature in [0.07, 0.2, 1] {
            let leaf = Variable.leaf(start)
            let value = LossTerm.infoNCE(leaf, temperature: Float(temperature))
            #expect(abs(Double(value.value.scalar) - loss(start.values.map(Double.init), temperature)) < 2e-5)
            let gradient = try #require(Gradients(of: value)[leaf])
            #expect(relativeError(gradient.values, Self.slopes(start) { loss($0, temperature) }) < 5e-4)
        }
    }

    @Test func contrastOfEqualAndOfOrthogonalHandlesIsKnown() {
        let orthogonal = Tensor([1, 0, 0, 0, 3, 0, 0, 0, 0.5], shape: [3, 3])
        let equal = Tensor([1, 2, 3, 2, 4, 6, 1, 2, 3], shape: [3, 3])
        func value(_ x: Tensor) -> Float { LossTerm.infoNCE(Variable(x), temperature: 0.5).value.scalar }
        #expect(abs(value(equal) - logf(3)) < 1e-5)
        #expect(abs(value(orthogonal) - logf(1 + 2 * expf(-2))) < 1e-5)
    }

    /// It moves the handles of the scene alone, those that the prompt does not name among them.
    @Test func contrastReachesEveryHandle() throws {
        var options = TrainingOptions()
        options.setWeight(of: .contrast, to: 1)
        (options.attentionWeight, options.priorWeight, options.sampling, options.steps) = (0, 0, .single, 1)
        let model = try Self.model()
        let scene = try Self.scene(model)
        var run = TrainingRun(phase: 1, model, scene: scene, prior: nil, options: options, seed: 3)
        try run.advance()
        let (before, after) = (model.textEncoder.handleEmbedding?.value, run.result.textEncoder.handleEmbedding?.value)
        let change = try #require(before.flatMap { b in after.map { $0 - b } })
        #expect((0..<2).allSatisfy { change.row($0).sumOfSquares > 1e-8 })
        #expect(run.history.entries[0].losses[.contrast] > 0)
    }

    // MARK: null outside

    @Test func outsideOfTheMasksThePredictionIsComparedWithTheEmptyPrompts() throws {
        var options = TrainingOptions()
        options.setWeight(of: .nullOutside, to: 1)
        let (losses, batch, model, scene) = try Self.losses(options)
        let noisy = model.addNoise(batch.latents, batch.noise, batch.timesteps)
        func prediction(_ ids: [[Int]]) -> Tensor {
            var pass = UNetPass(model.textEncoder(ids).detached)
            return model.unet(Variable(noisy), timesteps: batch.timesteps.map(Float.init), &pass).value
        }
        let difference = prediction(batch.ids) - prediction(try model.tokenize([""]))
        let mask = try scene.view(batch.samples[0]).unionMask
        let outside = mask.scaled(by: -1, plus: 1).reshaped([1] + mask.shape + [1])
        let masked = difference * outside
        let expected = masked.sumOfSquares / Double(masked.count)
        #expect(expected > 0 && abs(Double(losses.values[.nullOutside]) - expected) < 1e-4 * expected)
        // The empty prompt's prediction is a constant: the gradient is that of the difference with the prompt's alone.
        let handles = try #require(model.textEncoder.handleEmbedding)
        #expect(Gradients(of: losses.total)[handles] != nil)
    }

    /// The gradient of the handles, by a difference along itself. The empty prompt names no handle, so nothing else moves.
    @Test func itsGradientIsThatOfThePrediction() throws {
        var options = TrainingOptions()
        options.setWeight(of: .nullOutside, to: 1)
        options.attentionWeight = 0
        let (losses, batch, model, scene) = try Self.losses(options)
        let handles = try #require(model.textEncoder.handleEmbedding)
        let gradient = try #require(Gradients(of: losses.total)[handles])
        let length = gradient.sumOfSquares.squareRoot()
        func total(_ shift: Float) throws -> Double {
            var moved = model
            moved.textEncoder.handleEmbedding = handles.replacing(handles.value + gradient.scaled(by: shift / Float(length)))
            return Double(try TrainingLosses(moved, batch, scene, options).total.value.scalar)
        }
        let slope = (try total(2e-2) - total(-2e-2)) / 4e-2
        #expect(abs(slope / length - 1) < 2e-2, "\(slope), expected \(length)")
    }

    // MARK: what has no weight

    /// Nothing of these terms is computed without a weight, whatever it would cost, and the sum is what it was.
    @Test func termsWithoutAWeightAreNotComputed() throws {
        let (losses, _, _, _) = try Self.losses(TrainingOptions())
        for term in LossTerm.all where !term.isStandard { #expect(losses.values[term] == 0, "\(term.name)") }
        #expect(LossTerm.all.filter(\.isStandard).map(\.name) == ["reconstruction", "prior", "attention"])
        #expect(
            losses.total.value.scalar
                == (losses.values[.reconstruction] + 0.01 * losses.values[.attention]))
    }

    @Test func anExtraPassIsPlanned() throws {
        let model = try Self.model()
        var options = TrainingOptions()
        options.batchSize = 3
        let without = TrainingPlan(model, phase: 1, options)
        options.setWeight(of: .nullOutside, to: 0.1)
        let size = model.latentSize
        let pass =
            model.unet.configuration.passCost(
                height: size.height, width: size.width, text: model.textEncoder.configuration.maxPositionEmbeddings
            ).operations + model.textEncoder.configuration.passCost.operations
        let more = TrainingPlan(model, phase: 1, options).operationsPerStep - without.operationsPerStep
        #expect(abs(more / (3 * pass) - 1) < 1e-9)
    }

    // MARK: the mask's normalisation

    /// By area the loss is the mean over the elements inside, however large the masks are.
    @Test func byAreaTheLossIsTheMeanInside() throws {
        var options = TrainingOptions()
        let (mean, batch, model, scene) = try Self.losses(options)
        options.maskNormalization = .byArea
        let (byArea, _, _, _) = try Self.losses(options)
        let mask = try scene.view(batch.samples[0]).unionMask
        let share = mask.sumOfSquares / Double(mask.count)
        let expected = Double(mean.values[.reconstruction]) / share
        #expect(share > 0 && share < 1 && abs(Double(byArea.values[.reconstruction]) / expected - 1) < 1e-4)
        options.isMasked = false
        let whole = try TrainingLosses(model, batch, scene, options)
        options.maskNormalization = .mean
        #expect(whole.values == (try TrainingLosses(model, batch, scene, options)).values)
    }
}
