import Language

/// Differences between runs that agree in everything but one setting: what seeds and scenes have in common cancels in each difference, so
/// that a small effect shows in fewer runs than in means side by side.
struct PairedDifferences {
    private typealias Keys = EvaluationCommands

    private let call: Call
    private let runs: MeasuredRows
    /// The column whose values are compared.
    private let compared: String
    /// The columns in which the rows of a pair agree.
    private let within: [String]
    private let by: [String]
    /// The baseline's value in the compared column.
    private let wanted: Value
    /// The baseline's rows, by the values that they share with their partners.
    private let baseline: [String: Int]

    /// How the mean of the differences gets its interval.
    private let rule: IntervalRule

    init(_ call: Call, _ runs: MeasuredRows, _ compared: String, _ rule: IntervalRule) throws {
        (self.call, self.runs, self.compared, self.rule) = (call, runs, compared, rule)
        guard runs.table.columns.contains(compared) else { throw TableCommands.noColumn(compared, runs.table, call, Keys.paired.name) }
        within = try Self.within(call, runs, compared)
        by = try runs.names(Keys.by, call) ?? []
        wanted = try Self.baseline(call, runs, compared)
        let (place, key) = (runs.place(compared), SweepResults.key([wanted]))
        let rows = runs.table.rows.indices.filter { runs.key($0, [place]) == key }
        baseline = try Self.byPair(rows, runs, within, call)
        if let cluster = rule.cluster, !within.contains(cluster) {
            throw Problem(
                .badArgument, "\(call.builtin.name): the rows of a pair may differ in \"\(cluster)\"",
                argument: BootstrapCommand.cluster.name,
                help: "clusters are told by a column that a pair shares, one of within=")
        }
    }

    /// Returns a table with these columns: the compared one, the baseline `against`, those of `by`, the number of pairs `n`, the number
    /// `unpaired` of rows without a partner that ended well, where there are any, and for each measure the mean difference from the
    /// baseline and the ends of its 95 % interval by the rule.
    func table() throws -> TableValue {
        let measures = try runs.measures(besides: [compared] + within + by, call)
        let values = try measures.map { try runs.numbers($0, call) }
        let (place, pair) = (runs.place(compared), within.map(runs.place))
        let key = SweepResults.key([wanted])
        let others = runs.table.rows.indices.filter { runs.key($0, [place]) != key }
        let groups = runs.groups([place] + by.map(runs.place), of: others)
        for value in runs.groups([place], of: others) { _ = try Self.byPair(value, runs, within, call) }
        let clusters = try rule.clusters(runs, call)
        var (summary, alone) = (MeasureColumns(measures, rule), [Int]())
        for group in groups {
            let pairs = group.compactMap { row -> (row: Int, base: Int)? in
                guard let base = baseline[runs.key(row, pair)], !runs.hasFailed(base), !runs.hasFailed(row) else { return nil }
                return (row, base)
            }
            alone.append(group.count - pairs.count)
            try summary.add(
                values.map { column in pairs.map { column[$0.row] - column[$0.base] } }, count: pairs.count,
                clusters: pairs.map { clusters[$0.row] })
        }
        func column(_ name: String) -> (String, [Value]) { (name, groups.map { runs.table.rows[$0[0]][runs.place(name)] }) }
        let counts = [("n", summary.counts)] + (alone.contains { $0 > 0 } ? [("unpaired", alone)] : [])
        return summary.table(
            heads: [column(compared), ("against", groups.map { _ in wanted })] + by.map(column), counts: counts, settings: [compared] + by)
    }

    /// Returns the columns in which the rows of a pair agree: those that the call names, else every other setting of a sweep. Throws where
    /// there are none.
    private static func within(_ call: Call, _ runs: MeasuredRows, _ compared: String) throws -> [String] {
        if let named = try runs.names(Keys.within, call) {
            guard !named.contains(compared) else {
                throw Problem(
                    .badArgument, "\(call.builtin.name): the rows of a pair differ in \"\(compared)\"", argument: Keys.within.name)
            }
            return named
        }
        let settings = runs.table.settings.filter { $0 != compared }
        guard !settings.isEmpty else {
            throw Problem(
                .missingArgument, "\(call.builtin.name): what do the rows of a pair share?", argument: Keys.paired.name,
                notes: ["there are \(runs.table.columns.joined(separator: ", "))"], help: "within=[\"seed\"] pairs rows of one seed")
        }
        return settings
    }

    private static func baseline(_ call: Call, _ runs: MeasuredRows, _ compared: String) throws -> Value {
        let place = runs.place(compared)
        let values = runs.groups([place]).map { runs.table.rows[$0[0]][place] }
        let known = values.prefix(12).map(\.literalText).joined(separator: ", ") + (values.count > 12 ? ", …" : "")
        guard let wanted = try call[Keys.against] else {
            throw Problem(
                .missingArgument, "\(call.builtin.name): what is \"\(compared)\" compared with?", argument: Keys.paired.name,
                notes: ["its values are \(known)"],
                help: "against=\(values.first?.literalText ?? "…") takes that one as the baseline")
        }
        let key = SweepResults.key([wanted])
        guard values.contains(where: { SweepResults.key([$0]) == key }) else {
            throw Problem(
                .badArgument, "\(call.builtin.name): no row has \(wanted.literalText) in \"\(compared)\"", argument: Keys.against.name,
                notes: ["its values are \(known)"])
        }
        return wanted
    }

    /// Returns rows by the values that tell pairs apart. Throws where two rows agree in all of them.
    private static func byPair(_ rows: [Int], _ runs: MeasuredRows, _ within: [String], _ call: Call) throws -> [String: Int] {
        let places = within.map(runs.place)
        var found: [String: Int] = [:]
        for row in rows {
            if let other = found.updateValue(row, forKey: runs.key(row, places)) {
                let shared = zip(within, places).map { "\($0) \(runs.table.rows[row][$1].inlineText)" }.joined(separator: ", ")
                throw Problem(
                    .badArgument, "\(call.builtin.name): rows \(other) and \(row) would be the same half of a pair",
                    argument: Keys.within.name,
                    notes: [shared],
                    help: "within= names all columns that tell pairs apart")
            }
        }
        return found
    }
}
