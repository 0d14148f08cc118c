import Autograd
import Diffusion
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// Training handles with an embedding for each cross-attention layer. Ten steps of each phase beside PyTorch are the method fixture
/// `sd15_per_layer`.
@Suite struct HandleLayerTrainingTests {
    private static func model() throws -> DiffusionModel {
        try ModelFolder.load(Fixtures.path("models/tiny-sd15")).addingHandles(count: 2, words: [], seed: 5)
    }

    private static func scene(_ model: DiffusionModel) throws -> PreparedScene {
        try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
    }

    private static func run(_ model: DiffusionModel, steps: Int, _ change: (inout TrainingOptions) -> Void = { _ in }) throws -> TrainingRun
    {
        var options = TrainingOptions()
        (options.priorWeight, options.steps, options.flip) = (0, steps, 0)
        change(&options)
        var run = TrainingRun(phase: 1, model, scene: try scene(model), prior: nil, options: options, seed: 3)
        while !run.isFinished { try run.advance() }
        return run
    }

    /// The first step sees what shared handles see, and its gradient is theirs, shared out over the layers.
    @Test func theFirstStepIsThatOfSharedHandles() throws {
        let model = try Self.model()
        var options = TrainingOptions()
        options.priorWeight = 0
        let scene = try Self.scene(model)
        func first(_ isPerLayer: Bool) throws -> (losses: TrainingLosses, gradient: Tensor) {
            options.isPerLayer = isPerLayer
            let run = TrainingRun(phase: 1, model, scene: scene, prior: nil, options: options, seed: 3)
            var random = run.random
            let losses = try TrainingLosses(
                run.model, try TrainingBatch(run.model, scene, prior: nil, options, step: 0, &random), scene, options)
            let table = try #require(run.model.textEncoder.handleEmbedding)
            return (losses, try #require(Gradients(of: losses.total)[table]))
        }
        let (shared, layered) = (try first(false), try first(true))
        #expect(shared.losses.values == layered.losses.values)
        #expect(shared.gradient.rank == 2 && layered.gradient.rank == 3)
        let sum = layered.gradient.sum([1])
        #expect((sum - shared.gradient).sumOfSquares.squareRoot() <= 1e-4 * shared.gradient.sumOfSquares.squareRoot())
    }

    @Test func layersMoveApart() throws {
        let model = try Self.model()
        let trained = try Self.run(model, steps: 4) { $0.isPerLayer = true }.result
        let table = try #require(trained.textEncoder.handleEmbedding?.value)
        let count = model.crossAttentionLayers.count
        #expect(table.shape == [2, count, model.textEncoder.configuration.hiddenSize])
        let rows = (0..<2 * count).map { table.reshaped([2 * count, table.shape[2]]).row($0).values }
        #expect(Set(rows).count == rows.count)
        // Without the option, handles that have a row for each layer keep them.
        let further = try Self.run(trained, steps: 1).result
        #expect(further.textEncoder.handleEmbedding?.shape == table.shape)
        // Handles of another scene stay as they are.
        let other = try trained.addingHandles(for: try SceneFolder.load(Fixtures.root + "/stdlib/scenes/toys"), words: [], seed: 1)
        let before = try #require(other.textEncoder.handleEmbedding?.value)
        let after = try #require(try Self.run(other, steps: 2) { $0.isPerLayer = true }.result.textEncoder.handleEmbedding?.value)
        #expect(after.rows(2..<5).isIdentical(to: before.rows(2..<5)) && !after.rows(0..<2).isIdentical(to: before.rows(0..<2)))
    }

    /// The contrast of equal layers is that of one, and its gradient comes in equal parts.
    @Test func contrastIsTheMeanOverTheLayers() throws {
        var numbers = SeededNumbers(seed: "contrast")
        let (one, two) = (numbers.tensor([3, 4]), numbers.tensor([3, 4]))
        func table(_ layers: [Tensor]) -> Variable {
            .leaf(.concatenated(layers.map { $0.reshaped([3, 1, 4]) }, axis: 1))
        }
        func loss(_ x: Tensor) -> Float { LossTerm.contrast(Variable(x), [2, 0], temperature: 0.5).value.scalar }
        let mixed = table([one, two])
        let value = LossTerm.contrast(mixed, [2, 0], temperature: 0.5)
        #expect(abs(value.value.scalar - (loss(one) + loss(two)) / 2) < 1e-6)
        let leaf = Variable.leaf(two)
        let alone = try #require(Gradients(of: LossTerm.contrast(leaf, [2, 0], temperature: 0.5))[leaf])
        let found = try #require(Gradients(of: value)[mixed])
        for handle in 0..<3 { #expect((found.row(handle).row(1).scaled(by: 2) - alone.row(handle)).sumOfSquares < 1e-10) }
    }

    @Test func driftAndChangeAreByLayer() throws {
        let model = try Self.model()
        let count = model.crossAttentionLayers.count
        var trained = model.withHandlesPerLayer
        let table = try #require(trained.textEncoder.handleEmbedding?.value)
        // Layer 1 of the first handle is turned round, all else stays.
        let width = table.shape[2]
        trained.textEncoder.handleEmbedding = Variable(
            Tensor(table.values.enumerated().map { (width..<2 * width).contains($0) ? -$1 : $1 }, shape: table.shape))
        let drift = try #require(HandleDrift(trained))
        #expect(drift.rows.map(\.layer) == model.handles.flatMap { _ in model.crossAttentionLayers.map(Optional.some) })
        #expect(drift.rows.map { $0.angle > 90 } == (0..<2 * count).map { $0 == 1 })
        #expect(abs(drift.rows[1].change - 2 * drift.rows[1].startNorm) < 1e-5)
        #expect(try #require(HandleDrift(trained, from: model)).rows.map(\.change) == drift.rows.map(\.change))
        #expect(abs(drift.rows[1].cosines[1] + drift.rows[0].cosines[1]) < 1e-6, "the turned layer's cosine with the other handle")
        let changes = try #require(model.changes(to: trained))
        #expect(changes.map(\.block) == ["handle \(model.handles[0])"])
        #expect(abs(changes[0].relative - (4 / Double(count)).squareRoot()) < 1e-5)
        #expect(try #require(HandleDrift(model, from: trained)).rows.count == 2, "against the mean")
    }

    /// Handles of both kinds in one model: shared ones get the same in all layers, and equal ones are not doubled.
    @Test func mergedHandlesKeepTheirKind() throws {
        let base = try ModelFolder.load(Fixtures.path("models/tiny-sd15"))
        let shared = try Self.model()
        let layered = try base.addingHandles(count: 1, words: [], seed: 9).withHandlesPerLayer
        func learned(_ model: DiffusionModel) -> LearnedModel {
            var learned = LearnedModel(model)
            learned.base = base
            return learned
        }
        let (a, _) = try learned(shared).merged(with: learned(layered))
        let (b, renamed) = try learned(layered).merged(with: learned(shared))
        #expect(a.model.handles.count == 3 && b.model.handles.count == 3 && renamed.first?.from == "<asset0>")
        for merged in [a.model, b.model] { #expect(merged.hasHandlesPerLayer && merged.handleStarts?.rank == 3) }
        #expect(try learned(shared).merged(with: learned(shared.withHandlesPerLayer)).result.model.handles.count == 2)
    }

    /// More memory and arithmetic for the text, none more for the rest.
    @Test func thePlanCountsEveryLayersText() throws {
        let model = try Self.model()
        var options = TrainingOptions()
        options.batchSize = 2
        let shared = TrainingPlan(model, phase: 1, options)
        options.isPerLayer = true
        let layered = TrainingPlan(model, phase: 1, options)
        let count = model.crossAttentionLayers.count
        let more = layered.operationsPerStep - shared.operationsPerStep
        #expect(abs(more / (Double(2 * (count - 1)) * 2 * model.textEncoder.configuration.passCost.operations) - 1) < 1e-9)
        #expect(layered.trainable == count * shared.trainable && layered.activations > shared.activations)
        #expect(TrainingPlan(model.withHandlesPerLayer, phase: 1, TrainingOptions()).trainable == layered.trainable)
    }

    /// Files that were written before there was the option have none of it.
    @Test func optionsWithoutItAreRead() throws {
        var object = try #require(TrainingOptions().json.objectValue)
        object = JSONObject(object.members.filter { $0.0 != TrainingSetting.perLayer })
        #expect(TrainingOptions(.object(object)) == TrainingOptions())
        var options = TrainingOptions()
        options.isPerLayer = true
        #expect(TrainingOptions(options.json) == options)
    }
}
