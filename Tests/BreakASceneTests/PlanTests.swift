import Diffusion
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// The plan against what a step really takes.
@Suite(.serialized) struct PlanTests {
    private static func model() throws -> DiffusionModel {
        try ModelFolder.load(Fixtures.root + "/stdlib/models/collage").addingHandles(count: 2, words: [], seed: 1)
    }

    /// PyTorch's counter says 0.76 GFLOP a sample, 0.12 of it in the text encoder.
    @Test func theArithmeticIsWhatPyTorchCounts() throws {
        let model = try Self.model()
        let size = model.latentSize
        let unet = model.unet.configuration.passCost(
            height: size.height, width: size.width, text: model.textEncoder.configuration.maxPositionEmbeddings)
        let text = model.textEncoder.configuration.passCost
        #expect(abs(text.operations / 0.12e9 - 1) < 0.1, "\(text.operations)")
        #expect(abs((unet.operations + text.operations) / 0.76e9 - 1) < 0.05, "\(unet.operations + text.operations)")
    }

    static let cases: [(phase: Int, trains: TrainableParts, checkpoints: Bool, bits: Int)] = [
        (1, .all, false, 32), (2, .all, false, 32), (2, .all, true, 8), (2, .kv, false, 32), (2, .lora, true, 32),
    ]

    @Test(arguments: cases.indices) func thePeakIsNear(_ index: Int) throws {
        let (phase, trains, checkpoints, bits) = Self.cases[index]
        // What other tests hold is not this training's.
        let before = MemoryPool.shared.usedBytes
        let model = try Self.model()
        var options = TrainingOptions()
        (options.trains, options.checkpointsGradients, options.optimizer.stateBits, options.priorWeight) = (trains, checkpoints, bits, 0)
        let scene = try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
        var run = TrainingRun(phase: phase, model, scene: scene, prior: nil, options: options, seed: 1)
        try run.advance()
        MemoryPool.shared.trim()
        MemoryPool.shared.resetPeak()
        try run.advance()
        let (peak, plan) = (MemoryPool.shared.peakBytes - before, TrainingPlan(model, phase: phase, options))
        let ratio = Double(plan.peak) / Double(peak)
        #expect((0.75...1.35).contains(ratio), "planned \(plan.summary), took \(peak)")
    }
}
