import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// One job of a benchmark: a method learns a scene with a seed; then the handles are drawn in all sets and prompts, and everything is
/// measured.
struct BenchmarkJob {
    /// Returns the function of a job: of a record {method, scene, seed}, it gives a record of measures.
    static func function(_ plan: Value) throws -> FunctionValue {
        let plan = try BenchmarkPlan(plan)
        let settings = Key<Record>("job", doc: "Method, scene and seed.")
        return FunctionValue(
            Builtin("benchmark_job", family: .evaluation, summary: "Runs a job.", parameters: [settings]) { call in
                .record(try BenchmarkJob(call, plan, call[settings]).measured())
            })
    }

    private let call: Call
    private let plan: BenchmarkPlan
    private let method: Value
    private let scene: Value
    private let seed: Int

    private init(_ call: Call, _ plan: BenchmarkPlan, _ job: Record) throws {
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
        let place = try Self.place(report, try places())
        let subject = try subject(model, scene.scene, report)
        let means = plan.metrics.map { metric in (metric.name, Self.mean((try? metric.scores(subject))?.map(\.value) ?? [])) }
        return Record(([(BenchmarkPlan.place, place)] + means).map { ($0, $1.map { .float($0) } ?? .none) })
    }

    /// Returns everything that metrics read of a trained model. Attention is left out where the model has no maps.
    private func subject(_ learned: ModelValue, _ scene: Scene, _ report: InspectionReport) throws -> MetricSubject {
        let model = learned.model
        var subject = MetricSubject()
        let prepared = try PreparedScenes.scene(scene, model, call)
        (subject.scene, subject.report, subject.handles) = (prepared, report, HandleDrift(model))
        try cancellable {
            if model.attentionLevel != nil {
                subject.attention = try model.attentionScores(prepared, [(AttentionScores.heldOut, .heldOut)]) { _, _ in
                    try call.context.checkInterrupt()
                }
            }
            subject.features = try PictureFeatures(
                report, prepared, words: scene.names, prompts: plan.promptJudge?.host(as: EvaluatorValue.self)?.imageText,
                identity: plan.identityJudge.host(as: EvaluatorValue.self)?.identity
            ) { _, _ in try call.context.checkInterrupt() }
        }
        subject.leakage = try leakage(learned)
        return subject
    }

    private func cancellable(_ body: () throws -> Void) throws {
        try Cost.cancellable(call.context.interrupt) { try call.mapped(nil, body) }
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
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
        if let judge = plan.segmentJudge { named.append(("found_by", judge)) }
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
        return mean(try report.pictures.compactMap { try places.score($0) })
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
