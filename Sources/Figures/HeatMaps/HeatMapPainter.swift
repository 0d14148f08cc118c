import Images

/// Draws a heat map that was laid out.
struct HeatMapPainter {
    let layout: HeatMapLayout
    let canvas: Canvas

    private var map: HeatMap { layout.map }
    private var cells: Rect { layout.cells }
    private var rows: Int { map.values.count }
    private var columns: Int { map.values.first?.count ?? 0 }

    /// With more cells than this, they are drawn as one picture.
    private static let mostRectangles = 4096

    func draw() throws {
        if rows * columns > Self.mostRectangles {
            canvas.draw(try picture(), in: cells)
        } else {
            drawCells()
        }
        canvas.stroke(cells, Pen(color: Style.ink, width: 0.8))
        drawTexts()
        drawNames()
        drawBar()
    }

    private func color(_ value: Double) -> Color {
        value.isNaN ? Style.missing : map.colors(Float(layout.range.part(value)))
    }

    /// The rectangle of a cell, from edge to edge of whole pixels, so that the background does not shine through between
    /// neighbours.
    private func cell(_ row: Int, _ column: Int) -> Rect {
        func edge(_ start: Double, _ length: Double, _ place: Int, _ count: Int) -> Double {
            (start + length * Double(place) / Double(count)).rounded()
        }
        let (x0, x1) = (edge(cells.x, cells.width, column, columns), edge(cells.x, cells.width, column + 1, columns))
        let (y0, y1) = (edge(cells.y, cells.height, row, rows), edge(cells.y, cells.height, row + 1, rows))
        return Rect(x0, y0, x1 - x0, y1 - y0)
    }

    private func drawCells() {
        for (row, values) in map.values.enumerated() {
            for (column, value) in values.enumerated() {
                let rect = cell(row, column)
                canvas.fill(rect, color(value))
                if value.isNaN { drawMissing(rect) }
            }
        }
    }

    /// Draws a stroke through a cell: a missing value has no colour of the scale.
    private func drawMissing(_ rect: Rect) {
        canvas.stroke([Point(rect.x, rect.bottom), Point(rect.right, rect.y)], Pen(color: Style.grey, width: 0.8))
    }

    private func picture() throws -> Image {
        let pixels = map.values.joined().flatMap { value -> [UInt8] in
            let color = color(value)
            return [color.red, color.green, color.blue]
        }
        return Image(width: columns, height: rows, pixels: pixels)
    }

    private func drawTexts() {
        for (row, texts) in layout.texts.enumerated() {
            for (column, text) in texts.enumerated() {
                let ink: Color = color(map.values[row][column]).luma > 140 ? .black : .white
                canvas.text(text, at: cell(row, column).middle, .center, .small, color: ink)
            }
        }
    }

    private func drawNames() {
        for row in stride(from: 0, to: layout.rowNames.count, by: layout.rowStep) {
            canvas.text(layout.rowNames[row], at: Point(cells.x - 7, cell(row, 0).middle.y), Anchor(1, 0.5), .tick)
        }
        layout.columnNames?.draw(at: (0..<columns).map { cell(0, $0).middle.x }, below: cells.bottom + 6, on: canvas)
        let bottom = cells.bottom + (layout.columnNames.map { $0.height + 6 } ?? 0) + 4
        canvas.text(
            canvas.fitted(map.xLabel, .label, within: max(cells.width, 120)), at: Point(cells.middle.x, bottom), Anchor(0.5, 0), .label)
        let left = layout.rowNames.map { canvas.measure($0, .tick).width }.max().map { $0 + 7 } ?? 0
        canvas.text(
            canvas.fitted(map.yLabel, .label, within: max(cells.height, 60)), at: Point(cells.x - left - 4, cells.middle.y), Anchor(0.5, 1),
            .label, angle: -90)
    }

    private func drawBar() {
        let bar = layout.bar
        let steps = Int(max(2, bar.height))
        for step in 0..<steps {
            let part = Float(step) / Float(steps - 1)
            canvas.fill(
                Rect(bar.x, bar.bottom - Double(step + 1) * bar.height / Double(steps), bar.width, bar.height / Double(steps) + 0.5),
                map.colors(part))
        }
        canvas.stroke(bar, Pen(color: Style.ink, width: 0.8))
        let scale = layout.range.scale(bar.bottom, bar.y)
        for tick in layout.barTicks {
            guard let place = scale.position(tick.value) else { continue }
            canvas.stroke([Point(bar.right, place), Point(bar.right + Style.tickLength, place)], Pen(color: Style.ink))
            canvas.text(tick.label, at: Point(bar.right + 7, place), Anchor(0, 0.5), .tick)
        }
        guard !map.valueLabel.isEmpty else { return }
        let widest = layout.barTicks.map { canvas.measure($0.label, .tick).width }.max() ?? 0
        let text = canvas.fitted(map.valueLabel, .label, within: bar.height)
        canvas.text(text, at: Point(bar.right + 11 + widest, bar.middle.y), Anchor(0.5, 0), .label, angle: -90)
    }
}
