import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// One job of a benchmark: a method learns a scene with a seed; then the handles are drawn in all sets and prompts, and everything is
/// measured.
struct BenchmarkJob {
    /// The protocol that all jobs share, as a value that goes to other processes.
    struct Plan {
        let model: Value
        let prompts: [String]
        /// Pictures of each prompt and set.
        let count: Int
        /// The most sets of handles.
        let sets: Int
        /// Denoising steps, and guidance; nil for the model's own.
        let steps: Int
        let guidance: Double?
        /// Whether handles start from their masks' names.
        let startsFromNames: Bool

        var value: Value {
            .record(
                Record([
                    ("model", model), ("prompts", .list(prompts.map { .string($0) })), ("n", .int(count)), ("sets", .int(sets)),
                    ("steps", .int(steps)), ("guidance", guidance.map { .float($0) } ?? .none), ("init", .bool(startsFromNames)),
                    // A measure that is added or changed makes other results.
                    ("measures", .list(BenchmarkMetric.all.map { .string($0.name) })),
                ]))
        }

        init(
            model: Value, prompts: [String], count: Int, sets: Int, steps: Int, guidance: Double?, startsFromNames: Bool
        ) {
            (self.model, self.prompts, self.count, self.sets) = (model, prompts, count, sets)
            (self.steps, self.guidance, self.startsFromNames) = (steps, guidance, startsFromNames)
        }

        init(_ value: Value) throws {
            guard case .record(let record) = value, let model = record["model"], case .list(let prompts)? = record["prompts"],
                case .int(let count)? = record["n"], case .int(let sets)? = record["sets"], case .int(let steps)? = record["steps"],
                case .bool(let names)? = record["init"]
            else { throw ValueArchive.Damaged() }
            self.init(
                model: model, prompts: prompts.map(\.inlineText), count: count, sets: sets, steps: steps,
                guidance: record["guidance"]?.number, startsFromNames: names)
        }
    }

    /// Returns the function of a job: of a record {method, scene, seed}, it gives a record of measures.
    static func function(_ plan: Value) throws -> FunctionValue {
        let plan = try Plan(plan)
        let settings = Key<Record>("job", doc: "Method, scene and seed.")
        return FunctionValue(
            Builtin("benchmark_job", family: .evaluation, summary: "Runs a job.", parameters: [settings]) { call in
                .record(try BenchmarkJob(call, plan, call[settings]).measured())
            })
    }

    private let call: Call
    private let plan: Plan
    private let method: Value
    private let scene: Value
    private let seed: Int

    private init(_ call: Call, _ plan: Plan, _ job: Record) throws {
        guard let method = job["method"], let scene = job["scene"], case .int(let seed)? = job["seed"] else {
            throw ValueArchive.Damaged()
        }
        (self.call, self.plan, self.method, self.scene, self.seed) = (call, plan, method, scene, seed)
    }

    private func measured() throws -> Record {
        guard let scene = scene.host(as: SceneValue.self) else { throw ValueArchive.Damaged() }
        let model = try BenchmarkMethod.model(
            of: method, plan.model, self.scene, seed: seed, words: plan.startsFromNames ? scene.scene.names : [], call)
        try call.context.checkInterrupt()
        let report = try inspected(.host(model))
        let places = try places()
        let subject = BenchmarkSubject(report: report, leakage: try leakage(model), place: try Self.place(report, places))
        return Record(BenchmarkMetric.all.map { metric in (metric.name, metric.measure(subject).map { .float($0) } ?? .none) })
    }

    private func invoke(_ command: String, _ arguments: [Value], _ named: [(String, Value)] = []) throws -> Value {
        guard let builtin = call.context.builtins[command] else { throw Problem(.unknownName, "there is no command \(command)") }
        return try call.invoke(FunctionValue(builtin), arguments: arguments, named: named)
    }

    /// The seeds of the pictures follow from the job's, so that two methods with one seed start from the same noise.
    private func inspected(_ model: Value) throws -> InspectionReport {
        var named: [(String, Value)] = [
            ("prompts", .list(plan.prompts.map { .string($0) })), ("n", .int(plan.count)), ("sets", .int(plan.sets)),
            ("steps", .int(plan.steps)), ("seed", .int(seed &* 100_000)),
        ]
        if let guidance = plan.guidance { named.append(("guidance", .float(guidance))) }
        let value = try invoke("inspect_pictures", [model, scene], named)
        try call.context.checkInterrupt()
        guard let inspection = value.host(as: InspectionValue.self) else { throw Problem(.internal, "no inspection") }
        return inspection.report
    }

    private func leakage(_ model: ModelValue) throws -> LeakageMatrix? {
        guard model.model.attentionLevel != nil else { return nil }
        return try invoke("leakage", [.host(model), scene]).host(as: LeakageValue.self)?.matrix
    }

    // MARK: places

    private static func place(_ report: InspectionReport, _ places: PlaceRecognition?) throws -> Double? {
        guard let places else { return nil }
        let scores = try report.pictures.compactMap { try places.score($0) }
        return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
    }

    /// Returns the places of the prompts as the base model draws them, once a session; nil where there is one prompt only.
    private func places() throws -> PlaceRecognition? {
        guard Set(plan.prompts).count > 1, let base = plan.model.host(as: ModelValue.self) else { return nil }
        let key = JobSpec.hash([base.model.fingerprint, "\(plan.steps)", "\(plan.guidance ?? -1)"] + plan.prompts)
        if let known = call.context[DrawnPlaces.self][key] { return known }
        var drawings: [(context: String, pictures: [Image])] = []
        for context in plan.prompts where !drawings.contains(where: { $0.context == context }) {
            var named: [(String, Value)] = [("n", .int(PlaceRecognition.drawings)), ("steps", .int(plan.steps)), ("seed", .int(1))]
            if let guidance = plan.guidance { named.append(("guidance", .float(guidance))) }
            let value = try invoke("generate", [plan.model, .string(PlaceRecognition.prompt(context))], named)
            let pictures = try (value.host(as: ImageValue.self).map { [.host($0)] } ?? value.elements ?? []).compactMap {
                (item: Value) in item.host(as: PictureReadable.self)?.picture
            }
            drawings.append((context, pictures))
        }
        let places = try PlaceRecognition(drawings)
        call.context[DrawnPlaces.self][key] = places
        return places
    }
}
