import Diffusion
import TestSupport
import Testing

@testable import BreakAScene
@testable import Tensors

/// The presets `paper` and `code` against the paper and its code, setting by setting. Sources: "B.1" and the like are sections
/// of the paper (arXiv 2305.16311), "train.py" is google/break-a-scene's, with the option whose default it is.
@Suite struct PresetTests {
    struct Row: Sendable {
        let setting: String
        let paper: JSON
        let code: JSON
        let source: String
    }

    private static func both(_ setting: String, _ value: JSON, _ source: String) -> Row {
        Row(setting: setting, paper: value, code: value, source: source)
    }

    /// Every setting of `TrainingOptions`; `lr` is that of phase one.
    static let table: [Row] = [
        both("steps", 400, "section 4; train.py --phase1_train_steps, --phase2_train_steps"),
        both("lr", 5e-4, "B.1; train.py --initial_learning_rate"),
        both("beta1", 0.9, "B.1; train.py --adam_beta1"),
        Row(setting: "beta2", paper: 0.99, code: 0.999, source: "B.1; train.py --adam_beta2"),
        both("eps", 1e-8, "train.py --adam_epsilon; the paper names none"),
        Row(setting: "weight_decay", paper: 1e-8, code: 1e-2, source: "B.1; train.py --adam_weight_decay"),
        both("optimizer_bits", 32, "train.py --use_8bit_adam is off"),
        both("attention_weight", 0.01, "section 3.2; train.py --lambda_attention"),
        Row(
            setting: "normalization", paper: "minmax", code: "max",
            source: "B.1 \"normalized to range [0, 1]\"; train.py divides by the maximum"),
        both("attention_loss", "mse", "equation 2; train.py F.mse_loss"),
        both("mask_norm", "mean", "train.py F.mse_loss(reduction=\"mean\") of the masked prediction"),
        both("overlap_weight", 0, "neither compares handles with each other"),
        both("contrast_weight", 0, "neither compares embeddings"),
        both("contrast_temperature", 0.2, "no contrastive loss"),
        both("null_outside_weight", 0, "neither asks anything of what is outside"),
        both("single_share", 0.75, "A.2 names no number, and the law is not in use"),
        both("data", "photo", "section 3; the collection is for baselines (4.1)"),
        both("segmix", 0, "neither pastes things"),
        both("copy_paste", 0, "neither pastes things"),
        both("snr_gamma", nil, "train.py weighs all timesteps alike"),
        both("lr_scheduler", "constant", "train.py --lr_scheduler"),
        both("degrade_outside", 0, "neither adds noise to the photo"),
        both("reduction", "mean", "equation 2; train.py F.mse_loss(reduction=\"mean\")"),
        Row(setting: "prior_weight", paper: 0, code: 1, source: "the paper has no prior preservation; train.py --prior_loss_weight"),
        both("masked", true, "equation 1; train.py --do_not_apply_masked_loss is off"),
        both("sampling", "union", "section 3.1; train.py randrange(1, N + 1), then sample"),
        Row(setting: "flip", paper: 0, code: 0.5, source: "section 4.1 names flips for the baselines only; train.py flip_p"),
        both("downsampling", "nearest", "train.py F.interpolate, whose standard is nearest"),
        both("batch", 1, "train.py --train_batch_size"),
        both("clip", 1, "train.py --max_grad_norm"),
        both("train_names", nil, "no choice by name"),
        both("handle_lr", nil, "one rate for all"),
        both("size", nil, "the model's own"),
        both("contexts", [], "section 3.1 \"a photo of\"; train.py the same"),
        both("zoom", 0, "neither shows a part of the photo"),
        both("clip_table", true, "train.py clips the gradient of the whole table in phase one"),
        both("per_layer", false, "a handle is one row of the token table"),
        both("previews", nil, "train.py draws none"),
        both("train", "all", "section 3.1; train.py trains the U-Net and the text encoder in phase two"),
        both("lora_rank", 4, "no adapters unless train is lora"),
        both("gradient_checkpointing", false, "train.py --gradient_checkpointing is off"),
    ]

