import Language

/// The words and the bar of one computation's progress, fitted to a width.
struct ProgressText {
    let progress: Progress
    let pace: Pace
    let now: Double

    /// The columns that a title takes, so that the bars of two phases stand under each other.
    static let titleColumn = 29
    /// The columns of the bar; the shorter ones are for lines that would not fit.
    static let barWidths = [18, 12, 8]

    /// Returns one line of at most `width` columns: title, bar, count, pace, details, and the time left. In a narrow window first the bar
    /// gets shorter, then the last details are left out, then the pace, then the bar.
    func bar(width: Int, unicode: Bool) -> String {
        let title = printable(progress.title)
        let rate = pace.rateText(printable(progress.unit))
        let bars = ProgressText.barWidths.map { barText(columns: $0, unicode: unicode) }
        let column = padded(title, to: ProgressText.titleColumn)
        let details = detailTexts
        var candidates = [line(column, bars[0], rate, details)]
        candidates += bars.map { line(title, $0, rate, details) }
        candidates += details.indices.reversed().map {
            line(title, bars.last ?? nil, rate, Array(details[..<$0]))
        }
        candidates += [line(title, bars.last ?? nil, nil, []), line(title, nil, nil, [])]
        return candidates.first { displayWidth($0) <= width } ?? cut(candidates.last ?? "", to: width)
    }

    private func line(_ title: String, _ bar: String?, _ rate: String?, _ details: [String]) -> String {
        ([title, bar, count, rate].compactMap(\.self) + details + [ending].compactMap(\.self))
            .joined(separator: "  ")
    }

    /// A line for a log, with per cent instead of the bar.
    var plain: String {
        let share = progress.total > 0 ? "\(percent) %" : nil
        let rate = pace.rateText(printable(progress.unit))
        let parts = [printable(progress.title), count, share, rate].compactMap(\.self) + detailTexts
        return (parts + [ending].compactMap(\.self)).joined(separator: "  ")
    }

    var percent: Int {
        progress.total > 0 ? Int(Double(completed) / Double(progress.total) * 100) : 0
    }

    private var completed: Int { min(max(progress.completed, 0), max(progress.total, progress.completed)) }

    private var count: String {
        if progress.total > 0 { return "\(completed)/\(progress.total)" }
        return "\(completed) \(printable(progress.unit))"
    }

    private var detailTexts: [String] {
        progress.detail.map { "\(printable($0.0)) \(printable($0.1))" }
    }

    /// The time that the computation took, or will take.
    private var ending: String? {
        if progress.finished { return durationText(now - pace.start) }
        return pace.forecast(total: progress.total).map { "ETA " + forecastText($0) }
    }

    private func barText(columns: Int, unicode: Bool) -> String? {
        guard progress.total > 0 else { return nil }
        let share = min(1, Double(completed) / Double(progress.total))
        let filled = Int(share * Double(columns))
        let rest = columns - filled
        return String(repeating: unicode ? "█" : "#", count: filled)
            + String(repeating: unicode ? "░" : "-", count: rest)
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - displayWidth(text)))
    }
}

/// Returns as many of a text's characters as fit into `width` columns.
func cut(_ text: String, to width: Int) -> String {
    var result = ""
    var used = 0
    for character in text {
        used += displayWidth(String(character))
        if used > width { break }
        result.append(character)
    }
    return result
}
