import Images

/// Where the pictures of a grid and their titles go.
struct GridLayout {
    let grid: PictureGrid
    let columns: Int
    /// Of the largest picture as drawn.
    let cell: (width: Double, height: Double)
    /// What a pixel of a picture measures in the figure.
    let zoom: Double
    let titles: [[String]]
    let columnTitles: [[String]]
    let rowTitles: [[String]]
    /// Below their titles.
    let tops: [Double]
    let left: Double
    /// Of the whole, without margins.
    let size: (width: Double, height: Double)

    static let gap = 6.0
    private static let rowTitleWidth = 90.0
    /// Narrower cells have no room for a title.
    private static let narrowest = 96.0

    /// `width` is what the grid should stay within, where cells do not become too narrow for it.
    init(_ grid: PictureGrid, width: Double, on canvas: Canvas) {
        self.grid = grid
        let largest = (width: Double(grid.pictures.map(\.width).max() ?? 1), height: Double(grid.pictures.map(\.height).max() ?? 1))
        let wanted = grid.columns ?? (grid.columnTitles.isEmpty ? min(grid.pictures.count, 4) : grid.columnTitles.count)
        columns = max(1, min(wanted, max(grid.pictures.count, grid.columnTitles.count)))
        let lines = grid.rowTitles.map { canvas.wrapped($0, .tick, within: Self.rowTitleWidth, limit: 3) }
        rowTitles = lines
        left = lines.isEmpty ? 0 : (lines.joined().map { canvas.measure($0, .tick).width }.max() ?? 0) + 8
        zoom = Self.zoom(largest.width, columns: columns, within: width - left)
        cell = (largest.width * zoom, largest.height * zoom)
        let room = cell.width + Self.gap / 2
        titles = grid.pictures.indices.map { index in
            index < grid.titles.count ? canvas.wrapped(grid.titles[index], .tick, within: room, limit: 2) : []
        }
        columnTitles = grid.columnTitles.map { canvas.wrapped($0, .tick, within: room, limit: 2) }
        let line = canvas.measure("Ag", .tick).height
        func height(_ titles: some Sequence<[String]>) -> Double {
            let most = titles.map(\.count).max() ?? 0
            return most == 0 ? 0 : Double(most) * line + 3
        }
        var (tops, y) = ([Double](), height(columnTitles))
        for start in stride(from: 0, to: grid.pictures.count, by: columns) {
            y += height(titles[start..<min(start + columns, titles.count)])
            tops.append(y)
            y += cell.height + Self.gap
        }
        self.tops = tops
        size = (left + Double(columns) * (cell.width + Self.gap) - Self.gap, y - Self.gap)
    }

    /// Whole times for small pictures, so that their pixels stay squares; smaller where a row would be too wide.
    private static func zoom(_ width: Double, columns: Int, within room: Double) -> Double {
        let most = (room + gap) / Double(columns) - gap
        let whole = max(1, (narrowest / width).rounded(.up))
        if width * whole <= most { return whole }
        return max(min(most, width * whole), min(narrowest, width * whole)) / width
    }

    /// Of the index-th picture's cell.
    func rect(_ index: Int, at origin: Point) -> Rect {
        let image = grid.pictures[index]
        let (width, height) = (Double(image.width) * zoom, Double(image.height) * zoom)
        let x = origin.x + left + Double(index % columns) * (cell.width + Self.gap)
        let y = origin.y + tops[index / columns]
        return Rect(x + (cell.width - width) / 2, y + (cell.height - height) / 2, width, height)
    }
}
