import BreakAScene
import Diffusion
import Language
import Tensors

/// The two phases of the method as commands.
enum TrainingCommands {
    static let all: [Builtin] = [
        Builtin(
            "phase1", family: "training", summary: "Phase one: learns one handle per thing by moving only the handles' embeddings.",
            parameters: [model, scene, initial] + TrainingParameters.shared, result: "model",
            terms: ["textual inversion", "train", "learn", "concept", "break-a-scene"], paper: "§3.1",
            examples: [.init("len(phase1(load_model(\"collage\"), load_scene(\"mug_rose\"), init=[\"dish\", \"flower\"], steps=1, prior_weight=0).handles)", shows: "2")],
            run: phase1),
        Builtin(
            "phase2", family: "training", summary: "Phase two: moves the whole model a little, so that the handles look like their things.",
            parameters: [
                Parameter("model", .host("model"), doc: "What phase one gave."), scene,
                Parameter(
                    "train", .oneOf([.string, .function]), default: "all", allowed: TrainableParts.allCases.map(\.rawValue),
                    doc: "What moves: a word, or a function of a parameter's name that says whether it does.", keywordOnly: true),
            ] + TrainingParameters.shared,
            result: "model", terms: ["fine-tune", "train", "dreambooth", "break-a-scene"], paper: "§3.1",
            examples: [
                .init("len(phase2(add_handles(load_model(\"collage\"), 2), load_scene(\"mug_rose\"), steps=1, prior_weight=0).history)", shows: "1")
            ], run: phase2),
        Builtin(
            "break_a_scene", family: "training", summary: "Both phases with their preset: from a photo and its masks to a model with a handle per thing.",
            parameters: [model, scene, initial] + TrainingParameters.shared.filter { $0.name != "lr" && $0.name != "until" }, result: "model",
            terms: ["train", "learn", "extract", "method"], paper: "§3",
            examples: [.init("len(break_a_scene(load_model(\"collage\"), load_scene(\"mug_rose\"), steps=1, prior_weight=0).history)", shows: "2")],
            run: both),
        Builtin(
            "resume", family: "training", summary: "Goes on with an interrupted training, as if it had never stopped.",
            parameters: [Parameter("model", .host("model"), doc: "The model that an interrupted phase gave, or one with until=."), TrainingParameters.until],
            result: "model", terms: ["continue", "interrupt", "ctrl-c", "branch", "rewind"], examples: [.init("resume(load_model(\"collage\")).interrupted", shows: "false")], run: resume),
    ]

    private static let model = Parameter("model", .host("model"), doc: "The base model.")
    private static let scene = Parameter("scene", .host("scene"), doc: "The photo with its masks.")
    private static let initial = Parameter(
        "init", .list(.string), default: .list([]), doc: "A word for each thing that its handle starts from; random embeddings without.", keywordOnly: true)

    @Sendable private static func phase1(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        let options = try TrainingParameters.options(call, phase: 1, model: value.model.name)
        return .host(try run(call, phase: 1, try withHandles(call, value), options, base: value.model))
    }

    @Sendable private static func phase2(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        var options = try TrainingParameters.options(call, phase: 2, model: value.model.name)
        if case .function? = call.optional("train") {
            options.trainedNames = try TrainingFunctions(call).names(value.model, chosenBy: "train")
        } else {
            options.trains = TrainableParts(rawValue: try call.string("train")) ?? .all
        }
        return .host(try run(call, phase: 2, value, options))
    }

    @Sendable private static func both(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        func options(_ phase: Int) throws -> TrainingOptions {
            try TrainingParameters.options(call, phase: phase, model: value.model.name, excluding: ["lr"])
        }
        let first = try run(call, phase: 1, try withHandles(call, value), try options(1), base: value.model)
        if first.learned.unfinished != nil {
            call.context.emit(.stream("Phase two has not begun: phase2(resume(model), scene) does what is left.\n"))
            return .host(first)
        }
        return .host(try run(call, phase: 2, first, try options(2), warns: false))
    }

