/// What the axes of a chart have to show.
struct ChartRange {
    let x, y: Scale
    /// Points that have no place on the axes, in words; "" where all have one.
    let note: String

    init(_ chart: Chart) {
        let points = chart.series.flatMap(\.points)
        let drawn = points.filter { Scale.isDrawable($0.x, chart.x.kind) && Scale.isDrawable($0.y, chart.y.kind) }
        x = Scale(chart.x.kind, showing: Self.xs(chart, drawn), base: nil)
        let stands = chart.series.contains { $0.standsOnZero } && !chart.y.kind.isLogarithmic
        y = Scale(chart.y.kind, showing: Self.ys(chart, drawn), base: stands ? 0 : nil)
        note = Self.note(chart, points, missing: points.count - drawn.count)
    }

    private static func xs(_ chart: Chart, _ points: [Series.Point]) -> [Double] {
        var values = points.flatMap { [$0.x] + ends($0.x, $0.xError, chart.x.kind) }
        for series in chart.series {
            if case .bins(let width) = series.shape { values += series.points.map { $0.x + width } }
        }
        return values + chart.marks.map(\.x)
    }

    private static func ys(_ chart: Chart, _ points: [Series.Point]) -> [Double] {
        let raw = chart.series.flatMap { inner($0.raw.map(\.y).filter { Scale.isDrawable($0, chart.y.kind) }) }
        return points.flatMap { [$0.y] + ends($0.y, $0.yError, chart.y.kind) } + raw
    }

    private static func ends(_ value: Double, _ error: Series.ErrorBar?, _ kind: ScaleKind) -> [Double] {
        guard let error else { return [] }
        return [value - error.lower, value + error.upper].filter { Scale.isDrawable($0, kind) && (!kind.isLogarithmic || $0 > 0) }
    }

    /// Without the outermost hundredth at each end: single spikes of what is drawn faintly must not flatten the lines.
    private static func inner(_ values: [Double]) -> [Double] {
        guard values.count >= 100 else { return values }
        let sorted = values.sorted()
        return [sorted[values.count / 100], sorted[values.count - 1 - values.count / 100]]
    }

    private static func note(_ chart: Chart, _ points: [Series.Point], missing: Int) -> String {
        guard missing > 0 else { return "" }
        let infinite = points.count { !Scale.isDrawable($0.x, .linear) || !Scale.isDrawable($0.y, .linear) }
        let below = missing - infinite
        func values(_ count: Int) -> String { count == 1 ? "1 value is" : "\(count) values are" }
        var parts: [String] = []
        if infinite > 0 { parts.append("\(values(infinite)) not finite") }
        if below > 0 { parts.append("\(values(below)) not above 0 (logarithmic axis)") }
        return "Not drawn: " + parts.joined(separator: ", ")
    }
}

extension Series {
    var standsOnZero: Bool {
        switch shape {
        case .bars, .bins: true
        case .line, .points: false
        }
    }
}
