import Images
import Tensors

/// Writes names beside points where there is room: right, left, above or below, never over each other or a point.
enum PointNames {
    private static let distance = 7.0

    static func draw(_ chart: Chart, at place: (Series.Point) -> Point?, in plot: Rect, on canvas: Canvas) {
        let named = chart.series.flatMap { $0.points.filter { !$0.name.isEmpty } }
        guard !named.isEmpty else { return }
        var taken = chart.series.flatMap(\.points).flatMap { extent($0, place) }
        for point in named {
            if Cancellation.isCancelled { return }
            guard let at = place(point) else { continue }
            let text = canvas.fitted(point.name, .small, within: 140)
            let size = canvas.measure(text, .small)
            let free = candidates(at, size).first { box in
                box.x >= plot.x && box.right <= plot.right + 4 && box.y >= plot.y - 4 && box.bottom <= plot.bottom
                    && !taken.contains { $0.overlaps(box, slack: 0) }
            }
            guard let free else { continue }
            taken.append(free)
            canvas.text(text, at: Point(free.x, free.y), Anchor(0, 0), .small)
        }
    }

    /// What a point covers: its marker and its error bars.
    private static func extent(_ point: Series.Point, _ place: (Series.Point) -> Point?) -> [Rect] {
        guard let at = place(point) else { return [] }
        var boxes = [Rect(at.x - 4, at.y - 4, 8, 8)]
        func end(_ x: Double, _ y: Double) -> Point { place(.init(x, y)) ?? at }
        if let error = point.xError {
            let (left, right) = (end(point.x - error.lower, point.y).x, end(point.x + error.upper, point.y).x)
            boxes.append(Rect(left, at.y - 2, right - left, 4))
        }
        if let error = point.yError {
            let (top, bottom) = (end(point.x, point.y + error.upper).y, end(point.x, point.y - error.lower).y)
            boxes.append(Rect(at.x - 2, top, 4, bottom - top))
        }
        return boxes
    }

    /// The boxes that a name of this size may have beside a point, the best first.
    private static func candidates(_ at: Point, _ size: TextSize) -> [Rect] {
        let (width, height) = (size.width, size.height)
        return [
            Rect(at.x + distance, at.y - height / 2, width, height),
            Rect(at.x - distance - width, at.y - height / 2, width, height),
            Rect(at.x - width / 2, at.y - distance - height, width, height),
            Rect(at.x - width / 2, at.y + distance, width, height),
            Rect(at.x + distance * 0.6, at.y - distance - height * 0.7, width, height),
            Rect(at.x + distance * 0.6, at.y + distance * 0.2, width, height),
            Rect(at.x - distance * 0.6 - width, at.y - distance - height * 0.7, width, height),
            Rect(at.x - distance * 0.6 - width, at.y + distance * 0.2, width, height),
        ]
    }
}
