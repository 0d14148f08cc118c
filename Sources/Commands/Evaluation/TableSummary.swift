import Language

/// The result of `summary` and `bootstrap`: a row for each group of rows that agree, or for all pairs with a baseline.
struct TableSummary {
    private typealias Keys = EvaluationCommands

    private let call: Call
    private let runs: MeasuredRows
    private let rule: IntervalRule

    init(_ call: Call, _ table: TableValue, _ rule: IntervalRule) {
        (self.call, self.rule) = (call, rule)
        runs = MeasuredRows(table)
    }

    func table() throws -> TableValue {
        if let paired = try call[Keys.paired] { return try PairedDifferences(call, runs, paired, rule).table() }
        if let name = try call.firstGiven(Keys.against, Keys.within) {
            throw Problem(
                .badArgument, "\(call.builtin.name): \(name) says something of pairs", argument: name,
                help: "paired=\"method\" compares rows in pairs")
        }
        return try means()
    }

    /// Returns a table with these columns: those in which rows agree, the number `n` of rows that ended well, the number `failed` where any
    /// did, and for each measure its mean and the ends of its 95 % interval, none where there is one value. `plot` and `bars` draw the ends
    /// as error bars.
    private func means() throws -> TableValue {
        let by = try runs.names(Keys.by, call) ?? runs.table.settings.filter { $0 != "seed" }
        let measures = try runs.measures(besides: by, call)
        let (places, values) = (by.map(runs.place), try measures.map { try runs.numbers($0, call) })
        let groups = runs.groups(places)
        let clusters = try rule.clusters(runs, call)
        var summary = MeasureColumns(measures, rule)
        for group in groups {
            let ended = group.filter { !runs.hasFailed($0) }
            try summary.add(values.map { column in ended.map { column[$0] } }, count: ended.count, clusters: ended.map { clusters[$0] })
        }
        let failures = groups.map { group in group.count(where: runs.hasFailed) }
        let counts = [("n", summary.counts)] + (failures.contains { $0 > 0 } ? [("failed", failures)] : [])
        return summary.table(
            heads: zip(by, places).map { name, place in (name, groups.map { runs.table.rows[$0[0]][place] }) }, counts: counts, settings: by
        )
    }
}

/// A table of what runs measured.
struct MeasuredRows {
    let table: TableValue
    private let errorPlace: Int?

    init(_ table: TableValue) {
        self.table = table
        errorPlace = table.columns.firstIndex(of: SweepResults.error)
    }

    func place(_ column: String) -> Int { table.columns.firstIndex(of: column) ?? 0 }

    /// Returns whether a row is that of a failed run, whose column of errors holds a text. (A number there is the length of an error bar.)
    func hasFailed(_ row: Int) -> Bool {
        guard let errorPlace, case .string = table.rows[row][errorPlace] else { return false }
        return true
    }

    /// Returns the columns that an argument names, or nil where it was not given. Throws where there is no such column.
    func names(_ key: Key<[String]?>, _ call: Call) throws -> [String]? {
        let names = try call[key]
        if let name = names?.first(where: { !table.columns.contains($0) }) { throw TableCommands.noColumn(name, table, call, key.name) }
        return names
    }

    /// Returns the columns to average: those that the call names, else every column that holds only numbers and gaps.
    func measures(besides others: [String], _ call: Call) throws -> [String] {
        if let named = try names(EvaluationCommands.columns, call) { return named }
        let numeric = table.columns.enumerated().filter { place, name in
            let values = table.rows.map { $0[place] }.filter { !$0.isNone }
            return !others.contains(name) && !table.settings.contains(name) && !values.isEmpty
                && values.allSatisfy { NumberReading.number($0) != nil }
        }.map(\.element)
        guard !numeric.isEmpty else {
            throw Problem(
                .badArgument, "\(call.builtin.name): there is no column of numbers to average", argument: EvaluationCommands.table.name,
                notes: ["there are \(table.columns.joined(separator: ", "))"])
        }
        return numeric
    }

    /// Returns a column's numbers, NaN for gaps. Throws `.wrongType` at an argument, `columns` without one, where it holds something else.
    func numbers(_ column: String, _ call: Call, _ argument: String = EvaluationCommands.columns.name) throws -> [Double] {
        let place = place(column)
        return try table.rows.map { row in
            if let number = NumberReading.number(row[place]) { return number }
            throw Problem(
                .wrongType, "\(call.builtin.name): the column \"\(column)\" holds no numbers", argument: argument,
                label: "one value is \(row[place].describedType)")
        }
    }

    func key(_ row: Int, _ places: [Int]) -> String { SweepResults.key(places.map { table.rows[row][$0] }) }

    /// Returns the rows grouped by the values in these columns, in the order in which those first stand; none equals none.
    func groups(_ places: [Int], of rows: [Int]? = nil) -> [[Int]] {
        var (order, groups) = ([String](), [String: [Int]]())
        for row in rows ?? Array(table.rows.indices) {
            let key = key(row, places)
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(row)
        }
        return order.map { groups[$0] ?? [] }
    }
}
