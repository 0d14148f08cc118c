import Language

/// One input of a prompt's session and how it ended.
struct Cell: Sendable {
    var number: Int
    var source: String
    var status: RunStatus
    var seconds: Double

    /// "In [3]  ok  0.2 s  first line …", as `:cells` lists it.
    var summary: String {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: true)
        let more = lines.count > 1 ? " …" : ""
        return "In [\(number)]  \(status.rawValue)  \(durationText(seconds))  \(lines.first ?? "")\(more)"
    }
}

/// "3", "2..5", nothing for the last: which cells a command means. Numbers count from 1.
enum CellSelection {
    static func parse(_ text: String, last: Int) -> ClosedRange<Int>? {
        let text = text.filter { !$0.isWhitespace }
        if text.isEmpty { return last > 0 ? last...last : nil }
        if let number = Int(text) { return number >= 1 && number <= last ? number...number : nil }
        guard let dots = text.firstRange(of: "..") ?? text.firstRange(of: "-") else { return nil }
        guard let from = Int(text[..<dots.lowerBound]), let to = Int(text[dots.upperBound...]) else {
            return nil
        }
        return from >= 1 && from <= to && to <= last ? from...to : nil
    }
}
