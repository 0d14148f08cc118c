import Figures
import Language

extension FigureCommands {
    static let bars = Builtin(
        "bars", family: family, summary: "Bars, side by side in groups where there are several series, with error bars.",
        parameters: [
            Parameter("data", numbers, doc: "Numbers, a record {name: number}, several rows of numbers, or a table."),
            Parameter("x", places, doc: "Names below the bars; of a table, a column.", keywordOnly: true, optional: true),
            Parameter(
                "y", .oneOf([.string, .list(.string)]), doc: "One or several columns of a table.", keywordOnly: true, optional: true), by,
            Parameter("error", places, doc: "Half lengths of error bars; of a table, a column.", keywordOnly: true, optional: true), labels,
            title, xLabel, yLabel, size,
        ],
        result: "figure", terms: ["bar chart", "column chart", "compare", "draw", "figure", "error bars", "groups"],
        examples: [
            .init(
                "bars({toy: 0.71, bowl: 0.52}, y_label=\"soft IoU\", title=\"How well did they separate?\")",
                shows: "figure: How well did they separate?"),
            .init(
                "bars([{run: \"all parts\", iou: 0.8, leak: 0.02}, {run: \"no masks\", iou: 0.5, leak: 0.3}], x=\"run\", y=[\"iou\", \"leak\"])",
                shows: "figure (iou, leak)"),
        ], isCommand: true, run: drawBars)

    @Sendable private static func drawBars(_ call: Call) throws -> Value {
        let data = try call.value("data")
        var chart: Chart
        if let table = try TableReading(data, call, "data") {
            let places = AxisPlaces(try table.column("x"), alwaysNames: true)
            let columns = try table.columnNames("y")
            chart = Chart(
                x: .init(kind: places.kind(log: false)), y: .init(label: columns.count == 1 ? columns[0] : ""),
                series: try table.means(places, .bars))
        } else {
            try refuseColumns(["y", "by"], call)
            chart = try numberBars(data, call)
        }
        chart.series = try named(chart.series, call)
        chart.x.label = try text("x_label", call, else: chart.x.label)
        chart.y.label = try text("y_label", call, else: chart.y.label)
        return try make(.chart(chart), call)
    }

    private static func numberBars(_ data: Value, _ call: Call) throws -> Chart {
        let reading = NumberReading(call: call)
        var (rows, names) = (try reading.rows(data, "data"), [String]?.none)
        // {name: number} has a bar for each; {name: numbers} a series.
        if case .record = data, !rows.isEmpty, rows.allSatisfy({ $0.values.count == 1 }), call.optional("x") == nil {
            names = rows.map(\.name)
            rows = [NumberReading.Row(name: "", values: rows.map { $0.values[0] })]
        }
        guard let first = rows.first else {
            throw Problem(.badArgument, "bars: there is nothing to draw", argument: "data", label: "this is empty")
        }
        if let odd = rows.firstIndex(where: { $0.values.count != first.values.count }) {
            throw Problem(
                .badArgument, "bars: the series have different lengths", argument: "data",
                label: "series 0 has \(first.values.count), series \(odd) \(rows[odd].values.count)")
        }
        if let x = call.optional("x") {
            guard let items = try x.elements else { throw onlyForTables("x", call) }
            try reading.check(items.count, of: "x", fits: first.values.count, "the series")
            names = items.map(AxisPlaces.name)
        }
        let errors = try reading.errors("error", for: rows.map(\.values))
        let series = rows.enumerated().map { index, row in
            Series(
                row.name, .bars, row.values.enumerated().map { Series.Point(Double($0), $1, yError: NumberReading.bar(errors?[index][$0])) }
            )
        }
        return Chart(x: .init(kind: .categories(names ?? first.values.indices.map(String.init))), series: series)
    }
}
