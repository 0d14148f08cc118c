import Figures
import Language

extension FigureCommands {
    /// The parameters that only `plot` has; curves of histories read them as well.
    enum Plot {
        static let data = Key<Value>("data", numbers, doc: "A history, numbers, a list or record of curves, or a table with x= and y=.")
        static let x = column("x", "Numbers or names along x, one a value; of a table, a column.")
        static let y = Key<[String]?>(
            "y", .oneOf([.string, .list(.string)]), doc: "One or several columns of a table or history.", keywordOnly: true)
        static let smooth = Key<Int?>(
            "smooth", range: 1...1_000_000, unit: "values", doc: "Mean over so many values, the values faintly; a history's choose.",
            keywordOnly: true)
        static let logY = Key<Bool?>("log_y", doc: "A logarithmic y axis; a history's losses have one.", keywordOnly: true)
        static let marks = Key<Record?>("marks", doc: "Vertical lines: {name: x}.", keywordOnly: true)
    }

    static let plot = Builtin(
        "plot", family: .figures, summary: "Curves: a training's losses, lists of numbers, or columns of a table with error bars.",
        parameters: [
            Plot.data, labels, Plot.x, Plot.y, by, error, Plot.smooth, logX, Plot.logY, Plot.marks, title, xLabel, yLabel, size,
        ],
        result: .figure, terms: ["curve", "line", "chart", "loss", "graph", "draw", "smooth", "figure"],
        examples: [
            .init("plot([3, 2, 1.5, 1.2])", shows: "figure"),
            .init("plot [[1, 2, 4], [1, 3, 9]], labels=[\"doubled\", \"squared\"], log_y=true", shows: "figure (doubled, squared)"),
            .init(
                "plot [{weight: 0, iou: 0.4}, {weight: 0.01, iou: 0.7}, {weight: 0.01, iou: 0.8}], x=\"weight\", y=\"iou\", log_x=true",
                shows: "figure: iou over weight"),
        ], seeAlso: ["scatter", "bars", "histogram", "heatmap", "save_figure", "load_table"], isCommand: true, run: drawPlot)

    @Sendable private static func drawPlot(_ call: Call) throws -> Value {
        let data = try call[Plot.data]
        var chart: Chart
        if let histories = HistoryCurves.histories(data) {
            chart = try HistoryCurves(call: call).chart(histories)
        } else if let table = try TableReading(data, call, Plot.data.name) {
            chart = try tableChart(table, call)
        } else {
            chart = try curveChart(data, call)
        }
        chart.series = try named(chart.series, call)
        chart.marks += try marks(call)
        chart.x.label = try call[xLabel] ?? chart.x.label
        chart.y.label = try call[yLabel] ?? chart.y.label
        return try make(.chart(chart), call)
    }

    private static func tableChart(_ table: TableReading, _ call: Call) throws -> Chart {
        let places = AxisPlaces(try table.column(Plot.x))
        let series = try table.means(Plot.y, places, .line(markers: Set(places.numbers).count <= 40))
        let names = try table.columnNames(Plot.y)
        return Chart(
            x: .init(label: try table.columnName(Plot.x), kind: places.kind(log: try call[logX])),
            y: .init(label: names.count == 1 ? names[0] : "", kind: try yKind(call)),
            series: try series.map { Smoothing.smoothed($0, window: try window(call)) })
    }

    private static func curveChart(_ data: Value, _ call: Call) throws -> Chart {
        let reading = NumberReading(call: call)
        try refuse(call.firstGiven(Plot.y, by), call)
        let rows = try reading.rows(data, Plot.data.name)
        let places = try xPlaces(rows.map(\.values.count), reading, call)
        let errors = try reading.errors(error, for: rows.map(\.values))
        let (window, yKind) = (try window(call), try yKind(call))
        // Points may be left out only where x follows from their place, and where neither error bars nor means need all of them.
        let isThinned = places == nil && errors == nil && window == 1
        let series = rows.enumerated().map { index, row in
            let kept = isThinned ? CurveThinning.places(row.values, isLogarithmic: yKind.isLogarithmic) : Array(row.values.indices)
            let points = kept.map { place in
                Series.Point(places?.numbers[place] ?? Double(place), row.values[place], yError: NumberReading.bar(errors?[index][place]))
            }
            return Smoothing.smoothed(Series(row.name, .line(markers: row.values.count <= 25), points), window: window)
        }
        let isLogarithmic = try call[logX]
        return Chart(
            x: .init(
                kind: places?.kind(log: isLogarithmic) ?? (isLogarithmic ? .logarithmic(keepsZero: true) : .linear),
                wholeNumbers: places == nil),
            y: .init(kind: yKind), series: series)
    }

    /// Returns the places that `x` gives. Throws where a curve has another number of values.
    private static func xPlaces(_ counts: [Int], _ reading: NumberReading, _ call: Call) throws -> AxisPlaces? {
        guard let x = try call[Plot.x] else { return nil }
        if case .string = x { throw onlyForTables(Plot.x.name, call) }
        let places = AxisPlaces(try x.elements ?? [])
        for count in counts { try reading.check(places.numbers.count, of: Plot.x.name, fits: count, "the curve") }
        return places
    }

    /// Throws where an argument, of which this is the name, names a column although the data are no table.
    static func refuse(_ name: String?, _ call: Call) throws {
        if let name { throw onlyForTables(name, call) }
    }

    /// Returns the problem of naming a column of data that are no table.
    static func onlyForTables(_ name: String, _ call: Call) -> Problem {
        Problem(
            .badArgument, "\(call.builtin.name): \(name)= names a column, and these data are no table", argument: name,
            help: "a table is a list of records: [{step: 1, loss: 0.5}, …]")
    }

    private static func yKind(_ call: Call) throws -> ScaleKind { try call[Plot.logY] == true ? .logarithmic() : .linear }

    private static func window(_ call: Call) throws -> Int { try call[Plot.smooth] ?? 1 }

    private static func marks(_ call: Call) throws -> [Chart.Mark] {
        try (call[Plot.marks]?.pairs ?? []).map { name, value in
            guard let x = NumberReading.number(value), x.isFinite else {
                throw Problem(
                    .wrongType, "\(call.builtin.name): a mark is {name: x}", argument: Plot.marks.name,
                    label: "\(name) is \(value.describedType)")
            }
            return Chart.Mark(x: x, label: name)
        }
    }
}
