import Images

/// Draws the bars of a series: beside those of other series at a category, or as wide as their bin.
struct BarPainter {
    let painter: ChartPainter
    /// The place of the series in the chart.
    let index: Int

    /// The part of a category's width that its bars fill.
    private static let filled = 0.8

    private var canvas: Canvas { painter.canvas }
    private var base: Double { painter.frame.y.position(0) ?? painter.frame.plot.bottom }

    /// Draws bars at categories, beside those of other series.
    func draw(_ series: Series, _ style: SeriesStyle) {
        let bars = painter.chart.series.indices.filter { painter.chart.series[$0].shape == .bars }
        guard let order = bars.firstIndex(of: index) else { return }
        let width = Self.filled / Double(bars.count)
        for point in series.points {
            guard let top = painter.frame.y.position(point.y) else { continue }
            let left = point.x - Self.filled / 2 + Double(order) * width
            guard let x0 = painter.frame.x.position(left), let x1 = painter.frame.x.position(left + width) else { continue }
            let gap = bars.count > 1 ? min(1.0, (x1 - x0) / 8) : 0
            canvas.fill(rect(x0 + gap, x1 - gap, top), style.color)
            painter.drawError(point, Point((x0 + x1) / 2, top), color: Style.ink)
        }
    }

    /// Draws the bins of a histogram, `width` wide, with an outline.
    func drawBins(_ series: Series, _ width: Double, _ style: SeriesStyle) {
        var outline: [Point] = []
        for point in series.points {
            guard let x0 = painter.frame.x.position(point.x), let x1 = painter.frame.x.position(point.x + width) else { continue }
            let top = painter.frame.y.position(point.y) ?? base
            canvas.fill(rect(x0, x1, top), style.color, opacity: 0.35)
            outline += [Point(x0, top), Point(x1, top)]
        }
        guard let first = outline.first, let last = outline.last else { return }
        canvas.stroke([Point(first.x, base)] + outline + [Point(last.x, base)], Pen(color: style.color, width: 1.5, dash: style.dash))
    }

    private func rect(_ x0: Double, _ x1: Double, _ top: Double) -> Rect {
        Rect(x0, min(top, base), x1 - x0, abs(base - top))
    }
}