    @Test(arguments: [Preset.paper, .code]) func everySettingIsThatOfTheSource(_ preset: Preset) throws {
        for phase in 1...2 {
            let options = try #require(preset.options(phase: phase).json.objectValue)
            #expect(Set(options.members.map(\.0)) == Set(Self.table.map(\.setting)), "a setting without a row, or a row without a setting")
            for row in Self.table {
                var expected = preset == .paper ? row.paper : row.code
                if row.setting == "lr", phase == 2 { expected = 2e-6 }
                let found = try #require(options[row.setting])
                #expect(
                    Self.same(found, expected),
                    "\(preset) phase \(phase): \(row.setting) is \(found.text()), \(row.source) says \(expected.text())")
            }
        }
    }

    /// Numbers by value: 1 and 1.0 are the same.
    private static func same(_ a: JSON, _ b: JSON) -> Bool { a.doubleValue != nil ? a.doubleValue == b.doubleValue : a == b }

    /// What train.py gives the pipeline: nothing but the prompt, so that diffusers' 50 steps and guidance 7.5 hold.
    @Test(arguments: [Preset.paper, .code]) func priorPicturesAreTheCodes(_ preset: Preset) {
        let prior = preset.prior
        #expect(prior.count == 100, "train.py --num_class_images")
        #expect(prior.prompts == ["a photo at the beach"], "train.py --class_prompt")
        #expect(prior.steps == 50 && prior.guidanceScale == 7.5, "StableDiffusionPipeline.__call__")
    }

    /// Without words the code copies rows [-3N:-2N] of the table that has its N new rows.
    @Test(arguments: [1, 2, 4]) func handlesStartFromTheCodesRows(_ n: Int) throws {
        #expect(Preset.code.handleStart == .rareTokens && Preset.paper.handleStart == .random)
        let model = try ModelFolder.load(Fixtures.path("models/tiny-sd15"))
        let table = model.textEncoder.tokenEmbedding.value
        let resized = Tensor.concatenated([table, .zeros([n, table.shape[1]])], axis: 0)
        let end = resized.shape[0]
        let copied = try model.addingHandles(count: n, words: [], start: .rareTokens, seed: 3).textEncoder.handleEmbedding
        #expect(copied?.value.values == resized.rows(end - 3 * n..<end - 2 * n).values)
        let random = try model.addingHandles(count: n, words: [], seed: 3).textEncoder.handleEmbedding
        #expect(random?.value.values != copied?.value.values)
    }

    /// What phase two moves, by the blocks that have changed after a step.
    @Test(arguments: [
        (TrainableParts.all, true, true, true), (.unet, true, false, false), (.unetAndTokens, true, true, false),
        (.handles, false, false, false),
    ])
    func partsMoveWhatTheySay(_ parts: TrainableParts, _ unet: Bool, _ table: Bool, _ text: Bool) throws {
        let model = try ModelFolder.load(Fixtures.path("models/tiny-sd15")).addingHandles(count: 2, words: [], seed: 3)
        let scene = try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
        var options = Preset.code.options(phase: 2)
        (options.steps, options.priorWeight, options.trains, options.optimizer.lr) = (1, 0, parts, 1e-3)
        var run = TrainingRun(phase: 2, model, scene: scene, prior: nil, options: options, seed: 1)
        try run.advance()
        let changed = run.result.changedParameters.map(\.name)
        let tokens = "text_encoder." + CLIPTextModel.tokenEmbeddingName
        #expect(changed.contains { $0.hasPrefix("unet.") } == unet)
        #expect(changed.contains(tokens) == table)
        #expect(changed.contains { $0.hasPrefix("text_encoder.") && $0 != tokens } == text)
        #expect(run.result.textEncoder.handleEmbedding?.value.values != model.textEncoder.handleEmbedding?.value.values)
    }

    private static func largest(_ change: Tensor) -> Double { Double(change.values.map { abs($0) }.max() ?? 0) }

    /// `--no_train_text_encoder` clips the U-Net's gradient alone: the norm is the U-Net's.
    @Test func withoutTheTextEncoderOnlyTheUNetIsClipped() throws {
        let model = try ModelFolder.load(Fixtures.path("models/tiny-sd15")).addingHandles(count: 2, words: [], seed: 3)
        let scene = try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
        func run(_ parts: TrainableParts, names: Set<String>? = nil, clip: Double?) throws -> TrainingRun {
            var options = Preset.code.options(phase: 2)
            (options.steps, options.priorWeight, options.trains, options.trainedNames, options.clipNorm) = (1, 0, parts, names, clip)
            var run = TrainingRun(phase: 2, model, scene: scene, prior: nil, options: options, seed: 1)
            try run.advance()
            return run
        }
        let unet = Set(model.namedParameters.map(\.name).filter { $0.hasPrefix("unet.") })
        let (own, alone, all) = (try run(.unetAndTokens, clip: 1e-9), try run(.all, names: unet, clip: 1e-9), try run(.unet, clip: 1e-9))
        let norms = [own, alone, all].compactMap { $0.history.entries.last?.gradientNorm }
        #expect(norms.count == 3 && abs(norms[0] - norms[1]) <= 1e-6 * norms[1] && norms[2] > norms[1])
        // AdamW's first step is the rate times the sign, unless the gradient is as small as its epsilon: clipped, the U-Net
        // hardly moves, the table moves by the whole rate.
        let lr = Preset.code.options(phase: 2).optimizer.lr
        func moved(_ run: TrainingRun, _ name: String) -> Double {
            let (old, new) = (model.namedParameters.first { $0.name == name }, run.result.namedParameters.first { $0.name == name })
            guard let old, let new else { return .nan }
            return Self.largest(new.value.value - old.value.value)
        }
        #expect(moved(own, "text_encoder." + CLIPTextModel.tokenEmbeddingName) > 0.5 * lr)
        #expect(moved(own, "unet.conv_out.bias") < 0.5 * lr)
    }

    /// LoRA's adapters have a rate of their own; the handles keep theirs.
    @Test func handlesKeepTheirRateBesideAdapters() throws {
        let model = try ModelFolder.load(Fixtures.path("models/tiny-sd15")).addingHandles(count: 2, words: [], seed: 3)
        let scene = try PreparedScene(SceneFolder.load(Fixtures.root + "/stdlib/scenes/mug_rose"), for: model)
        func moved(_ handleRate: Double?) throws -> Double {
            var options = Preset.code.options(phase: 2)
            (options.steps, options.priorWeight, options.trains, options.optimizer.lr, options.handleRate) = (1, 0, .lora, 1e-2, handleRate)
            options.optimizer.weightDecay = 0
            var run = TrainingRun(phase: 2, model, scene: scene, prior: nil, options: options, seed: 1)
            try run.advance()
            let (old, new) = (model.textEncoder.handleEmbedding?.value, run.result.textEncoder.handleEmbedding?.value)
            guard let old, let new else { return .nan }
            return Self.largest(new - old)
        }
        let (same, own) = (try moved(nil), try moved(2e-4))
        #expect(abs(same - 1e-2) < 1e-3 && abs(own - 2e-4) < 2e-5, "\(same), \(own)")
    }
}
