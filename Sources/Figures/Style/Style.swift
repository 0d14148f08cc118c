import Images

/// Colours and distances that all figures share.
enum Style {
    static let background = Color.white
    /// Text, axes.
    static let ink = Color.ink
    /// Text of less weight.
    static let grey = Color(hex: 0x666666)
    static let gridLine = Color(hex: 0xE3E3E3)
    /// Where a number is missing.
    static let missing = Color(hex: 0xD4D4D4)

    /// Around a figure, in pixels.
    static let margin = 10.0
    /// Between neighbours.
    static let gap = 6.0
    static let tickLength = 4.0

    static let standardWidth = 640.0
    static let standardHeight = 400.0
}
