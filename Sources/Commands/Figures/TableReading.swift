import Figures
import Language

/// Reads columns of a table as series of points.
struct TableReading {
    let call: Call
    let table: TableValue

    /// Returns nil where the value is neither a table nor a list of records.
    init?(_ value: Value, _ call: Call, _ argument: String) throws {
        let items = value.host(as: (any HostValue).self) == nil ? try value.elements ?? [] : []
        let isRecords = !items.isEmpty && items.allSatisfy { if case .record = $0 { true } else { false } }
        guard isRecords || value.host(as: TableReadable.self) != nil else { return nil }
        self.call = call
        table = try TableCommands.rows(value, call, argument)
    }

    /// Returns the column whose name an argument gives. Throws `.missingArgument` and `.unknownField`.
    func column(_ argument: String, _ name: String? = nil) throws -> [Value] {
        let name = try name ?? columnName(argument)
        guard let values = try table.column(name)?.elements else {
            throw TableCommands.noColumn(name, table, call, argument)
        }
        return values
    }

    func columnName(_ argument: String) throws -> String {
        guard let value = call.optional(argument) else {
            throw Problem(
                .missingArgument, "\(call.builtin.name) needs \(argument)=, the name of a column of the table",
                notes: ["there are \(table.columns.joined(separator: ", "))"])
        }
        if case .string(let name) = value { return name }
        throw Problem(
            .wrongType, "\(call.builtin.name) wants a column's name for \(argument)", argument: argument,
            label: "this is \(value.describedType)")
    }

    /// Returns the names of one or several columns that an argument gives.
    func columnNames(_ argument: String) throws -> [String] {
        guard case .list(let items)? = call.optional(argument) else { return [try columnName(argument)] }
        guard !items.isEmpty else { throw Problem(.badArgument, "\(call.builtin.name): \(argument) names no column", argument: argument) }
        return try items.map {
            if case .string(let name) = $0 { return name }
            throw Problem(
                .wrongType, "\(call.builtin.name) wants names of columns for \(argument)", argument: argument,
                label: "this is \($0.describedType)")
        }
    }

    func numbers(_ argument: String, _ name: String) throws -> [Double] {
        try column(argument, name).enumerated().map { row, value in
            if let number = NumberReading.number(value) { return number }
            throw Problem(
                .wrongType, "\(call.builtin.name): the column \"\(name)\" holds no numbers", argument: argument,
                label: "row \(row) has \(value.describedType)")
        }
    }

    /// Returns the rows in groups: one for all, or one for each value of the column that `by` names.
    func groups() throws -> [(name: String, rows: [Int])] {
        guard call.optional("by") != nil else { return [("", Array(table.rows.indices))] }
        let names = try column("by").map(AxisPlaces.name)
        var (order, groups) = ([String](), [String: [Int]]())
        for (row, name) in names.enumerated() {
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(row)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    /// Returns series of means over the rows with the same x, with 95 % intervals where there are several.
    func means(_ places: AxisPlaces, _ shape: Series.Shape) throws -> [Series] {
        let (columns, groups) = (try columnNames("y"), try groups())
        return try columns.flatMap { column in
            let (values, errors) = (try numbers("y", column), try errors(column))
            return try groups.map { group in
                let name = [columns.count > 1 ? column : "", group.name].filter { !$0.isEmpty }.joined(separator: ", ")
                return Series(name, shape, try points(group.rows, places, values, errors))
            }
        }
    }

    private func points(_ rows: [Int], _ places: AxisPlaces, _ values: [Double], _ errors: [Series.ErrorBar?]?) throws -> [Series.Point] {
        // NaN equals nothing, so that rows without a place cannot be grouped and stay as they are.
        let lost = rows.filter { places.numbers[$0].isNaN }.map { Series.Point(.nan, values[$0]) }
        let atPlaces = Dictionary(grouping: rows.filter { !places.numbers[$0].isNaN }) { places.numbers[$0] }
        return try lost
            + atPlaces.sorted { $0.key < $1.key }.flatMap { x, rows -> [Series.Point] in
                guard rows.count > 1 else { return rows.map { Series.Point(x, values[$0], yError: errors?[$0]) } }
                if errors != nil, call.optional("error") != nil {
                    throw Problem(
                        .badArgument, "\(call.builtin.name): several rows have the same x, and each an error of its own", argument: "error",
                        help: "by=\"column\" makes a series of each kind of row; without error= their mean and its 95 % interval are drawn")
                }
                let (mean, half) = MeanInterval.of(rows.map { values[$0] })
                return [Series.Point(x, mean, yError: NumberReading.bar(half))]
            }
    }

    /// Returns the error bars of a column, from the one that `error` names, else from the columns `_low` and `_high` named after it, or
    /// nil.
    private func errors(_ column: String) throws -> [Series.ErrorBar?]? {
        if call.optional("error") != nil {
            let lengths = try numbers("error", try columnName("error"))
            guard !lengths.contains(where: { $0 < 0 }) else {
                throw Problem(.outOfRange, "\(call.builtin.name): error bars have lengths of at least 0", argument: "error")
            }
            return lengths.map(NumberReading.bar)
        }
        guard table.columns.contains(column + "_low"), table.columns.contains(column + "_high") else { return nil }
        let (values, low, high) = (try numbers("y", column), try numbers("y", column + "_low"), try numbers("y", column + "_high"))
        return values.indices.map { row in
            let (lower, upper) = (values[row] - low[row], high[row] - values[row])
            return lower.isFinite && upper.isFinite ? Series.ErrorBar(max(0, lower), max(0, upper)) : nil
        }
    }
}
