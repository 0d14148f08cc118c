import Figures
import Glibc
import Language
import Tensors

extension FigureCommands {
    private static let values = Key<Value>(
        "values", .oneOf([TensorValue.rule, MaskValue.rule, ImageValue.rule, AttentionValue.rule, .list(.any), .record]),
        doc: "Numbers of any shape; a record or list of such.")
    private static let bins = Key<Int?>(
        "bins", range: 1...1000, doc: "Bars; as many as suit the values where not given.", keywordOnly: true)
    private static let valueLabel = Key<String>("x_label", default: "value", doc: "Along the x axis.", keywordOnly: true)
    private static let countLabel = Key<String>("y_label", default: "count", doc: "Along the y axis.", keywordOnly: true)

    static let histogram = Builtin(
        "histogram", family: .figures, summary: "How often values occur: all numbers of a tensor or list, or of several in one figure.",
        parameters: [values, bins, labels, logY, title, valueLabel, countLabel, size], result: .figure,
        terms: ["distribution", "frequency", "bins", "chart", "draw", "figure"],
        examples: [.init("histogram(randn([1000], seed=1), title=\"Noise\")", shows: "figure: Noise")],
        seeAlso: ["heatmap", "save_figure"], isCommand: true, run: drawHistogram)

    @Sendable private static func drawHistogram(_ call: Call) throws -> Value {
        let sets = try sets(try call[values], call)
        guard let bins = try HistogramBins(sets.map(\.values), count: call[Self.bins]) else {
            throw Problem(.badArgument, "histogram: there is no finite value to count", argument: values.name)
        }
        let series = try sets.map { Series($0.name, .bins(width: bins.width), try bins.points($0.values)) }
        let left = sets.reduce(0) { $0 + $1.values.count } - bins.counted
        let label = try call[valueLabel] + (left > 0 ? " (\(left) not finite, left out)" : "")
        let chart = Chart(
            x: .init(label: label),
            y: .init(label: try call[countLabel], kind: try call[logY] ? .logarithmic() : .linear, wholeNumbers: true),
            series: try named(series, call))
        return try make(.chart(chart), call)
    }

    private static func sets(_ value: Value, _ call: Call) throws -> [(name: String, values: [Float])] {
        func all(_ value: Value) throws -> [Float] { try Tensor.read(value, call, values.name).values }
        if case .record(let record) = value { return try record.pairs.map { ($0, try all($1)) } }
        // A list of tensors or lists is several sets, a list of numbers one.
        if case .list(let items) = value, !items.isEmpty, items.allSatisfy({ $0.number == nil && NumberReading.number($0) == nil }) {
            return try items.map { ("", try all($0)) }
        }
        return [("", try all(value))]
    }
}

/// Bins of one width that all sets share.
struct HistogramBins {
    let low, width: Double
    let count: Int
    /// The number of finite values.
    let counted: Int

    /// The most values from which the spread is estimated.
    private static let most = 1_000_000

    /// Creates `count` bins from the smallest to the largest value; without a count, about as many as the rule of Freedman and Diaconis
    /// gives (at most 60), with round edges. Returns nil where no value is finite.
    init?(_ sets: [[Float]], count wanted: Int?) throws {
        var (low, high, counted) = (Double.infinity, -Double.infinity, 0)
        try Self.eachFinite(sets) { value in
            (low, high, counted) = (min(low, value), max(high, value), counted + 1)
        }
        guard counted > 0 else { return nil }
        self.counted = counted
        guard high - low > abs(high) * 1e-12 else {
            let half = low == 0 ? 0.5 : abs(low) / 20
            (self.low, width, count) = (low - half, 2 * half, 1)
            return
        }
        if let wanted {
            (self.low, width, count) = (low, (high - low) / Double(wanted), wanted)
            return
        }
        let spread = try Self.middleHalf(sets, counted)
        let rule = 2 * spread / cbrt(Double(counted))
        let bins = rule > 0 ? min(60, max(5, (high - low) / rule)) : 20
        width = FigureScale.niceStep(atLeast: (high - low) / bins)
        self.low = (low / width).rounded(.down) * width
        count = min(1000, Int(((high - self.low) / width).rounded(.down)) + 1)
    }

    /// Returns the width of the middle half of the values.
    private static func middleHalf(_ sets: [[Float]], _ counted: Int) throws -> Double {
        let every = (counted + most - 1) / most
        var (sample, number) = ([Double](), 0)
        try eachFinite(sets) { value in
            if number % every == 0 { sample.append(value) }
            number += 1
        }
        sample.sort()
        return sample[sample.count * 3 / 4] - sample[sample.count / 4]
    }

    func points(_ values: [Float]) throws -> [Series.Point] {
        var counts = [Int](repeating: 0, count: count)
        try Self.eachFinite([values]) { value in counts[min(count - 1, max(0, Int((value - low) / width)))] += 1 }
        return counts.enumerated().map { Series.Point(low + Double($0) * width, Double($1)) }
    }

    private static func eachFinite(_ sets: [[Float]], _ body: (Double) -> Void) throws {
        for values in sets {
            for start in stride(from: 0, to: values.count, by: Aside.noticed) {
                try Cancellation.check()
                for value in values[start..<min(start + Aside.noticed, values.count)] where value.isFinite { body(Double(value)) }
            }
        }
    }
}
