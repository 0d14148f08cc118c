import Files
import Language

/// The progress bars of a running cell, with the time that is left.
struct ProgressBars: Sendable {
    /// The most bars that a page shows of a cell; the oldest of those that are done go first.
    private static let most = 8

    private struct Bar {
        var progress: Progress
        /// When it was first seen, and how far it was then.
        let began: ContinuousClock.Instant
        let first: Int
        /// When it changed last.
        var changed: ContinuousClock.Instant
    }

    private var bars: [Bar] = []

    /// Takes a step of a computation.
    mutating func note(_ progress: Progress, now: ContinuousClock.Instant = .now) {
        if let place = bars.firstIndex(where: { $0.progress.id == progress.id }) {
            bars[place].progress = progress
            bars[place].changed = now
            return
        }
        if bars.count >= Self.most { bars.remove(at: bars.firstIndex { $0.progress.finished } ?? 0) }
        bars.append(Bar(progress: progress, began: now, first: progress.completed, changed: now))
    }

    /// The seconds that a bar needs still, by its pace since it was first seen; nil where that cannot be told yet.
    private static func left(_ bar: Bar) -> Double? {
        let (done, total) = (bar.progress.completed - bar.first, bar.progress.total - bar.progress.completed)
        let seconds = (bar.changed - bar.began) / .seconds(1)
        guard !bar.progress.finished, done > 0, total > 0, seconds >= 0.5 else { return nil }
        return seconds / Double(done) * Double(total)
    }

    /// The bars for the page.
    var json: JSON {
        .array(
            bars.map { bar in
                let progress = bar.progress
                return [
                    "title": .string(printable(progress.title)), "done": JSON(progress.completed), "total": JSON(progress.total),
                    "unit": .string(progress.unit), "left": Self.left(bar).map { JSON($0) } ?? .null, "finished": .bool(progress.finished),
                    "detail": .string(printable(progress.detail.map { "\($0.0) \($0.1)" }.joined(separator: "  "))),
                ]
            })
    }
}