    @Sendable private static func resume(_ call: Call) throws -> Value {
        let value = try call.host("model", as: ModelValue.self)
        guard var run = value.learned.unfinished else { return .host(value) }
        if call.optional("until") != nil, try call.int("until") <= run.step {
            throw Problem(.outOfRange, "this training is at step \(run.step) of \(run.options.steps) already", argument: "until")
        }
        var learned = value.learned
        if let options = learned.pendingPrior {
            guard let prior = try preparePrior(call, &learned, options, base: learned.model) else { return .host(pending(call, value.learned)) }
            run = run.with(prior: prior)
            learned.pendingPrior = nil
        }
        return .host(try train(call, learned, run, description: "resumed at step \(run.step)", learned.unfinishedReplacements))
    }

    /// The base model with a handle a mask: those that it has already where there are as many and no words are given.
    private static func withHandles(_ call: Call, _ value: ModelValue) throws -> ModelValue {
        let (count, words) = (try call.host("scene", as: SceneValue.self).scene.masks.count, try call.strings("init"))
        if value.model.handles.count == count, words.isEmpty { return value }
        guard value.model.handles.isEmpty else {
            throw Problem(
                .modelMismatch, "this model has \(value.model.handles.count) handles already; phase one starts from a model without any, or goes on with one handle a mask (\(count))",
                argument: "model")
        }
        guard words.isEmpty || words.count == count else {
            throw Problem(.badArgument, "init has \(words.count) words, the scene has \(count) masks", argument: "init")
        }
        ModelCommands.warn(words, value.model, call)
        return value.replacing(try call.mapped("init") { try value.model.addingHandles(count: count, words: words, seed: try call.int("seed")) })
    }

    /// `base`: the model before it got its handles. `warns`: of what in the scene will not work well.
    private static func run(
        _ call: Call, phase: Int, _ value: ModelValue, _ options: TrainingOptions, base: DiffusionModel? = nil, warns: Bool = true
    ) throws -> ModelValue {
        let scene = try call.host("scene", as: SceneValue.self).scene
        guard value.model.handles.count == scene.masks.count else {
            throw Problem(
                .modelMismatch, "the model has \(value.model.handles.count) handles, the scene \(scene.masks.count) masks: phase two needs one handle a mask",
                argument: "model", help: value.model.handles.isEmpty ? "phase1(model, scene) learns them" : nil)
        }
        let seed = try call.int("seed")
        if warns { SceneCommands.warn(try SceneReport(scene), call) }
        // All handles in one prompt, as a step may draw them: better now than in the middle.
        _ = try call.mapped("scene") { try value.model.tokenize([UnionSample.prompt(value.model.handles)]) }
        let side = value.model.latentSize
        try call.reservePass(2 * options.batchSize, height: side.height, width: side.width, value.model)
        let prepared = try call.mapped("scene") { try PreparedScene(scene, for: value.model, downsampling: options.maskDownsampling) }
        var learned = value.learned
        let replacements = try TrainingFunctions(call).replacements(learned.model, prepared)
        let title = "phase \(phase), \(options.steps) steps, lr \(options.optimizer.lr), seed \(seed), \(scene.title)"
        func start(_ prior: PriorSet?) -> TrainingRun {
            TrainingRun(phase: phase, learned.model, scene: prepared, prior: prior, options: options, seed: seed, history: learned.history)
        }
        guard options.priorWeight > 0, options.steps > 0 else { return try train(call, learned, start(nil), description: title, replacements) }
        // With flips, or with none of the photo's posteriors at hand, nothing here is drawn yet: order does not matter.
        let wanted = try TrainingParameters.prior(call, model: learned.model.name)
        guard let prior = try preparePrior(call, &learned, wanted, base: base ?? value.model) else {
            (learned.unfinished, learned.unfinishedReplacements, learned.pendingPrior) = (start(nil), replacements, wanted)
            learned.provenance.append(title)
            return pending(call, learned)
        }
        return try train(call, learned, start(prior), description: title, replacements)
    }

