import Figures
import Language
import Tensors

extension FigureCommands {
    private static let data = Key<Value?>(
        "data", numbers, doc: "A table; or points [x, y], a tensor [N, 2]; or the numbers along x.")
    private static let x = column("x", "Numbers along x; of a table, a column.", keywordOnly: false)
    private static let y = column("y", "Numbers along y; of a table, a column.", keywordOnly: false)
    private static let xError = column("x_error", "Half lengths of error bars along x; of a table, a column.")
    private static let yError = column("y_error", "Half lengths of error bars along y; of a table, a column.")
    private static let names = column("names", "Written beside the points; of a table, a column.")

    static let scatter = Builtin(
        "scatter", family: .figures, summary: "Points, with error bars and names: numbers against numbers, or columns of a table.",
        parameters: [data, x, y, by, xError, yError, names, labels, logX, logY, title, xLabel, yLabel, size], result: .figure,
        terms: ["points", "chart", "pareto", "correlation", "draw", "figure", "error bars"],
        examples: [
            .init("scatter([1, 2, 3], [2, 4, 8], log_y=true)", shows: "figure"),
            .init(
                "scatter([{method: \"ours\", prompt: 0.19, identity: 0.64}, {method: \"TI\", prompt: 0.17, identity: 0.45}], x=\"prompt\", y=\"identity\", names=\"method\")",
                shows: "figure: identity over prompt"),
        ], seeAlso: ["bars", "histogram", "heatmap", "save_figure"], isCommand: true, run: drawScatter)

    @Sendable private static func drawScatter(_ call: Call) throws -> Value {
        let table = try call[data].flatMap { try TableReading($0, call, data.name) }
        let (series, labels) = try table.map { try tablePoints($0, call) } ?? (numberPoints(call), ("", ""))
        let chart = Chart(
            x: .init(
                label: try call[xLabel] ?? labels.0, kind: try call[logX] ? .logarithmic(keepsZero: true) : .linear),
            y: .init(label: try call[yLabel] ?? labels.1, kind: try call[logY] ? .logarithmic() : .linear),
            series: try named(series, call))
        return try make(.chart(chart), call)
    }

    private static func tablePoints(_ table: TableReading, _ call: Call) throws -> ([Series], (String, String)) {
        let (xName, yName) = (try table.columnName(x), try table.columnName(y))
        let (xs, ys) = (try table.numbers(x.name, xName), try table.numbers(y.name, yName))
        func lengths(_ key: Key<Value?>) throws -> [Double]? {
            try call[key] == nil ? nil : try positive(table.numbers(key.name, table.columnName(key)), key.name, call)
        }
        let (xErrors, yErrors) = (try lengths(xError), try lengths(yError))
        let labels = try call[names] == nil ? nil : try table.column(names).map(AxisPlaces.name)
        let series = try table.groups().map { group in
            Series(
                group.name, .points,
                group.rows.map { row in
                    Series.Point(
                        xs[row], ys[row], xError: NumberReading.bar(xErrors?[row]), yError: NumberReading.bar(yErrors?[row]),
                        name: labels?[row] ?? "")
                })
        }
        return (series, (xName, yName))
    }

    private static func numberPoints(_ call: Call) throws -> [Series] {
        try refuse(call.firstGiven(by), call)
        let (xs, ys) = try coordinates(call)
        let reading = NumberReading(call: call)
        func lengths(_ key: Key<Value?>) throws -> [Double]? {
            guard let value = try call[key] else { return nil }
            guard let numbers = try NumberReading.numbers(value) else { throw onlyForTables(key.name, call) }
            try reading.check(numbers.count, of: key.name, fits: xs.count, "the points")
            return try positive(numbers, key.name, call)
        }
        let (xErrors, yErrors, given) = (try lengths(xError), try lengths(yError), try call[names])
        if case .string? = given { throw onlyForTables(names.name, call) }
        let labels = try given?.elements?.map(AxisPlaces.name)
        if let labels { try reading.check(labels.count, of: names.name, fits: xs.count, "the points") }
        return [
            Series(
                "", .points,
                xs.indices.map { place in
                    Series.Point(
                        xs[place], ys[place], xError: NumberReading.bar(xErrors?[place]), yError: NumberReading.bar(yErrors?[place]),
                        name: labels?[place] ?? "")
                })
        ]
    }

    /// Returns the coordinates of `scatter(xs, ys)`, of `scatter(x=xs, y=ys)`, or of points [x, y].
    private static func coordinates(_ call: Call) throws -> ([Double], [Double]) {
        var given = try [data, x, y].compactMap { key in try call[key].map { (key.name, $0) } }
        if let (name, _) = given.first(where: { if case .string = $0.1 { true } else { false } }) { throw onlyForTables(name, call) }
        if given.count == 1, given[0].0 == data.name { return try pairs(given[0].1, call) }
        guard given.count == 2 else {
            throw Problem(
                .missingArgument, "scatter needs numbers along x and along y", argument: given.first?.0,
                help: "scatter(xs, ys), scatter([[x, y], …]), or scatter(table, x=\"column\", y=\"column\")")
        }
        let y = given.removeLast()
        func numbers(_ pair: (String, Value)) throws -> [Double] {
            if let numbers = try NumberReading.numbers(pair.1) { return numbers }
            throw Problem(
                .wrongType, "scatter wants a list of numbers or a tensor [N] for \(pair.0)", argument: pair.0,
                label: "this is \(pair.1.describedType)")
        }
        let (xs, ys) = (try numbers(given[0]), try numbers(y))
        try NumberReading(call: call).check(ys.count, of: y.0, fits: xs.count, given[0].0)
        guard !xs.isEmpty else { throw Problem(.badArgument, "scatter: there is nothing to draw", argument: given[0].0) }
        return (xs, ys)
    }

    private static func pairs(_ value: Value, _ call: Call) throws -> ([Double], [Double]) {
        let rows = try NumberReading(call: call).rows(value, data.name).map(\.values)
        if let numbers = try value.elements, numbers.contains(where: { $0.number != nil }) {
            throw Problem(
                .shapeMismatch, "scatter: points are [x, y]", argument: data.name, label: "here they are numbers",
                help: "scatter(xs, ys) takes the two separately")
        }
        guard rows.allSatisfy({ $0.count == 2 }) else {
            throw Problem(
                .shapeMismatch, "scatter: points are [x, y]", argument: data.name,
                label: "here they have \(rows.first { $0.count != 2 }?.count ?? 0) numbers",
                help: "scatter(xs, ys) takes the two separately")
        }
        return (rows.map { $0[0] }, rows.map { $0[1] })
    }

    private static func positive(_ lengths: [Double], _ argument: String, _ call: Call) throws -> [Double] {
        guard !lengths.contains(where: { $0 < 0 }) else {
            throw Problem(.outOfRange, "\(call.builtin.name): error bars have lengths of at least 0", argument: argument)
        }
        return lengths
    }
}
