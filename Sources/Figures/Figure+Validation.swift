import Images

extension Figure {
    /// The pixels that a side of a figure may have.
    public static let sides = 120...4096

    /// Throws `FigureError.content` for what cannot be drawn: no cells, rows of different lengths, names that are not as
    /// many as what they name.
    func validate() throws {
        if let size, !Self.sides.contains(size.width) || !Self.sides.contains(size.height) {
            throw FigureError.content(
                part: "size", reason: "a figure's sides are \(Self.sides.lowerBound)…\(Self.sides.upperBound) pixels, not \(size)")
        }
        switch content {
        case .chart: break
        case .heatMap(let map): try map.validate()
        case .pictures(let grid): try grid.validate()
        }
    }
}

extension HeatMap {
    func validate() throws {
        guard let columns = values.first?.count, columns > 0 else {
            throw FigureError.content(part: "values", reason: "a heat map needs at least one cell")
        }
        if let row = values.firstIndex(where: { $0.count != columns }) {
            throw FigureError.content(
                part: "values", reason: "the rows have different lengths: row 0 has \(columns), row \(row) has \(values[row].count)")
        }
        guard values.count <= 4096, columns <= 4096 else {
            throw FigureError.content(part: "values", reason: "a heat map has up to 4096 rows and columns, not \(values.count)×\(columns)")
        }
        try count(self.columns, columns, "x", "columns")
        try count(rows, values.count, "y", "rows")
        if let low, let high, !(low < high) {
            throw FigureError.content(part: "low", reason: "low is the smaller number")
        }
        if let odd = [low, high].compactMap({ $0 }).first(where: { !Scale.isDrawable($0, .linear) }) {
            throw FigureError.content(part: "low", reason: "low and high are finite numbers, not \(odd)")
        }
    }

    private func count(_ names: [String], _ wanted: Int, _ part: String, _ what: String) throws {
        guard names.isEmpty || names.count == wanted else {
            throw FigureError.content(part: part, reason: "\(names.count) names for \(wanted) \(what)")
        }
    }
}

extension PictureGrid {
    func validate() throws {
        func fail(_ part: String, _ reason: String) -> FigureError { .content(part: part, reason: reason) }
        guard !pictures.isEmpty else { throw fail("images", "a grid needs at least one picture") }
        guard pictures.count <= 10_000 else { throw fail("images", "a grid has up to 10000 pictures, not \(pictures.count)") }
        if let columns, columns < 1 { throw fail("columns", "a grid has at least 1 column, not \(columns)") }
        guard titles.count <= pictures.count else { throw fail("titles", "\(titles.count) titles for \(pictures.count) pictures") }
        let across = min(columns ?? (columnTitles.isEmpty ? 4 : columnTitles.count), max(pictures.count, columnTitles.count))
        if let columns, !columnTitles.isEmpty, columnTitles.count != columns {
            throw fail("columns", "\(columnTitles.count) column titles for \(columns) columns")
        }
        let rows = (pictures.count + across - 1) / max(1, across)
        guard rowTitles.isEmpty || rowTitles.count == rows else {
            let (titles, lines) = (
                rowTitles.count == 1 ? "1 row title" : "\(rowTitles.count) row titles", rows == 1 ? "1 row" : "\(rows) rows of \(across)"
            )
            throw fail("rows", "\(titles) for \(lines)")
        }
    }
}
