import BreakAScene
import Diffusion
import Evaluators
import Images
import Language
import Tensors

/// `inspect_pictures`: finds the things of a scene in pictures that a model draws of its handles.
enum InspectionCommand {
    /// The most pictures of one call.
    private static let mostPictures = 10_000
    /// The pictures drawn at once, which a stop loses at most.
    private static let batch = 4
    private static let promptHelp = "write * where the handles are to stand: \"a photo of * at the beach\""

    private static let model = ModelCommands.model
    private static let scene = Key<SceneValue>("scene", doc: "The scene that the handles were learned from.")
    private static let prompts = Key<[String]?>(
        "prompts", doc: "With * in the handles' place, such as training did not use; the paper's ten where not given.", keywordOnly: true)
    private static let count = Key<Int>(
        "n", default: 1, range: 1...1000, doc: "Pictures of each prompt and each set of handles.", keywordOnly: true)
    private static let sets = Key<Int>(
        "sets", default: 15, range: 1...1000,
        doc: "The most sets of handles: each alone, all, then pairs, triples, …; four handles have 15.", keywordOnly: true)
    private static let steps = Key<Int>("steps", default: 30, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true)
    private static let guidance = Key<Double?>(
        "guidance", range: 0...100, doc: "Classifier-free guidance, as generate has it.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the first picture; picture i has seed + i.", keywordOnly: true)
    private static let images = Key<[ImageValue]?>(
        "images", doc: "Looks at these instead of drawing; each asks for what the prompt in its metadata names.", keywordOnly: true)
    private static let judge = Key<EvaluatorValue?>(
        "found_by", doc: "A segmenter that finds the things; the model's own attention where not given.", keywordOnly: true)

    static let builtin = Builtin(
        "inspect_pictures", family: .evaluation,
        summary: "Draws handles alone and together in new prompts and counts what is there; agrees with the eye in 80 % (see its notes).",
        parameters: [model, scene, prompts, count, sets, steps, guidance, seed, images, judge], result: .host(InspectionValue.self),
        terms: [
            "presence", "vanish", "missing", "leak", "duplicate", "twice", "identity", "likeness", "contact sheet", "powerset", "score",
            "evaluate", "recall",
        ],
        paper: "§4.1, B.2",
        examples: [
            .init(
                "m = add_handles(load_model(\"collage\"), 2, init=[\"dish\", \"flower\"])\n"
                    + "len(inspect_pictures(m, load_scene(\"mug_rose\"), prompts=[\"a photo of *\"], steps=2).images)", shows: "3")
        ], run: run)

