import BreakAScene
import Diffusion
import Language
import Tensors

/// The commands that train: both phases of the method, and going on with a training that was interrupted.
enum TrainingCommands {
    /// The rows of this family.
    static let all: [Builtin] = [
        Builtin(
            "phase1", family: .training, summary: "Phase one: learns one handle per thing by moving only the handles' embeddings.",
            parameters: [model, scene, initial, start] + TrainingParameters.shared + TrainingCheckpoints.keys, result: .model,
            terms: ["textual inversion", "train", "learn", "concept", "break-a-scene"], paper: "§3.1",
            examples: [
                .init(
                    "len(phase1(load_model(\"collage\"), load_scene(\"mug_rose\"), init=[\"dish\", \"flower\"], steps=1, prior_weight=0).handles)",
                    shows: "2")
            ],
            seeAlso: ["phase2", "break_a_scene", "resume", "attention_loss", "union_sample"], planner: Planner.training([1]), run: phase1),
        Builtin(
            "phase2", family: .training, summary: "Phase two: moves the whole model a little, so that the handles look like their things.",
            parameters: [begun, scene, parts, rank, handleRate] + TrainingParameters.parameters(phase: 2) + TrainingCheckpoints.keys,
            result: ModelType.training { $0.string(parts) },
            terms: ["fine-tune", "train", "dreambooth", "break-a-scene"], paper: "§3.1",
            examples: [
                .init(
                    "len(phase2(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\"), steps=1, prior_weight=0).history)",
                    shows: "1")
            ], seeAlso: ["break_a_scene", "resume", "no_grad", "products", "plan"], planner: Planner.training([2]), run: phase2),
        Builtin(
            "break_a_scene", family: .training,
            summary: "Both phases with their preset: from a photo and its masks to a model with a handle per thing.",
            parameters: [model, scene, initial, start] + TrainingParameters.shared(without: ["lr", "until"]) + TrainingCheckpoints.keys,
            result: ModelType.training { _ in nil },
            terms: ["train", "learn", "extract", "method"], paper: "§3",
            examples: [
                .init("len(break_a_scene(load_model(\"collage\"), load_scene(\"mug_rose\"), steps=1, prior_weight=0).history)", shows: "2")
            ],
            seeAlso: ["train", "resume"], planner: Planner.training([1, 2]), run: both),
        Builtin(
            "train", family: .training,
            summary: "Learns by a named method: the paper's, one of its ablations, or a baseline, all on the same scene, seeds and steps.",
            parameters: [model, scene, method, local, initial, start] + TrainingParameters.shared(without: ["lr", "until"])
                + TrainingCheckpoints.keys,
            result: ModelType.training { _ in nil },
            terms: TrainingMethod.all.map(\.name) + [
                "baseline", "ablation", "textual inversion", "dreambooth", "custom diffusion", "compare",
            ],
            paper: "§4",
            examples: [
                .init(
                    "len(train(load_model(\"collage\"), load_scene(\"mug_rose\"), \"ti_m\", steps=1).history)", shows: "2")
            ],
            seeAlso: ["break_a_scene", "phase1", "phase2", "sweep", "inspect_pictures"], planner: Planner.method, run: byMethod),
        Builtin(
            "resume", family: .training, summary: "Goes on with an interrupted training, as if it had never stopped.",
            parameters: [interrupted, TrainingParameters.until, TrainingCheckpoints.base, TrainingCheckpoints.interval]
                + TrainingFunctions.all.map(\.key), result: .model,
            terms: ["continue", "interrupt", "ctrl-c", "branch", "rewind", "checkpoint", "kill"],
            examples: [.init("resume(load_model(\"collage\")).interrupted", shows: "false")], planner: Planner.resuming,
            run: resume),
    ]

    static let model = Key<ModelValue>("model", doc: "The base model.")
    static let scene = Key<SceneValue>("scene", doc: "The photo with its masks.")
    private static let begun = Key<ModelValue>("model", doc: "What phase one gave.")
    /// What `resume` goes on with; `TrainingCheckpoints` reads it where it is a folder.
    static let interrupted = Key<Value>(
        "model", .oneOf([ModelValue.rule, .string]),
        doc: "What an interrupted phase or one with until= gave, or the folder that checkpoint= named.",
        file: .input(library: nil))
    static let initial = Key<[String]>(
        "init", default: [], doc: "A word for each thing that its handle starts from; without, what start says.", keywordOnly: true)
    static let start = Key<HandleStart?>(
        "start", doc: "What handles start from without words: random numbers, or copies of rare tokens' rows (the code).",
        keywordOnly: true, standard: PresetText.of { .string($0.handleStart.rawValue) })
    /// The method of `train`.
    static let method = Key<TrainingMethod>("method", doc: "By its name; one with a single phase takes the steps of two, elite takes none.")
        .explained()
    static let parts = Key<Value?>(
        "train", .oneOf([.string, .function]), allowed: TrainableParts.allowed,
        doc: "What moves: a word (lora: low-rank adapters, merged later), or a function of a parameter's name.", keywordOnly: true,
        standard: partsText)
    /// The parts that the presets train, as help shows them.
    static let partsText = PresetText.of { .string($0.options(phase: 2).trains.rawValue) }
    static let rank = Key<Int>("rank", default: 4, range: 1...256, doc: "Rank of the adapters of train=\"lora\".", keywordOnly: true)
    static let handleRate = Key<Double?>(
        "handle_lr", range: 0...10, doc: "Learning rate of the handles; lr without, or the preset's where lr is the LoRA adapters'.",
        keywordOnly: true)