    /// What is left where a stop was asked for before the prior pictures were all there.
    private static func pending(_ call: Call, _ learned: LearnedModel) -> ModelValue {
        call.context.emit(.stream("Interrupted while the prior pictures were drawn: nothing is learned yet. Go on with resume(…), the same as if never interrupted.\n"))
        return ModelValue(learned)
    }

    /// nil where a stop was asked for meanwhile.
    private static func preparePrior(_ call: Call, _ learned: inout LearnedModel, _ options: PriorOptions, base: DiffusionModel) throws -> PriorSet? {
        let isShareable = DrawnPriors.areShareable(options, learned.model)
        if learned.prior?.options != options, isShareable, let known = DrawnPriors.find(base, options, call) { learned.prior = known }
        if let prior = learned.prior, prior.options == options { return prior }
        var bar = ProgressBar(call.context, title: "prior pictures", unit: "step")
        defer { bar.finish() }
        var holder = learned
        let drawn: PriorSet
        do {
            drawn = try Abandonable.within(call.context.interrupt) {
                try call.mapped("prior_prompts") {
                    try holder.preparePrior(options) { done, total in
                        bar.update(done, of: total)
                        try call.context.checkInterrupt()
                    }
                }
            }
        } catch let problem as Problem where problem.code == .interrupted {
            return nil
        }
        learned = holder
        if isShareable { DrawnPriors.keep(drawn, base, call) }
        return drawn
    }

    private static func train(
        _ call: Call, _ learned: LearnedModel, _ run: TrainingRun, description: String, _ replacements: TrainingReplacements
    ) throws -> ModelValue {
        let name = run.phase == 1 ? "phase 1  textual inversion" : "phase 2  fine-tuning"
        var bar = ProgressBar(call.context, title: name, unit: "step")
        var smooth = LossAverages()
        let until = try call.optional("until").map { _ in try call.int("until") }
        let result = try call.mapped(nil) {
            try learned.training(
                run, description: description, replacing: replacements, isUnwanted: { [interrupt = call.context.interrupt] in interrupt.isRequested }
            ) { progress in
                smooth.add(progress.entry)
                bar.update(progress.step, of: progress.steps, smooth.detail)
                return call.context.interrupt.isRequested || progress.step == until ? .stop : .proceed
            }
        }
        bar.finish()
        if let rest = result.unfinished, rest.step != until {
            call.context.emit(.stream("Interrupted after step \(rest.step) of \(rest.options.steps): the model is as trained so far. Go on with resume(…), the same as if never interrupted.\n"))
        }
        return ModelValue(result)
    }
}

/// Exponential averages of the losses, for the progress bar.
struct LossAverages {
    private var values: (Double, Double, Double)?

    mutating func add(_ entry: History.Entry) {
        let new = (Double(entry.reconstruction), Double(entry.prior), Double(entry.attention))
        guard let old = values else { return values = new }
        values = (0.95 * old.0 + 0.05 * new.0, 0.95 * old.1 + 0.05 * new.1, 0.95 * old.2 + 0.05 * new.2)
    }

    var detail: [(String, String)] {
        guard let values else { return [] }
        return [("rec", values.0), ("prior", values.1), ("attn", values.2)].filter { $0.1 != 0 }.map { ($0.0, NumberText.fixed($0.1, 3)) }
    }
}

/// A progress bar of the session: emits an event at most twenty times a second.
struct ProgressBar {
    private let context: Context
    private var progress: Progress
    private var last: ContinuousClock.Instant?
    private var isShown = false

    private static let counter = BarCounter()

    init(_ context: Context, title: String, unit: String) {
        self.context = context
        progress = Progress(id: Self.counter.next(), title: title, completed: 0, total: 0, unit: unit)
    }

    mutating func update(_ completed: Int, of total: Int, _ detail: [(String, String)] = []) {
        (progress.completed, progress.total, progress.detail) = (completed, total, detail)
        let now = ContinuousClock.now
        if let last, now - last < .milliseconds(50), completed < total { return }
        last = now
        isShown = true
        context.emit(.progress(progress))
    }

    mutating func finish() {
        guard isShown, !progress.finished else { return }
        progress.finished = true
        context.emit(.progress(progress))
    }
}
