import Images

/// The places of a heat map's cells, labels and colour bar, and its size.
struct HeatMapLayout {
    let map: HeatMap
    let cells: Rect
    let bar: Rect
    let barTicks: [Tick]
    let range: HeatMapRange
    let columnNames: CategoryLabels?
    /// Only every `rowStep`-th row's name is written.
    let rowStep: Int
    /// The rows' names, cut to the room that they have.
    let rowNames: [String]
    /// The cells' values as texts; empty where they are not written.
    let texts: [[String]]
    /// The size of the whole without margins.
    let size: (width: Double, height: Double)

    private static let longestRowName = 150.0
    static let barWidth = 14.0
    /// Of all cells together.
    private static let leastWidth = 8.0

    /// Lays out a heat map within the width and height `room`.
    init(_ map: HeatMap, origin: Point, room: (width: Double, height: Double), on canvas: Canvas) {
        self.map = map
        range = HeatMapRange(map)
        let (count, rows) = (Double(map.values.first?.count ?? 1), Double(map.values.count))
        let (line, label) = (canvas.measure("Ag", .tick).height, canvas.measure("Ag", .label).height + 4)
        rowNames = canvas.distinct(map.rows, .tick, within: Self.longestRowName)
        barTicks = range.scale(0, 1).ticks(count: 5)
        let barText = barTicks.map { canvas.measure($0.label, .tick).width }.max() ?? 0
        let barLabel = map.valueLabel.isEmpty ? 0 : label
        let left =
            (map.yLabel.isEmpty ? 0 : label) + (rowNames.map { canvas.measure($0, .tick).width }.max() ?? 0) + (rowNames.isEmpty ? 0 : 7)
        let right = 16 + Self.barWidth + 8 + barText + barLabel
        // Long labels in a small figure leave no room at all: it then grows.
        let width = max(min(room.width - left - right, count * (map.columns.isEmpty ? 40 : 92)), Self.leastWidth)
        let names = map.columns.isEmpty ? nil : CategoryLabels(map.columns, spacing: width / count, on: canvas)
        let below = (names.map { $0.height + 6 } ?? 0) + (map.xLabel.isEmpty ? 0 : label)
        let height = Self.height(map, width: width, count, rows, room: room.height - below)
        // Cells have whole pixels where there is room, so that all are equally wide.
        let whole = Rect(origin.x + left, origin.y, (width / count).rounded(.down) * count, (height / rows).rounded(.down) * rows)
        cells = Rect(whole.x, whole.y, whole.width > 0 ? whole.width : width, whole.height > 0 ? whole.height : height)
        columnNames = names
        rowStep = max(1, Int(((line + 1) / (cells.height / rows)).rounded(.up)))
        let barHeight = max(cells.height, 60)
        bar = Rect(cells.right + 16, cells.y, Self.barWidth, barHeight)
        texts = HeatMapTexts.make(map, cell: (cells.width / count, cells.height / rows), on: canvas)
        size = (cells.right - origin.x + right, max(cells.height + below, barHeight + line / 2))
    }

    /// The height of all cells: they are squares without names; with names they are as flat as a line of text allows.
    private static func height(_ map: HeatMap, width: Double, _ count: Double, _ rows: Double, room: Double) -> Double {
        let side = width / count
        let isNamed = !map.columns.isEmpty || !map.rows.isEmpty
        let cell = isNamed ? min(max(side * 0.6, 24), 44) : side
        return min(cell * rows, max(room, 40))
    }
}

/// The values of a heat map's first and last colour.
struct HeatMapRange {
    let low, high: Double

    init(_ map: HeatMap) {
        let finite = map.values.joined().filter { Scale.isDrawable($0, .linear) }
        var (low, high) = (map.low ?? finite.min() ?? 0, map.high ?? finite.max() ?? 1)
        // 0 is in the middle of diverging colours.
        if map.colors == .diverging, map.low == nil, map.high == nil {
            high = max(abs(low), abs(high))
            low = -high
        }
        if !(high - low > max(abs(low), abs(high)) * 1e-10) {
            let half = low == 0 ? 1 : abs(low) / 2
            (low, high) = map.low != nil ? (low, low + half) : map.high != nil ? (high - half, high) : (low - half, low + half)
        }
        (self.low, self.high) = (low, high)
    }

    /// The place of a value between `low` and `high`, limited to 0…1; NaN for NaN.
    func part(_ value: Double) -> Double { value.isNaN ? .nan : min(max((value - low) / (high - low), 0), 1) }

    func scale(_ start: Double, _ end: Double) -> Scale { Scale(linearFrom: low, to: high, start: start, end: end) }
}

/// The texts in the cells.
enum HeatMapTexts {
    /// With more cells than this, a heat map is a picture rather than a table.
    private static let most = 400

    /// One text for each cell; none where they do not fit or are not wanted.
    static func make(_ map: HeatMap, cell: (width: Double, height: Double), on canvas: Canvas) -> [[String]] {
        let count = map.values.count * (map.values.first?.count ?? 0)
        guard map.showsValues ?? (count <= most) else { return [] }
        let format = decimals(map.values.joined().filter(\.isFinite))
        let texts = map.values.map { $0.map { value in format.map { NumberLabel.fixed(value, $0) } ?? NumberLabel.short(value) } }
        let widest = texts.joined().map { canvas.measure($0, .small).width }.max() ?? 0
        let fits = widest + 5 <= cell.width && canvas.measure("0", .small).height <= cell.height
        return fits || map.showsValues == true ? texts : []
    }

    /// The number of decimals for all values, so that the largest has three digits; 0 for whole numbers, nil where sizes
    /// differ too much.
    private static func decimals(_ values: [Double]) -> Int? {
        let largest = values.map(abs).max() ?? 0
        if values.allSatisfy({ $0 == $0.rounded() }), largest < 1e6 { return 0 }
        if largest >= 1e6 || largest < 0.01 { return nil }
        return largest < 0.1 ? 3 : largest < 10 ? 2 : largest < 100 ? 1 : 0
    }
}
