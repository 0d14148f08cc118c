import Figures
import Language

/// Reads columns of a table as series of points.
struct TableReading {
    private let call: Call
    let table: TableValue
    private let error = FigureCommands.error

    /// Returns nil where the value is neither a table nor a list of records.
    init?(_ value: Value, _ call: Call, _ argument: String) throws {
        let items = value.host(as: (any HostValue).self) == nil ? try value.elements ?? [] : []
        let isRecords = !items.isEmpty && items.allSatisfy { if case .record = $0 { true } else { false } }
        guard isRecords || value.host(as: TableReadable.self) != nil else { return nil }
        self.call = call
        table = try TableCommands.rows(value, call, argument)
    }

    /// Returns the column whose name an argument gives. Throws `.missingArgument` and `.unknownField`.
    func column(_ key: Key<Value?>) throws -> [Value] { try column(key.name, columnName(key)) }

    /// Returns a column. Throws `.unknownField` at an argument where there is none of this name.
    private func column(_ argument: String, _ name: String) throws -> [Value] {
        if let values = try table.column(name)?.elements { return values }
        throw TableCommands.noColumn(name, table, call, argument)
    }

    func columnName(_ key: Key<Value?>) throws -> String {
        guard let value = try call[key] else { throw missing(key.name) }
        if case .string(let name) = value { return name }
        throw Problem(
            .wrongType, "\(call.builtin.name) wants a column's name for \(key.name)", argument: key.name,
            label: "this is \(value.describedType)")
    }

    /// Returns the names of one or several columns that an argument gives.
    func columnNames(_ key: Key<[String]?>) throws -> [String] {
        guard let names = try call[key] else { throw missing(key.name) }
        guard !names.isEmpty else { throw Problem(.badArgument, "\(call.builtin.name): \(key.name) names no column", argument: key.name) }
        return names
    }

    private func missing(_ argument: String) -> Problem {
        Problem(
            .missingArgument, "\(call.builtin.name) needs \(argument)=, the name of a column of the table",
            notes: ["there are \(table.columns.joined(separator: ", "))"])
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
        guard try call[FigureCommands.by] != nil else { return [("", Array(table.rows.indices))] }
        let names = try column(FigureCommands.by).map(AxisPlaces.name)
        var (order, groups) = ([String](), [String: [Int]]())
        for (row, name) in names.enumerated() {
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(row)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    /// Returns series of means over the rows with the same x, with 95 % intervals where there are several; `key` names the columns.
    func means(_ key: Key<[String]?>, _ places: AxisPlaces, _ shape: Series.Shape) throws -> [Series] {
        let (columns, groups) = (try columnNames(key), try groups())
        return try columns.flatMap { column in
            let (values, errors) = (try numbers(key.name, column), try errors(key.name, column))
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
                if errors != nil, try call[error] != nil {
                    throw Problem(
                        .badArgument, "\(call.builtin.name): several rows have the same x, and each an error of its own",
                        argument: error.name,
                        help: "by=\"column\" makes a series of each kind of row; without error= their mean and its 95 % interval are drawn")
                }
                let (mean, half) = MeanInterval.of(rows.map { values[$0] })
                return [Series.Point(x, mean, yError: NumberReading.bar(half))]
            }
    }

    /// Returns the error bars of a column, from the one that `error` names, else from the columns `_low` and `_high` named after it, or
    /// nil.
    private func errors(_ argument: String, _ column: String) throws -> [Series.ErrorBar?]? {
        if try call[error] != nil {
            let lengths = try numbers(error.name, try columnName(error))
            guard !lengths.contains(where: { $0 < 0 }) else {
                throw Problem(.outOfRange, "\(call.builtin.name): error bars have lengths of at least 0", argument: error.name)
            }
            return lengths.map(NumberReading.bar)
        }
        guard table.columns.contains(column + "_low"), table.columns.contains(column + "_high") else { return nil }
        let (values, low, high) = (
            try numbers(argument, column), try numbers(argument, column + "_low"), try numbers(argument, column + "_high")
        )
        return values.indices.map { row in
            let (lower, upper) = (values[row] - low[row], high[row] - values[row])
            return lower.isFinite && upper.isFinite ? Series.ErrorBar(max(0, lower), max(0, upper)) : nil
        }
    }
}
