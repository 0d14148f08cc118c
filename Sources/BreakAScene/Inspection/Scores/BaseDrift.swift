import Autograd
import Diffusion
import Images
import Tensors

/// What tuning changed in the rest of a model: prompts without handles, drawn and judged by the base model and by the tuned one (language
/// drift; Ruiz et al. 2023).
public struct BaseDrift: Sendable {
    /// The measuring's settings.
    public struct Options: Sendable, Equatable {
        /// Prompts that name no handle.
        public var prompts = ["a photo at the beach", "a photo in the snow", "a photo of a bird", "a photo of a flower in the forest"]
        /// Pictures of each prompt, at least two: the second seed is the scale of change.
        public var count = 2
        /// Denoising steps of each.
        public var steps = 20
        /// Classifier-free guidance.
        public var guidance = 3.0
        /// The timesteps at which the prior loss is measured.
        public var timesteps = [100, 300, 500, 700, 900]
        /// The seed of noises.
        public var seed = 0

        /// The settings above.
        public init() {}
    }

    /// One prompt.
    public struct Row: Sendable {
        /// The prompt.
        public let prompt: String
        /// The prior loss, mean((ε̂ − target)²) over the base model's pictures and the timesteps, of the base model and of the tuned one.
        public let baseLoss, tunedLoss: Double
        /// The root mean square difference of what both models draw from one noise, over all bytes, as a share of 255: 0 the same.
        public let change: Double
        /// The same between two pictures of the base model from different noises.
        public let spread: Double
        /// Change as a share of spread: 0 draws the same, 1 differs as much as another seed.
        public var relative: Double { spread > 0 ? change / spread : 0 }
    }

    /// One row for each prompt.
    public let rows: [Row]
    /// The pictures of the base model and those of the tuned one, in the order of the prompts, `count` of each.
    public let pictures: (base: [Image], tuned: [Image])

    /// Draws and measures. `progress` gets the denoising steps done and in all; what it throws ends the measuring. Throws
    /// `BaseDriftError` where the models draw pictures of different sizes, `ModelError` for a prompt that cannot be used. Traps where
    /// `count` is below 2 or there is no prompt.
    public init(base: DiffusionModel, tuned: DiffusionModel, _ options: Options, progress: (Int, Int) throws -> Void = { _, _ in }) throws {
        precondition(options.count >= 2 && !options.prompts.isEmpty && !options.timesteps.isEmpty)
        guard base.latentSize == tuned.latentSize, base.latentChannels == tuned.latentChannels else { throw BaseDriftError.sizes }
        let total = 2 * options.prompts.count * options.count * options.steps
        var (rows, pictures, done) = ([Row](), (base: [Image](), tuned: [Image]()), 0)
        for prompt in options.prompts {
            func draw(_ model: DiffusionModel) throws -> Tensor {
                defer { done += options.count * options.steps }
                return try Self.draw(model, prompt, options) { try progress(done + $0 * options.count, total) }
            }
            let (before, after) = (try draw(base), try draw(tuned))
            let (old, new) = (try Image.batch(before), try Image.batch(after))
            rows.append(
                Row(
                    prompt: prompt, baseLoss: try Self.loss(base, prompt, old, options),
                    tunedLoss: try Self.loss(tuned, prompt, old, options),
                    change: Self.mean(old.indices.map { Self.difference(old[$0], new[$0]) }),
                    spread: Self.mean(old.indices.dropFirst().map { Self.difference(old[$0 - 1], old[$0]) })))
            pictures.base += old
            pictures.tuned += new
        }
        (self.rows, self.pictures) = (rows, pictures)
    }

    private static func draw(
        _ model: DiffusionModel, _ prompt: String, _ options: Options, progress: (Int) throws -> Void
    ) throws -> Tensor {
        let seeds = (0..<options.count).map { options.seed &+ $0 }
        let (height, width) = model.latentSize
        let initial = Tensor.concatenated(
            seeds.map {
                RandomDraw(seed: UInt64(bitPattern: Int64($0)), stream: "generate", step: 0).normal([
                    1, height, width, model.latentChannels,
                ])
            },
            axis: 0)
        let latents = try model.sampleLatents(
            Array(repeating: prompt, count: options.count), initial: initial,
            noise: { DiffusionModel.stepNoise(seeds: seeds, step: $0, initial.shape) },
            GenerationOptions(steps: options.steps, guidanceScale: options.guidance)
        ) { try progress($0.index + 1) }
        return model.decodeLatents(latents)
    }

    /// The prior loss of a model on pictures, over all timesteps; the noise is the same for every model.
    private static func loss(_ model: DiffusionModel, _ prompt: String, _ pictures: [Image], _ options: Options) throws -> Double {
        let ids = try model.tokenize([prompt])
        let text = model.textEncoder(ids)
        let losses = pictures.enumerated().map { index, picture -> Double in
            let z = model.posterior(of: Tensor(picture)).mean.scaled(by: model.vae.configuration.scalingFactor)
            let count = options.timesteps.count
            let noise = RandomDraw(seed: UInt64(bitPattern: Int64(options.seed)), stream: "base_drift", step: UInt32(clamping: index))
                .normal([count] + z.shape.dropFirst())
            let clean = Tensor.concatenated(Array(repeating: z, count: count), axis: 0)
            var pass = UNetPass(text.repeated(count), local: model.localFeatures(Array(repeating: ids[0], count: count)))
            let predicted = model.unet(
                Variable(model.addNoise(clean, noise, options.timesteps)), timesteps: options.timesteps.map(Float.init), &pass)
            let difference = predicted.value - model.predictionTarget(clean, noise, options.timesteps)
            return difference.sumOfSquares / Double(difference.count)
        }
        return mean(losses)
    }

    static func difference(_ a: Image, _ b: Image) -> Double {
        let sum = a.pixels.indices.reduce(0.0) { sum, i in
            let d = Double(a.pixels[i]) - Double(b.pixels[i])
            return sum + d * d
        }
        return (sum / Double(max(1, a.pixels.count))).squareRoot() / 255
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}

/// An error of comparing a tuned model with its base.
public enum BaseDriftError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The models draw pictures of different sizes.
    case sizes

    /// The error as a message for the user, without a full stop.
    public var description: String { "the models draw pictures of different sizes: nothing of them can be compared" }
}
