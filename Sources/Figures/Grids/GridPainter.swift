import Images

/// Draws pictures and titles that were laid out.
struct GridPainter {
    let layout: GridLayout
    let origin: Point
    let canvas: Canvas

    func draw() {
        let line = canvas.measure("Ag", .tick).height
        for (index, picture) in layout.grid.pictures.enumerated() {
            canvas.draw(picture, in: layout.rect(index, at: origin))
        }
        for (index, title) in layout.titles.enumerated() {
            let top = origin.y + layout.tops[index / layout.columns]
            write(title, centre: middle(index % layout.columns), bottom: top - 2, line)
        }
        let head = layout.columnTitles.map(\.count).max() ?? 0
        for (column, title) in layout.columnTitles.prefix(layout.columns).enumerated() {
            write(title, centre: middle(column), bottom: origin.y + Double(head) * line, line)
        }
        for (row, title) in layout.rowTitles.enumerated() where row < layout.tops.count {
            let middle = origin.y + layout.tops[row] + layout.height / 2
            for (place, text) in title.enumerated() {
                let y = middle + (Double(place) - Double(title.count) / 2) * line
                canvas.text(text, at: Point(origin.x + layout.left - 8, y), Anchor(1, 0), .tick)
            }
        }
    }

    private func middle(_ column: Int) -> Double { origin.x + layout.middle(column) }

    private func write(_ lines: [String], centre: Double, bottom: Double, _ height: Double) {
        for (place, text) in lines.enumerated() {
            canvas.text(text, at: Point(centre, bottom - Double(lines.count - place) * height), Anchor(0.5, 0), .tick)
        }
    }
}
