import Figures
import Language

extension FigureCommands {
    private static let data = Key<Value>("data", numbers, doc: "Numbers, a record {name: number}, several rows of numbers, or a table.")
    private static let x = column("x", "Names below the bars; of a table, a column.")
    private static let y = Key<[String]?>(
        "y", .oneOf([.string, .list(.string)]), doc: "One or several columns of a table.", keywordOnly: true)

    static let bars = Builtin(
        "bars", family: .figures, summary: "Bars, side by side in groups where there are several series, with error bars.",
        parameters: [data, x, y, by, error, labels, title, xLabel, yLabel, size], result: .figure,
        terms: ["bar chart", "column chart", "compare", "draw", "figure", "error bars", "groups"],
        examples: [
            .init(
                "bars({toy: 0.71, bowl: 0.52}, y_label=\"soft IoU\", title=\"How well did they separate?\")",
                shows: "figure: How well did they separate?"),
            .init(
                "bars([{run: \"all parts\", iou: 0.8, leak: 0.02}, {run: \"no masks\", iou: 0.5, leak: 0.3}], x=\"run\", y=[\"iou\", \"leak\"])",
                shows: "figure (iou, leak)"),
        ], seeAlso: ["histogram", "heatmap", "save_figure"], isCommand: true, run: drawBars)

    @Sendable private static func drawBars(_ call: Call) throws -> Value {
        let given = try call[data]
        var chart: Chart
        if let table = try TableReading(given, call, data.name) {
            let places = AxisPlaces(try table.column(x), alwaysNames: true)
            let columns = try table.columnNames(y)
            chart = Chart(
                x: .init(kind: places.kind(log: false)), y: .init(label: columns.count == 1 ? columns[0] : ""),
                series: try table.means(y, places, .bars))
        } else {
            try refuse(call.firstGiven(y, by), call)
            chart = try numberBars(given, call)
        }
        chart.series = try named(chart.series, call)
        chart.x.label = try call[xLabel] ?? chart.x.label
        chart.y.label = try call[yLabel] ?? chart.y.label
        return try make(.chart(chart), call)
    }

    private static func numberBars(_ value: Value, _ call: Call) throws -> Chart {
        let (reading, names) = (NumberReading(call: call), try call[x])
        var (rows, labels) = (try reading.rows(value, data.name), [String]?.none)
        // {name: number} has a bar for each; {name: numbers} a series.
        if case .record = value, !rows.isEmpty, rows.allSatisfy({ $0.values.count == 1 }), names == nil {
            labels = rows.map(\.name)
            rows = [NumberReading.Row(name: "", values: rows.map { $0.values[0] })]
        }
        guard let first = rows.first else {
            throw Problem(.badArgument, "bars: there is nothing to draw", argument: data.name, label: "this is empty")
        }
        if let odd = rows.firstIndex(where: { $0.values.count != first.values.count }) {
            throw Problem(
                .badArgument, "bars: the series have different lengths", argument: data.name,
                label: "series 0 has \(first.values.count), series \(odd) \(rows[odd].values.count)")
        }
        if let names {
            guard let items = try names.elements else { throw onlyForTables(x.name, call) }
            try reading.check(items.count, of: x.name, fits: first.values.count, "the series")
            labels = items.map(AxisPlaces.name)
        }
        let errors = try reading.errors(error, for: rows.map(\.values))
        let series = rows.enumerated().map { index, row in
            Series(
                row.name, .bars, row.values.enumerated().map { Series.Point(Double($0), $1, yError: NumberReading.bar(errors?[index][$0])) }
            )
        }
        return Chart(x: .init(kind: .categories(labels ?? first.values.indices.map(String.init))), series: series)
    }
}
