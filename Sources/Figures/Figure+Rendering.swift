import Images

extension Figure {
    /// The figure as a picture. `scale` 1 suits a screen, where figures are 640 pixels wide, and 2 suits print. Throws
    /// `FigureError` where the figure cannot be drawn, or a side would have more than 8192 pixels.
    public func image(scale: Double = 1) throws -> Image {
        let plan = try FigurePlan(self)
        guard scale > 0, scale.isFinite, max(plan.width, plan.height) * scale <= 8192 else {
            throw FigureError.content(part: "scale", reason: "a figure's sides are at most 8192 pixels")
        }
        let canvas = try Canvas(width: plan.width, height: plan.height, .pixels(scale: scale))
        try plan.draw(on: canvas)
        return try canvas.picture()
    }

    /// The scale at which no picture of a grid loses pixels, limited to sides of 8192 pixels; 1 for other figures.
    public var naturalScale: Double {
        guard case .pictures(let grid) = content, let ruler = try? Canvas(width: 1, height: 1, .pixels(scale: 1)) else { return 1 }
        let layout = GridLayout(grid, width: FigurePlan.room(self).width, on: ruler)
        let wanted = max(1, layout.zooms.map { 1 / $0 }.max() ?? 1)
        return min(wanted, 8192 / max(layout.size.width + 40, layout.size.height + 80))
    }

    /// The figure as an SVG document with a title, a description that holds its texts, and `metadata`. Throws
    /// `FigureError`.
    public func svg(metadata: PNGMetadata = PNGMetadata()) throws -> String {
        let plan = try FigurePlan(self)
        let canvas = try Canvas(width: plan.width, height: plan.height, .svg)
        try plan.draw(on: canvas)
        let texts = canvas.texts.map(\.text)
        return SVGDocument.finished(
            try canvas.svg(), title: title.isEmpty ? summary : title, description: texts.joined(separator: "; "), metadata: metadata)
    }

    /// The figure in one line of text: "figure: loss over step (reconstruction, prior)".
    public var summary: String {
        let name = title.isEmpty ? "" : ": \(title)"
        switch content {
        case .chart(let chart):
            let names = chart.series.map(\.name).filter { !$0.isEmpty }
            let axes = [chart.y.label, chart.x.label].filter { !$0.isEmpty }.joined(separator: " over ")
            let what = title.isEmpty ? (axes.isEmpty ? "" : ": \(axes)") : name
            return "figure\(what)" + (names.isEmpty ? "" : " (\(Self.listed(names)))")
        case .heatMap(let map): return "heat map \(map.values.count)×\(map.values.first?.count ?? 0)\(name)"
        case .pictures(let grid):
            let titles = grid.titles.isEmpty ? grid.columnTitles : grid.titles
            let count = grid.pictures.count == 1 ? "1 picture" : "\(grid.pictures.count) pictures"
            return count + (title.isEmpty ? titles.isEmpty ? "" : ": \(Self.listed(titles))" : name)
        }
    }

    private static func listed(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
}

extension Figure {
    /// Whether it is a chart, which fits into the room below the title; other figures grow by the title.
    fileprivate var isChart: Bool { if case .chart = content { true } else { false } }
}

/// A figure that was checked and laid out: its size, and how to draw it.
struct FigurePlan {
    let figure: Figure
    let width, height: Double
    private let title: [String]
    private let ruler: Canvas

    init(_ figure: Figure) throws {
        try figure.validate()
        self.figure = figure
        ruler = try Canvas(width: 1, height: 1, .pixels(scale: 1))
        let room = Self.room(figure)
        let content = Self.contentSize(figure, room, ruler)
        let outer = figure.size.map { Double($0.width) } ?? (content.width + 2 * Style.margin).rounded(.up)
        // A short title needs its width more than it needs two lines.
        let named = min(Style.standardWidth, ruler.measure(figure.title, .title).width + 2 * Style.margin)
        width = max(outer, figure.size == nil ? named.rounded(.up) : 0)
        title = ruler.wrapped(figure.title, .title, within: width - 2 * Style.margin, limit: 2)
        let head = Self.titleHeight(title, ruler)
        height = figure.size.map { Double($0.height) } ?? (content.height + (figure.isChart ? 0 : head) + 2 * Style.margin).rounded(.up)
    }

    /// The room for the content within the margins.
    static func room(_ figure: Figure) -> (width: Double, height: Double) {
        let width = figure.size.map { Double($0.width) } ?? Style.standardWidth
        let height = figure.size.map { Double($0.height) } ?? Style.standardHeight + 60
        return (max(width - 2 * Style.margin, 40), max(height - 2 * Style.margin, 40))
    }

    private static func titleHeight(_ lines: [String], _ canvas: Canvas) -> Double {
        lines.isEmpty ? 0 : Double(lines.count) * canvas.measure("Ag", .title).height + Style.gap
    }

    private static func contentSize(_ figure: Figure, _ room: (width: Double, height: Double), _ ruler: Canvas) -> (
        width: Double, height: Double
    ) {
        switch figure.content {
        case .chart: (room.width, Style.standardHeight - 2 * Style.margin)
        case .heatMap(let map): HeatMapLayout(map, origin: Point(0, 0), room: room, on: ruler).size
        case .pictures(let grid): GridLayout(grid, width: room.width, on: ruler).size
        }
    }

    /// The room below the title.
    private func area(on canvas: Canvas) -> Rect {
        let head = Self.titleHeight(title, canvas)
        return Rect(Style.margin, Style.margin + head, width - 2 * Style.margin, height - 2 * Style.margin - head)
    }

    /// The axes of a chart as they are drawn at scale 1; nil for other figures.
    func chartFrame() -> AxesFrame? {
        guard case .chart(let chart) = figure.content else { return nil }
        return ChartPainter.frame(chart, in: area(on: ruler), on: ruler)
    }

    /// Draws title and content. Throws as `Canvas.check`.
    func draw(on canvas: Canvas) throws {
        let line = canvas.measure("Ag", .title).height
        for (place, text) in title.enumerated() {
            canvas.text(text, at: Point(Style.margin, Style.margin - 2 + Double(place) * line), Anchor(0, 0), .title)
        }
        let area = area(on: canvas)
        let origin = Point(area.x, area.y)
        switch figure.content {
        case .chart(let chart): ChartPainter.draw(chart, in: area, on: canvas)
        case .heatMap(let map):
            let room = figure.size == nil ? Self.room(figure) : (width: area.width, height: area.height)
            try HeatMapPainter(layout: HeatMapLayout(map, origin: origin, room: room, on: canvas), canvas: canvas).draw()
        case .pictures(let grid):
            GridPainter(layout: GridLayout(grid, width: Self.room(figure).width, on: canvas), origin: origin, canvas: canvas).draw()
        }
        try canvas.check()
    }
}
