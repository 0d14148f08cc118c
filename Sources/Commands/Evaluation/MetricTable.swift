import BreakAScene
import Language

/// Metrics of one subject as a table: a row for each metric and handle, and one for all of them together.
struct MetricTable {
    let table: TableValue

    /// Computes every metric whose needs were measured, or those of `names`. Throws `MetricError` where one of the names needs more.
    init(_ subject: MetricSubject, labels: [String], names: [String]? = nil) throws {
        let wanted = names.map { names in Metric.all.filter { names.contains($0.name) } }
        var rows: [[Value]] = []
        for metric in wanted ?? Metric.all {
            let scores: [Metric.Score]
            do {
                scores = try metric.scores(subject)
            } catch is MetricError where wanted == nil {
                continue
            }
            let handles = Set(scores.compactMap(\.handle)).sorted()
            if labels.count > 1 {
                rows += handles.map { handle in
                    Self.row(metric, labels.indices.contains(handle) ? labels[handle] : "\(handle)", scores.filter { $0.handle == handle })
                }
            }
            rows.append(Self.row(metric, labels.count == 1 ? labels[0] : "all", scores))
        }
        table = TableValue(
            columns: ["metric", "handle", "n", "mean", "mean_low", "mean_high", "better"], rows: rows, settings: ["metric", "handle"])
    }

    private static func row(_ metric: Metric, _ handle: String, _ scores: [Metric.Score]) -> [Value] {
        let ends = interval(metric, scores.map(\.value))
        func cell(_ value: Double?) -> Value { value.map { .float($0) } ?? .none }
        return [
            .string(metric.name), .string(handle), .int(scores.count), cell(ends.mean), cell(ends.low), cell(ends.high),
            .string(metric.better.rawValue),
        ]
    }

    /// Returns the mean with Wilson's interval for rates and Student's for all else, cut to what is possible; nil without scores, and no
    /// interval for a single one.
    private static func interval(_ metric: Metric, _ values: [Double]) -> (mean: Double?, low: Double?, high: Double?) {
        if metric.isRate {
            let wilson = WilsonInterval(values.count { $0 > 0.5 }, of: values.count)
            return (wilson?.rate, wilson?.low, wilson?.high)
        }
        guard !values.isEmpty else { return (nil, nil, nil) }
        let (mean, half) = MeanInterval.of(values)
        return (mean, half.map { max(metric.range.lowerBound, mean - $0) }, half.map { min(metric.range.upperBound, mean + $0) })
    }
}

extension AttentionScores {
    /// The rows as a table: the keys, the number of maps, and every measure.
    func table(_ keys: [Key]) -> TableValue {
        let shown = Key.allCases.filter { keys.contains($0) || $0 == .layer && keys.contains(.head) }
        return TableValue(
            columns: shown.map(\.rawValue) + ["n"] + MapMetric.all.map(\.name),
            rows: rows.map { row in
                shown.map { cell($0, row) } + [.int(row.count)] + row.values.map { $0.map { .float($0) } ?? .none }
            }, settings: shown.map(\.rawValue))
    }

    private func cell(_ key: Key, _ row: Row) -> Value {
        switch key {
        case .handle: row.handle.map { .string(labels[$0].short) } ?? .none
        case .layer: row.layer.map { .string($0) } ?? .none
        case .head: row.head.map { .int($0) } ?? .none
        case .timestep: row.timestep.map { .int($0) } ?? .none
        case .prompt: row.prompt.map { .string($0) } ?? .none
        case .conditions: row.conditions.map { .string($0) } ?? .none
        }
    }
}
