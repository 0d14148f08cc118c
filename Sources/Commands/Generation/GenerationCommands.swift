import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// The builtins that draw pictures from prompts.
enum GenerationCommands {
    static let prompts = Key<[String]>(oneOrMore: "prompt", doc: "What to draw; a list draws each.")
    static let count = Key<Int>("n", default: 1, range: 1...1000, doc: "Pictures of each prompt.", keywordOnly: true)
    static let steps = Key<Int>("steps", default: 30, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true)
    static let scale = Key<Double?>(
        "guidance", range: 0...100, doc: "Classifier-free guidance: 1 is none. 3 suits collage, which has it by default; others 7.5.",
        keywordOnly: true)
    static let negative = Key<String>("negative", default: "", doc: "What to walk away from.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the first picture.", keywordOnly: true)
    static let latents = Key<TensorValue?>(
        "latents", doc: "The noise to start from, [n, h, w, C], in place of the seed's.", keywordOnly: true)
    static let size = Key<[Int]?>(
        oneOrMore: "size", range: 1...4096, unit: "px", doc: "[height, width], or one number for both; the model's own without.",
        keywordOnly: true)

    static let all: [Builtin] =
        [
            Builtin(
                "generate", family: .generation,
                summary: "Draws pictures of a prompt with classifier-free guidance; picture i has seed + i.",
                parameters: [
                    ModelCommands.model, prompts, count, steps, SchedulerCommands.choice, scale, negative, seed, latents, size,
                    StartingPicture.image, StartingPicture.strength,
                ],
                result: "image, or a list of images",
                terms: ["draw", "sample", "text to image", "txt2img", "picture", "image to image", "img2img", "variations"], paper: "§4",
                examples: [
                    .init(
                        "generate(load_model(\"collage\"), \"a photo of a dog at the beach\", steps=2, seed=1).size", shows: "[128, 128]"),
                    .init(
                        "generate(load_model(\"collage\"), \"a photo of a dog\", scheduler=\"dpmsolver++\", steps=2).size",
                        shows: "[128, 128]"),
                ], seeAlso: ["edit", "ddim", "inspect_pictures", "leakage"], planner: Planner.drawing, run: generate)
        ] + EditCommands.all + DenoisingCommands.all

    @Sendable private static func generate(_ call: Call) throws -> Value {
        let model = try call[ModelCommands.model].model
        let (n, seed) = (try call[count], try call[Self.seed])
        let prompts = try call[Self.prompts].flatMap { Array(repeating: $0, count: n) }
        guard !prompts.isEmpty else { throw Problem(.badArgument, "generate: there is no prompt", argument: Self.prompts.name) }
        try OptionRule.check(OptionRule.drawing, call)
        let source = try StartingPicture(call)
        let (plan, steps) = try SchedulerCommands.plan(call, model, strength: source?.strength ?? 1)
        let options = GenerationOptions(
            steps: steps, plan: plan, guidanceScale: try guidance(call, model), negativePrompt: try call[negative])
        let seeds = prompts.indices.map { seed &+ $0 % n }
        var initial = try initialLatents(call, model, seeds)
        let f = model.vae.configuration.downscale
        call.announce(
            GenerationPlan(
                model, count: prompts.count, steps: plan.steps.count, isGuided: options.guidanceScale != 1,
                size: (initial.shape[1] * f, initial.shape[2] * f)))
        if let source { initial = try source.latents(call, model, noise: initial, plan) }
        let pictures = try draw(call, model, prompts, initial, seeds, plan, options)
        return try images(pictures, call, model, prompts, seeds, options, source)
    }

    /// Returns the guidance scale of a builtin that draws, by default 3 for the embedded model and 7.5 for others.
    static func guidance(_ call: Call, _ model: DiffusionModel) throws -> Double { try call[scale] ?? model.suitedGuidance }

