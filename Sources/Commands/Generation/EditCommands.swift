import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// The builtin that draws things into an existing picture: blended latent diffusion (Avrahami et al. 2022), as the paper uses it for local
/// editing, region after region (§4.3).
enum EditCommands {
    private static let image = Key<Image>("image", doc: "The picture, of any size; what comes back has its size.")
    private static let masks = Key<[Mask]>(
        oneOrMore: "mask", doc: "Where to draw, of the picture's size; of a list, one region after the other.")
    private static let prompts = Key<[String]>(oneOrMore: "prompt", doc: "What to draw there; a list has one for each region.")
    private static let feather = Key<Double?>(
        "feather", range: 0...1000, unit: "px",
        doc: "How soft the seam is, inside of the mask, in pixels of the picture; 2 of the model's without.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise; picture i has seed + i.", keywordOnly: true)
    private static let count = Key<Int>(
        "n", default: 1, range: 1...1000, doc: "Pictures, each edited with a seed of its own.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "edit", family: .generation,
            summary: "Draws a prompt inside a mask of a picture and keeps the rest bit for bit: blended latent diffusion.",
            parameters: [
                ModelCommands.model, image, masks, prompts, count, GenerationCommands.steps, SchedulerCommands.choice,
                GenerationCommands.scale, GenerationCommands.negative, feather, seed,
            ],
            result: "image, or a list of images", terms: ["inpaint", "blended latent diffusion", "local editing", "insert", "regions"],
            paper: "§4.3",
            examples: [
                .init(
                    "edit(load_model(\"collage\"), image(zeros([128, 128])), ellipse([64, 64], [30, 30], [128, 128]), \"a photo of a ball\", steps=2).size",
                    shows: "[128, 128]"),
                .init(
                    """
                    size = [128, 128]
                    places = [box([0, 40], [50, 90], size), box([70, 40], [120, 90], size)]
                    len(edit(load_model("collage"), image(zeros(size)), places, ["a ball", "a dog"], n=2, steps=2))
                    """, shows: "2"),
            ], seeAlso: ["ddim", "add_background"], planner: Planner.drawing, run: edit)
    ]

    /// A place to draw in, and what to draw there.
    private struct Region {
        let mask: Mask
        let prompt: String
    }

    @Sendable private static func edit(_ call: Call) throws -> Value {
        let model = try call[ModelCommands.model].model
        let (image, seed) = (try call[Self.image], try call[Self.seed])
        let regions = try regions(call, image)
        try OptionRule.check([OptionRule.guidance], call)
        let plan = try SchedulerCommands.plan(call, model).0
        let seeds = (0..<(try call[count])).map { seed &+ $0 }
        var pictures = seeds.map { _ in image }
        let passes = (seeds.count + batch - 1) / batch
        let title = seeds.count > 1 ? "editing \(seeds.count) pictures" : "editing"
        var bar = ProgressBar(call.context, title: title, unit: "step")
        defer { bar.finish() }
        var done = 0
        for region in regions {
            EditWindow(image, region.mask, pixels(model)).tell(call)
            for first in stride(from: 0, to: seeds.count, by: batch) {
                let part = first..<min(first + batch, seeds.count)
                let edited = try draw(call, model, Array(pictures[part]), region, Array(seeds[part]), plan) {
                    done += 1
                    bar.update(done, of: plan.steps.count * regions.count * passes)
                }
                pictures.replaceSubrange(part, with: edited)
            }
        }
        let guidance = try GenerationCommands.guidance(call, model)
        let results = zip(pictures, seeds).map { picture, seed in
            Value.host(
                Provenance.drawn(
                    picture, call, model,
                    ["seed": "\(seed)", "steps": "\(plan.steps.count)", "scheduler": plan.scheduler, "guidance": "\(guidance)"]))
        }
        return results.count == 1 ? results[0] : .list(results)
    }

    /// The number of pictures that are drawn at once.
    private static let batch = 8

    private static func pixels(_ model: DiffusionModel) -> PixelSize {
        PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
    }

    /// Returns the regions of a call. Throws `.maskSizeDiffers`, `.maskEmpty`, and `.badArgument` where prompts are not as many as masks.
    private static func regions(_ call: Call, _ image: Image) throws -> [Region] {
        let (masks, prompts) = (try call[Self.masks], try call[Self.prompts])
        guard !masks.isEmpty else { throw Problem(.badArgument, "edit: there is no mask", argument: Self.masks.name) }
        for (place, mask) in masks.enumerated() {
            let name = masks.count > 1 ? "mask \(place)" : "the mask"
            guard mask.size == image.size else {
                throw Problem(
                    .maskSizeDiffers, "edit: \(name) is \(mask.size) pixels, the picture \(image.size)", argument: Self.masks.name,
                    help: "resize(mask, image)")
            }
            guard !mask.isEmpty else {
                throw Problem(.maskEmpty, "edit: \(name) is empty, there is nothing to draw", argument: Self.masks.name)
            }
        }
        guard prompts.count == masks.count else {
            throw Problem(
                .badArgument, "edit: \(countText(prompts.count, "prompt")) for \(countText(masks.count, "region"))",
                argument: Self.prompts.name,
                help: masks.count == 1 ? "n=4 draws several pictures" : "a list of masks wants a list of prompts, one for each")
        }
        return zip(masks, prompts).map(Region.init)
    }

    /// Returns the pictures with a region drawn anew, each by its seed.
    private static func draw(
        _ call: Call, _ model: DiffusionModel, _ pictures: [Image], _ region: Region, _ seeds: [Int], _ plan: SamplingPlan,
        progress: () -> Void
    ) throws -> [Image] {
        let windows = pictures.map { EditWindow($0, region.mask, pixels(model)) }
        let seen = try call.mapped(image) { try windows.map { Tensor(try $0.picture()) } }
        let place = try call.mapped(image) { try windows[0].mask() }
        let latents = try blend(call, model, seen, place, region.prompt, seeds, plan, progress: progress)
        // Releases what the U-Net used: the autoencoder needs blocks of other sizes.
        MemoryPool.shared.trim(above: 1 << 28)
        let drawn = try Image.batch(model.decodeLatents(latents))
        let seam = try call[feather]
        return try call.mapped(feather) {
            try zip(windows, drawn).map { window, picture in try window.paste(picture, feather: seam ?? 2 * window.enlargement) }
        }
    }

    /// Returns latents that are the model's inside the mask, and outside of it, at every step, the pictures' at the same noise level.
    private static func blend(
        _ call: Call, _ model: DiffusionModel, _ pictures: [Tensor], _ mask: Mask, _ prompt: String, _ seeds: [Int], _ plan: SamplingPlan,
        progress: () -> Void
    ) throws -> Tensor {
        let means = pictures.map { model.posterior(of: $0).mean.scaled(by: model.vae.configuration.scalingFactor) }
        let (kept, one) = (Tensor.concatenated(means, axis: 0), means[0].shape)
        let inside = try cells(mask, height: one[1], width: one[2])
        let outside = inside.scaled(by: -1, plus: 1)
        // Draws what randn(shape, seed=…) draws, so that a program that writes this algorithm out gets the same noise.
        func noise(_ offset: Int) -> Tensor {
            .concatenated(
                seeds.map { RandomDraw(seed: UInt64(bitPattern: Int64($0 &+ offset)), stream: "randn", step: 0).normal(one) }, axis: 0)
        }
        let guidance = try GenerationCommands.guidance(call, model)
        let isGuided = guidance != 1
        let negative = isGuided ? Array(repeating: try call[GenerationCommands.negative], count: seeds.count) : []
        let tokens = try call.mapped(prompts) { try model.tokenize(negative + Array(repeating: prompt, count: seeds.count)) }
        let (text, local) = (model.textEncoder(tokens).detached, model.localFeatures(tokens))
        var (x, state, projections) = (noise(0).scaled(by: plan.initNoiseSigma), SamplingState.start, TextProjections?.none)
        let other = noise(1)
        for (index, step) in plan.steps.enumerated() {
            try call.context.checkInterrupt()
            var pass = UNetPass(text, reusing: projections, local: local)
            let scaled = step.inputScale == 1 ? x : x.scaled(by: step.inputScale)
            let input = isGuided ? Tensor.concatenated([scaled, scaled], axis: 0) : scaled
            let out = model.unet(Variable(input), timesteps: Array(repeating: step.timestep, count: input.shape[0]), &pass).value
            projections = pass.textProjections
            let fresh = step.addsNoise ? DiffusionModel.stepNoise(seeds: seeds, step: index, kept.shape) : nil
            (x, state) = plan.advance(state, sample: x, output: isGuided ? DiffusionModel.guide(out, Float(guidance)) : out, noise: fresh)
            x = x * inside + level(kept, other, after: index, plan, model) * outside
            progress()
        }
        return x
    }

    /// Returns the pictures' latents at the noise level that a step leads to. The last one leads to that of timestep 0.
    private static func level(_ kept: Tensor, _ noise: Tensor, after index: Int, _ plan: SamplingPlan, _ model: DiffusionModel) -> Tensor {
        guard index + 1 < plan.steps.count else { return model.addNoise(kept, noise, Array(repeating: 0, count: kept.shape[0])) }
        let level = plan.steps[index + 1].level
        return kept.combined(level.signal, with: noise, level.noise)
    }

    /// Returns the mask at the latents' size, [1, h, w, 1]. A small mask keeps every cell that it touches.
    private static func cells(_ mask: Mask, height: Int, width: Int) throws -> Tensor {
        let size = PixelSize(width: width, height: height)
        return try PreparedScene.cells(of: mask, size).reshaped([1, height, width, 1])
    }
}
