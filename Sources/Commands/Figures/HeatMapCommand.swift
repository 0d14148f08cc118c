import Figures
import Images
import Language
import Tensors

extension ColorMap: WordArgument {}

extension FigureCommands {
    private static let values = Key<Value>(
        "values", .oneOf([TensorValue.rule, .list(.any), AttentionValue.rule, MaskValue.rule, LeakageValue.rule]),
        doc: "Numbers [rows, columns], or a leakage matrix.")
    private static let x = Key<[Value]?>("x", doc: "Names of the columns.", keywordOnly: true)
    private static let y = Key<[Value]?>("y", doc: "Names of the rows.", keywordOnly: true)
    private static let low = Key<Double?>("low", doc: "The number of the first colour; the smallest where not given.", keywordOnly: true)
    private static let high = Key<Double?>("high", doc: "The number of the last colour; the largest where not given.", keywordOnly: true)
    private static let colors = Key<ColorMap>(
        "colors", default: .viridis, doc: "The colours; diverging has white at 0.", keywordOnly: true)
    private static let written = Key<Bool?>("numbers", doc: "Whether cells have their numbers in them.", keywordOnly: true)
    private static let label = Key<String>("label", default: "", doc: "Beside the colour bar.", keywordOnly: true)

    static let heatmap = Builtin(
        "heatmap", family: .figures, summary: "A matrix as coloured cells with a colour bar; few cells have their numbers in them.",
        parameters: [values, x, y, low, high, colors, written, title, xLabel, yLabel, label, size], result: .figure,
        terms: ["matrix", "map", "colour bar", "confusion", "cosine", "leakage", "draw", "figure"],
        examples: [
            .init(
                "heatmap([[1, 0.2], [0.2, 1]], x=[\"toy\", \"bowl\"], y=[\"toy\", \"bowl\"], title=\"cosine\")",
                shows: "heat map 2×2: cosine"),
            .init("heatmap(randn([16, 16], seed=1), colors=\"diverging\")", shows: "heat map 16×16"),
        ], seeAlso: ["save_figure"], run: drawHeatMap)

    @Sendable private static func drawHeatMap(_ call: Call) throws -> Value {
        let given = try call[values]
        var map = try given.host(as: LeakageValue.self).map(leakageMap) ?? HeatMap(matrix(given, call))
        if let names = try call[x] { map.columns = names.map(AxisPlaces.name) }
        if let names = try call[y] { map.rows = names.map(AxisPlaces.name) }
        map.colors = try call[colors]
        if let number = try call[low] { map.low = number }
        if let number = try call[high] { map.high = number }
        if let flag = try call[written] { map.showsValues = flag }
        map.xLabel = try call[xLabel] ?? map.xLabel
        map.yLabel = try call[yLabel] ?? map.yLabel
        if call.has(label) { map.valueLabel = try call[label] }
        return try make(.heatMap(map), call)
    }

    private static func leakageMap(_ leakage: LeakageValue) -> HeatMap {
        let matrix = leakage.matrix
        return HeatMap(
            matrix.shares, columns: matrix.maskNames + ["background"], rows: matrix.labels.map(\.short), valueLabel: "share of attention",
            low: 0, high: 1)
    }

    private static func matrix(_ value: Value, _ call: Call) throws -> [[Double]] {
        let tensor = try Tensor.read(value, call, values.name)
        var shape = tensor.shape
        while shape.count > 2, shape.first == 1 { shape.removeFirst() }
        while shape.count > 2, shape.last == 1 { shape.removeLast() }
        guard shape.count == 2, tensor.count > 0 else {
            throw Problem(
                .shapeMismatch, "heatmap takes numbers [rows, columns]", argument: values.name,
                label: "this is \(Shape.text(tensor.shape))",
                help: shape.count > 2 ? "pick or average the other axes: mean(x, axis=0)" : nil)
        }
        // The shortest decimals matter only where cells are few enough for their numbers to be written.
        let numbers = tensor.values.map(tensor.count <= 10_000 ? shortest : Double.init)
        return (0..<shape[0]).map { Array(numbers[$0 * shape[1]..<($0 + 1) * shape[1]]) }
    }
}
