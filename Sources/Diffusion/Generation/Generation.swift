import Autograd
import Tensors

/// How pictures are drawn.
public struct GenerationOptions: Sendable, Equatable {
    /// Denoising steps.
    public var steps: Int
    /// Classifier-free guidance: 1 is none; 7.5 suits Stable Diffusion, 3 the embedded model.
    public var guidanceScale: Double
    /// What is walked away from.
    public var negativePrompt: String
    public var recording: AttentionRecording

    public init(steps: Int = 30, guidanceScale: Double = 3, negativePrompt: String = "", recording: AttentionRecording = .none) {
        (self.steps, self.guidanceScale, self.negativePrompt, self.recording) = (steps, guidanceScale, negativePrompt, recording)
    }
}

/// One step of a generation, as `sampleLatents` reports it.
public struct GenerationStep: Sendable {
    public let index: Int
    public let count: Int
    public let timestep: Int
    /// Latents after the step, [N, h, w, C].
    public let latents: Tensor
    /// Cross-attention of the prompted half, [N, A, H·W, L], where recorded.
    public let maps: [CrossAttentionMap]
}

extension DiffusionModel {
    /// Standard normal latents [N, h, w, C] for pictures of `size` pixels (the model's own where nil). Throws
    /// `ModelError.size`.
    public func initialLatents(_ count: Int, size: (height: Int, width: Int)? = nil, _ draw: RandomDraw) throws -> Tensor {
        let pixels = size ?? pixelSize
        let multiple = vae.configuration.downscale << (unet.configuration.levels - 1)
        guard pixels.height > 0, pixels.width > 0, pixels.height % multiple == 0, pixels.width % multiple == 0 else {
            throw ModelError.size(height: pixels.height, width: pixels.width, multiple: multiple)
        }
        let f = vae.configuration.downscale
        return draw.normal([count, pixels.height / f, pixels.width / f, latentChannels])
    }

    /// Latents drawn for one prompt each from `initial` noise [N, h, w, C], by DDIM with classifier-free guidance:
    /// both halves in one batch, the text's keys and values computed once. `progress` is called after every step;
    /// what it throws ends the drawing.
    public func sampleLatents(
        _ prompts: [String], initial: Tensor, _ options: GenerationOptions, progress: (GenerationStep) throws -> Void = { _ in }
    ) throws -> Tensor {
        let n = initial.shape[0]
        precondition(prompts.count == n)
        let isGuided = options.guidanceScale != 1
        let negative = isGuided ? Array(repeating: options.negativePrompt, count: n) : []
        let text = Variable(textEncoder(try tokenize(negative + prompts)).value)
        let plan = try DDIMScheduler(scheduler).plan(steps: options.steps)
        var (latents, projections) = (initial, TextProjections?.none)
        for (index, step) in plan.steps.enumerated() {
            let t = step.timestep
            var pass = UNetPass(text, recording: options.recording, reusing: projections)
            let input = isGuided ? Tensor.concatenated([latents, latents], axis: 0) : latents
            let out = unet(Variable(input), timesteps: Array(repeating: Float(t), count: input.shape[0]), &pass).value
            projections = pass.textProjections
            let guided = isGuided ? Self.guide(out, Float(options.guidanceScale)) : out
            latents = step.apply(modelOutput: guided, sample: latents)
            try progress(GenerationStep(
                index: index, count: plan.steps.count, timestep: t, latents: latents, maps: isGuided ? pass.maps.map { $0.lastHalf } : pass.maps))
        }
        return latents
    }

    /// unconditional + scale · (conditional − unconditional), of a batch [unconditional, conditional].
    public static func guide(_ out: Tensor, _ scale: Float) -> Tensor {
        let n = out.shape[0] / 2
        return out.rows(0..<n).combined(1 - scale, with: out.rows(n..<2 * n), scale)
    }
}

extension SamplingStep {
    /// The next sample: one fused pass, where x₀ is not clipped.
    public func apply(modelOutput: Tensor, sample: Tensor, noise: Tensor? = nil) -> Tensor {
        guard let c = coefficients, noise == nil || c.noise == 0 else {
            return Tensor(apply(modelOutput: modelOutput.values, sample: sample.values, noise: noise?.values), shape: sample.shape)
        }
        return sample.combined(c.sample, with: modelOutput, c.output)
    }
}

extension CrossAttentionMap {
    var lastHalf: CrossAttentionMap {
        let n = probabilities.shape[0]
        return CrossAttentionMap(layer: layer, height: height, width: width, probabilities: Variable(probabilities.value.rows(n / 2..<n)))
    }
}
