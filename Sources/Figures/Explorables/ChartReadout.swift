import Images
import Tensors

/// The values of a chart of lines, with the places at which its still picture shows them: a page reads them out where a person points.
public struct ChartReadout: Sendable, Equatable {
    /// A line's values, one for each place along x; nil where it has none there.
    public struct Line: Sendable, Equatable {
        /// The name; "" for none.
        public let name: String
        /// The colour: "#0072b2".
        public let color: String
        /// The values, and those before smoothing where they differ.
        public let values, raw: [Double?]
        /// The heights in the picture, in pixels from its top.
        public let places: [Double?]
    }

    /// A picture that belongs to a place along x and to all behind it up to the next picture's.
    public struct Preview: Sendable, Equatable {
        /// The number of the place.
        public let from: Int
        /// A JPEG file, and its size.
        public let jpeg: [UInt8]
        /// The size of the picture in pixels.
        public let size: PixelSize
    }

    /// What x is; "" where it has no name.
    public let label: String
    /// The size of the picture in pixels.
    public let width, height: Int
    /// The plot's edges in pixels: left, top, right, bottom.
    public let plot: [Double]
    /// The names of the places along x: "120", "cat".
    public let names: [String]
    /// The places along x in pixels from the left, ascending.
    public let places: [Double]
    /// The lines.
    public let lines: [Line]
    /// The parts that the chart's marks begin, by the number of the place along x.
    public let parts: [(from: Int, name: String)]
    /// The pictures, in the order of their places.
    public let previews: [Preview]

    private static let mostPlaces = 1500
    private static let mostLines = 12
    private static let mostPreviews = 40

    /// Returns whether both are the same.
    public static func == (a: ChartReadout, b: ChartReadout) -> Bool {
        (a.label, a.width, a.height) == (b.label, b.width, b.height)
            && (a.plot, a.names, a.places, a.lines) == (b.plot, b.names, b.places, b.lines) && a.previews == b.previews
            && a.parts.elementsEqual(b.parts, by: ==)
    }
}

extension ChartReadout {
    /// Reads the values of a figure; nil for anything but a chart whose series are all lines. Of more than 1500 places along x some are
    /// left out evenly, and so are pictures beyond 40. Throws `FigureError` where the figure cannot be drawn, and `ImageError`.
    init?(_ figure: Figure) throws {
        guard case .chart(let chart) = figure.content, (1...Self.mostLines).contains(chart.series.count),
            chart.series.allSatisfy({ if case .line = $0.shape { true } else { false } })
        else { return nil }
        let plan = try FigurePlan(figure)
        guard let frame = plan.chartFrame() else { return nil }
        var xs = Set(chart.series.flatMap(\.points).map(\.x).filter { frame.x.position($0) != nil }).sorted()
        guard xs.count > 1 else { return nil }
        if xs.count > Self.mostPlaces { xs = (0..<Self.mostPlaces).map { xs[$0 * (xs.count - 1) / (Self.mostPlaces - 1)] } }
        label = chart.x.label
        (width, height) = (Int(plan.width), Int(plan.height))
        plot = [frame.plot.x, frame.plot.y, frame.plot.right, frame.plot.bottom].map(Self.pixels)
        let categories = chart.x.kind.names
        names = xs.map { x in
            if let categories, let index = Int(exactly: x), categories.indices.contains(index) { return categories[index] }
            return NumberLabel.short(x)
        }
        places = xs.map { Self.pixels(frame.x.position($0) ?? 0) }
        lines = chart.series.enumerated().map { index, series in
            let values = Dictionary(series.points.map { ($0.x, $0.y) }) { first, _ in first }
            let raw = Dictionary(series.raw.map { ($0.x, $0.y) }) { first, _ in first }
            let shown = xs.map { x in values[x].flatMap { $0.isFinite ? $0 : nil } }
            return Line(
                name: series.name, color: SeriesStyle(index).color.hexadecimal, values: shown.map { $0.map(Self.short) },
                raw: series.raw.isEmpty ? [] : xs.map { x in raw[x].flatMap { $0.isFinite ? Self.short($0) : nil } },
                places: shown.map { $0.flatMap { frame.y.position($0) }.map(Self.pixels) })
        }
        parts = chart.marks.sorted { $0.x < $1.x }.compactMap { mark in xs.firstIndex { $0 >= mark.x }.map { ($0, mark.label) } }
        let all = chart.previews
        let kept =
            all.count <= Self.mostPreviews ? all : (0..<Self.mostPreviews).map { all[$0 * (all.count - 1) / (Self.mostPreviews - 1)] }
        previews = try kept.compactMap { preview in
            try xs.lastIndex { $0 <= preview.x }.map {
                Preview(from: $0, jpeg: try preview.picture.jpegData(quality: 85), size: preview.picture.size)
            }
        }
    }

