import Language

/// What `summary` makes of a table: a row for all rows that are alike.
struct TableSummary {
    private let call: Call
    private let whole: TableValue

    init(_ call: Call) throws {
        self.call = call
        whole = try TableCommands.rows(try call.value("table"), call, "table")
    }

    /// Columns: those that rows are alike in, how many rows `n`, and of each measure its mean and the ends of its 95 %
    /// interval, none where there is one value. `plot` and `bars` draw the ends as error bars.
    func table() throws -> TableValue {
        let by = try names("by") ?? whole.settings.filter { $0 != "seed" }
        let measures = try names("columns") ?? numeric(besides: by)
        guard !measures.isEmpty else {
            throw Problem(
                .badArgument, "summary: there is no column of numbers to average", argument: "table",
                notes: ["there are \(whole.columns.joined(separator: ", "))"])
        }
        let (keys, values) = (by.map(place), try measures.map(numbers))
        let rows = groups(keys).map { group -> [Value] in
            let intervals = values.flatMap { column -> [Value] in
                let (mean, half) = MeanInterval.of(group.map { column[$0] })
                return [mean.isNaN ? .none : .float(mean), half.map { .float(mean - $0) } ?? .none, half.map { .float(mean + $0) } ?? .none]
            }
            return keys.map { whole.rows[group[0]][$0] } + [.int(group.count)] + intervals
        }
        return TableValue(columns: by + ["n"] + measures.flatMap { [$0, "\($0)_low", "\($0)_high"] }, rows: rows, settings: by)
    }

    private func place(_ column: String) -> Int { whole.columns.firstIndex(of: column) ?? 0 }

    /// Columns that an argument names; nil where it was not given.
    private func names(_ argument: String) throws -> [String]? {
        guard let value = call.optional(argument) else { return nil }
        let names = if case .string(let name) = value { [name] } else { try call.strings(argument) }
        for name in names where !whole.columns.contains(name) {
            throw TableCommands.noColumn(name, whole, call, argument)
        }
        return names
    }

    /// Columns with a number, and nothing else but gaps.
    private func numeric(besides by: [String]) -> [String] {
        whole.columns.enumerated().filter { place, name in
            let values = whole.rows.map { $0[place] }.filter { !$0.isNone }
            return !by.contains(name) && !whole.settings.contains(name) && !values.isEmpty
                && values.allSatisfy { NumberReading.number($0) != nil }
        }.map(\.element)
    }

    private func numbers(_ column: String) throws -> [Double] {
        try whole.rows.map { row in
            if let number = NumberReading.number(row[place(column)]) { return number }
            throw Problem(
                .wrongType, "summary: the column \"\(column)\" holds no numbers", argument: "columns",
                label: "one value is \(row[place(column)].describedType)")
        }
    }

    /// Rows with the same values, in the order in which those first stand; none equals none.
    private func groups(_ keys: [Int]) -> [[Int]] {
        var (order, groups) = ([String](), [String: [Int]]())
        for row in whole.rows.indices {
            let key = SweepResults.key(keys.map { whole.rows[row][$0] })
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(row)
        }
        return order.map { groups[$0] ?? [] }
    }
}
