import Language

/// Builtins for experiments: running a function for every combination of settings, and summarizing its runs.
enum EvaluationCommands {
    // MARK: sweep

    static let settings = Key<Record>(
        "settings", doc: "Values by name; of lists and ranges every combination, the last name changing fastest.")
    static let run = Key<FunctionValue>(
        "run", doc: "A function of a record of one combination; gives a record of measures, or a number.")
    static let done = Key<Value?>(
        "done", .oneOf([TableValue.rule, .list(.any)]), doc: "A table of the same sweep: runs that stand in it are not run again.",
        keywordOnly: true)
    static let file = Key<String?>(
        "file", doc: "A .jsonl file that gets a line for every run that ends; the same call goes on from it.", keywordOnly: true,
        file: .output)

    // MARK: summary

    static let table = Key<Value>(
        "table", .oneOf([TableValue.rule, HistoryValue.rule, .list(.any), .record]), doc: "A sweep's table, or what becomes one.")
    static let by = Key<[String]?>(
        "by", .oneOf([.string, .list(.string)]),
        doc: "Columns whose values make rows alike; a sweep's settings but for its seed where not given.", keywordOnly: true)
    static let columns = Key<[String]?>(
        "columns", doc: "What is averaged; every other column of numbers where not given.", keywordOnly: true)
    static let paired = Key<String?>(
        "paired", doc: "A column: differences between rows that are alike in all other settings.", keywordOnly: true)
    static let against = Key<Value?>("against", doc: "The value of that column that is the baseline.", keywordOnly: true)
    static let within = Key<[String]?>(
        "within", .oneOf([.string, .list(.string)]), doc: "Columns that a pair shares; a sweep's other settings where not given.",
        keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "sweep", family: .evaluation, summary: "Runs a function for every combination of settings; a table of what the runs measured.",
            parameters: [settings, run, done, file] + JobOptions.keys, result: .table,
            terms: [
                "grid", "search", "experiment", "ablation", "hyperparameters", "repeat", "seeds", "combinations", "go on after a crash",
                "parallel", "processes", "slurm", "cluster", "database", "sqlite",
            ],
            examples: [
                .init(
                    "sweep({x: [1, 2], seed: 0..1}, fn(p) { {y: 10 * p.x + p.seed} })",
                    shows: "x  seed   y\n1     0  10\n1     1  11\n2     0  20\n2     1  21")
            ],
            seeAlso: ["summary", "load_table", "load_results", "benchmark", "plot"], run: { .host(try Sweep($0).table()) }),
        Builtin(
            "summary", family: .evaluation,
            summary: "Means over the rows of a table that are alike, or differences within pairs, with 95 % intervals.",
            parameters: [table, by, columns, paired, against, within], result: .table,
            terms: [
                "mean", "average", "interval", "confidence", "group", "aggregate", "statistics", "significance", "paired differences",
                "t-test", "baseline",
            ],
            examples: [
                .init(
                    "summary([{w: 0, iou: 0.5}, {w: 0, iou: 0.7}, {w: 1, iou: 0.8}], by=\"w\")",
                    shows: "w  n  iou  iou_low  iou_high\n0  2  0.6  -0.6706     1.871\n1  1  0.8        –         –"),
                .init(
                    "t = sweep({w: [0, 1], seed: 1..3}, fn(p) { {iou: p.seed / 10 + [0, 0.25][p.w]} })\nsummary(t, paired=\"w\", against=0)",
                    shows: "w  against  n   iou  iou_low  iou_high\n1        0  3  0.25     0.25      0.25"),
            ],
            seeAlso: ["load_table", "plot"],
            run: { .host(try TableSummary($0, TableCommands.rows($0[table], $0, table.name), .student).table()) }),
    ]
}
