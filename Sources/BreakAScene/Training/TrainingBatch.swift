import Autograd
import Diffusion
import Images
import Tensors

/// Everything random of one step, drawn: what the losses are a function of.
///
/// The batch is [prior pictures…, photo…], as in the paper's code. Legend: P prior pictures, B photos, N = P + B,
/// h w C latents.
public struct TrainingBatch: Sendable {
    /// One sample for each photo, B of them.
    public var samples: [UnionSample]
    /// The number of prior pictures in the batch, P.
    public var priorCount: Int
    /// The prompts as token ids, N.
    public var ids: [[Int]]
    /// The latents, scaled, [N, h, w, C].
    public var latents: Tensor
    /// The noise that is added, [N, h, w, C].
    public var noise: Tensor
    /// The timestep of each element of the batch, N.
    public var timesteps: [Int]
    /// The picture and masks of each photo; nil where they are not computed yet.
    var views: [SceneView]?

    /// A batch of given numbers.
    public init(samples: [UnionSample], priorCount: Int, ids: [[Int]], latents: Tensor, noise: Tensor, timesteps: [Int]) {
        (self.samples, self.priorCount, self.ids) = (samples, priorCount, ids)
        (self.latents, self.noise, self.timesteps) = (latents, noise, timesteps)
    }

    /// Draws the next batch of a run. Streams are named as the language's commands that draw from them, so that the method
    /// written in the language sees the same numbers on the same seed. `laws` replace the options of their names; what they
    /// throw is thrown on. `step`: the steps done before; `history`: these steps, for laws that go by them.
    init(
        _ model: DiffusionModel, _ scene: PreparedScene, prior: PriorSet?, _ options: TrainingOptions, step: Int,
        _ random: inout RandomState, history: ArraySlice<History.Entry> = [], laws: StepLaws = StepLaws()
    ) throws {
        let (count, pairing) = (options.batchSize, try model.pairing(with: scene.scene))
        let losses = options.sampling == .adaptive ? AdaptiveSampling.losses(history, pairing.tokens) : []
        let input = SamplingInput(count: pairing.count, singleShare: options.singleShare, losses: losses)
        samples = try (0..<count).map { _ in
            let drawn = UnionSample(input, law: options.sampling, flip: options.flip, random.next("union_sample"))
            var sample = try laws.sampling.map { UnionSample(chosen: try $0(), isFlipped: drawn.isFlipped) } ?? drawn
            let pasted = scene.pasted(sample.chosen, options, prior, &random)
            sample.collage = pasted?.collage ?? scene.collage(sample.chosen, options, &random)
            sample.part = try laws.part(sample, scene, options.zoom, &random)
            if options.degradesOutside > 0 {
                sample.degradation = OutsideDegradation(
                    strength: OutsideDegradation.strength(options.degradesOutside, step: step, of: options.steps),
                    draw: random.next(OutsideDegradation.stream))
            }
            let context = try laws.contexts.map { try $0(sample) } ?? PromptContext.sample(options.contexts, &random)
            sample.context = pasted?.context ?? context ?? sample.context
            return sample
        }
        let seen = try samples.map { sample in
            let view = try scene.view(sample, prior: prior)
            return options.onlyLooks(at: sample, in: scene) ? view.withoutReconstruction : view
        }
        views = seen
        let kept = options.priorWeight > 0 ? prior : nil
        let picks = kept.map { kept in
            Self.epochs(random, places: step * count..<(step + 1) * count, of: kept.count).map { (kept.posteriors[$0], kept.ids[$0]) }
        }
        priorCount = picks?.count ?? 0
        let posteriors =
            (picks ?? []).map(\.0) + zip(samples, seen).map { scene.posterior(of: $1, $0, prior: prior, model) }
        let posterior = DiagonalGaussian(
            mean: .concatenated(posteriors.map(\.mean), axis: 0), std: .concatenated(posteriors.map(\.std), axis: 0))
        latents = posterior.sample(random.next("encode").normal(posterior.mean.shape)).scaled(by: model.vae.configuration.scalingFactor)
        let draw = random.next("random_timesteps")
        timesteps = latents.shape[0].indices.map { draw.integer(below: model.scheduler.trainTimesteps, index: $0) }
        for (index, sample) in samples.enumerated() where options.onlyLooks(at: sample, in: scene) {
            timesteps[priorCount + index] = CopyPaste.photoTimestep(timesteps[priorCount + index])
        }
        noise = random.next("randn").normal(latents.shape)
        ids = (picks ?? []).map(\.1) + (try model.tokenize(samples.map { $0.prompt(pairing.tokens) }))
    }
}

extension TrainingBatch {
    /// Which of `count` prior pictures stand at `places` of their endless row. They come in random order, all of them before
    /// any comes again, and in another order every time: in the code a DataLoader shuffles a data set that is as long as
    /// there are class pictures (google/break-a-scene, train.py: `_length`, `shuffle=True`).
    static func epochs(_ random: RandomState, places: Range<Int>, of count: Int) -> [Int] {
        var (epoch, order) = (-1, [Int]())
        return places.map { place in
            if place / count != epoch {
                epoch = place / count
                order = random.draw("shuffle", UInt32(truncatingIfNeeded: epoch)).sample(count, below: count)
            }
            return order[place % count]
        }
    }
}

/// Functions of the user's in the place of a step's laws; nil is the method's own. Each gets what is drawn so far of a
/// photo.
struct StepLaws {
    var sampling: (() throws -> [Int])?
    var zoom: ((UnionSample) throws -> Zoom.Choice)?
    var contexts: ((UnionSample) throws -> String)?

    /// The part of the photo that is seen; nil is the whole photo. Throws `TrainingError.unseen`, and what the law throws.
    func part(_ sample: UnionSample, _ scene: PreparedScene, _ share: Double, _ random: inout RandomState) throws -> PixelRect? {
        switch try zoom.map({ try $0(sample) }) ?? .share(share) {
        case .share(0): return nil
        case .share(let share): return scene.part(sample.chosen, share: share, random.next(Zoom.stream))
        case .part(let top, let left, let side):
            guard let part = scene.part(sample.chosen, top: top, left: left, side: side) else { throw TrainingError.unseen }
            return part
        }
    }
}

extension Int {
    fileprivate var indices: Range<Int> { 0..<self }
}
