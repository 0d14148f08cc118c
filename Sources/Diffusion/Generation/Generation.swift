import Autograd
import Tensors

/// The settings of a generation.
public struct GenerationOptions: Sendable, Equatable {
    /// The number of denoising steps of the scheduler that the model's folder names; not used where there is a `plan`.
    public var steps: Int
    /// The steps of another scheduler; nil: those of the model's own.
    public var plan: SamplingPlan?
    /// The scale of classifier-free guidance: 1 is none; 7.5 suits Stable Diffusion, 3 the embedded model.
    public var guidanceScale: Double
    /// The prompt that guidance leads away from.
    public var negativePrompt: String
    /// The cross-attention maps that are recorded.
    public var recording: AttentionRecording

    /// The options by their values.
    public init(
        steps: Int = 30, plan: SamplingPlan? = nil, guidanceScale: Double = 3, negativePrompt: String = "",
        recording: AttentionRecording = .none
    ) {
        (self.steps, self.plan, self.guidanceScale, self.negativePrompt, self.recording) = (
            steps, plan, guidanceScale, negativePrompt, recording
        )
    }
}

/// One denoising step, as `sampleLatents` reports it.
public struct GenerationStep: Sendable {
    /// The number of the step, from 0.
    public let index: Int
    /// The number of steps in all.
    public let count: Int
    /// The timestep that the U-Net was given.
    public let timestep: Float
    /// The latents before and after the step, [N, h, w, C].
    public let sample, latents: Tensor
    /// What the U-Net answered, with guidance, [N, h, w, C].
    public let output: Tensor
    /// The noise level of `sample`.
    public let level: NoiseLevel
    /// The cross-attention maps of the prompted half of the batch, [N, A, H·W, L]; empty where none are recorded.
    public let maps: [CrossAttentionMap]
}

extension DiffusionModel {
    /// Standard normal latents [N, h, w, C] for `count` pictures of `size` pixels (nil: the model's own size). Throws
    /// `ModelError.size`.
    public func initialLatents(_ count: Int, size: (height: Int, width: Int)? = nil, _ draw: RandomDraw) throws -> Tensor {
        let pixels = size ?? pixelSize
        try checkSize(height: pixels.height, width: pixels.width)
        let f = vae.configuration.downscale
        return draw.normal([count, pixels.height / f, pixels.width / f, latentChannels])
    }

    /// The steps of the scheduler that the model's folder names. Throws `SchedulerError`, `ConfigurationError`.
    public func plan(steps: Int) throws -> SamplingPlan { try SchedulerRegistry.make(scheduler).scheduler.plan(steps: steps) }

    /// Draws latents [N, h, w, C], one sample for each prompt, from standard normal noise `initial` [N, h, w, C], with
    /// classifier-free guidance: both halves are one batch, and the text's keys and values are computed once. `noise` gives
    /// the noise of a step, by its number, for schedulers that add noise at every step; nil draws it from seed 0.
    /// `progress` is called after every step; what it throws ends the drawing. Throws `SchedulerError`, and what tokenizing
    /// throws; traps where prompts and samples are not as many.
    public func sampleLatents(
        _ prompts: [String], initial: Tensor, noise: ((_ step: Int) -> Tensor)? = nil, _ options: GenerationOptions,
        progress: (GenerationStep) throws -> Void = { _ in }
    ) throws -> Tensor {
        let n = initial.shape[0]
        precondition(prompts.count == n)
        let isGuided = options.guidanceScale != 1
        let negative = isGuided ? Array(repeating: options.negativePrompt, count: n) : []
        let ids = try tokenize(negative + prompts)
        let (text, local) = (textEncoder(ids).detached, localFeatures(ids))
        let plan = try options.plan ?? plan(steps: options.steps)
        var (state, projections) = (SamplingState.start, TextProjections?.none)
        var latents = plan.initNoiseSigma == 1 ? initial : initial.scaled(by: plan.initNoiseSigma)
        for (index, step) in plan.steps.enumerated() {
            var pass = UNetPass(text, recording: options.recording, reusing: projections, local: local)
            let scaled = step.inputScale == 1 ? latents : latents.scaled(by: step.inputScale)
            let input = isGuided ? Tensor.concatenated([scaled, scaled], axis: 0) : scaled
            let out = unet(Variable(input), timesteps: Array(repeating: step.timestep, count: input.shape[0]), &pass).value
            projections = pass.textProjections
            let guided = isGuided ? Self.guide(out, Float(options.guidanceScale)) : out
            let drawn =
                step.addsNoise ? noise?(index) ?? Self.stepNoise(seeds: Array(repeating: 0, count: n), step: index, initial.shape) : nil
            let sample = latents
            (latents, state) = plan.advance(state, sample: sample, output: guided, noise: drawn)
            try progress(
                GenerationStep(
                    index: index, count: plan.steps.count, timestep: step.timestep, sample: sample, latents: latents, output: guided,
                    level: step.level, maps: isGuided ? pass.maps.map { $0.lastHalf } : pass.maps))
        }
        return latents
    }

    /// The noise that a scheduler adds in a step of `generate`, [N, h, w, C]; `step` counts from 0. Every picture has a
    /// seed of its own, so that each can be drawn again alone. The initial noise is draw 0 of the same stream.
    public static func stepNoise(seeds: [Int], step: Int, _ shape: [Int]) -> Tensor {
        let one = [1] + shape.dropFirst()
        return .concatenated(
            seeds.map { seed in
                RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "generate", step: UInt32(step + 1)).normal(one)
            }, axis: 0)
    }

    /// Classifier-free guidance: unconditional + scale · (conditional − unconditional), for a batch [unconditional,
    /// conditional].
    public static func guide(_ out: Tensor, _ scale: Float) -> Tensor {
        let n = out.shape[0] / 2
        return out.rows(0..<n).combined(1 - scale, with: out.rows(n..<2 * n), scale)
    }
}

extension CrossAttentionMap {
    /// The maps of the second half of the batch, which has the prompts.
    var lastHalf: CrossAttentionMap {
        let n = probabilities.shape[0]
        return CrossAttentionMap(layer: layer, height: height, width: width, probabilities: Variable(probabilities.value.rows(n / 2..<n)))
    }
}
