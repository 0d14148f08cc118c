import Images

/// Draws vertical lines with a label at their top, such as the beginning of a phase.
struct MarkPainter {
    let chart: Chart
    let frame: AxesFrame
    let canvas: Canvas

    func draw() {
        let marks = chart.marks.compactMap { mark in frame.x.position(mark.x).map { (at: $0, label: mark.label) } }.sorted { $0.at < $1.at }
        guard !marks.isEmpty else { return }
        let first = chart.series.flatMap(\.points).compactMap { frame.x.position($0.x) }.min() ?? frame.plot.x
        for (index, mark) in marks.enumerated() {
            // A phase with which everything begins needs no line.
            if mark.at > first + 1 {
                canvas.stroke(
                    [Point(mark.at, frame.plot.y), Point(mark.at, frame.plot.bottom)], Pen(color: Style.grey, width: 1, dash: [4, 3]))
            }
            let end = index + 1 < marks.count ? marks[index + 1].at : frame.plot.right
            label(mark.label, at: mark.at + 4, room: end - mark.at - 8)
        }
    }

    /// Writes a label on a plate, so that lines behind it do not cross its letters; none where there is no room.
    private func label(_ text: String, at x: Double, room: Double) {
        guard room > 24 else { return }
        let text = canvas.fitted(text, .small, within: room)
        let size = canvas.measure(text, .small)
        canvas.fill(Rect(x - 2, frame.plot.y, size.width + 4, size.height + 1), .white, opacity: 0.8)
        canvas.text(text, at: Point(x, frame.plot.y), Anchor(0, 0), .small, color: Style.grey)
    }
}
