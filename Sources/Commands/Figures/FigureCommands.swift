import Figures
import Images
import Language

/// Builtins for figures: curves, points, bars, heat maps, histograms and grids of pictures, shown and saved.
enum FigureCommands {
    static let all: [Builtin] = [show, plot, scatter, bars, histogram, heatmap, grid, saveFigure] + TableCommands.all

    // MARK: parameters that several share

    static let title = Key<String>("title", default: "", doc: "Above the figure.", keywordOnly: true)
    static let size = Key<[Int]?>(
        "size", range: 120...4096, doc: "[height, width] in pixels; [400, 640] where not given.", keywordOnly: true)
    static let labels = Key<[Value]?>("labels", doc: "Names for the legend, one a series.", keywordOnly: true)
    static let by = column("by", "A table's column: a series for each of its values.", rule: .string)
    static let error = column("error", "Half lengths of error bars; of a table, a column.")
    static let logX = Key<Bool>("log_x", default: false, doc: "A logarithmic x axis; 0 keeps a place at its left end.", keywordOnly: true)
    static let logY = Key<Bool>("log_y", default: false, doc: "A logarithmic y axis.", keywordOnly: true)
    static let xLabel = Key<String?>("x_label", doc: "Along the x axis.", keywordOnly: true)
    static let yLabel = Key<String?>("y_label", doc: "Along the y axis.", keywordOnly: true)
    static let path = Key<String>("path", doc: "The file.", file: .output)

    /// What curves, bars and points are drawn of.
    static let numbers = TypeRule.oneOf([HistoryValue.rule, TableValue.rule, TensorValue.rule, .list(.any), .record])

    /// Returns a parameter that takes a number or a name for each value, or the name of a table's column.
    static func column(
        _ name: String, _ doc: String, rule: TypeRule = .oneOf([.string, .list(.any), TensorValue.rule]), keywordOnly: Bool = true
    ) -> Key<Value?> { Key(name, rule, doc: doc, keywordOnly: keywordOnly) }

    // MARK: making

    /// Returns the figure as a value. Throws a `Problem` at the argument whose content cannot be drawn.
    static func make(_ content: Figure.Content, _ call: Call) throws -> Value {
        do {
            return .host(
                try FigureValue(Figure(content, title: try call[title], size: try pixelSize(call)), metadata: Provenance.of(call)))
        } catch let error as FigureError {
            throw problem(error, call)
        }
    }

    static func problem(_ error: FigureError, _ call: Call) -> Problem {
        let message = "\(call.builtin.name): \(error)"
        guard case .content(let part, _) = error else { return Problem(.internal, message) }
        return Problem(.badArgument, message, argument: call.builtin.parameters.contains { $0.name == part } ? part : nil)
    }

    private static func pixelSize(_ call: Call) throws -> PixelSize? {
        guard call.has(size), let sides = try call[size] else { return nil }
        guard sides.count == 2 else {
            throw Problem(.badArgument, "\(call.builtin.name): size is [height, width] in pixels", argument: size.name)
        }
        return PixelSize(width: sides[1], height: sides[0])
    }

    /// Returns the series with the names of `labels=` in place of their own.
    static func named(_ series: [Series], _ call: Call) throws -> [Series] {
        guard let names = try call[labels] else { return series }
        guard names.count == series.count else {
            throw Problem(
                .badArgument, "\(call.builtin.name): \(names.count) labels for \(series.count) series", argument: labels.name)
        }
        return zip(series, names).map { Series($1.inlineText, $0.shape, $0.points, raw: $0.raw) }
    }
}
