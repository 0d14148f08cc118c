import Images

/// Colours and distances that all figures share.
enum Style {
    static let background = Color.white
    /// The colour of texts and axes.
    static let ink = Color.ink
    /// The colour of less important texts.
    static let grey = Color(hex: 0x666666)
    static let gridLine = Color(hex: 0xE3E3E3)
    /// The colour of missing numbers.
    static let missing = Color(hex: 0xD4D4D4)

    /// The margin around a figure, in pixels.
    static let margin = 10.0
    /// The gap between neighbours.
    static let gap = 6.0
    static let tickLength = 4.0

    static let standardWidth = 640.0
    static let standardHeight = 400.0
}
