import BreakAScene
import Diffusion
import Language
import Tensors

/// The commands that train: both phases of the method, and going on with a training that was interrupted.
enum TrainingCommands {
    /// The rows of this family.
    static let all: [Builtin] = [
        Builtin(
            "phase1", family: "training", summary: "Phase one: learns one handle per thing by moving only the handles' embeddings.",
            parameters: [model, scene, initial, start] + TrainingParameters.shared + TrainingCheckpoints.parameters, result: "model",
            terms: ["textual inversion", "train", "learn", "concept", "break-a-scene"], paper: "§3.1",
            examples: [
                .init(
                    "len(phase1(load_model(\"collage\"), load_scene(\"mug_rose\"), init=[\"dish\", \"flower\"], steps=1, prior_weight=0).handles)",
                    shows: "2")
            ],
            run: phase1),
        Builtin(
            "phase2", family: "training", summary: "Phase two: moves the whole model a little, so that the handles look like their things.",
            parameters: [
                Parameter("model", .host("model"), doc: "What phase one gave."), scene,
                Parameter(
                    "train", .oneOf([.string, .function]), default: "all", allowed: TrainableParts.allCases.map(\.rawValue),
                    doc: "What moves: a word (lora: low-rank adapters, merged later), or a function of a parameter's name.",
                    keywordOnly: true),
                Parameter("rank", .int, default: 4, range: 1...256, doc: "Rank of the adapters of train=\"lora\".", keywordOnly: true),
                Parameter(
                    "handle_lr", .number, range: 0...10,
                    doc: "Learning rate of the handles; lr without, or the preset's where lr is the LoRA adapters'.",
                    keywordOnly: true, optional: true),
            ] + TrainingParameters.parameters(phase: 2) + TrainingCheckpoints.parameters,
            result: "model", terms: ["fine-tune", "train", "dreambooth", "break-a-scene"], paper: "§3.1",
            examples: [
                .init(
                    "len(phase2(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\"), steps=1, prior_weight=0).history)",
                    shows: "1")
            ], run: phase2),
        Builtin(
            "break_a_scene", family: "training",
            summary: "Both phases with their preset: from a photo and its masks to a model with a handle per thing.",
            parameters: [model, scene, initial, start] + TrainingParameters.shared.filter { $0.name != "lr" && $0.name != "until" }
                + TrainingCheckpoints.parameters, result: "model",
            terms: ["train", "learn", "extract", "method"], paper: "§3",
            examples: [
                .init("len(break_a_scene(load_model(\"collage\"), load_scene(\"mug_rose\"), steps=1, prior_weight=0).history)", shows: "2")
            ],
            run: both),
        Builtin(
            "resume", family: "training", summary: "Goes on with an interrupted training, as if it had never stopped.",
            parameters: [
                Parameter(
                    "model", .oneOf([.host("model"), .string]),
                    doc: "What an interrupted phase or one with until= gave, or the folder that checkpoint= named."),
                TrainingParameters.until,
                Parameter(
                    "base", .host("model"), doc: "The base model of a folder, where its own folder has moved since.", keywordOnly: true,
                    optional: true),
                TrainingCheckpoints.interval,
            ] + TrainingFunctions.parameters + TrainingFunctions.laws, result: "model",
            terms: ["continue", "interrupt", "ctrl-c", "branch", "rewind", "checkpoint", "kill"],
            examples: [.init("resume(load_model(\"collage\")).interrupted", shows: "false")], run: resume),
    ]

    /// The parameter of the base model.
    private static let model = Parameter("model", .host("model"), doc: "The base model.")
    /// The parameter of the scene.
    private static let scene = Parameter("scene", .host("scene"), doc: "The photo with its masks.")
    /// The parameter of the words that handles start from.
    private static let initial = Parameter(
        "init", .list(.string), default: .list([]), doc: "A word for each thing that its handle starts from; without, what start says.",
        keywordOnly: true)

    /// The parameter `start`: what handles start from that have no word.
    private static let start: Parameter = {
        var parameter = Parameter(
            "start", .string, allowed: HandleStart.allCases.map(\.rawValue),
            doc: "What handles start from without words: random numbers, or copies of rare tokens' rows (the code).",
            keywordOnly: true, optional: true)
        parameter.standard = PresetText.of { .string($0.handleStart.rawValue) }
        return parameter
    }()

    /// Runs `phase1`.
    @Sendable private static func phase1(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        let options = try TrainingParameters.options(call, phase: 1, model: value.model)
        return .host(try run(call, [(1, options)], try withHandles(call, value)))
    }

    /// Runs `phase2`.
    @Sendable private static func phase2(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        var options = try TrainingParameters.options(call, phase: 2, model: value.model)
        if case .function? = call.optional("train") {
            options.trainedNames = try TrainingFunctions(call).names(value.model, chosenBy: "train")
        } else {
            options.trains = TrainableParts(rawValue: try call.string("train")) ?? .all
        }
        options.loraRank = try call.int("rank")
        if options.trains == .lora {
            // LoRA's factors start from nothing and need a higher learning rate; the handles keep the preset's.
            options.handleRate = try TrainingParameters.preset(call, model: value.model).options(phase: 2).optimizer.lr
            if call.optional("lr") == nil { options.optimizer.lr = max(options.optimizer.lr, 1e-4) }
        }
        if call.optional("handle_lr") != nil { options.handleRate = try call.double("handle_lr") }
        return .host(try run(call, [(2, options)], value))
    }

    /// Runs `break_a_scene`.
    @Sendable private static func both(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        let phases = try [1, 2].map { phase in
            (phase, try TrainingParameters.options(call, phase: phase, model: value.model, excluding: ["lr"]))
        }
        return .host(try run(call, phases, try withHandles(call, value)))
    }

    /// Runs `resume` with a model or a folder. Throws `.outOfRange` where `until` is a step that is behind already.
    @Sendable private static func resume(_ call: Call) throws -> Value {
        if case .string = try call.value("model") { return .host(try TrainingCheckpoints.resume(call)) }
        let value = try call.host("model", as: ModelValue.self)
        try OptionRule.check(OptionRule.resuming, call)
        guard var run = value.learned.unfinished else {
            call.context.emit(.stream("Nothing is left to do: no training of this model was interrupted.\n"))
            return .host(value)
        }
        if call.optional("until") != nil, try call.int("until") <= run.step {
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
        let (scene, words) = (try call.host("scene", as: SceneValue.self).scene, try call.strings("init"))
        let missing = try call.mapped("model") { try value.model.masksWithoutHandle(of: scene) }
        guard !missing.isEmpty else {
            guard words.isEmpty else {
                throw Problem(
                    .badArgument, "\(call.builtin.name): this model has handles of \(scene.title) already, which go on from where they are",
                    argument: "init",
                    help: "without init they go on; from the base model they start anew")
            }
            return value
        }
        guard words.isEmpty || words.count == missing.count else {
            throw Problem(
                .badArgument,
                "init has \(countText(words.count, "word")), the scene has \(countText(missing.count, "mask")) without a handle",
                argument: "init")
        }
        ModelCommands.warn(words, value.model, call)
        let start =
            call.optional("start") == nil
            ? try TrainingParameters.preset(call, model: value.model).handleStart
            : HandleStart(rawValue: try call.string("start")) ?? .random
        return value.replacing(
            try call.mapped("init") {
                try value.model.addingHandles(for: scene, masks: missing, words: words, start: start, seed: try call.int("seed"))
            })
    }
}
