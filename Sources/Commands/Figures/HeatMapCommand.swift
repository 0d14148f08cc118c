import Figures
import Images
import Language
import Tensors

extension FigureCommands {
    static let heatmap = Builtin(
        "heatmap", family: family, summary: "A matrix as coloured cells with a colour bar; few cells have their numbers in them.",
        parameters: [
            Parameter(
                "values", .oneOf([.host("tensor"), .list(.any), .host("attention"), .host("mask"), .host("leakage")]),
                doc: "Numbers [rows, columns], or a leakage matrix."),
            Parameter("x", .list(.any), doc: "Names of the columns.", keywordOnly: true, optional: true),
            Parameter("y", .list(.any), doc: "Names of the rows.", keywordOnly: true, optional: true),
            Parameter(
                "low", .number, doc: "The number of the first colour; the smallest where not given.", keywordOnly: true, optional: true),
            Parameter(
                "high", .number, doc: "The number of the last colour; the largest where not given.", keywordOnly: true, optional: true),
            Parameter(
                "colors", .string, default: "viridis", allowed: ColorMap.allCases.map(\.rawValue),
                doc: "The colours; diverging has white at 0.", keywordOnly: true),
            Parameter("numbers", .bool, doc: "Whether cells have their numbers in them.", keywordOnly: true, optional: true),
            title, xLabel, yLabel, Parameter("label", .string, default: "", doc: "Beside the colour bar.", keywordOnly: true), size,
        ],
        result: "figure", terms: ["matrix", "map", "colour bar", "confusion", "cosine", "leakage", "draw", "figure"],
        examples: [
            .init(
                "heatmap([[1, 0.2], [0.2, 1]], x=[\"toy\", \"bowl\"], y=[\"toy\", \"bowl\"], title=\"cosine\")",
                shows: "heat map 2×2: cosine"),
            .init("heatmap(randn([16, 16], seed=1), colors=\"diverging\")", shows: "heat map 16×16"),
        ], run: drawHeatMap)

    @Sendable private static func drawHeatMap(_ call: Call) throws -> Value {
        var map = try call.value("values").host(as: LeakageValue.self).map(leakageMap) ?? HeatMap(matrix(call))
        if let x = try call.optional("x")?.elements { map.columns = x.map(AxisPlaces.name) }
        if let y = try call.optional("y")?.elements { map.rows = y.map(AxisPlaces.name) }
        map.colors = ColorMap(rawValue: try call.string("colors")) ?? .viridis
        if call.optional("low") != nil { map.low = try call.double("low") }
        if call.optional("high") != nil { map.high = try call.double("high") }
        if call.optional("numbers") != nil { map.showsValues = try call.bool("numbers") }
        map.xLabel = try text("x_label", call, else: map.xLabel)
        map.yLabel = try text("y_label", call, else: map.yLabel)
        if call.has("label") { map.valueLabel = try call.string("label") }
        return try make(.heatMap(map), call)
    }

    private static func leakageMap(_ leakage: LeakageValue) -> HeatMap {
        let matrix = leakage.matrix
        return HeatMap(
            matrix.shares, columns: matrix.maskNames + ["background"], rows: matrix.handles, valueLabel: "share of attention", low: 0,
            high: 1)
    }

    private static func matrix(_ call: Call) throws -> [[Double]] {
        let tensor = try call.tensor("values")
        var shape = tensor.shape
        while shape.count > 2, shape.first == 1 { shape.removeFirst() }
        while shape.count > 2, shape.last == 1 { shape.removeLast() }
        guard shape.count == 2, tensor.count > 0 else {
            throw Problem(
                .shapeMismatch, "heatmap takes numbers [rows, columns]", argument: "values", label: "this is \(Shape.text(tensor.shape))",
                help: shape.count > 2 ? "pick or average the other axes: mean(x, axis=0)" : nil)
        }
        // The shortest decimals matter only where cells are few enough for their numbers to be written.
        let values = tensor.values.map(tensor.count <= 10_000 ? shortest : Double.init)
        return (0..<shape[0]).map { Array(values[$0 * shape[1]..<($0 + 1) * shape[1]]) }
    }
}
