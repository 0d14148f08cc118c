import Autograd
import Diffusion
import Tensors

/// Everything random of one step, drawn: what the losses are a function of.
///
/// The batch is [prior pictures…, photo…], as in the paper's code. Legend: P prior pictures, B photos, N = P + B,
/// h w C latents.
public struct TrainingBatch: Sendable {
    /// One subset of the handles a photo, B of them.
    public var samples: [UnionSample]
    /// Prior pictures in the batch: P.
    public var priorCount: Int
    /// Prompts as token ids, N.
    public var ids: [[Int]]
    /// Scaled latents [N, h, w, C].
    public var latents: Tensor
    public var noise: Tensor
    public var timesteps: [Int]

    public init(samples: [UnionSample], priorCount: Int, ids: [[Int]], latents: Tensor, noise: Tensor, timesteps: [Int]) {
        (self.samples, self.priorCount, self.ids) = (samples, priorCount, ids)
        (self.latents, self.noise, self.timesteps) = (latents, noise, timesteps)
    }

    /// The next batch of a run. Streams are named as the language's commands that draw from them, so that the method
    /// written in the language sees the same numbers on the same seed. `law` gives each photo's handles instead of
    /// `options.sampling`.
    init(
        _ model: DiffusionModel, _ scene: PreparedScene, prior: PriorSet?, _ options: TrainingOptions, _ random: inout RandomState,
        law: (() throws -> [Int])? = nil
    ) throws {
        let count = options.batchSize
        samples = try (0..<count).map { _ in
            let drawn = UnionSample(handles: model.handles.count, law: options.sampling, flip: options.flip, random.next("union_sample"))
            return try law.map { UnionSample(chosen: try $0(), isFlipped: drawn.isFlipped) } ?? drawn
        }
        let picks = prior.map { prior in (0..<count).map { _ in random.next("sample").integer(below: prior.count) } } ?? []
        priorCount = picks.count
        let posteriors = picks.map { prior!.posteriors[$0] } + samples.map { model.posterior(of: scene.pictures[$0.isFlipped ? 1 : 0]) }
        let posterior = DiagonalGaussian(
            mean: .concatenated(posteriors.map(\.mean), axis: 0), std: .concatenated(posteriors.map(\.std), axis: 0))
        latents = posterior.sample(random.next("encode").normal(posterior.mean.shape)).scaled(by: model.vae.configuration.scalingFactor)
        let draw = random.next("random_timesteps")
        timesteps = latents.shape[0].indices.map { draw.integer(below: model.scheduler.trainTimesteps, index: $0) }
        noise = random.next("randn").normal(latents.shape)
        ids = picks.map { prior!.ids[$0] } + (try model.tokenize(samples.map { $0.prompt(model.handles) }))
    }
}

extension Int {
    fileprivate var indices: Range<Int> { 0..<self }
}
