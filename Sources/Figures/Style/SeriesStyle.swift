import Images

/// The look of a series' lines, points and bars: series differ in colour, and without colour in dashes and markers.
struct SeriesStyle: Sendable, Equatable {
    var color: Color
    var dash: [Double]
    var marker: Marker

    /// Okabe and Ito's colours (2008, "Color Universal Design") without yellow, which does not stand out on white.
    static let colors = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x4D4D4D].map { Color(hex: $0) }
    private static let dashes: [[Double]] = [[], [7, 3], [9, 3, 2, 3], [2.5, 2.5]]

    /// The style of the `index`-th series. Colours repeat after seven, dashes after four: 28 lines differ.
    init(_ index: Int) {
        color = Self.colors[index % Self.colors.count]
        dash = Self.dashes[index % Self.dashes.count]
        marker = Marker.allCases[index % Marker.allCases.count]
    }
}

/// The sign at a point.
enum Marker: CaseIterable, Sendable {
    case circle, square, triangle, diamond, triangleDown, cross, plus

    /// The corners of a marker of radius 1 around the origin; none for markers that are not filled polygons.
    private var corners: [(Double, Double)] {
        switch self {
        case .circle: []
        case .square: [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]
        case .triangle: [(0, -1.15), (1, 0.75), (-1, 0.75)]
        case .triangleDown: [(0, 1.15), (1, -0.75), (-1, -0.75)]
        case .diamond: [(0, -1.2), (1.1, 0), (0, 1.2), (-1.1, 0)]
        case .cross, .plus: []
        }
    }

    /// The strokes of a marker of radius 1 around the origin.
    private var strokes: [[(Double, Double)]] {
        switch self {
        case .cross: [[(-0.85, -0.85), (0.85, 0.85)], [(-0.85, 0.85), (0.85, -0.85)]]
        case .plus: [[(-1.1, 0), (1.1, 0)], [(0, -1.1), (0, 1.1)]]
        default: []
        }
    }

    /// Draws the marker. A thin white rim separates markers that overlap.
    func draw(on canvas: Canvas, at point: Point, radius: Double, color: Color) {
        func place(_ corner: (Double, Double)) -> Point { Point(point.x + corner.0 * radius, point.y + corner.1 * radius) }
        let rim = Pen(color: .white, width: 0.8)
        if self == .circle { canvas.circle(point, radius: radius, fill: color, pen: rim) }
        if !corners.isEmpty {
            canvas.fill(corners.map(place), color)
            canvas.stroke(corners.map(place), rim, closed: true)
        }
        for stroke in strokes { canvas.stroke(stroke.map(place), Pen(color: color, width: 2)) }
    }
}
