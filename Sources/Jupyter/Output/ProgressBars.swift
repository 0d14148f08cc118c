import Language

/// The progress bars of a request: which of them is to be drawn anew, and when.
struct ProgressBars {
    /// A bar to show, in place of what was shown under its identifier before.
    struct Update {
        var id: String
        /// The bar in characters, and as an element that a page can lay out.
        var text: String
        var html: String
        /// Whether nothing was shown under the identifier yet.
        var isFirst: Bool
    }

    private struct Bar {
        var id: String
        var progress: Progress
        /// When the computation began, and from which step on.
        var start: Double
        var first: Int
        var shown: Double
    }

    /// The shortest time between two drawings of a bar, in seconds.
    static let interval = 0.1
    /// The most bars of a request.
    static let most = 200

    private var bars: [Int: Bar] = [:]
    /// The ids of the running computations, in the order in which they began.
    private var order: [Int] = []
    private var count = 0

    /// Takes a step of progress. Returns what is to be shown, or nil where it is too early for that.
    mutating func update(_ progress: Progress, at now: Double) -> Update? {
        let known = bars[progress.id]
        if known == nil {
            count += 1
            order.append(progress.id)
        }
        guard known != nil || count <= Self.most else { return nil }
        var bar =
            known ?? Bar(id: MessageWriter.identifier(), progress: progress, start: now, first: progress.completed, shown: -.infinity)
        bar.progress = progress
        let isDue = progress.finished || now - bar.shown >= Self.interval
        if isDue { bar.shown = now }
        bars[progress.id] = progress.finished ? nil : bar
        if progress.finished { order.removeAll { $0 == progress.id } }
        return isDue ? shown(bar, at: now, isFirst: known == nil) : nil
    }

    /// Ends a run. Bars that have not finished stay as they are.
    mutating func end(at now: Double) -> [Update] {
        let left = order.compactMap { bars[$0] }
        self = ProgressBars()
        return left.map { bar in
            var bar = bar
            bar.progress.finished = true
            return shown(bar, at: now, isFirst: false)
        }
    }

    // MARK: words

    /// The columns of a bar.
    private static let columns = 20

    private func shown(_ bar: Bar, at now: Double, isFirst: Bool) -> Update {
        let progress = bar.progress
        let completed = max(progress.completed, 0)
        let words = words(of: bar, at: now)
        var (text, html) = ([progress.title], [HTMLTable.escaped(progress.title)])
        if progress.total > 0 {
            let filled = min(Self.columns, completed * Self.columns / progress.total)
            text.append(String(repeating: "█", count: filled) + String(repeating: "░", count: Self.columns - filled))
            html.append("<progress value=\"\(completed)\" max=\"\(progress.total)\"></progress>")
        }
        return Update(
            id: bar.id, text: (text + words).joined(separator: "  "),
            html: "<div>\((html + words.map(HTMLTable.escaped)).joined(separator: " &ensp;"))</div>", isFirst: isFirst)
    }

    /// Returns what stands behind a bar: count, details, and the time that the computation took or will take.
    private func words(of bar: Bar, at now: Double) -> [String] {
        let progress = bar.progress
        let completed = max(progress.completed, 0)
        var parts = [progress.total > 0 ? "\(completed)/\(progress.total) \(progress.unit)" : "\(completed) \(progress.unit)"]
        parts += progress.detail.map { "\($0.0) \($0.1)" }
        if progress.finished {
            parts.append(seconds(now - bar.start))
        } else if completed - bar.first >= 3, progress.total > completed {
            let pace = (now - bar.start) / Double(completed - bar.first)
            parts.append("\(seconds(pace * Double(progress.total - completed))) left")
        }
        return parts
    }

    /// Returns a duration in words: "0.3 s", "42 s", "3 min 20 s", "1 h 5 min".
    private func seconds(_ value: Double) -> String {
        if value < 9.95 { return "\((value * 10).rounded() / 10) s" }
        let whole = Int(min(value, 1e9).rounded())
        if whole < 60 { return "\(whole) s" }
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
