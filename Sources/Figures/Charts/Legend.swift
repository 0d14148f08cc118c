import Images

/// The names of the series above the chart, in rows, each with a sample of its line or bar.
struct Legend {
    private struct Entry {
        let name: String
        let place: Int
        let at: Point
    }

    private static let font = Font.tick
    private static let symbol = 26.0
    private static let most = 4

    private let entries: [Entry]
    private let more: (text: String, at: Point)?
    /// The height in pixels, 0 without names.
    let height: Double

    init(_ chart: Chart, in area: Rect, on canvas: Canvas) {
        let named = chart.series.enumerated().filter { !$0.element.name.isEmpty }
        guard !named.isEmpty else {
            (entries, more, height) = ([], nil, 0)
            return
        }
        let line = canvas.measure("Ag", Self.font).height + 3
        let names = canvas.distinct(named.map(\.element.name), Self.font, within: min(220, area.width - Self.symbol - 8))
        var (placed, at, row, left) = ([Entry](), area.x, 0, 0)
        for (order, (name, place)) in zip(names, named.map(\.offset)).enumerated() {
            let width = Self.symbol + canvas.measure(name, Self.font).width + 16
            // The last row leaves room for the number of names that are missing.
            let edge = area.right - (row == Self.most - 1 ? 90 : 0)
            if at > area.x, at + width - 16 > edge {
                (row, at) = (row + 1, area.x)
                if row == Self.most {
                    left = named.count - order
                    break
                }
            }
            placed.append(Entry(name: name, place: place, at: Point(at, area.y + (Double(row) + 0.5) * line)))
            at += width
        }
        entries = placed
        more = left > 0 ? ("and \(left) more", Point(area.right - 4, area.y + (Double(Self.most) - 0.5) * line)) : nil
        height = Double(min(row + 1, Self.most)) * line + Style.gap
    }

    func draw(_ chart: Chart, on canvas: Canvas) {
        for entry in entries {
            let style = SeriesStyle(entry.place)
            let (left, middle) = (entry.at.x, Point(entry.at.x + 10, entry.at.y))
            switch chart.series[entry.place].shape {
            case .line(let markers):
                canvas.stroke([Point(left, entry.at.y), Point(left + 21, entry.at.y)], Pen(color: style.color, width: 2, dash: style.dash))
                if markers { style.marker.draw(on: canvas, at: middle, radius: 3.5, color: style.color) }
            case .points: style.marker.draw(on: canvas, at: middle, radius: 4, color: style.color)
            case .bars: canvas.fill(Rect(left + 4, entry.at.y - 5, 14, 10), style.color)
            case .bins:
                canvas.fill(Rect(left + 4, entry.at.y - 5, 14, 10), style.color, opacity: 0.35)
                canvas.stroke(Rect(left + 4, entry.at.y - 5, 14, 10), Pen(color: style.color, width: 1.5, dash: style.dash))
            }
            canvas.text(entry.name, at: Point(left + Self.symbol, entry.at.y), Anchor(0, 0.5), Self.font)
        }
        if let more { canvas.text(more.text, at: more.at, Anchor(1, 0.5), Self.font, color: Style.grey) }
    }
}