    /// Runs `phase1`.
    @Sendable private static func phase1(_ call: Call) throws -> Value {
        let value = try call[model]
        let options = try TrainingParameters.options(call, phase: 1, model: value.model)
        return .host(try TrainingJob(call, [(1, options)], try withHandles(call, value)).run())
    }

    /// Runs `phase2`.
    @Sendable private static func phase2(_ call: Call) throws -> Value {
        let value = try call[begun]
        var options = try TrainingParameters.options(call, phase: 2, model: value.model)
        switch try call[parts] {
        case .function(let function)?:
            options.trainedNames = try TrainingFunctions(call).names(value.model, chosenBy: function, parts.name)
        case let word?: options.trains = try TrainableParts.read(word, call, parts.name)
        case nil: break
        }
        options.loraRank = try call[rank]
        if options.trains == .lora {
            // LoRA's factors start from nothing and need a higher learning rate; the handles keep the preset's.
            options.handleRate = try TrainingParameters.preset(call, model: value.model).options(phase: 2).optimizer.lr
            let rate = TrainingParameters.key("lr").flatMap { call.given($0) }
            if rate == nil { options.optimizer.lr = max(options.optimizer.lr, 1e-4) }
        }
        options.handleRate = try call[handleRate] ?? options.handleRate
        return .host(try TrainingJob(call, [(2, options)], value).run())
    }

    /// Runs `break_a_scene`.
    @Sendable private static func both(_ call: Call) throws -> Value { try run(.breakAScene, call) }

    /// Runs `train`.
    @Sendable private static func byMethod(_ call: Call) throws -> Value {
        let method = try call[Self.method]
        try OptionRule.check(OptionRule.method(method), call)
        return method.isTrained ? try run(method, call) : try elite(call)
    }

    /// Runs the phases of a method.
    private static func run(_ method: TrainingMethod, _ call: Call) throws -> Value {
        let value = try call[model]
        let phases = try method.phases.map { phase in
            var options = try TrainingParameters.options(call, phase: phase.phase, model: value.model, excluding: ["lr"])
            phase.settle(&options)
            return (phase.phase, options)
        }
        return .host(try TrainingJob(call, phases, try withHandles(call, value)).run())
    }

    /// Runs `resume` with a model or a folder. Throws `.outOfRange` where `until` is a step that is behind already.
    @Sendable private static func resume(_ call: Call) throws -> Value {
        let given = try call[interrupted]
        if case .string = given { return .host(try TrainingCheckpoints.resume(call)) }
        let value = try ModelValue.read(given, call, interrupted.name)
        try OptionRule.check(OptionRule.resuming, call)
        guard var run = value.learned.unfinished else {
            call.context.emit(.stream("Nothing is left to do: no training of this model was interrupted.\n"))
            return .host(value)
        }
        if let until = try call[TrainingParameters.until], until <= run.step {
            throw Problem(.outOfRange, "this training is at step \(run.step) of \(run.options.steps) already", argument: "until")
        }
        var learned = value.learned
        if let options = learned.pendingPrior {
            guard let prior = try preparePrior(call, &learned, options) else { return .host(pending(call, value.learned)) }
            run = run.with(prior: prior)
            learned.drawnPrior?.removeFiles()
            (learned.pendingPrior, learned.drawnPrior) = (nil, nil)
        }
        return .host(try train(call, learned, run, description: "resumed at step \(run.step)", learned.unfinishedReplacements))
    }

    /// Returns the model with a handle for each mask of the scene. Handles that the scene has already go on from where they are, as do
    /// those of no scene where the count fits; missing ones are added after the model's own. Throws `.badArgument` where the number of
    /// `init` words is not that of the missing handles.
    private static func withHandles(_ call: Call, _ value: ModelValue) throws -> ModelValue {
        let (scene, words) = (try call[Self.scene].scene, try call[initial])
        let missing = try call.mapped(model) { try value.model.masksWithoutHandle(of: scene) }
        guard !missing.isEmpty else {
            guard words.isEmpty else {
                throw Problem(
                    .badArgument, "\(call.builtin.name): this model has handles of \(scene.title) already, which go on from where they are",
                    argument: initial.name, help: "without init they go on; from the base model they start anew")
            }
            return value
        }
        guard words.isEmpty || words.count == missing.count else {
            throw Problem(
                .badArgument,
                "init has \(countText(words.count, "word")), the scene has \(countText(missing.count, "mask")) without a handle",
                argument: initial.name)
        }
        ModelCommands.warn(words, value.model, call)
        let start = try call[Self.start] ?? TrainingParameters.preset(call, model: value.model).handleStart
        return value.replacing(
            try call.mapped(initial) {
                try value.model.addingHandles(
                    for: scene, masks: missing, words: words, start: start, seed: try call[TrainingParameters.seed])
            })
    }
}
