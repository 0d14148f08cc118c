import Diffusion
import Images
import Tensors

/// Pictures that the base model drew, with their prompts: the data of prior preservation.
public struct PriorSet: Sendable {
    /// The options that they were drawn with.
    public let options: PriorOptions
    /// The prompt of each picture.
    public let prompts: [String]
    /// The token ids of the prompts.
    public let ids: [[Int]]
    /// The pictures, [n, H, W, 3] in [−1, 1].
    public let pictures: Tensor
    /// The autoencoder's posterior of each picture.
    let posteriors: [DiagonalGaussian]

    /// The number of pictures.
    public var count: Int { prompts.count }

    /// Whether drawing with these options by a model of this size would give the same pictures.
    public func isDrawn(with options: PriorOptions, by model: DiffusionModel) -> Bool {
        self.options == options && pictures.shape.dropFirst() == [model.pixelSize.height, model.pixelSize.width, 3]
    }

    /// Takes pictures that were drawn, with their posteriors; all lists have one element for each picture.
    public init(options: PriorOptions = PriorOptions(), prompts: [String], ids: [[Int]], pictures: Tensor, posteriors: [DiagonalGaussian]) {
        (self.options, self.prompts, self.ids, self.pictures, self.posteriors) = (options, prompts, ids, pictures, posteriors)
    }

    /// Draws them, up to eight at a time; a part that `store` has is taken from there, and what is drawn is kept there.
    /// `progress` gets the number of denoising steps done and in all; what it throws ends the drawing. Throws `ModelError`
    /// for a prompt that cannot be used, and `FileError` where a part cannot be kept.
    public init(_ model: DiffusionModel, _ options: PriorOptions, store: PriorStore? = nil, progress: (Int, Int) throws -> Void) throws {
        let prompts = (0..<options.count).map { options.prompts[$0 % options.prompts.count] }
        let generation = GenerationOptions(steps: options.steps, guidanceScale: options.guidanceScale)
        let (size, most) = (model.pixelSize, Self.together(model))
        let random = RandomState(seed: options.seed)
        var pictures: [Tensor] = []
        // Numbers are drawn for eight, whatever the parts are.
        for group in stride(from: 0, to: prompts.count, by: 8) {
            let count = min(8, prompts.count - group)
            let all = try model.initialLatents(count, random.draw("prior_images", UInt32(truncatingIfNeeded: group / 8)))
            for start in stride(from: 0, to: count, by: most) {
                let (first, rows) = (group + start, start..<min(start + most, count))
                if let known = store?.pictures(from: first, [rows.count, size.height, size.width, 3]) {
                    pictures.append(known)
                    continue
                }
                let initial = all.rows(rows)
                // A stream of their own: `generate` with any seed draws other noise.
                let noise = {
                    random.draw("prior_images/steps", UInt32(truncatingIfNeeded: group / 8 * 1024 + $0)).normal(all.shape).rows(rows)
                }
                let latents = try model.sampleLatents(rows.map { prompts[group + $0] }, initial: initial, noise: noise, generation) {
                    step in
                    try progress(first * step.count + (step.index + 1) * rows.count, options.count * step.count)
                }
                // Rounded to pictures of 8 bits per channel, as a file or a value of the language holds them.
                let drawn = Tensor.concatenated(try Image.batch(model.decodeLatents(latents)).map { Tensor($0) }, axis: 0)
                try Cancellation.check()
                try store?.keep(drawn, from: first)
                pictures.append(drawn)
            }
        }
        let all = Tensor.concatenated(pictures, axis: 0)
        self.init(
            options: options, prompts: prompts, ids: try model.tokenize(prompts), pictures: all,
            posteriors: prompts.indices.map { model.posterior(of: all.rows($0..<$0 + 1)) })
    }

    /// How many pictures are drawn at once: eight of 16×16 latents, one of 64×64, whose products are large enough alone. A
    /// drawing that is killed loses no more than these.
    private static func together(_ model: DiffusionModel) -> Int {
        let (height, width) = model.latentSize
        return max(1, min(8, 2048 / max(1, height * width)))
    }
}
