import BreakAScene
import Language

/// Times as plans write them, never with more digits than they are good for.
enum PlanText {
    /// Returns "120 ms", "3.4 s", "12 min" or "4 h 10 min".
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.9995: "\(NumberText.fixed(max(1, seconds * 1000), 0)) ms"
        case ..<9.95: "\(NumberText.fixed(seconds, 1)) s"
        case ..<119.5: "\(NumberText.fixed(seconds, 0)) s"
        case ..<(119.5 * 60): "\(NumberText.fixed(seconds / 60, 0)) min"
        default: "\(Int(seconds / 3600)) h \(Int(seconds / 60) % 60) min"
        }
    }
}

extension ScriptPlan {
    private static let unknown = "unknown"

    /// Returns the rows in aligned columns, then the most memory and all of the time, and what of it is not known.
    func lines(width: Int) -> [String] {
        var table = TextTable(
            columns: [.init("line", number: true), .init("command"), .init("memory", number: true), .init("time", number: true)], rows: [])
        table.mostRows = 1000
        table.rows =
            rows.map { row in
                [
                    "\(row.line)", row.command, row.memory.map(TrainingPlan.text) ?? Self.unknown,
                    row.seconds.map(PlanText.time) ?? Self.unknown,
                ]
            } + [
                [
                    "", "in all", rows.compactMap(\.memory).max().map(TrainingPlan.text) ?? Self.unknown,
                    PlanText.time(rows.compactMap(\.seconds).reduce(0, +)),
                ]
            ]
        let lines = table.lines(width: width)
        // Notes stand behind their row, or below where there is no room.
        let notes = [""] + rows.map { $0.notes.joined(separator: "; ") } + [total]
        let room = lines.map { displayWidth($0) }.max() ?? 0
        return zip(lines, notes).flatMap { line, note -> [String] in
            if note.isEmpty { return [line] }
            let padded = TextLines.padded(line, to: room) + "  "
            if displayWidth(padded) + displayWidth(note) <= width { return [padded + note] }
            return [line] + TextLines.wrapped(note, width: width, first: "        ", rest: "        ")
        }
    }

    private var total: String {
        let open = rows.filter { $0.memory == nil || $0.seconds == nil }.count
        let free = Memory.available.map { "\(TrainingPlan.text($0)) of memory are free now" }
        return [free, open == 0 ? nil : "without what is unknown"].compactMap { $0 }.joined(separator: "; ")
    }
}
