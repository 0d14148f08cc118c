import Diffusion
import Images
import Language
import Tensors

/// The builtin that shows a generation step by step.
enum DenoisingCommands {
    private static let prompt = Key<String>("prompt", doc: "What to draw.")
    private static let frames = Key<Int>(
        "frames", default: 12, range: 2...100, doc: "At how many steps pictures are made, evenly, the first and the last among them.",
        keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise: generate draws the same picture with it.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "denoising", family: .generation,
            summary: "A generation step by step, with guidance and without: the noisy pictures, and what the model guesses from each.",
            parameters: [
                ModelCommands.model, prompt, GenerationCommands.steps, frames, SchedulerCommands.choice, GenerationCommands.scale,
                GenerationCommands.negative, seed,
            ],
            result: .host(DenoisingValue.self),
            terms: ["film", "steps", "trajectory", "one guess", "predicted", "guidance", "intermediate"],
            examples: [
                .init(
                    "len(denoising(load_model(\"collage\"), \"a photo of a dog at the beach\", steps=4, frames=3).guesses)", shows: "3")
            ], seeAlso: ["generate", "predict_noise", "step", "ddim"], run: denoising)
    ]

    @Sendable private static func denoising(_ call: Call) throws -> Value {
        let model = try call[ModelCommands.model].model
        let (prompt, seed) = (try call[Self.prompt], try call[Self.seed])
        let (plan, steps) = try SchedulerCommands.plan(call, model)
        let guidance = try GenerationCommands.guidance(call, model)
        try OptionRule.check([.guidance], call)
        let type = try SchedulerCommands.predictionType(call, model)
        let count = plan.steps.count
        let wanted = min(try call[frames], count)
        let shown = wanted == 1 ? [0] : (0..<wanted).map { ($0 * (count - 1) + (wanted - 1) / 2) / (wanted - 1) }
        let scales = guidance == 1 ? [1] : [guidance, 1]
        var bar = ProgressBar(call.context, title: "drawing step by step", unit: "step")
        defer { bar.finish() }
        var tracks: [DenoisingValue.Track] = []
        for (number, scale) in scales.enumerated() {
            var options = GenerationOptions(steps: steps, plan: plan, guidanceScale: scale)
            if scale != 1 { options.negativePrompt = try call[GenerationCommands.negative] }
            var (noisy, guesses) = ([Image](), [Image]())
            let initial = try GenerationCommands.noise(call, model, [seed])
            let latents = try call.mapped(Self.prompt) {
                try model.sampleLatents(
                    [prompt], initial: initial, noise: { DiffusionModel.stepNoise(seeds: [seed], step: $0, initial.shape) }, options
                ) { step in
                    if shown.contains(step.index) {
                        let clean = step.level.original(type, sample: step.sample, output: step.output)
                        // A sample that is more than signal and noise of one, as Euler's, is shown at the strength that the model sees.
                        let strength = (step.level.signal * step.level.signal + step.level.noise * step.level.noise).squareRoot()
                        noisy.append(try Image(model.decodeLatents(step.sample.scaled(by: 1 / max(strength, .leastNormalMagnitude)))))
                        guesses.append(try Image(model.decodeLatents(clean)))
                    }
                    bar.update(number * count + step.index + 1, of: scales.count * count)
                    try call.context.checkInterrupt()
                }
            }
            let picture = model.decodeLatents(latents)
            call.warnOfNotFinite(picture, ModelCommands.model.name)
            tracks.append(DenoisingValue.Track(guidance: scale, noisy: noisy, guesses: guesses, picture: try Image(picture)))
        }
        return .host(
            DenoisingValue(
                caption: model.caption(ofPrompt: prompt), steps: shown.map { $0 + 1 },
                timesteps: shown.map { Double(plan.steps[$0].timestep) }, count: count, scheduler: plan.scheduler, seed: seed,
                tracks: tracks, origin: Provenance.of(call)))
    }
}
