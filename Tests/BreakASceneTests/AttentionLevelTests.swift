import Autograd
import Diffusion
import Images
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// The maps that the method goes by in models and at sizes that have none of 16×16.
@Suite struct AttentionLevelTests {
    /// Stable Diffusion's layout: four levels, cross-attention in the three finest.
    @Test(arguments: [
        // 512, 768 and 1024 pixels, 256, and sizes that are not square.
        ((64, 64), (16, 16), 2), ((96, 96), (24, 24), 2), ((128, 128), (32, 32), 2), ((32, 32), (16, 16), 1), ((16, 16), (16, 16), 0),
        ((64, 96), (16, 24), 2), ((96, 64), (24, 16), 2), ((8, 8), (8, 8), 0), ((64, 16), (32, 8), 1), ((24, 24), (12, 12), 1),
    ])
    func theNearestTo16By16IsTaken(_ latents: (Int, Int), _ size: (Int, Int), _ level: Int) throws {
        let unet = try UNet2DConditionModelConfiguration(["_class_name": "UNet2DConditionModel"], file: "config.json")
        let found = try #require(unet.attentionLevel(height: latents.0, width: latents.1))
        #expect(found.height == size.0 && found.width == size.1 && found.level == level, "\(found)")
    }

    @Test func aModelWithoutAnyHasNone() throws {
        let unet = try UNet2DConditionModelConfiguration(
            [
                "_class_name": "UNet2DConditionModel", "down_block_types": ["DownBlock2D", "DownBlock2D"],
                "up_block_types": ["UpBlock2D", "UpBlock2D"],
                "block_out_channels": [32, 32],
            ], file: "config.json")
        #expect(unet.attentionLevel(height: 32, width: 32) == nil)
    }

    private static func model(_ height: Int, _ width: Int) throws -> DiffusionModel {
        try ModelFolder.load(Fixtures.path("models/tiny-sd21")).sized(height: height, width: width).addingHandles(
            count: 2, words: [], seed: 1)
    }

    private static func scene(for model: DiffusionModel) throws -> PreparedScene {
        try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
    }

    /// A model of two pixels a latent with levels of latents and half of them: 48×48 and 24×24, 12×20 and 6×10, 12×12 and 6×6.
    @Test(arguments: [(96, 96, 24, 24), (24, 40, 12, 20), (24, 24, 12, 12), (64, 64, 16, 16)])
    func theAttentionLossIsThereAtEverySize(_ height: Int, _ width: Int, _ rows: Int, _ columns: Int) throws {
        let model = try Self.model(height, width)
        let scene = try Self.scene(for: model)
        #expect(scene.attentionTarget(0, flipped: false).shape == [rows, columns])
        var options = TrainingOptions()
        (options.steps, options.priorWeight, options.attentionWeight) = (1, 0, 1)
        var run = TrainingRun(phase: 1, model, scene: scene, prior: nil, options: options, seed: 3)
        try run.advance()
        #expect(try #require(run.history.entries.last).losses[.attention] > 0)
        // The loss of a user's own is called, and sees maps of this size.
        final class Seen: @unchecked Sendable { var size = [0, 0] }
        let seen = Seen()
        var replacing = TrainingReplacements()
        replacing.attentionLoss = { input in
            seen.size = [input.maps.size.height, input.maps.size.width]
            return input.maps.map(sample: input.sample, token: input.tokens[0]).maximum()
        }
        var own = TrainingRun(phase: 1, model, scene: scene, prior: nil, options: options, seed: 3)
        try own.advance(replacing: replacing)
        #expect(try #require(own.history.entries.last).losses[.attention] > 0)
        #expect(seen.size == [rows, columns])
        // The measures go by the same maps.
        let study = try model.studyAttention("a photo of <asset0>", picture: scene.pictures[0], timesteps: [500], seed: 1)
        #expect(study.size.height == rows && study.size.width == columns)
        var conditions = LeakageConditions()
        conditions.timesteps = [500]
        let leakage = try model.leakage(scene, conditions)
        #expect(leakage.meanIoU.allSatisfy { $0 > 0 })
    }

    @Test func sizesThatTheLevelsDoNotAllowAreRefused() throws {
        let model = try ModelFolder.load(Fixtures.path("models/tiny-sd21"))
        #expect(model.sizeMultiple == 8)
        for size in [(20, 24), (24, 20), (0, 24), (-8, 24)] {
            #expect(throws: ModelError.self) { _ = try model.sized(height: size.0, width: size.1) }
        }
        let same = try model.sized(height: model.pixelSize.height, width: model.pixelSize.width)
        #expect(!same.isResized)
    }
}
