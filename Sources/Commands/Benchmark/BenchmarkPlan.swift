import BreakAScene
import Language

/// The protocol that all jobs of a benchmark share, as a value that goes to other processes.
struct BenchmarkPlan {
    /// The base model.
    let model: Value
    /// With * in the handles' place.
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
    /// Evaluators, as values: of prompts, which may be missing, and of identity.
    let promptJudge: Value?
    let identityJudge: Value
    /// Who finds the things in pictures; nil for each model's own attention.
    let segmentJudge: Value?

    /// The column that the benchmark adds to the metrics: `PlaceRecognition`.
    static let place = "place"

    /// What a job measures: all but the base model's drift, which takes as long as everything else together.
    private var measured: Set<Metric.Need> {
        var needs = Set(Metric.Need.allCases).subtracting([.base])
        if promptJudge == nil { needs.remove(.promptFeatures) }
        return needs
    }

    /// The metrics that are columns of the table, beside `place`.
    var metrics: [Metric] { Metric.all.filter { measured.isSuperset(of: $0.needs) } }

    /// The names of the columns of measures, in their order.
    var columns: [String] { [Self.place] + metrics.map(\.name) }
}

// MARK: as a value

extension BenchmarkPlan {
    var value: Value {
        .record(
            Record([
                ("model", model), ("prompts", .list(prompts.map { .string($0) })), ("n", .int(count)), ("sets", .int(sets)),
                ("steps", .int(steps)), ("guidance", guidance.map { .float($0) } ?? .none), ("init", .bool(startsFromNames)),
                ("prompts_by", promptJudge ?? .none), ("identity_by", identityJudge),
                ("found_by", segmentJudge ?? .none),
                // A metric that is added or changed makes other results.
                ("measures", .list(columns.map { .string($0) })),
            ]))
    }

    /// Reads what `value` gave. Throws `ValueArchive.Damaged`.
    init(_ value: Value) throws {
        guard case .record(let record) = value, let model = record["model"], case .list(let prompts)? = record["prompts"],
            case .int(let count)? = record["n"], case .int(let sets)? = record["sets"], case .int(let steps)? = record["steps"],
            case .bool(let names)? = record["init"], let identity = record["identity_by"], identity.host(as: EvaluatorValue.self) != nil
        else { throw ValueArchive.Damaged() }
        func judge(_ name: String) -> Value? { record[name].flatMap { $0.host(as: EvaluatorValue.self) == nil ? nil : $0 } }
        self.init(
            model: model, prompts: prompts.map(\.inlineText), count: count, sets: sets, steps: steps,
            guidance: record["guidance"]?.number, startsFromNames: names, promptJudge: judge("prompts_by"),
            identityJudge: identity, segmentJudge: judge("found_by"))
    }
}
