import Language
import Statistics

/// The builtin that says how far raters agree.
enum AgreementCommand {
    private static let table = Key<Value>(
        "table", .oneOf([TableValue.rule, .list(.any), .record]), doc: "A table with a row for each rating, as study_answers gives.")
    private static let column = Key<[String]>(oneOrMore: "column", doc: "The column of ratings; several are examined one by one.")
    private static let rater = Key<String>("rater", default: "rater", doc: "The column that says who rated.", keywordOnly: true)
    private static let unit = Key<[String]>(
        oneOrMore: "unit", default: ["item"], doc: "The column, or columns together, that say what was rated.", keywordOnly: true)

    static let builtin = Builtin(
        "agreement", family: .evaluation,
        summary: "How far raters agree: Krippendorff's alpha, and Kendall's W and intraclass correlations where each rated everything.",
        parameters: [table, column, rater, unit], result: .table,
        terms: ["inter-rater reliability", "Krippendorff", "Kendall", "ICC", "user study", "Likert", "concordance"], paper: "§5",
        examples: [
            .init(
                "agreement([{rater: r, item: i, score: i + r} for r in 0..1 for i in 1..4], \"score\").raters", shows: "[2]")
        ],
        seeAlso: ["kruskal", "summary"], run: run)

    /// Runs `agreement`: a row for each column of ratings. What cannot be said is none: alpha where all ratings are equal or no unit has two,
    /// the rest also where a rating is missing.
    @Sendable private static func run(_ call: Call) throws -> Value {
        let runs = MeasuredRows(try TableCommands.rows(call[table], call, table.name))
        let (raters, units) = (try [call[rater]], try call[unit])
        for (name, argument) in raters.map({ ($0, rater.name) }) + units.map({ ($0, unit.name) })
        where !runs.table.columns.contains(name) {
            throw TableCommands.noColumn(name, runs.table, call, argument)
        }
        let columns = try call[column]
        if let name = columns.first(where: { !runs.table.columns.contains($0) }) {
            throw TableCommands.noColumn(name, runs.table, call, column.name)
        }
        let rows = try columns.map { name -> [Value] in
            let numbers = try runs.numbers(name, call, column.name)
            let rated = runs.table.rows.indices.filter { numbers[$0].isFinite }
            let byRater = runs.groups(raters.map(runs.place), of: rated)
            let byUnit = runs.groups(units.map(runs.place), of: rated)
            let ratings = try matrix(byRater, byUnit, numbers, name, call)
            func float(_ number: Double?) -> Value { number.map { .float($0) } ?? .none }
            let (w, icc) = (ratings.concordance, ratings.intraclass)
            return [
                .string(name), .int(byRater.count), .int(byUnit.count), float(ratings.alpha(.interval)), float(ratings.alpha(.ordinal)),
                float(icc?.single), float(icc?.average), float(w?.w), float(w?.pValue),
            ]
        }
        return .host(
            TableValue(
                columns: [
                    "measure", "raters", "units", "alpha_interval", "alpha_ordinal", "icc_single", "icc_average", "kendall_w", "p_w",
                ],
                rows: rows))
    }

    /// Returns the ratings by rater and unit. Throws `.badArgument` where a rater rated a unit twice.
    private static func matrix(
        _ byRater: [[Int]], _ byUnit: [[Int]], _ numbers: [Double], _ name: String, _ call: Call
    ) throws -> Ratings {
        var places = Array(repeating: 0, count: numbers.count)
        for (place, rows) in byUnit.enumerated() { for row in rows { places[row] = place } }
        try Reservation.check([byRater.count, byUnit.count], of: MemoryLayout<Double?>.stride, what: "the ratings by rater and unit")
        let ratings = try byRater.map { rows in
            var (ratings, sources) = ([Double?](repeating: nil, count: byUnit.count), [Int: Int]())
            for row in rows {
                if let other = sources.updateValue(row, forKey: places[row]) {
                    throw Problem(
                        .badArgument, "agreement: rows \(other) and \(row) are one rater's ratings of one thing in \"\(name)\"",
                        argument: unit.name, help: "unit= names all columns that tell apart what was rated")
                }
                ratings[places[row]] = numbers[row]
            }
            return ratings
        }
        guard ratings.count > 1, let result = Ratings(ratings) else {
            throw Problem(.badArgument, "agreement: \"\(name)\" has ratings by one rater only, or by none", argument: rater.name)
        }
        return result
    }
}
