import Images

/// The places of a grid's pictures and titles.
struct GridLayout {
    let grid: PictureGrid
    let columns: Int
    /// The width of each column.
    let widths: [Double]
    /// The height of every row, without titles.
    let height: Double
    /// The size of a pixel of each picture in the figure.
    let zooms: [Double]
    let titles: [[String]]
    let columnTitles: [[String]]
    let rowTitles: [[String]]
    /// The top of the pictures in each row, below their titles.
    let tops: [Double]
    /// The left edge of each column, from the grid's left edge.
    let starts: [Double]
    let left: Double
    /// The size of the grid without margins.
    let size: (width: Double, height: Double)

    static let gap = 6.0
    private static let rowTitleWidth = 90.0
    /// The width below which a column has no room for a title.
    private static let narrowest = 96.0
    /// A picture that is wider than so many times the height of the others is drawn lower than they are.
    private static let widest = 4.0

    /// Lays out a grid within `width`, unless its columns would become too narrow.
    init(_ grid: PictureGrid, width: Double, on canvas: Canvas) {
        self.grid = grid
        let wanted = grid.columns ?? (grid.columnTitles.isEmpty ? min(grid.pictures.count, 4) : grid.columnTitles.count)
        let columns = max(1, min(wanted, max(grid.pictures.count, grid.columnTitles.count)))
        self.columns = columns
        let lines = grid.rowTitles.map { canvas.wrapped($0, .tick, within: Self.rowTitleWidth, limit: 3) }
        rowTitles = lines
        left = lines.isEmpty ? 0 : (lines.joined().map { canvas.measure($0, .tick).width }.max() ?? 0) + 8
        let scales = Self.scales(grid)
        let natural = Self.widths(grid, scales, columns)
        let zoom = Self.zoom(natural.reduce(0, +) / Double(columns), columns: columns, within: width - left)
        zooms = scales.map { $0 * zoom }
        let hasTitles = !(grid.titles.isEmpty && grid.columnTitles.isEmpty)
        let widths = natural.map { max($0 * zoom, hasTitles ? Self.narrowest : 0) }
        self.widths = widths
        height = zip(grid.pictures, zooms).map { Double($0.height) * $1 }.max() ?? 1
        var (starts, x) = ([Double](), left)
        for width in widths {
            starts.append(x)
            x += width + Self.gap
        }
        self.starts = starts
        titles = grid.pictures.indices.map { index in
            index < grid.titles.count
                ? canvas.wrapped(grid.titles[index], .tick, within: widths[index % columns] + Self.gap / 2, limit: 2) : []
        }
        columnTitles = grid.columnTitles.enumerated().map { column, title in
            canvas.wrapped(title, .tick, within: (column < widths.count ? widths[column] : 0) + Self.gap / 2, limit: 2)
        }
        let line = canvas.measure("Ag", .tick).height
        func heightOf(_ titles: some Sequence<[String]>) -> Double {
            let most = titles.map(\.count).max() ?? 0
            return most == 0 ? 0 : Double(most) * line + 3
        }
        var (tops, y) = ([Double](), heightOf(columnTitles))
        for start in stride(from: 0, to: grid.pictures.count, by: columns) {
            y += heightOf(titles[start..<min(start + columns, titles.count)])
            tops.append(y)
            y += self.height + Self.gap
        }
        self.tops = tops
        size = (x - Self.gap, y - Self.gap)
    }

    /// The factors that bring all pictures to the height of the tallest; 1 where pictures keep their sizes.
    private static func scales(_ grid: PictureGrid) -> [Double] {
        guard grid.hasEqualHeights else { return grid.pictures.map { _ in 1 } }
        let tallest = Double(grid.pictures.map(\.height).max() ?? 1)
        return grid.pictures.map { min(tallest / Double($0.height), max(1, widest * tallest / Double($0.width))) }
    }

    /// The widths of the columns, each as wide as its widest picture.
    private static func widths(_ grid: PictureGrid, _ scales: [Double], _ columns: Int) -> [Double] {
        let drawn = zip(grid.pictures, scales).map { Double($0.width) * $1 }
        return (0..<columns).map { column in
            stride(from: column, to: drawn.count, by: columns).map { drawn[$0] }.max() ?? drawn.max() ?? 1
        }
    }

    /// The factor for all pictures: a whole number for small ones, so that their pixels stay squares; smaller where a row
    /// would be too wide.
    private static func zoom(_ width: Double, columns: Int, within room: Double) -> Double {
        let most = (room + gap) / Double(columns) - gap
        let whole = max(1, (narrowest / width).rounded(.up))
        if width * whole <= most { return whole }
        return max(min(most, width * whole), min(narrowest, width * whole)) / width
    }

    /// The rectangle of the index-th picture.
    func rect(_ index: Int, at origin: Point) -> Rect {
        let (image, column) = (grid.pictures[index], index % columns)
        let (width, height) = (Double(image.width) * zooms[index], Double(image.height) * zooms[index])
        let x = origin.x + starts[column]
        let y = origin.y + tops[index / columns]
        return Rect(x + (widths[column] - width) / 2, y + (self.height - height) / 2, width, height)
    }

    /// The middle of a column.
    func middle(_ column: Int) -> Double { starts[column] + widths[column] / 2 }
}
