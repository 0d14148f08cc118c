import BreakAScene
import Diffusion
import Language
import Tensors

/// What a script's loading, training and drawing will need, before any of it runs: `bas check --plan`.
public struct ScriptPlan {
    /// A builtin's needs; nil for what is not known before running.
    struct Row {
        var line: Int
        var command: String
        var memory: Int?
        var seconds: Double?
        /// How the time comes about, and what is not known.
        var notes: [String] = []
    }

    private(set) var rows: [Row] = []
    private let context: Context
    private let rates: PlanRates
    private var outlines: [ModelType.Source: Result<DiffusionModel, any Error>] = [:]
    /// The prior pictures that have been drawn, which a session keeps.
    private var drawn: [(source: ModelType.Source, prior: PriorOptions)] = []
    /// The models that have been loaded.
    private var loaded: Set<ModelType.Source> = []

    /// Plans a program. `rates` are measured where they are not given.
    init(_ calls: [AnalyzedCall], _ context: Context, rates: PlanRates? = nil) {
        self.context = context
        self.rates = rates ?? (calls.contains { $0.call.builtin.planner != nil } ? .measured() : PlanRates(products: 1))
        for call in calls {
            guard let planner = call.call.builtin.planner as? Planner else { continue }
            var row = Row(line: call.span.position.line, command: call.call.builtin.name)
            planner.plan(&self, call, &row)
            if call.isRepeated { row.notes.append("each time round the loop") }
            rows.append(row)
        }
    }

    /// Returns the table of a program, a line for each builtin that counts and one for the whole, or nil where there are none.
    public static func text(_ calls: [AnalyzedCall], _ context: Context, width: Int) -> String? {
        let plan = ScriptPlan(calls, context)
        return plan.rows.isEmpty ? nil : plan.lines(width: width).joined(separator: "\n")
    }

    // MARK: commands

    fileprivate mutating func load(_ call: AnalyzedCall, _ row: inout Row) {
        guard let source = ModelType.Source(call.call) else { return row.notes.append("which model is not known") }
        row.command += " \"\(source.name)\""
        switch outline(source) {
        case .failure(let error): row.notes.append((error as? Problem)?.message ?? "\(error)")
        case .success(let model):
            loaded.insert(source)
            row.memory = model.byteCount + others(than: source)
            row.seconds = Double(model.byteCount) / PlanRates.reading
            row.notes.append("\(NumberText.fixed(Double(model.parameterCount) / 1e6, 1)) M parameters, \(Self.format(of: model))")
        }
    }

    /// Plans a call of `train`, whose method says the phases.
    fileprivate mutating func trainByMethod(_ call: AnalyzedCall, _ row: inout Row) {
        guard let method = call.call.string(TrainingCommands.method).flatMap(TrainingMethod.init) else {
            return row.notes.append("which method is not known before running")
        }
        row.command += " \"\(method.name)\""
        guard method.isTrained else { return row.notes.append("encoders make the handles, in no time") }
        train(call, method.phases, &row)
    }

    fileprivate mutating func train(_ call: AnalyzedCall, _ stages: [TrainingMethod.Phase], _ row: inout Row) {
        guard let (type, model) = model(of: call, &row) else { return }
        let phases = stages.map(\.phase)
        let (known, unknown) = call.known(context) { _ in nil }
        name(
            unknown,
            of: [
                "steps", "batch", "prior", "prior_steps", "train", "rank", "optimizer_bits", "gradient_checkpointing", "prior_weight",
                "zoom", "size", "until", "data", "segmix", "copy_paste", "contexts", "degrade_outside", "null_outside_weight",
            ],
            call, &row)
        do {
            let excluded: Set<String> = phases.count > 1 ? ["lr"] : []
            let plans = try stages.map { stage in
                let phase = stage.phase
                var options = try TrainingParameters.options(known, phase: phase, model: model, excluding: excluded)
                if phase == 2, phases == [2] {
                    options.trains = call.call.string(TrainingCommands.parts).flatMap(TrainableParts.init) ?? options.trains
                    options.loraRank = (try? known[TrainingCommands.rank]) ?? options.loraRank
                }
                stage.settle(&options)
                let sized = try options.size.map { try model.sized(height: $0.height, width: $0.width) } ?? model
                return (plan: TrainingPlan(sized, phase: phase, options), options: options, model: sized)
            }
            let model = plans[0].model
            if let level = model.attentionLevel, !level.isPaperSize {
                row.notes.append("attention loss by \(TrainingPlan.text(level, model))")
            }
            let prior = try TrainingParameters.prior(known, plans.map(\.options), model: model)
            let drawing = prior.map { GenerationPlan(model, count: $0.count, steps: $0.steps, isGuided: $0.guidanceScale != 1) }
            let steps = plans.map { rates.training($0.plan.operationsPerStep) }
            let until = known.given(TrainingParameters.until).flatMap { if case .int(let step) = $0 { step } else { nil } }
            let counts = plans.map { min($0.plan.steps, until ?? .max) }
            row.memory =
                (plans.map(\.plan.peak) + (drawing.map { [$0.peak] } ?? [])).reduce(0, max) + moved(type, model, phases)
                + others(than: type.source)
            row.notes += zip(counts, steps).map { "\($0) steps of \(PlanText.time($1))" }
            var seconds = zip(counts, steps).reduce(0) { $0 + Double($1.0) * $1.1 }
            if let prior, let drawing, let source = type.source, !drawn.contains(where: { $0.source == source && $0.prior == prior }) {
                if !unknown.contains(where: { $0.hasPrefix("prior") || $0 == "seed" }) { drawn.append((source, prior)) }
                let time = rates.drawing(drawing.operations)
                row.notes.append("\(prior.count) prior pictures \(PlanText.time(time))")
                seconds += time
            }
            row.seconds = unknown.contains("steps") || unknown.contains("prior") ? nil : seconds
        } catch {
            row.notes.append((error as? Problem)?.message ?? "\(error)")
        }
    }

