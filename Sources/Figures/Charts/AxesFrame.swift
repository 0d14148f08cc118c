import Images

/// The axes of a chart laid out in an area: where the plot is, and the ticks that have room beside it.
struct AxesFrame {
    let plot: Rect
    let x, y: Scale
    private let xTicks, yTicks: [Tick]
    private let names: CategoryLabels?
    private let chart: Chart
    private let note: String
    private let area: Rect

    init(_ chart: Chart, in area: Rect, on canvas: Canvas) {
        let range = ChartRange(chart)
        (self.chart, self.area, note) = (chart, area, range.note)
        let line = canvas.measure("Ag", .tick).height
        let labels = (
            x: chart.x.label.isEmpty ? 0 : canvas.measure("Ag", .label).height + 4,
            y: chart.y.label.isEmpty ? 0 : canvas.measure("Ag", .label).height + 4
        )
        let noteHeight = note.isEmpty ? 0 : canvas.measure("Ag", .small).height + 2
        var (below, left) = (line, 30.0)
        var (x, y, found) = (range.x, range.y, CategoryLabels?.none)
        // The height of the names depends on the width, which depends on the numbers at the left, which depend on the
        // height.
        var (plot, yTicks) = (area, [Tick]())
        for _ in 0..<2 {
            let bottom = area.bottom - noteHeight - labels.x - below - Style.tickLength - 3
            plot = Rect(area.x + labels.y + left, area.y, 0, bottom - area.y)
            yTicks = y.ticks(count: max(2, Int(plot.height / 48)), wholeNumbers: chart.y.wholeNumbers)
            left = (yTicks.map { canvas.measure($0.label, .tick).width }.max() ?? 0) + Style.tickLength + 5
            plot = Rect(area.x + labels.y + left, area.y, area.right - area.x - labels.y - left - 4, bottom - area.y)
            if let categories = chart.x.kind.names {
                let spacing = plot.width / (x.high - x.low)
                let arranged = CategoryLabels(categories, spacing: spacing, on: canvas)
                (found, below) = (arranged, arranged.height)
            }
        }
        (x.start, x.end, y.start, y.end) = (plot.x, plot.right, plot.bottom, plot.y)
        (self.plot, self.x, self.y, self.yTicks, names) = (plot, x, y, yTicks, found)
        xTicks = Self.fitting(x, chart.x, canvas)
    }

    /// The largest number of ticks whose labels do not touch.
    private static func fitting(_ scale: Scale, _ axis: Chart.Axis, _ canvas: Canvas) -> [Tick] {
        var count = max(2, Int((scale.end - scale.start) / 56))
        while true {
            let ticks = scale.ticks(count: count, wholeNumbers: axis.wholeNumbers)
            if count <= 1 || axis.kind.names != nil { return ticks }
            var (last, fits) = (-Double.infinity, true)
            for tick in ticks where !tick.label.isEmpty {
                guard let place = scale.position(tick.value) else { continue }
                let half = canvas.measure(tick.label, .tick).width / 2
                if place - half < last { fits = false }
                last = place + half + 8
            }
            if fits { return ticks }
            count -= 1
        }
    }

    /// Draws the grid, which is below everything else.
    func drawGrid(on canvas: Canvas) {
        let pen = Pen(color: Style.gridLine)
        for tick in yTicks where !tick.label.isEmpty {
            guard let place = y.position(tick.value) else { continue }
            canvas.stroke([Point(plot.x, place), Point(plot.right, place)], pen)
        }
        guard names == nil else { return }
        for tick in xTicks where !tick.label.isEmpty {
            guard let place = x.position(tick.value) else { continue }
            canvas.stroke([Point(place, plot.y), Point(place, plot.bottom)], pen)
        }
    }

    /// Draws axes, ticks and their labels, above the data.
    func draw(on canvas: Canvas) {
        let pen = Pen(color: Style.ink)
        canvas.stroke([Point(plot.x, plot.y), Point(plot.x, plot.bottom), Point(plot.right, plot.bottom)], pen)
        for tick in yTicks {
            guard let place = y.position(tick.value) else { continue }
            let length = tick.label.isEmpty ? Style.tickLength / 2 : Style.tickLength
            canvas.stroke([Point(plot.x - length, place), Point(plot.x, place)], pen)
            canvas.text(tick.label, at: Point(plot.x - Style.tickLength - 4, place), Anchor(1, 0.5), .tick)
        }
        // The line that bars stand on, where some hang down from it.
        if chart.series.contains(where: \.standsOnZero), !y.kind.isLogarithmic, let zero = y.position(0), zero < plot.bottom - 1 {
            canvas.stroke([Point(plot.x, zero), Point(plot.right, zero)], pen)
        }
        drawXTicks(pen, on: canvas)
        drawLabels(on: canvas)
    }

    private func drawXTicks(_ pen: Pen, on canvas: Canvas) {
        let below = plot.bottom + Style.tickLength + 2
        for (index, tick) in xTicks.enumerated() {
            guard let place = x.position(tick.value), names?.isShown(index) ?? true else { continue }
            let length = tick.label.isEmpty ? Style.tickLength / 2 : Style.tickLength
            canvas.stroke([Point(place, plot.bottom), Point(place, plot.bottom + length)], pen)
            if names == nil { canvas.text(tick.label, at: Point(place, below), Anchor(0.5, 0), .tick) }
        }
        names?.draw(at: xTicks.map { x.position($0.value) ?? 0 }, below: below, on: canvas)
        if x.kind.isLogarithmic, x.zero != nil, let zero = x.position(0) { drawBreak(after: zero, on: canvas) }
    }

    /// Draws two slanted strokes: a logarithmic axis is interrupted between 0 and the next number.
    private func drawBreak(after zero: Double, on canvas: Canvas) {
        for at in [zero + 14, zero + 18] {
            canvas.stroke([Point(at - 2, plot.bottom + 5), Point(at + 2, plot.bottom - 5)], Pen(color: .white, width: 3))
            canvas.stroke([Point(at - 2, plot.bottom + 5), Point(at + 2, plot.bottom - 5)], Pen(color: Style.ink))
        }
    }

    private func drawLabels(on canvas: Canvas) {
        let noteHeight = note.isEmpty ? 0 : canvas.measure("Ag", .small).height + 2
        let label = canvas.fitted(chart.x.label, .label, within: plot.width)
        canvas.text(label, at: Point(plot.middle.x, area.bottom - noteHeight), Anchor(0.5, 1), .label)
        let upright = canvas.fitted(chart.y.label, .label, within: plot.height)
        canvas.text(upright, at: Point(area.x, plot.middle.y), Anchor(0.5, 0), .label, angle: -90)
        if !note.isEmpty {
            let text = canvas.fitted(note, .small, within: area.width)
            canvas.text(text, at: Point(area.right, area.bottom), Anchor(1, 1), .small, color: Style.grey)
        }
    }
}
