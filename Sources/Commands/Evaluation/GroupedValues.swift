import Language

/// Groups of numbers that a test compares: those of a table's column by the values of another, or lists of numbers.
struct GroupedValues {
    static let values = Key<Value>(
        "values", .oneOf([TableValue.rule, .list(.any), .record]), doc: "A table, or the groups: lists of numbers, or a record of them.")
    static let column = Key<[String]?>(oneOrMore: "column", doc: "The table's column of numbers; several are tested one by one.")
    static let by = Key<String?>("by", doc: "The table's column that tells the groups apart.", keywordOnly: true)

    /// The groups of one measure.
    struct Measure {
        /// The table's column; nil where groups were given as such.
        let column: String?
        /// What each group is called.
        let names: [Value]
        /// The finite numbers of each group; none is empty.
        let groups: [[Double]]
    }

    /// The measures in the order in which they were named.
    let measures: [Measure]

    /// Reads the arguments of a call. Gaps and numbers that are not finite are left out, as are the rows of failed runs. Throws
    /// `.missingArgument`, `.unknownField` and `.wrongType`, and `.badArgument` where there are fewer than two groups with a number.
    init(_ call: Call) throws {
        let value = try call[Self.values]
        if let table = try Self.table(value, call) {
            measures = try Self.measures(MeasuredRows(table), call)
        } else {
            if let name = try call.firstGiven(Self.column, Self.by) {
                throw Problem(
                    .badArgument, "\(call.builtin.name): \(name) names a column of a table", argument: name,
                    label: "the groups are given as lists")
            }
            let rows = try NumberReading(call: call).rows(value, Self.values.name)
            let names = rows.enumerated().map { $1.name.isEmpty ? Value.int($0) : .string($1.name) }
            measures = [Measure(column: nil, names: names, groups: rows.map { $0.values.filter(\.isFinite) })]
        }
        for measure in measures { try Self.check(measure, call) }
    }

    /// Returns the table that a value is, or nil for lists of numbers.
    private static func table(_ value: Value, _ call: Call) throws -> TableValue? {
        if value.host(as: TableReadable.self) == nil {
            if case .record = value, try call[by] == nil { return nil }
            guard let first = try value.elements?.first else { return nil }
            if case .record = first {} else if case .record = value {} else { return nil }
        }
        return try TableCommands.rows(value, call, values.name)
    }

    private static func measures(_ runs: MeasuredRows, _ call: Call) throws -> [Measure] {
        guard let columns = try runs.names(column, call) else { throw missing(column.name, runs, call) }
        guard let by = try call[by] else { throw missing(Self.by.name, runs, call) }
        guard runs.table.columns.contains(by) else { throw TableCommands.noColumn(by, runs.table, call, Self.by.name) }
        let ended = runs.table.rows.indices.filter { !runs.hasFailed($0) }
        return try columns.map { column in
            let numbers = try runs.numbers(column, call, Self.column.name)
            let groups = runs.groups([runs.place(by)], of: ended.filter { numbers[$0].isFinite })
            return Measure(
                column: column, names: groups.map { runs.table.rows[$0[0]][runs.place(by)] }, groups: groups.map { $0.map { numbers[$0] } })
        }
    }

    private static func missing(_ name: String, _ runs: MeasuredRows, _ call: Call) -> Problem {
        Problem(
            .missingArgument, "\(call.builtin.name) needs \(name)=, a column of the table",
            notes: ["there are \(runs.table.columns.joined(separator: ", "))"])
    }

    private static func check(_ measure: Measure, _ call: Call) throws {
        let place = measure.column.map { " of \"\($0)\"" } ?? ""
        if let empty = measure.groups.firstIndex(where: \.isEmpty) {
            throw Problem(
                .badArgument, "\(call.builtin.name): group \(measure.names[empty].inlineText) has no number", argument: values.name)
        }
        guard measure.groups.count > 1 else {
            throw Problem(
                .badArgument, "\(call.builtin.name) compares groups; there is \(measure.groups.isEmpty ? "none" : "only one")\(place)",
                argument: values.name)
        }
    }
}
