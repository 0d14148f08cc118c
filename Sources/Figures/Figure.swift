import Images

/// A figure as data: what is drawn, not how. Equal figures give equal bytes.
public struct Figure: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        case chart(Chart)
        case heatMap(HeatMap)
        case pictures(PictureGrid)
    }

    /// Above the figure; "" for none.
    public var title: String
    public var content: Content
    /// In pixels; nil where the content decides.
    public var size: PixelSize?

    public init(_ content: Content, title: String = "", size: PixelSize? = nil) {
        (self.content, self.title, self.size) = (content, title, size)
    }
}

/// Lines, points and bars over two axes.
public struct Chart: Sendable, Equatable {
    public struct Axis: Sendable, Equatable {
        public var label: String
        public var kind: ScaleKind
        /// Counts and steps: no ticks between whole numbers.
        public var wholeNumbers: Bool

        public init(label: String = "", kind: ScaleKind = .linear, wholeNumbers: Bool = false) {
            (self.label, self.kind, self.wholeNumbers) = (label, kind, wholeNumbers)
        }
    }

    /// A vertical line: the beginning of a phase.
    public struct Mark: Sendable, Equatable {
        public var x: Double
        public var label: String

        public init(x: Double, label: String) { (self.x, self.label) = (x, label) }
    }

    public var x, y: Axis
    public var series: [Series]
    public var marks: [Mark]

    public init(x: Axis = Axis(), y: Axis = Axis(), series: [Series], marks: [Mark] = []) {
        (self.x, self.y, self.series, self.marks) = (x, y, series, marks)
    }
}

/// Points that belong together and look alike.
public struct Series: Sendable, Equatable {
    public enum Shape: Sendable, Equatable {
        /// Joined by a line; with a marker at each point where they are few.
        case line(markers: Bool)
        case points
        /// Standing on 0, side by side with those of other series at the same place.
        case bars
        /// Standing on 0, as wide as their bin; `x` is the bin's lower edge.
        case bins(width: Double)
    }

    public struct Point: Sendable, Equatable {
        public var x, y: Double
        /// Half lengths of error bars to the lower and upper side.
        public var xError, yError: ErrorBar?
        /// Written beside the point.
        public var name: String

        public init(_ x: Double, _ y: Double, xError: ErrorBar? = nil, yError: ErrorBar? = nil, name: String = "") {
            (self.x, self.y, self.xError, self.yError, self.name) = (x, y, xError, yError, name)
        }
    }

    public struct ErrorBar: Sendable, Equatable {
        public var lower, upper: Double

        public init(_ lower: Double, _ upper: Double) { (self.lower, self.upper) = (lower, upper) }
    }

    /// In the legend; "" for none.
    public var name: String
    public var shape: Shape
    public var points: [Point]
    /// Drawn faintly below the line: the values before smoothing.
    public var raw: [Point]

    public init(_ name: String, _ shape: Shape, _ points: [Point], raw: [Point] = []) {
        (self.name, self.shape, self.points, self.raw) = (name, shape, points, raw)
    }
}

/// A matrix as coloured cells with a colour bar.
public struct HeatMap: Sendable, Equatable {
    /// Rows from the top, all of one length.
    public var values: [[Double]]
    /// Names of the columns and rows, as many as there are, or none.
    public var columns, rows: [String]
    public var xLabel, yLabel, valueLabel: String
    public var colors: ColorMap
    /// The values of the first and the last colour; nil takes the smallest and largest.
    public var low, high: Double?
    /// Whether each cell's value is written into it; nil where they are few enough to be read.
    public var showsValues: Bool?

    public init(
        _ values: [[Double]], columns: [String] = [], rows: [String] = [], xLabel: String = "", yLabel: String = "",
        valueLabel: String = "", colors: ColorMap = .viridis, low: Double? = nil, high: Double? = nil, showsValues: Bool? = nil
    ) {
        (self.values, self.columns, self.rows) = (values, columns, rows)
        (self.xLabel, self.yLabel, self.valueLabel) = (xLabel, yLabel, valueLabel)
        (self.colors, self.low, self.high, self.showsValues) = (colors, low, high, showsValues)
    }
}

/// Pictures in rows, with titles.
public struct PictureGrid: Sendable, Equatable {
    public var pictures: [Image]
    /// Above each picture, in order; fewer leave the rest bare.
    public var titles: [String]
    /// Pictures in a row; nil puts up to four.
    public var columns: Int?
    /// Above the first row and left of the first column; as many as there are, or none.
    public var columnTitles, rowTitles: [String]
    /// Whether pictures of several sizes are drawn at one height; else a pixel measures the same in all.
    public var hasEqualHeights: Bool

    public init(
        _ pictures: [Image], titles: [String] = [], columns: Int? = nil, columnTitles: [String] = [], rowTitles: [String] = [],
        hasEqualHeights: Bool = true
    ) {
        (self.pictures, self.titles, self.columns) = (pictures, titles, columns)
        (self.columnTitles, self.rowTitles, self.hasEqualHeights) = (columnTitles, rowTitles, hasEqualHeights)
    }
}
