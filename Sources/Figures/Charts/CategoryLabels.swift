import Images

/// The names under the places of an axis, written side by side, on several lines, turned, or only some of them.
struct CategoryLabels {
    private enum Arrangement: Equatable { case flat, slanted, upright }

    private static let longest = 120.0
    private static let slant = -40.0

    private let arrangement: Arrangement
    /// The lines of each name; none where it is left out.
    private let lines: [[String]]
    /// The height below the axis in pixels.
    let height: Double

    private static let font = Font.tick

    /// Arranges names that are `spacing` pixels apart.
    init(_ names: [String], spacing: Double, on canvas: Canvas) {
        (arrangement, lines) = Self.arranged(names, spacing: spacing, on: canvas)
        let line = canvas.measure("Ag", Self.font).height
        let longest = lines.joined().map { canvas.measure($0, Self.font).width }.max() ?? 0
        switch arrangement {
        case .flat: height = line * Double(lines.map(\.count).max() ?? 0)
        case .slanted: height = longest * cosine(90 + Self.slant) + line * cosine(Self.slant)
        case .upright: height = longest
        }
    }

    private static func arranged(_ names: [String], spacing: Double, on canvas: Canvas) -> (Arrangement, [[String]]) {
        let line = canvas.measure("Ag", font).height
        let widest = names.map { canvas.measure($0, font).width }.max() ?? 0
        let room = spacing - 8
        if widest <= room { return (.flat, names.map { [$0] }) }
        if room > 24 {
            let lines = names.map { canvas.wrapped($0, font, within: room, limit: 4) }
            if lines.allSatisfy({ $0.count <= 3 && !$0.contains { $0.hasSuffix("…") } }) { return (.flat, lines) }
        }
        if widest <= 40 { return (.flat, some(names, every: (widest + 8) / spacing)) }
        let fitted = canvas.distinct(names, font, within: longest)
        if spacing >= line / cosine(90 + slant) { return (.slanted, fitted.map { [$0] }) }
        return (.upright, some(fitted, every: (line + 1) / spacing))
    }

    /// Every `every`-th name, rounded up, so that each has room; the first is always kept.
    private static func some(_ names: [String], every: Double) -> [[String]] {
        let step = max(1, Int(every.rounded(.up)))
        return names.enumerated().map { $0.offset % step == 0 ? [$0.element] : [] }
    }

    /// Whether the `index`-th name is written.
    func isShown(_ index: Int) -> Bool { !lines[index].isEmpty }

    /// Writes the names below `y`, each under its place.
    func draw(at places: [Double], below y: Double, on canvas: Canvas) {
        let (line, font) = (canvas.measure("Ag", Self.font).height, Self.font)
        for (place, texts) in zip(places, lines) {
            for (row, text) in texts.enumerated() {
                switch arrangement {
                case .flat: canvas.text(text, at: Point(place, y + Double(row) * line), Anchor(0.5, 0), font)
                case .slanted:
                    // The first names must not reach over the figure's edge.
                    let text = canvas.fitted(text, font, within: (place - 2) / cosine(Self.slant))
                    canvas.text(text, at: Point(place + 3, y + 1), Anchor(1, 0.2), font, angle: Self.slant)
                case .upright: canvas.text(text, at: Point(place, y), Anchor(1, 0.5), font, angle: -90)
                }
            }
        }
    }
}
