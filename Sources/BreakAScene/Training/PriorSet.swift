import Diffusion
import Images
import Tensors

/// Pictures that the base model drew, with their prompts: what prior preservation holds on to.
public struct PriorSet: Sendable {
    public let options: PriorOptions
    public let prompts: [String]
    /// Token ids of the prompts.
    public let ids: [[Int]]
    /// [n, H, W, 3] in [−1, 1].
    public let pictures: Tensor
    /// One posterior a picture.
    let posteriors: [DiagonalGaussian]

    public var count: Int { prompts.count }

    /// Whether drawing with these options by a model of this size would give them again.
    public func isDrawn(with options: PriorOptions, by model: DiffusionModel) -> Bool {
        self.options == options && pictures.shape.dropFirst() == [model.pixelSize.height, model.pixelSize.width, 3]
    }

    /// From posteriors that are known already.
    public init(options: PriorOptions = PriorOptions(), prompts: [String], ids: [[Int]], pictures: Tensor, posteriors: [DiagonalGaussian]) {
        (self.options, self.prompts, self.ids, self.pictures, self.posteriors) = (options, prompts, ids, pictures, posteriors)
    }

    /// Draws them, eight at a time. `progress` gets the number of denoising steps done and in all; what it throws
    /// ends the drawing. Throws `ModelError` for a prompt that cannot be used.
    public init(_ model: DiffusionModel, _ options: PriorOptions, progress: (Int, Int) throws -> Void) throws {
        let prompts = (0..<options.count).map { options.prompts[$0 % options.prompts.count] }
        let generation = GenerationOptions(steps: options.steps, guidanceScale: options.guidanceScale)
        let random = RandomState(seed: options.seed)
        var (pictures, done) = ([Tensor](), 0)
        for first in stride(from: 0, to: prompts.count, by: 8) {
            let part = Array(prompts[first..<min(first + 8, prompts.count)])
            let initial = try model.initialLatents(part.count, random.draw("prior_images", UInt32(truncatingIfNeeded: first / 8)))
            // A stream of their own: `generate` with any seed draws other noise.
            let noise = { random.draw("prior_images/steps", UInt32(truncatingIfNeeded: first / 8 * 1024 + $0)).normal(initial.shape) }
            var count = 0
            let latents = try model.sampleLatents(part, initial: initial, noise: noise, generation) { step in
                count = step.count
                try progress(done + (step.index + 1) * part.count, options.count * step.count)
            }
            done += part.count * count
            // As pictures of 8 bits a channel: what a file, or a value of the language, would hold.
            pictures += try Image.batch(model.decodeLatents(latents)).map { Tensor($0) }
        }
        let all = Tensor.concatenated(pictures, axis: 0)
        self.init(
            options: options, prompts: prompts, ids: try model.tokenize(prompts), pictures: all,
            posteriors: prompts.indices.map { model.posterior(of: all.rows($0..<$0 + 1)) })
    }
}