    /// A place to a tenth of a pixel.
    private static func pixels(_ place: Double) -> Double { (place * 10).rounded() / 10 }

    /// A value with six significant digits.
    private static func short(_ value: Double) -> Double {
        guard value != 0, value.isFinite else { return value }
        let digits = Float(value).description
        return Double(digits) ?? value
    }
}

// MARK: reading and writing

extension ChartReadout {
    init?(_ reader: ExplorableReader) {
        let side = 1...8192
        guard let label = reader.text("label"), let width = reader.int("width", side), let height = reader.int("height", side),
            let plot = reader.list("plot", 4...4, Self.place), plot[0] < plot[2], plot[1] < plot[3],
            let names = reader.texts("names", 2...Self.mostPlaces),
            let places = reader.list("places", names.count...names.count, Self.place), zip(places, places.dropFirst()).allSatisfy(<=),
            let lines = reader.readers("lines", 1...Self.mostLines), let marks = reader.readers("parts", 0...64)
        else { return nil }
        let read = lines.compactMap { Line($0, count: names.count) }
        let parts = marks.compactMap { mark -> (from: Int, name: String)? in
            guard let from = mark.int("from", 0...names.count - 1), let name = mark.text("name") else { return nil }
            return (from, name)
        }
        let previews = Self.previews(reader, count: names.count)
        guard read.count == lines.count, parts.count == marks.count, let previews else { return nil }
        (self.label, self.width, self.height, self.plot, self.names, self.places) = (label, width, height, plot, names, places)
        (self.lines, self.parts, self.previews) = (read, parts, previews)
    }

    /// Reads the pictures; without the member there are none, and nil is something that is not right.
    private static func previews(_ reader: ExplorableReader, count: Int) -> [Preview]? {
        guard reader.json["previews"] != nil else { return [] }
        guard let items = reader.readers("previews", 1...mostPreviews) else { return nil }
        let read = items.compactMap { item -> Preview? in
            guard let from = item.int("from", 0...count - 1), let width = item.int("width", 1...1024),
                let height = item.int("height", 1...1024)
            else { return nil }
            let size = PixelSize(width: width, height: height)
            return ExplorableReader.picture(item.bytes("picture"), size).map { Preview(from: from, jpeg: $0, size: size) }
        }
        return read.count == items.count && zip(read, read.dropFirst()).allSatisfy { $0.from < $1.from } ? read : nil
    }

    fileprivate static func place(_ json: JSON) -> Double? { json.doubleValue.flatMap { (-10_000...20_000).contains($0) ? $0 : nil } }

    var members: [(String, JSON)] {
        [
            ("label", .string(ExplorableReader.label(label))), ("width", JSON(width)), ("height", JSON(height)),
            ("plot", .array(plot.map { JSON($0) })), ("names", .array(names.map { .string(ExplorableReader.label($0)) })),
            ("places", .array(places.map { JSON($0) })), ("lines", .array(lines.map(\.json))),
            ("parts", .array(parts.map { ["from": JSON($0.from), "name": .string(ExplorableReader.label($0.name))] })),
        ] + (previews.isEmpty ? [] : [("previews", .array(previews.map(\.json)))])
    }
}

extension ChartReadout.Preview {
    fileprivate var json: JSON {
        [
            "from": JSON(from), "width": JSON(size.width), "height": JSON(size.height), "picture": .string(Base64.text(of: jpeg)),
        ]
    }
}

extension ChartReadout.Line {
    fileprivate init?(_ reader: ExplorableReader, count: Int) {
        /// An item that is null is a place without a value.
        func numbers(_ key: String, _ range: ClosedRange<Int>, _ read: (JSON) -> Double? = { $0.doubleValue }) -> [Double?]? {
            reader.list(key, range) { item -> Double?? in item.isNull ? .some(nil) : read(item).map { .some($0) } }
        }
        guard let name = reader.text("name"), let color = reader.text("color"), color.hasPrefix("#"), color.utf8.count == 7,
            color.dropFirst().allSatisfy(\.isHexDigit), let values = numbers("values", count...count), let raw = numbers("raw", 0...count),
            raw.isEmpty || raw.count == count,
            let places = numbers("places", count...count, ChartReadout.place)
        else { return nil }
        (self.name, self.color, self.values, self.raw, self.places) = (name, color, values, raw, places)
    }

    fileprivate var json: JSON {
        func numbers(_ values: [Double?]) -> JSON { .array(values.map { $0.map { JSON($0) } ?? .null }) }
        return [
            "name": .string(ExplorableReader.label(name)), "color": .string(color), "values": numbers(values), "raw": numbers(raw),
            "places": numbers(places),
        ]
    }
}

extension Figure {
    /// What a page lets people explore of the figure; nil where there is nothing.
    public var explorable: Explorable? {
        ((try? ChartReadout(self)) ?? nil).map { .chart($0) }
    }
}
