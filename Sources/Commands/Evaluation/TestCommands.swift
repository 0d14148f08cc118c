import Language
import Statistics

/// Builtins that test whether groups of ratings or measures differ, and how far raters agree.
enum TestCommands {
    private static let level = Key<Double>(
        "level", default: 0.95, range: 0.5...0.9999, doc: "Of the intervals, for all pairs together.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "kruskal", family: .evaluation,
            summary: "The Kruskal–Wallis test: do groups of ratings or measures differ? By ranks, with ties.",
            parameters: [GroupedValues.values, GroupedValues.column, GroupedValues.by], result: .table,
            terms: ["significance", "p-value", "rank test", "Likert", "user study", "compare methods", "ANOVA"], paper: "§5",
            examples: [
                .init(
                    "kruskal({a: [1, 2, 3], b: [4, 5, 6]})",
                    shows: "groups  n      h  df        p  effect\n     2  6  3.857   1  0.04953  0.7714")
            ],
            seeAlso: ["tukey_hsd", "agreement", "summary"], run: kruskal),
        Builtin(
            "tukey_hsd", family: .evaluation,
            summary: "Tukey's test: which pairs of groups differ in their means? With intervals for all pairs together.",
            parameters: [GroupedValues.values, GroupedValues.column, GroupedValues.by, level], result: .table,
            terms: ["post hoc", "pairwise", "honestly significant difference", "Tukey–Kramer", "p-value", "user study"], paper: "§5",
            examples: [
                .init(
                    "tukey_hsd({a: [1, 2, 3], b: [4, 5, 6]}).columns",
                    shows: "[\"first\", \"second\", \"difference\", \"difference_low\", \"difference_high\", \"p\"]")
            ],
            seeAlso: ["kruskal", "summary"], run: tukey),
        AgreementCommand.builtin,
    ]

    /// Runs `kruskal`: a row for each measure. Where there are several, `p_holm` is corrected for their number.
    @Sendable private static func kruskal(_ call: Call) throws -> Value {
        let measures = try GroupedValues(call).measures
        let tests = try measures.map { measure in
            if let test = KruskalWallis(measure.groups) { return test }
            throw Problem(
                .badArgument, "kruskal: all values\(measure.column.map { " of \"\($0)\"" } ?? "") are equal",
                argument: GroupedValues.values.name)
        }
        let corrected = HolmCorrection.adjusted(tests.map(\.pValue))
        let head = measures.contains { $0.column != nil } ? ["measure"] : []
        let tail = tests.count > 1 ? ["p_holm"] : []
        let rows = measures.indices.map { place -> [Value] in
            let (measure, test) = (measures[place], tests[place])
            var row: [Value] = head.isEmpty ? [] : [.string(measure.column ?? "")]
            row += [.int(measure.groups.count), .int(measure.groups.reduce(0) { $0 + $1.count })]
            row += [.float(test.statistic), .int(test.freedom), .float(test.pValue), .float(test.effect)]
            return tail.isEmpty ? row : row + [.float(corrected[place])]
        }
        return .host(TableValue(columns: head + ["groups", "n", "h", "df", "p", "effect"] + tail, rows: rows))
    }

    /// Runs `tukey_hsd`: a row for each pair of groups of each measure.
    @Sendable private static func tukey(_ call: Call) throws -> Value {
        let (measures, level) = (try GroupedValues(call).measures, try call[level])
        let head = measures.contains { $0.column != nil } ? ["measure"] : []
        let rows = try measures.flatMap { measure -> [[Value]] in
            try call.context.checkInterrupt()
            guard let test = TukeyHSD(measure.groups, level: level) else {
                throw Problem(
                    .badArgument, "tukey_hsd: every group has a single value; the spread within groups is not known",
                    argument: GroupedValues.values.name)
            }
            return test.comparisons.map { pair -> [Value] in
                let row: [Value] = head.isEmpty ? [] : [.string(measure.column ?? "")]
                let numbers: [Value] = [.float(pair.difference), .float(pair.low), .float(pair.high), .float(pair.pValue)]
                return row + [measure.names[pair.first], measure.names[pair.second]] + numbers
            }
        }
        return .host(
            TableValue(columns: head + ["first", "second", "difference", "difference_low", "difference_high", "p"], rows: rows))
    }
}
