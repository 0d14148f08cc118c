import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// The builtin that draws a thing into an existing picture: blended latent diffusion (Avrahami et al. 2022), as the paper uses it for local
/// editing (§4.3).
enum EditCommands {
    private static let image = Key<Image>("image", doc: "The picture, of any size; what comes back has its size.")
    private static let mask = Key<Mask>("mask", doc: "Where to draw; of the picture's size.")
    private static let prompt = Key<String>("prompt", doc: "What to draw there.")
    private static let steps = GenerationCommands.steps
    private static let scale = Key<Double?>(
        "guidance", range: 0...100, doc: "Classifier-free guidance: 3 for collage, 7.5 for others without.", keywordOnly: true)
    private static let feather = Key<Double?>(
        "feather", range: 0...1000, unit: "px",
        doc: "How soft the seam is, inside of the mask, in pixels of the picture; 2 of the model's without.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "edit", family: .generation,
            summary: "Draws a prompt inside a mask of a picture and keeps the rest bit for bit: blended latent diffusion.",
            parameters: [ModelCommands.model, image, mask, prompt, steps, scale, feather, seed],
            result: .image, terms: ["inpaint", "blended latent diffusion", "local editing", "insert"], paper: "§4.3",
            examples: [
                .init(
                    "edit(load_model(\"collage\"), image(zeros([128, 128])), ellipse([64, 64], [30, 30], [128, 128]), \"a photo of a ball\", steps=2).size",
                    shows: "[128, 128]")
            ], seeAlso: ["ddim"], planner: Planner.drawing, run: edit)
    ]

    @Sendable private static func edit(_ call: Call) throws -> Value {
        let model = try call[ModelCommands.model].model
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        let (image, mask) = (try call[Self.image], try call[Self.mask])
        guard mask.size == image.size else {
            throw Problem(
                .maskSizeDiffers, "edit: the mask is \(mask.size) pixels, the picture \(image.size)", argument: Self.mask.name,
                help: "resize(mask, image)")
        }
        guard !mask.isEmpty else {
            throw Problem(.maskEmpty, "edit: the mask is empty, there is nothing to draw", argument: Self.mask.name)
        }
        let window = EditWindow(image, mask, size)
        window.tell(call)
        let (picture, place) = try call.mapped(Self.image) { (try window.picture(), try window.mask()) }
        let drawn = try Image(model.decodeLatents(try blend(call, model, picture, place)))
        let result = try call.mapped(feather) { try window.paste(drawn, feather: call[feather] ?? 2 * window.enlargement) }
        return .host(
            Provenance.drawn(
                result, call, model, ["steps": "\(try call[steps])", "guidance": "\(try GenerationCommands.guidance(call, model))"]))
    }

    /// Returns latents that are the model's inside the mask, and outside of it, at every step, the picture's at the same noise level.
    private static func blend(_ call: Call, _ model: DiffusionModel, _ picture: Image, _ mask: Mask) throws -> Tensor {
        let kept = model.posterior(of: Tensor(picture)).mean.scaled(by: model.vae.configuration.scalingFactor)
        let inside = try cells(mask, height: kept.shape[1], width: kept.shape[2])
        let outside = inside.scaled(by: -1, plus: 1)
        let seed = try call[Self.seed]
        // Draws what randn(shape, seed=…) draws, so that a program that writes this algorithm out gets the same noise.
        func noise(_ seed: Int) -> Tensor { RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "randn", step: 0).normal(kept.shape) }
        let plan = try call.mapped(steps) { try DDIMScheduler(model.scheduler).plan(steps: call[steps], eta: 0) }
        let text = Variable(model.textEncoder(try call.mapped(prompt) { try model.tokenize(["", call[prompt]]) }).value)
        let guidance = Float(try GenerationCommands.guidance(call, model))
        var (x, state, projections) = (noise(seed), SamplingState.start, TextProjections?.none)
        let other = noise(seed &+ 1)
        var bar = ProgressBar(call.context, title: "editing", unit: "step")
        defer { bar.finish() }
        for (index, step) in plan.steps.enumerated() {
            try call.context.checkInterrupt()
            var pass = UNetPass(text, reusing: projections)
            let t = step.timestep
            let out = model.unet(Variable(.concatenated([x, x], axis: 0)), timesteps: [t, t], &pass).value
            projections = pass.textProjections
            (x, state) = plan.advance(state, sample: x, output: DiffusionModel.guide(out, guidance))
            x = x * inside + model.addNoise(kept, other, [Int(step.previous ?? 0)]) * outside
            bar.update(index + 1, of: plan.steps.count)
        }
        return x
    }

    /// Returns the mask at the latents' size, [1, h, w, 1]. A small mask keeps every cell that it touches.
    private static func cells(_ mask: Mask, height: Int, width: Int) throws -> Tensor {
        let size = PixelSize(width: width, height: height)
        return try PreparedScene.cells(of: mask, size).reshaped([1, height, width, 1])
    }
}
