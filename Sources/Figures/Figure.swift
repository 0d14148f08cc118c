import Images

/// A figure as data: what is drawn, not how. Equal figures give equal bytes.
public struct Figure: Sendable, Equatable {
    /// The contents of a figure.
    public enum Content: Sendable, Equatable {
        /// Lines, points and bars over axes.
        case chart(Chart)
        /// A matrix as coloured cells.
        case heatMap(HeatMap)
        /// Pictures in rows.
        case pictures(PictureGrid)
    }

    /// The title above the figure; "" for none.
    public var title: String
    /// The contents.
    public var content: Content
    /// The size in pixels; nil where the content decides.
    public var size: PixelSize?

    /// A figure from its parts.
    public init(_ content: Content, title: String = "", size: PixelSize? = nil) {
        (self.content, self.title, self.size) = (content, title, size)
    }
}

/// Lines, points and bars over two axes.
public struct Chart: Sendable, Equatable {
    /// An axis with its label.
    public struct Axis: Sendable, Equatable {
        /// The label; "" for none.
        public var label: String
        /// The way in which values become places.
        public var kind: ScaleKind
        /// Whether values are counts or steps, so that there are no ticks between whole numbers.
        public var wholeNumbers: Bool

        /// An axis from its parts.
        public init(label: String = "", kind: ScaleKind = .linear, wholeNumbers: Bool = false) {
            (self.label, self.kind, self.wholeNumbers) = (label, kind, wholeNumbers)
        }
    }

    /// A vertical line, such as the beginning of a phase.
    public struct Mark: Sendable, Equatable {
        /// Its place on the x axis.
        public var x: Double
        /// The label at its top.
        public var label: String

        /// A mark from its place and label.
        public init(x: Double, label: String) { (self.x, self.label) = (x, label) }
    }

    /// A picture that belongs to a place on the x axis, such as what a model drew after a step. A page shows it where a person points; the
    /// chart itself does not.
    public struct Preview: Sendable, Equatable {
        /// Its place on the x axis.
        public var x: Double
        /// The picture.
        public var picture: Image

        /// A preview from its place and picture.
        public init(x: Double, picture: Image) { (self.x, self.picture) = (x, picture) }
    }

    /// The axes.
    public var x, y: Axis
    /// The series, the first at the bottom.
    public var series: [Series]
    /// Vertical lines with labels.
    public var marks: [Mark]
    /// Pictures along x, ascending.
    public var previews: [Preview]

    /// A chart from its parts.
    public init(x: Axis = Axis(), y: Axis = Axis(), series: [Series], marks: [Mark] = [], previews: [Preview] = []) {
        (self.x, self.y, self.series, self.marks, self.previews) = (x, y, series, marks, previews)
    }
}

/// Points that belong together and look alike.
public struct Series: Sendable, Equatable {
    /// The way in which the points of a series are drawn.
    public enum Shape: Sendable, Equatable {
        /// The points are joined by a line; with `markers`, each point has one.
        case line(markers: Bool)
        /// Each point has a marker.
        case points
        /// Bars that stand on 0, side by side with those of other series at the same place.
        case bars
        /// Bars that stand on 0 and are as wide as their bin; `x` is the bin's lower edge.
        case bins(width: Double)
    }

    /// A point with its error bars and name.
    public struct Point: Sendable, Equatable {
        /// The values; NaN and infinite ones are left out, and interrupt lines.
        public var x, y: Double
        /// Error bars in each direction; nil for none.
        public var xError, yError: ErrorBar?
        /// The text beside the point; "" for none.
        public var name: String

        /// A point from its parts.
        public init(_ x: Double, _ y: Double, xError: ErrorBar? = nil, yError: ErrorBar? = nil, name: String = "") {
            (self.x, self.y, self.xError, self.yError, self.name) = (x, y, xError, yError, name)
        }
    }

    /// The lengths of an error bar.
    public struct ErrorBar: Sendable, Equatable {
        /// How far it reaches below and above the value, both at least 0.
        public var lower, upper: Double

        /// An error bar from its lengths.
        public init(_ lower: Double, _ upper: Double) { (self.lower, self.upper) = (lower, upper) }
    }

    /// The name in the legend; "" for none.
    public var name: String
    /// The way in which the points are drawn.
    public var shape: Shape
    /// The points in order.
    public var points: [Point]
    /// Points that are drawn faintly below the line: the values before smoothing.
    public var raw: [Point]

    /// A series from its parts.
    public init(_ name: String, _ shape: Shape, _ points: [Point], raw: [Point] = []) {
        (self.name, self.shape, self.points, self.raw) = (name, shape, points, raw)
    }
}

/// A matrix as coloured cells with a colour bar.
public struct HeatMap: Sendable, Equatable {
    /// The values in rows from the top, all of one length; NaN is drawn as missing.
    public var values: [[Double]]
    /// The names of columns and rows, as many as there are, or none.
    public var columns, rows: [String]
    /// The labels of both axes and of the colour bar; "" for none.
    public var xLabel, yLabel, valueLabel: String
    /// The colours.
    public var colors: ColorMap
    /// The values of the first and last colour; nil is the smallest and largest value (for `.diverging`, 0 is in the
    /// middle).
    public var low, high: Double?
    /// Whether each cell's value is written into it; nil does so where cells are few and large enough.
    public var showsValues: Bool?

    /// A heat map from its parts.
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
    /// The pictures, row after row.
    public var pictures: [Image]
    /// The titles above the pictures, in order; if they are fewer, the other pictures have none.
    public var titles: [String]
    /// The number of pictures in a row; nil is as many as column titles, or up to four.
    public var columns: Int?
    /// The titles above the first row and left of the first column; as many as there are columns and rows, or none.
    public var columnTitles, rowTitles: [String]
    /// Whether pictures of several sizes are drawn at one height; otherwise pixels have the same size in all of them.
    public var hasEqualHeights: Bool

    /// A grid from its parts.
    public init(
        _ pictures: [Image], titles: [String] = [], columns: Int? = nil, columnTitles: [String] = [], rowTitles: [String] = [],
        hasEqualHeights: Bool = true
    ) {
        (self.pictures, self.titles, self.columns) = (pictures, titles, columns)
        (self.columnTitles, self.rowTitles, self.hasEqualHeights) = (columnTitles, rowTitles, hasEqualHeights)
    }
}
