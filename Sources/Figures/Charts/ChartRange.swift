import Tensors

/// The ranges that the axes of a chart show.
struct ChartRange {
    let x, y: Scale
    /// The number of points that have no place on the axes, and why, in words; "" where all have one.
    let note: String

    init(_ chart: Chart) {
        var (xs, ys) = (ShownValues(chart.x.kind), ShownValues(chart.y.kind))
        var (infinite, below) = (0, 0)
        for series in chart.series {
            for (number, point) in series.points.enumerated() {
                if number & 0xFFF == 0, Cancellation.isCancelled { break }
                if case .bins(let width) = series.shape { xs.add(point.x + width) }
                if !Scale.isDrawable(point.x, .linear) || !Scale.isDrawable(point.y, .linear) {
                    infinite += 1
                } else if !Scale.isDrawable(point.x, chart.x.kind) || !Scale.isDrawable(point.y, chart.y.kind) {
                    below += 1
                } else {
                    xs.add(point.x, point.xError)
                    ys.add(point.y, point.yError)
                }
            }
            for value in Self.inner(series.raw.map(\.y).filter { Scale.isDrawable($0, chart.y.kind) }) { ys.add(value) }
        }
        for mark in chart.marks { xs.add(mark.x) }
        x = Scale(chart.x.kind, showing: xs.ends, base: nil)
        let stands = chart.series.contains { $0.standsOnZero } && !chart.y.kind.isLogarithmic
        y = Scale(chart.y.kind, showing: ys.ends, base: stands ? 0 : nil)
        note = Self.note(infinite: infinite, below: below)
    }

    /// The values without the outermost hundredth at each end: spikes that are drawn faintly must not flatten the lines.
    private static func inner(_ values: [Double]) -> [Double] {
        guard values.count >= 100 else { return values }
        let sorted = values.sorted()
        return [sorted[values.count / 100], sorted[values.count - 1 - values.count / 100]]
    }

    private static func note(infinite: Int, below: Int) -> String {
        guard infinite + below > 0 else { return "" }
        func values(_ count: Int) -> String { count == 1 ? "1 value is" : "\(count) values are" }
        var parts: [String] = []
        if infinite > 0 { parts.append("\(values(infinite)) not finite") }
        if below > 0 { parts.append("\(values(below)) not above 0 (logarithmic axis)") }
        return "Not drawn: " + parts.joined(separator: ", ")
    }
}

/// The ends of the values that an axis shows, without keeping the values.
private struct ShownValues {
    private let kind: ScaleKind
    private var low = Double.infinity, high = -Double.infinity
    /// The smallest value above 0, at which a logarithmic axis begins.
    private var lowAboveZero = Double.infinity

    init(_ kind: ScaleKind) { self.kind = kind }

    var ends: [Double] { [low, lowAboveZero, high].filter(\.isFinite) }

    mutating func add(_ value: Double) {
        guard Scale.isDrawable(value, kind) else { return }
        (low, high) = (min(low, value), max(high, value))
        if value > 0 { lowAboveZero = min(lowAboveZero, value) }
    }

    mutating func add(_ value: Double, _ error: Series.ErrorBar?) {
        add(value)
        guard let error else { return }
        for end in [value - error.lower, value + error.upper] where !kind.isLogarithmic || end > 0 { add(end) }
    }
}

extension Series {
    /// Whether its bars stand on 0.
    var standsOnZero: Bool {
        switch shape {
        case .bars, .bins: true
        case .line, .points: false
        }
    }
}