    @Sendable private static func run(_ call: Call) throws -> Value {
        let (model, scene) = (try call[model].model, try call[scene].scene)
        let pairing = try call.pairing(model, scene)
        let given = try call[images]
        let plan = given == nil ? try plan(call, pairing.count) : nil
        let prepared = try PreparedScenes.scene(scene, model, call)
        let inspector = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(Self.model) { try PictureInspector(prepared, finder: finder(call, model, pairing, prepared)) }
        }
        let report =
            try plan.map { try drawn(call, model, pairing, $0, inspector) } ?? inspected(given ?? [], call, model, pairing, inspector)
        return .host(InspectionValue(report: report, scene: scene.title, model: model.name, foundBy: try call[judge]?.evaluator.name))
    }

    /// Returns who looks for the things. Throws a `Problem` for an evaluator that finds nothing.
    private static func finder(
        _ call: Call, _ model: DiffusionModel, _ pairing: ScenePairing, _ scene: PreparedScene
    ) throws -> any ThingFinder {
        guard let segmenter = try call.judge(judge, .segments)?.segmenter else {
            return try AttentionFinder(model, scene, handles: pairing.handles)
        }
        return try SegmenterFinder(segmenter, scene)
    }

    // MARK: drawn

    private static func drawn(
        _ call: Call, _ model: DiffusionModel, _ pairing: ScenePairing, _ plan: InspectionPlan, _ inspector: PictureInspector
    ) throws -> InspectionReport {
        let options = GenerationOptions(steps: try call[steps], guidanceScale: try GenerationCommands.guidance(call, model))
        call.announce(GenerationPlan(model, count: plan.entries.count, steps: options.steps, isGuided: options.guidanceScale != 1))
        let pictures = try draw(call, model, pairing.tokens, plan, options, inspector)
        return InspectionReport(tokens: pairing.tokens, names: pairing.names, plan: plan, pictures: pictures)
    }

    private static func plan(_ call: Call, _ handles: Int) throws -> InspectionPlan {
        let contexts = try call[prompts] ?? InspectionPlan.paperPrompts
        let (count, most) = (try call[count], try call[sets])
        guard !contexts.isEmpty else {
            throw Problem(.badArgument, "inspect_pictures: there is no prompt", argument: prompts.name, help: promptHelp)
        }
        if let fault = contexts.lazy.compactMap(PromptContext.fault).first {
            throw Problem(.badArgument, "inspect_pictures: \(fault)", argument: prompts.name, help: promptHelp)
        }
        let each = InspectionPlan.subsets(of: handles, most: most).count * count
        guard contexts.count <= mostPictures / each else {
            throw Problem(
                .outOfRange, "inspect_pictures: these are more than \(mostPictures) pictures", argument: Self.count.name,
                notes: ["prompts \(contexts.count) × sets \(each / count) × n \(count)"])
        }
        return InspectionPlan(handles: handles, contexts: contexts, count: count, most: most, seed: try call[seed])
    }

    /// Returns the pictures, drawn and inspected, or those that were done when a stop was requested. Throws where there is none yet.
    private static func draw(
        _ call: Call, _ model: DiffusionModel, _ tokens: [String], _ plan: InspectionPlan, _ options: GenerationOptions,
        _ inspector: PictureInspector
    ) throws -> [InspectedPicture] {
        var (bar, done) = (ProgressBar(call.context, title: "inspecting pictures", unit: "step"), [InspectedPicture]())
        defer { bar.finish() }
        for first in stride(from: 0, to: plan.entries.count, by: batch) {
            let entries = Array(plan.entries[first..<min(first + batch, plan.entries.count)])
            do {
                done += try Cost.cancellable(call.context.interrupt) {
                    try call.mapped(prompts) {
                        try pictures(call, model, tokens, entries, options, inspector) { step in
                            bar.update(first * options.steps + step * entries.count, of: plan.entries.count * options.steps)
                        }
                    }
                }
            } catch  where call.context.interrupt.isRequested && !done.isEmpty {
                tellStop(call, done.count, plan.entries.count)
                break
            }
        }
        return done
    }

    private static func pictures(
        _ call: Call, _ model: DiffusionModel, _ tokens: [String], _ entries: [InspectionPlan.Entry], _ options: GenerationOptions,
        _ inspector: PictureInspector, progress: (Int) -> Void
    ) throws -> [InspectedPicture] {
        let prompts = entries.map { entry in PromptContext.prompt(entry.context, entry.asked.map { tokens[$0] }) }
        let seeds = entries.map(\.seed)
        // The same noise as generate's, so that a picture can be drawn again alone.
        let initial = try GenerationCommands.noise(call, model, seeds)
        let latents = try model.sampleLatents(
            prompts, initial: initial, noise: { DiffusionModel.stepNoise(seeds: seeds, step: $0, initial.shape) }, options
        ) { step in
            progress(step.index + 1)
            try call.context.checkInterrupt()
        }
        MemoryPool.shared.trim(above: 1 << 28)
        let drawn = model.decodeLatents(latents)
        call.warnOfNotFinite(
            drawn, Self.model.name, help: "the model's numbers have left what float32 holds: was it trained with too high an lr?")
        return try zip(Image.batch(drawn), zip(entries, prompts)).map { try inspector.inspect($0, $1.0, prompt: $1.1) }
    }

    // MARK: given

    private static func inspected(
        _ images: [ImageValue], _ call: Call, _ model: DiffusionModel, _ pairing: ScenePairing, _ inspector: PictureInspector
    ) throws -> InspectionReport {
        if let name = givenOfDrawing(call) {
            throw Problem(
                .badArgument, "inspect_pictures: \(name) is of drawing; images are looked at as they are", argument: name,
                help: "leave \(name) or images out")
        }
        guard !images.isEmpty else { throw Problem(.badArgument, "inspect_pictures: there is no picture", argument: Self.images.name) }
        var (bar, pictures) = (ProgressBar(call.context, title: "inspecting pictures", unit: "picture"), [InspectedPicture]())
        defer { bar.finish() }
        let size = PixelSize(width: model.pixelSize.width, height: model.pixelSize.height)
        for image in images {
            func entry(_ key: String) -> String { image.metadata.entries.first { $0.key == key }?.text ?? "" }
            let prompt = entry("prompt")
            // A prompt that this model cannot tokenize was written for another one and asks for none of its handles.
            let ids = (try? model.tokenize([prompt]))?.first ?? []
            let asked = pairing.handles.indices.filter { ids.contains(model.handleID(pairing.handles[$0])) }
            do {
                pictures.append(
                    try Cost.cancellable(call.context.interrupt) {
                        try call.mapped(Self.images) {
                            return try inspector.inspect(
                                call.fitted(image.image, to: size, Self.images.name).seen,
                                .init(context: prompt, asked: asked, seed: Int(entry("seed")) ?? 0), prompt: prompt)
                        }
                    })
            } catch  where call.context.interrupt.isRequested && !pictures.isEmpty {
                tellStop(call, pictures.count, images.count)
                break
            }
            bar.update(pictures.count, of: images.count)
        }
        return InspectionReport(
            tokens: pairing.tokens, names: pairing.names, plan: InspectionPlan(of: pictures.map(\.entry)), pictures: pictures)
    }

    /// Returns the name of the first argument that says how to draw, or nil where none was given.
    private static func givenOfDrawing(_ call: Call) -> String? {
        let given = [
            (prompts.name, call.has(prompts)), (count.name, call.has(count)), (sets.name, call.has(sets)), (steps.name, call.has(steps)),
            (guidance.name, call.has(guidance)), (seed.name, call.has(seed)),
        ]
        return given.first(where: \.1)?.0
    }

    private static func tellStop(_ call: Call, _ finished: Int, _ count: Int) {
        let what = call.assignedName.map { "`\($0)`" } ?? "the result"
        let text = "Interrupted after \(finished) of \(count) pictures: \(what) is of those."
        call.tell(text)
    }
}
