import Figures
import Glibc
import Language
import Tensors

extension FigureCommands {
    static let histogram = Builtin(
        "histogram", family: family, summary: "How often values occur: all numbers of a tensor or list, or of several in one figure.",
        parameters: [
            Parameter(
                "values", .oneOf([.host("tensor"), .host("mask"), .host("image"), .host("attention"), .list(.any), .record]),
                doc: "Numbers of any shape; a record or list of such."),
            Parameter(
                "bins", .int, range: 1...1000, doc: "Bars; as many as suit the values where not given.", keywordOnly: true, optional: true),
            labels, logY, title, Parameter("x_label", .string, default: "value", doc: "Along the x axis.", keywordOnly: true),
            Parameter("y_label", .string, default: "count", doc: "Along the y axis.", keywordOnly: true), size,
        ],
        result: "figure", terms: ["distribution", "frequency", "bins", "chart", "draw", "figure"],
        examples: [.init("histogram(randn([1000], seed=1), title=\"Noise\")", shows: "figure: Noise")], isCommand: true, run: drawHistogram)

    @Sendable private static func drawHistogram(_ call: Call) throws -> Value {
        let sets = try sets(try call.value("values"), call)
        let finite = sets.map { $0.values.filter { $0.isFinite && abs($0) < 1e300 } }
        guard finite.contains(where: { !$0.isEmpty }) else {
            throw Problem(.badArgument, "histogram: there is no finite value to count", argument: "values")
        }
        let bins = HistogramBins(finite.flatMap { $0 }, count: call.optional("bins") == nil ? nil : try call.int("bins"))
        let series = zip(sets, finite).map { Series($0.name, .bins(width: bins.width), bins.points($1)) }
        let left = zip(sets, finite).reduce(0) { $0 + $1.0.values.count - $1.1.count }
        let label = try call.string("x_label") + (left > 0 ? " (\(left) not finite, left out)" : "")
        let chart = Chart(
            x: .init(label: label),
            y: .init(label: try call.string("y_label"), kind: try call.bool("log_y") ? .logarithmic() : .linear, wholeNumbers: true),
            series: try named(series, call))
        return try make(.chart(chart), call)
    }

    private static func sets(_ value: Value, _ call: Call) throws -> [NumberReading.Row] {
        func all(_ value: Value) throws -> [Double] {
            do {
                return try TensorReading.variable(value).value.values.map(Double.init)
            } catch var problem as Problem {
                problem.argument = "values"
                problem.message = "histogram: \(problem.message)"
                throw problem
            }
        }
        if case .record(let record) = value { return try record.pairs.map { NumberReading.Row(name: $0, values: try all($1)) } }
        // A list of tensors or lists is several sets, a list of numbers one.
        if case .list(let items) = value, !items.isEmpty, items.allSatisfy({ $0.number == nil && NumberReading.number($0) == nil }) {
            return try items.map { NumberReading.Row(name: "", values: try all($0)) }
        }
        return [NumberReading.Row(name: "", values: try all(value))]
    }
}

/// Bins of one width that all sets share.
struct HistogramBins {
    let low, width: Double
    let count: Int

    /// `count` bins from the smallest to the largest value; without, about as many as Freedman and Diaconis's rule
    /// gives (at most 60), with round edges.
    init(_ values: [Double], count wanted: Int?) {
        let sorted = values.sorted()
        let (low, high) = (sorted.first ?? 0, sorted.last ?? 0)
        guard high - low > abs(high) * 1e-12 else {
            let half = low == 0 ? 0.5 : abs(low) / 20
            (self.low, width, count) = (low - half, 2 * half, 1)
            return
        }
        if let wanted {
            (self.low, width, count) = (low, (high - low) / Double(wanted), wanted)
            return
        }
        let spread = sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
        let rule = 2 * spread / cbrt(Double(sorted.count))
        let bins = rule > 0 ? min(60, max(5, (high - low) / rule)) : 20
        width = FigureScale.niceStep(atLeast: (high - low) / bins)
        self.low = (low / width).rounded(.down) * width
        count = min(1000, Int(((high - self.low) / width).rounded(.down)) + 1)
    }

    func points(_ values: [Double]) -> [Series.Point] {
        var counts = [Int](repeating: 0, count: count)
        for value in values { counts[min(count - 1, max(0, Int((value - low) / width)))] += 1 }
        return counts.enumerated().map { Series.Point(low + Double($0) * width, Double($1)) }
    }
}
