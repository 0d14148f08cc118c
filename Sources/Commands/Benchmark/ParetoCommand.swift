import Figures
import Language

/// `pareto`: methods by two measures, with intervals and the front of those that no other beats in both.
enum ParetoCommand {
    private static let table = Key<Value>(
        "table", .oneOf([TableValue.rule, .list(.any), .record]), doc: "A row a method, such as summary(runs, by=\"method\") gives.")
    private static let x = Key<String>("x", doc: "The column along x, where more is better.")
    private static let y = Key<String>("y", doc: "The column along y, where more is better.")
    private static let names = Key<String>("names", default: "method", doc: "The column with the names of the points.", keywordOnly: true)

    static let builtin = Builtin(
        "pareto", family: .figures,
        summary: "Methods by two measures with their intervals, and the front: those that no other method beats in both.",
        parameters: [table, x, y, names, FigureCommands.title, FigureCommands.xLabel, FigureCommands.yLabel, FigureCommands.size],
        result: .figure, terms: ["trade-off", "front", "prompt similarity", "identity", "scatter", "figure 5", "compare methods"],
        paper: "Figure 5",
        examples: [
            .init(
                "pareto([{method: \"ours\", prompt: 0.19, identity: 0.64}, {method: \"TI\", prompt: 0.17, identity: 0.45}], \"prompt\", \"identity\")",
                shows: "figure: identity over prompt (methods, front)")
        ],
        seeAlso: ["scatter", "summary", "save_figure"], run: draw)

    @Sendable private static func draw(_ call: Call) throws -> Value {
        let whole = try TableCommands.rows(call[table], call, table.name)
        func column(_ name: String, _ key: Key<String>) throws -> [Value] {
            guard case .list(let items)? = whole.column(name) else { throw TableCommands.noColumn(name, whole, call, key.name) }
            return items
        }
        let (xName, yName) = (try call[x], try call[y])
        let (xs, ys) = (try numbers(column(xName, x), xName, x, call), try numbers(column(yName, y), yName, y, call))
        let labels = try column(call[names], names).map(\.inlineText)
        let (xEnds, yEnds) = (ends(whole, xName), ends(whole, yName))
        let points = xs.indices.filter { xs[$0].isFinite && ys[$0].isFinite }.map { row in
            Series.Point(
                xs[row], ys[row], xError: bar(xs[row], xEnds, row), yError: bar(ys[row], yEnds, row), name: labels[row])
        }
        guard !points.isEmpty else { throw Problem(.badArgument, "pareto: there is nothing to draw", argument: table.name) }
        let front = front(points)
        let chart = Chart(
            x: .init(label: try call[FigureCommands.xLabel] ?? xName), y: .init(label: try call[FigureCommands.yLabel] ?? yName),
            series: [
                Series("methods", .points, points),
                Series("front", .line(markers: false), front.map { Series.Point($0.x, $0.y) }),
            ])
        return try FigureCommands.make(.chart(chart), call)
    }

    /// Returns the points that no other one beats: none is as good in both and better in one. From left to right.
    static func front(_ points: [Series.Point]) -> [Series.Point] {
        points.filter { point in
            !points.contains { $0.x >= point.x && $0.y >= point.y && ($0.x > point.x || $0.y > point.y) }
        }.sorted { $0.x < $1.x }
    }

    private static func numbers(_ values: [Value], _ name: String, _ key: Key<String>, _ call: Call) throws -> [Double] {
        try values.map { value in
            if value.isNone { return .nan }
            if let number = NumberReading.number(value) { return number }
            throw Problem(.wrongType, "pareto: the column \"\(name)\" holds \(value.describedType)", argument: key.name)
        }
    }

    /// Returns the columns `name_low` and `name_high`; nil where the table lacks one.
    private static func ends(_ table: TableValue, _ name: String) -> (low: [Value], high: [Value])? {
        guard case .list(let low)? = table.column(name + "_low"), case .list(let high)? = table.column(name + "_high") else { return nil }
        return (low, high)
    }

    private static func bar(_ value: Double, _ ends: (low: [Value], high: [Value])?, _ row: Int) -> Series.ErrorBar? {
        guard let low = ends?.low[row].number, let high = ends?.high[row].number, low.isFinite, high.isFinite else { return nil }
        return Series.ErrorBar(max(0, value - low), max(0, high - value))
    }
}