    /// Returns the latents of `latents=`, or noise at the size of `size=`.
    private static func initialLatents(_ call: Call, _ model: DiffusionModel, _ seeds: [Int]) throws -> Tensor {
        if try call[latents] != nil {
            let given = try call.latents(latents, model).value
            guard given.shape[0] == seeds.count else {
                throw Problem(
                    .shapeMismatch, "latents for \(given.shape[0]) pictures, \(seeds.count) are to be drawn", argument: latents.name)
            }
            return given
        }
        guard try call[size] != nil else { return try noise(call, model, seeds) }
        let pixels = try call.pixels(size)
        let f = model.vae.configuration.downscale
        try call.reservePass(2 * min(seeds.count, 8), height: pixels.height / f, width: pixels.width / f, model)
        return try noise(call, model, seeds, (pixels.height, pixels.width))
    }

    /// Returns the initial latents, drawn separately for each picture's seed so that each can be drawn again alone.
    static func noise(
        _ call: Call, _ model: DiffusionModel, _ seeds: [Int], _ pixels: (height: Int, width: Int)? = nil
    ) throws -> Tensor {
        .concatenated(
            try seeds.map { seed in
                try call.mapped(size) {
                    try model.initialLatents(
                        1, size: pixels, RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "generate", step: 0))
                }
            }, axis: 0)
    }

    /// Returns pictures [N, H, W, 3], drawn in batches of eight with a progress bar. Throws `.interrupted`.
    static func draw(
        _ call: Call, _ model: DiffusionModel, _ prompts: [String], _ initial: Tensor, _ seeds: [Int], _ plan: SamplingPlan,
        _ options: GenerationOptions
    ) throws -> Tensor {
        var bar = ProgressBar(call.context, title: prompts.count == 1 ? "drawing" : "drawing \(prompts.count) pictures", unit: "step")
        defer { bar.finish() }
        let total = prompts.count * plan.steps.count
        var (parts, done) = ([Tensor](), 0)
        for first in stride(from: 0, to: prompts.count, by: 8) {
            let part = first..<min(first + 8, prompts.count)
            let latents = try call.mapped(Self.prompts) {
                try model.sampleLatents(
                    Array(prompts[part]), initial: initial.rows(part),
                    noise: { DiffusionModel.stepNoise(seeds: Array(seeds[part]), step: $0, initial.shape) }, options
                ) { step in
                    bar.update(done + (step.index + 1) * part.count, of: total)
                    try call.context.checkInterrupt()
                }
            }
            done += part.count * plan.steps.count
            // Releases what the U-Net used: the autoencoder needs blocks of other sizes.
            MemoryPool.shared.trim(above: 1 << 28)
            parts.append(model.decodeLatents(latents))
        }
        return .concatenated(parts, axis: 0)
    }

    /// Returns the pictures with what they were made from.
    private static func images(
        _ pictures: Tensor, _ call: Call, _ model: DiffusionModel, _ prompts: [String], _ seeds: [Int], _ options: GenerationOptions,
        _ source: StartingPicture?
    ) throws -> Value {
        call.warnOfNotFinite(
            pictures, ModelCommands.model.name,
            help: "the model's numbers have left what float32 holds: was it trained with too high an lr?")
        let hash = model.fingerprint
        let images = try Image.batch(pictures).enumerated().map { index, image in
            let caption = model.caption(ofPrompt: prompts[index])
            var entries: [(String, String)] = [
                ("prompt", prompts[index]), ("seed", "\(seeds[index])"), ("steps", "\(options.steps)"),
                ("scheduler", options.plan?.scheduler ?? ""),
                ("guidance", "\(options.guidanceScale)"), ("model", model.name), ("model_hash", hash),
            ]
            if caption != prompts[index] { entries.append((PictureCaption.key, caption)) }
            if !options.negativePrompt.isEmpty { entries.append(("negative", options.negativePrompt)) }
            entries += source?.entries ?? []
            return Value.host(
                ImageValue(
                    image,
                    metadata: Provenance.completed(PNGMetadata(entries.map { PNGMetadata.Entry(key: $0.0, text: $0.1) }), call.context),
                    alt:
                        "\(caption)   \(image.size) px, \(options.steps) steps of \(options.plan?.scheduler ?? ""), guidance \(options.guidanceScale), seed \(seeds[index])"
                ))
        }
        return images.count == 1 ? images[0] : .list(images)
    }
}
