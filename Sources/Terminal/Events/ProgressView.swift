import CReadline
import Language

/// Shows the progress of the run: bars that are redrawn on a terminal, else a line for each tenth of the way.
struct ProgressView {
    private struct Entry {
        var progress: Progress
        var pace: Pace
        /// The last tenth of the way that was logged.
        var tenth = -1
    }

    /// The shortest time between two drawings, in seconds.
    static let redrawInterval = 0.1
    /// The most bars drawn at once.
    static let mostBars = 8

    private let traits: ScreenTraits
    private let sink: any TextSink
    private var entries: [Int: Entry] = [:]
    /// The ids of the running computations, in the order in which they began.
    private var order: [Int] = []
    private var drawnLines = 0
    private var drawn = -Double.infinity

    init(traits: ScreenTraits, sink: any TextSink) {
        self.traits = traits
        self.sink = sink
    }

    /// Takes a step of progress, and draws or logs it where that is due.
    mutating func update(_ progress: Progress, at now: Double) {
        var entry = entries[progress.id] ?? Entry(progress: progress, pace: Pace(progress.completed, at: now))
        if entries[progress.id] == nil { order.append(progress.id) }
        entry.progress = progress
        entry.pace.update(progress.completed, at: now)
        if !traits.errorsAreTerminal { log(&entry, at: now) }
        entries[progress.id] = entry
        if progress.finished {
            finish(progress.id, at: now)
        } else if traits.errorsAreTerminal, now - drawn >= ProgressView.redrawInterval {
            draw(at: now)
        }
    }

    /// Removes the bars to make room for other output; the next update draws them again.
    mutating func clear() {
        guard drawnLines > 0 else { return }
        sink.write(erasing + showCursor())
        drawnLines = 0
        drawn = -.infinity
    }

    /// Ends a run: bars that have not finished stay as they are, each on a line of its own.
    mutating func end(at now: Double) {
        var left = order.compactMap { entries[$0] }
        for place in left.indices { left[place].progress.finished = true }
        if traits.errorsAreTerminal, !left.isEmpty {
            let lines = left.map { text(of: $0, at: now) + "\n" }.joined()
            sink.write(erasing + lines + showCursor())
        }
        drawnLines = 0
        entries = [:]
        order = []
    }

    // MARK: on a terminal

    private mutating func draw(at now: Double) {
        let lines = order.suffix(ProgressView.mostBars).compactMap { entries[$0] }.map {
            text(of: $0, at: now)
        }
        sink.write(erasing + hideCursor() + lines.joined(separator: "\n"))
        drawnLines = lines.count
        drawn = now
    }

    /// Leaves a finished bar above those that go on.
    private mutating func finish(_ id: Int, at now: Double) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        order.removeAll { $0 == id }
        guard traits.errorsAreTerminal else { return }
        sink.write(erasing + text(of: entry, at: now) + "\n" + (order.isEmpty ? showCursor() : ""))
        drawnLines = 0
        if !order.isEmpty { draw(at: now) }
    }

    private func text(of entry: Entry, at now: Double) -> String {
        let text = ProgressText(progress: entry.progress, pace: entry.pace, now: now)
        // The last column stays free: a full line would wrap in some terminals.
        return text.bar(width: traits.width() - 1, unicode: traits.unicode)
    }

    private var erasing: String {
        switch drawnLines {
        case 0: ""
        case 1: "\r\u{1b}[K"
        default: "\r\u{1b}[\(drawnLines - 1)A\u{1b}[J"
        }
    }

    private func hideCursor() -> String {
        bas_screen_remember()
        bas_screen_cursor_hidden(1)
        return drawnLines == 0 ? "\u{1b}[?25l" : ""
    }

    private func showCursor() -> String {
        bas_screen_cursor_hidden(0)
        return "\u{1b}[?25h"
    }

    // MARK: in a log

    private mutating func log(_ entry: inout Entry, at now: Double) {
        let text = ProgressText(progress: entry.progress, pace: entry.pace, now: now)
        let tenth = entry.progress.finished ? 10 : text.percent / 10
        guard tenth > entry.tenth, entry.progress.total > 0 || entry.progress.finished else { return }
        entry.tenth = tenth
        sink.write(text.plain + "\n")
    }
}
