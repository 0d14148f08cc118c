import Images
import Tensors

/// Draws a chart into an area of a canvas.
struct ChartPainter {
    let chart: Chart
    let frame: AxesFrame
    let canvas: Canvas

    static func draw(_ chart: Chart, in area: Rect, on canvas: Canvas) {
        Legend(chart, in: area, on: canvas).draw(chart, on: canvas)
        ChartPainter(chart: chart, frame: frame(chart, in: area, on: canvas), canvas: canvas).draw()
    }

    /// The axes, below the legend.
    static func frame(_ chart: Chart, in area: Rect, on canvas: Canvas) -> AxesFrame {
        let legend = Legend(chart, in: area, on: canvas).height
        return AxesFrame(chart, in: Rect(area.x, area.y + legend, area.width, area.height - legend), on: canvas)
    }

    private func draw() {
        frame.drawGrid(on: canvas)
        canvas.clipped(to: frame.plot.inset(-3)) {
            for (index, series) in chart.series.enumerated() { drawBelow(series, SeriesStyle(index), index) }
            for (index, series) in chart.series.enumerated() { drawAbove(series, SeriesStyle(index), index) }
        }
        frame.draw(on: canvas)
        MarkPainter(chart: chart, frame: frame, canvas: canvas).draw()
        if !chart.series.contains(where: { $0.points.contains { place($0) != nil } }) {
            canvas.text("no finite values", at: frame.plot.middle, .center, .label, color: Style.grey)
        }
        PointNames.draw(chart, at: place, in: frame.plot, on: canvas)
    }

    /// The place where a point is drawn; nil where an axis has none for it.
    func place(_ point: Series.Point) -> Point? {
        guard let x = frame.x.position(point.x), let y = frame.y.position(point.y) else { return nil }
        return Point(x, y)
    }

    private func drawBelow(_ series: Series, _ style: SeriesStyle, _ index: Int) {
        for run in LineRuns.split(series.raw, place) { canvas.stroke(run, Pen(color: style.color, width: 1, opacity: 0.28)) }
        switch series.shape {
        case .bars: BarPainter(painter: self, index: index).draw(series, style)
        case .bins(let width): BarPainter(painter: self, index: index).drawBins(series, width, style)
        case .line, .points: break
        }
    }

    private func drawAbove(_ series: Series, _ style: SeriesStyle, _ index: Int) {
        switch series.shape {
        case .line(let markers):
            let pen = Pen(color: style.color, width: 2, dash: style.dash)
            let runs = LineRuns.split(series.points, place)
            for run in runs { canvas.stroke(run, pen) }
            drawErrors(series, style)
            // A single point between gaps would not be seen without a marker.
            let alone = runs.filter { $0.count == 1 }.flatMap { $0 }
            for point in markers ? runs.flatMap({ $0 }) : alone { style.marker.draw(on: canvas, at: point, radius: 4, color: style.color) }
        case .points:
            drawErrors(series, style)
            let radius = series.points.count > 400 ? 2.5 : 4
            for point in series.points.compactMap(place) { style.marker.draw(on: canvas, at: point, radius: radius, color: style.color) }
        case .bars, .bins: break
        }
    }

    private func drawErrors(_ series: Series, _ style: SeriesStyle) {
        for point in series.points {
            guard let at = place(point) else { continue }
            drawError(point, at, color: style.color)
        }
    }

    /// Draws error bars with caps; one that leaves a logarithmic axis ends at the axis.
    func drawError(_ point: Series.Point, _ at: Point, color: Color) {
        let pen = Pen(color: color, width: 1.3)
        if let error = point.yError {
            let (low, high) = (
                frame.y.position(point.y - error.lower) ?? frame.plot.bottom, frame.y.position(point.y + error.upper) ?? at.y
            )
            canvas.stroke([Point(at.x, low), Point(at.x, high)], pen)
            for end in [low, high] { canvas.stroke([Point(at.x - 4, end), Point(at.x + 4, end)], pen) }
        }
        if let error = point.xError {
            let (low, high) = (frame.x.position(point.x - error.lower) ?? frame.plot.x, frame.x.position(point.x + error.upper) ?? at.x)
            canvas.stroke([Point(low, at.y), Point(high, at.y)], pen)
            for end in [low, high] { canvas.stroke([Point(end, at.y - 4), Point(end, at.y + 4)], pen) }
        }
    }
}

/// The lines of a series: interrupted where a value is missing, and thinned to what can be seen.
enum LineRuns {
    private static let most = 4000

    /// The runs of points that have a place; at most the first ones where the drawing is cancelled.
    static func split(_ points: [Series.Point], _ place: (Series.Point) -> Point?) -> [[Point]] {
        var (runs, run) = ([[Point]](), [Point]())
        for (number, point) in points.enumerated() {
            if number & 0xFFF == 0, Cancellation.isCancelled { break }
            if let at = place(point) {
                run.append(at)
            } else if !run.isEmpty {
                runs.append(run)
                run = []
            }
        }
        if !run.isEmpty { runs.append(run) }
        return runs.map { $0.count > most ? thinned($0) : $0 }
    }

    /// The first, lowest, highest and last point of every pixel column, which look like all of them.
    private static func thinned(_ points: [Point]) -> [Point] {
        var (out, start) = ([Point](), 0)
        for end in 1...points.count where end == points.count || points[end].x.rounded(.down) != points[start].x.rounded(.down) {
            let column = start..<end
            let lowest = column.min { points[$0].y < points[$1].y } ?? start
            let highest = column.max { points[$0].y < points[$1].y } ?? start
            for place in Set([start, lowest, highest, end - 1]).sorted() { out.append(points[place]) }
            start = end
        }
        return out
    }
}
