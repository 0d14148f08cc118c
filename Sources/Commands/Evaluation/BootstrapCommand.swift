import Language
import Statistics

extension Bootstrap.Method: WordArgument {}

/// The builtin that gives means and paired differences bootstrap intervals; it groups and pairs rows as `summary` does.
enum BootstrapCommand {
    private typealias Keys = EvaluationCommands

    private static let values = Key<Value>(
        "values", .oneOf([TableValue.rule, HistoryValue.rule, .list(.any), .record, Accepts.tensor]),
        doc: "A table, what becomes one, or a list of numbers.")
    static let cluster = Key<String?>(
        "cluster", doc: "A column: rows with the same value (the prompts of a scene) are drawn together.", keywordOnly: true)
    static let level = Key<Double>(
        "level", default: 0.95, range: 0.5...0.9999, doc: "How often such intervals cover the mean.", keywordOnly: true)
    static let method = Key<Bootstrap.Method>("method", default: .bca, doc: "bca corrects for bias and skewness.", keywordOnly: true)
    static let resamples = Key<Int>(
        "resamples", default: 10_000, range: 100...1_000_000, doc: "How often the rows are drawn again.", keywordOnly: true)
    static let seed = Key<Int>("seed", default: 0, doc: "Of the resamples.", keywordOnly: true)

    static let builtin = Builtin(
        "bootstrap", family: .evaluation,
        summary: "Means or paired differences as summary gives them, with intervals by drawing the rows again instead of Student's t.",
        parameters: [
            values, Keys.by, Keys.columns, Keys.paired, Keys.against, Keys.within, cluster, method, level, resamples, seed,
        ], result: .table,
        terms: ["confidence interval", "resampling", "BCa", "percentile", "paired bootstrap", "significance", "clustered"],
        examples: [
            .init(
                "bootstrap([0.1, 0.4, 0.2, 0.3], seed=1).value_low[0] > 0.1", shows: "true"),
            .init(
                "t = sweep({w: [0, 1], seed: 1..3}, fn(p) { {iou: p.seed / 10 + [0, 0.25][p.w]} })\nbootstrap(t, paired=\"w\", against=0)",
                shows: "w  against  n   iou  iou_low  iou_high\n1        0  3  0.25     0.25      0.25"),
        ],
        seeAlso: ["summary", "kruskal"]
    ) { call in
        .host(try TableSummary(call, table(call), .bootstrap(call)).table())
    }

    /// Returns the rows; numbers become a table with the column "value".
    private static func table(_ call: Call) throws -> TableValue {
        let value = try call[values]
        if let numbers = try NumberReading.numbers(value), !numbers.isEmpty {
            return TableValue(columns: ["value"], rows: numbers.map { [.float($0)] })
        }
        return try TableCommands.rows(value, call, values.name)
    }
}