    fileprivate mutating func draw(_ call: AnalyzedCall, _ row: inout Row) {
        guard let (type, model) = model(of: call, &row) else { return }
        let (known, unknown) = call.known(context) { _ in nil }
        name(unknown, of: ["prompt", "n", "steps", "guidance", "size"], call, &row)
        do {
            // A prompt of `edit` is a region, in which each picture is drawn once.
            let prompts = unknown.contains("prompt") ? 1 : (try? known[GenerationCommands.prompts].count) ?? 1
            let n = (try? known[GenerationCommands.count]) ?? 1
            let sides = known.given(GenerationCommands.size) == nil ? nil : try known.pixels(GenerationCommands.size)
            let steps = (try? known[GenerationCommands.steps]) ?? 30
            let isGuided = try known[GenerationCommands.scale] != 1
            let plan = GenerationPlan(
                model, count: prompts * n, steps: steps, isGuided: isGuided, size: sides.map { ($0.height, $0.width) })
            row.memory = plan.peak + moved(type, model, []) + others(than: type.source)
            let time = rates.drawing(plan.operations)
            row.seconds = ["prompt", "n", "steps"].contains { unknown.contains($0) } ? nil : time
            let count = prompts * n
            row.notes.insert(
                "\(count) picture\(count == 1 ? "" : "s") in \(steps) steps\(count == 1 ? "" : ", \(PlanText.time(time / Double(count))) each")",
                at: 0)
        } catch {
            row.notes.append((error as? Problem)?.message ?? "\(error)")
        }
    }

    // MARK: models

    private mutating func outline(_ source: ModelType.Source) -> Result<DiffusionModel, any Error> {
        if let known = outlines[source] { return known }
        let found = Result { try ModelCommands.outline(source, context) }
        outlines[source] = found
        return found
    }

    /// Returns the model that a builtin is given, as its folder has it; notes what is not known of it and returns nil.
    private mutating func model(of call: AnalyzedCall, _ row: inout Row) -> (type: ModelType, model: DiffusionModel)? {
        guard case .host(let host) = call.call.type(ModelCommands.model), let type = host as? ModelType, let source = type.source else {
            row.notes.append("which model is not known before running")
            return nil
        }
        switch outline(source) {
        case .success(let model): return (type, model)
        case .failure(let error):
            row.notes.append((error as? Problem)?.message ?? "\(error)")
            return nil
        }
    }

    /// Returns the bytes of the parameters that earlier second phases moved: float32, beside the base's. A phase that moves them again
    /// counts them itself.
    private func moved(_ type: ModelType, _ model: DiffusionModel, _ phases: [Int]) -> Int {
        guard !phases.contains(2) else { return 0 }
        let parts = type.trained.map { TrainableParts(rawValue: $0) ?? .all }
        return model.namedParameters.filter { name, _ in parts.contains { $0.moves(name) } }.reduce(0) { $0 + 4 * $1.value.value.count }
    }

    /// Returns the bytes of the other models that the script has loaded.
    private func others(than source: ModelType.Source?) -> Int {
        loaded.filter { $0 != source }.reduce(0) { sum, source in
            if case .success(let model)? = outlines[source] { sum + model.byteCount } else { sum }
        }
    }

    private static func format(of model: DiffusionModel) -> String {
        switch model.unet.parameters().lazy.compactMap(\.value.value.format).first {
        case .float16?: "float16"
        case .bfloat16?: "bfloat16"
        case nil: "float32"
        }
    }

    private func name(_ unknown: [String], of names: [String], _ call: AnalyzedCall, _ row: inout Row) {
        let missing = names.filter { unknown.contains($0) }
        if !missing.isEmpty { row.notes.append("\(missing.joined(separator: ", ")): not known before running") }
    }
}

/// What `bas check --plan` adds for the calls of a builtin: its row says which.
struct Planner: CallPlanner {
    /// Fills in a row of the plan.
    fileprivate let plan: @Sendable (inout ScriptPlan, AnalyzedCall, inout ScriptPlan.Row) -> Void

    /// A model that is read.
    static let loading = Planner { $0.load($1, &$2) }
    /// Pictures that are drawn.
    static let drawing = Planner { $0.draw($1, &$2) }
    /// A training that goes on.
    static let resuming = Planner { _, _, row in row.notes.append("what was left undone is not known") }

    /// Returns the planner of a training of these phases.
    static func training(_ phases: [Int]) -> Planner { Planner { $0.train($1, phases.map { TrainingMethod.Phase($0) }, &$2) } }

    /// A training by a named method.
    static let method = Planner { $0.trainByMethod($1, &$2) }
}

extension TrainableParts {
    /// Returns whether the merged result differs from the base in a parameter; adapters end in the attention's projections.
    fileprivate func moves(_ name: String) -> Bool {
        self == .lora ? (name.contains(".attn1.") || name.contains(".attn2.")) && name.hasSuffix("weight") : includes(name)
    }
}
