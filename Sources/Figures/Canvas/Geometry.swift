import Images

/// A rectangle in pixels of a figure, from the top left corner.
struct Rect: Sendable, Equatable {
    var x, y, width, height: Double

    init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, max(0, width), max(0, height))
    }

    var right: Double { x + width }
    var bottom: Double { y + height }
    var middle: Point { Point(x + width / 2, y + height / 2) }

    /// The rectangle made smaller by so many pixels on each side.
    func inset(_ by: Double) -> Rect { Rect(x + by, y + by, width - 2 * by, height - 2 * by) }

    /// Whether the two share more than `slack` pixels in both directions.
    func overlaps(_ other: Rect, slack: Double = 0.5) -> Bool {
        x + slack < other.right && other.x + slack < right && y + slack < other.bottom && other.y + slack < bottom
    }
}

/// The width of a line of text, and how far it reaches above and below its baseline, in pixels.
struct TextSize: Sendable, Equatable {
    var width, ascent, descent: Double

    var height: Double { ascent + descent }
}

/// A font's size in pixels and its weight.
struct Font: Sendable, Equatable {
    var size: Double
    var isBold = false

    static let title = Font(size: 14, isBold: true)
    static let label = Font(size: 12.5)
    static let tick = Font(size: 11.5)
    static let small = Font(size: 10.5)
}

/// The part of a text that is at its point: 0 is its left or top, 0.5 its middle, 1 its right or bottom.
struct Anchor: Sendable, Equatable {
    var x, y: Double

    init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

    static let center = Anchor(0.5, 0.5)
}
