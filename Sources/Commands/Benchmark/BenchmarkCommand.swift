import BreakAScene
import Language

/// `benchmark`: the paper's evaluation, for any methods, scenes and prompts.
enum BenchmarkCommand {
    private static let model = Key<ModelValue>("model", doc: "The base model of all methods.")
    private static let methods = Key<Value>(
        "methods", .oneOf([.list(.any), .record, .string, .function]),
        doc: "Records {name, options of training}, names of methods or presets, functions of (model, scene, seed).")
    private static let scenes = Key<Value>(
        "scenes", .oneOf([.list(.any), SceneValue.rule]), doc: "Scenes with different titles.")
    private static let seeds = Key<[Int]>(
        "seeds", .oneOf([.list(.int), .int, .range]), defaultValue: .list([.int(0)]),
        doc: "Of training; the seeds of the pictures follow from them.", keywordOnly: true)
    private static let prompts = Key<[String]?>(
        "prompts", doc: "With * in the handles' place; the paper's ten where not given.", keywordOnly: true)
    private static let count = Key<Int>(
        "n", default: 1, range: 1...1000, doc: "Pictures of each prompt and each set of handles.", keywordOnly: true)
    private static let sets = Key<Int>(
        "sets", default: 15, range: 1...1000, doc: "The most sets of handles; four handles have 15.", keywordOnly: true)
    private static let steps = Key<Int>("steps", default: 30, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true)
    private static let guidance = Key<Double?>(
        "guidance", range: 0...100, doc: "Classifier-free guidance, as generate has it.", keywordOnly: true)
    private static let initial = Key<Bool>(
        "init", default: true, doc: "Whether handles start from their masks' names, unless a method says otherwise.", keywordOnly: true)
    private static let promptJudge = Key<EvaluatorValue?>(
        "prompts_by", doc: "An evaluator of prompts (\"image_text\"): adds prompt_similarity, by the masks' names.",
        keywordOnly: true)
    private static let identityJudge = Key<EvaluatorValue?>(
        "identity_by", doc: "An evaluator of identity (DINO); \"identity\", which ships, where not given.", keywordOnly: true)

    private static let segmentJudge = Key<EvaluatorValue?>(
        "found_by", doc: "A segmenter that finds the things; each model's own attention where not given.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "benchmark", family: .evaluation,
            summary: "The paper's protocol: each method learns each scene with each seed, draws every set of handles, and is measured.",
            parameters: [
                model, methods, scenes, seeds, prompts, count, sets, steps, guidance, initial, promptJudge, identityJudge, segmentJudge,
            ]
                + JobOptions.keys, result: .table,
            terms: [
                "evaluation", "compare", "baseline", "ablation", "powerset", "pareto", "protocol", "table of methods", "parallel", "slurm",
            ],
            paper: "§4, B.2",
            examples: [
                .init(
                    "t = benchmark(load_model(\"collage\"), [{name: \"ours\", steps: 1, prior_weight: 0}], [load_scene(\"mug_rose\")], prompts=[\"a photo of *\"], steps=1, init=false)\nt.method",
                    shows: "[\"ours\"]")
            ],
            seeAlso: ["metrics", "sweep", "pareto", "summary", "load_results", "inspect_pictures"], trains: true, run: run),
        LoadResults.builtin,
        ParetoCommand.builtin,
    ]

    @Sendable private static func run(_ call: Call) throws -> Value {
        let options = try JobOptions(call)
        let methods = try BenchmarkMethod.read(call[Self.methods], call)
        let scenes = try scenes(call)
        let seeds = try call[Self.seeds]
        guard !seeds.isEmpty else { throw Problem(.badArgument, "benchmark: there is no seed", argument: Self.seeds.name) }
        let prompts = try call[Self.prompts] ?? InspectionPlan.paperPrompts
        if let fault = prompts.lazy.compactMap(PromptContext.fault).first {
            throw Problem(.badArgument, "benchmark: \(fault)", argument: Self.prompts.name)
        }
        guard !prompts.isEmpty else { throw Problem(.badArgument, "benchmark: there is no prompt", argument: Self.prompts.name) }
        let prompted = try promptJudge(scenes, call)
        let plan = BenchmarkPlan(
            model: try call.value(model), prompts: prompts, count: try call[count], sets: try call[sets], steps: try call[steps],
            guidance: try call[guidance], startsFromNames: try call[initial], promptJudge: prompted.map { .host($0) },
            identityJudge: .host(try call.judgeOrShipped(identityJudge, .identity)),
            segmentJudge: try call.judge(segmentJudge, .segments).map { .host($0) })
        let identified = options.folder != nil
        let settings = [
            SettingGrid.Setting("method", methods.map(\.value), labels: methods.map { .string($0.name) }, identified: identified),
            SettingGrid.Setting(
                "scene", scenes.map { .host($0) }, labels: scenes.map { .string($0.scene.title) }, identified: identified),
            SettingGrid.Setting("seed", seeds.map { .int($0) }, identified: identified),
        ]
        guard let grid = SettingGrid(settings) else { throw SettingGrid.tooMany(settings, "benchmark", Self.methods.name) }
        let function = try BenchmarkJob.function(plan.value)
        guard let folder = options.folder else { return .host(try Sweep(call, grid, function).table()) }
        return .host(try JobCoordinator(call, grid, function, JobSpec(grid, body: plan.value, call), options, folder).table())
    }

    /// Returns the evaluator of prompts; nil where none was given. Throws a `Problem` where it is none, and where things have no names that
    /// prompts could say.
    private static func promptJudge(_ scenes: [SceneValue], _ call: Call) throws -> EvaluatorValue? {
        let judge = try call.judge(promptJudge, .prompts)
        if judge != nil, let unnamed = scenes.first(where: { $0.scene.hasUnnamedThings }) {
            throw Problem(
                .badArgument, "benchmark: the things of \"\(unnamed.scene.title)\" have no names to compare prompts with",
                argument: promptJudge.name, help: "scene(image, masks, names=[\"mug\", \"rose\"]) names them")
        }
        return judge
    }

    /// Returns the scenes. Throws a `Problem` where one is none, or where two have the same title, by which the table knows them.
    private static func scenes(_ call: Call) throws -> [SceneValue] {
        let value = try call[scenes]
        let items = value.host(as: SceneValue.self) == nil ? try value.elements ?? [] : [value]
        let result = try items.map { item in
            if let scene = item.host(as: SceneValue.self) { return scene }
            throw Problem(
                .wrongType, "benchmark wants scenes", argument: scenes.name, label: "one is \(item.describedType)",
                help: "load_scene(\"toys\") loads one")
        }
        guard !result.isEmpty else { throw Problem(.badArgument, "benchmark: there is no scene", argument: scenes.name) }
        var seen = Set<String>()
        if let twice = result.first(where: { !seen.insert($0.scene.title).inserted }) {
            throw Problem(
                .badArgument, "benchmark: two scenes are called \"\(twice.scene.title)\"", argument: scenes.name,
                help: "scene(image, masks, title=…) gives a scene another title")
        }
        return result
    }
}
