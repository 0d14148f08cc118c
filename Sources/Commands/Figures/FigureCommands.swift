import Figures
import Images
import Language

/// Builtins for figures: curves, points, bars, heat maps, histograms and grids of pictures, shown and saved.
enum FigureCommands {
    static let all: [Builtin] = [show, plot, scatter, bars, histogram, heatmap, grid] + saving + TableCommands.all

    static let family = "figures"

    // MARK: parameters that several share

    static let title = Parameter("title", .string, default: "", doc: "Above the figure.", keywordOnly: true)
    static let size = Parameter(
        "size", .list(.int), range: 120...4096, doc: "[height, width] in pixels; [400, 640] where not given.", keywordOnly: true,
        optional: true)
    static let labels = Parameter("labels", .list(.any), doc: "Names for the legend, one a series.", keywordOnly: true, optional: true)
    static let by = Parameter("by", .string, doc: "A table's column: a series for each of its values.", keywordOnly: true, optional: true)
    static let logX = Parameter(
        "log_x", .bool, default: false, doc: "A logarithmic x axis; 0 keeps a place at its left end.", keywordOnly: true)
    static let logY = Parameter("log_y", .bool, default: false, doc: "A logarithmic y axis.", keywordOnly: true)
    static let xLabel = Parameter("x_label", .string, doc: "Along the x axis.", keywordOnly: true, optional: true)
    static let yLabel = Parameter("y_label", .string, doc: "Along the y axis.", keywordOnly: true, optional: true)
    static let numbers = TypeRule.oneOf([.host("history"), .host("table"), .host("tensor"), .list(.any), .record])
    static let places = TypeRule.oneOf([.string, .list(.any), .host("tensor")])

    // MARK: making

    /// Returns the figure as a value. Throws a `Problem` at the argument whose content cannot be drawn.
    static func make(_ content: Figure.Content, _ call: Call) throws -> Value {
        do {
            return .host(
                try FigureValue(Figure(content, title: try call.string("title"), size: try pixelSize(call)), metadata: Provenance.of(call)))
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
        guard call.builtin.parameters.contains(where: { $0.name == "size" }), call.optional("size") != nil else { return nil }
        let sides = try call.ints("size")
        guard sides.count == 2 else {
            throw Problem(.badArgument, "\(call.builtin.name): size is [height, width] in pixels", argument: "size")
        }
        return PixelSize(width: sides[1], height: sides[0])
    }

    /// Returns an argument's text, or another where it was left out.
    static func text(_ name: String, _ call: Call, else other: String) throws -> String {
        call.optional(name) == nil ? other : try call.string(name)
    }

    /// Returns the series with the names of `labels=` in place of their own.
    static func named(_ series: [Series], _ call: Call) throws -> [Series] {
        guard let labels = try call.optional("labels")?.elements else { return series }
        guard labels.count == series.count else {
            throw Problem(
                .badArgument, "\(call.builtin.name): \(labels.count) labels for \(series.count) series", argument: "labels")
        }
        return zip(series, labels).map { Series($1.inlineText, $0.shape, $0.points, raw: $0.raw) }
    }
}
