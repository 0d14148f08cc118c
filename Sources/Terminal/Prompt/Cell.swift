import Language

/// An input of a prompt's session and how it ended.
struct Cell: Sendable {
    var number: Int
    var source: String
    var status: RunStatus
    var seconds: Double
    /// The number of UTF-8 bytes of the source whose statements ran.
    var completed: Int
    /// The file that the input came from; nil where it was typed.
    var script: String?
    /// The command that took its effects back, "undone" or "reset"; nil where they stand.
    var withdrawn: String?

    init(number: Int, source: String, script: String? = nil, outcome: Outcome) {
        (self.number, self.source, self.script) = (number, source, script)
        (status, seconds, completed) = (outcome.status, outcome.seconds, outcome.completed)
    }

    /// The cell as `:cells` lists it: "In [3]  ok  0.2 s  first line …".
    var summary: String {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: true)
        let more = lines.count > 1 ? " …" : ""
        let ending = withdrawn ?? status.rawValue
        return "In [\(number)]  \(ending)  \(durationText(seconds))  \(lines.first ?? "")\(more)"
    }

    /// The cell in a saved script, with the statements that did not run as comments; nil where none ran.
    var saved: String? {
        guard withdrawn == nil else { return nil }
        var heading = "# %% In [\(number)]"
        if let script { heading += "   from \(script)" }
        if status == .ok { return "\(heading)\n\(source)\n" }
        let done = String(decoding: source.utf8.prefix(completed), as: UTF8.self)
        guard !done.allSatisfy(\.isWhitespace) else { return nil }
        let note = status == .interrupted ? "# (interrupted when it was entered)" : "# (ended with an error)"
        var rest = String(decoding: source.utf8.dropFirst(completed), as: UTF8.self)[...]
        rest = rest.drop { $0 == ";" || $0.isWhitespace }
        let comment = rest.split(separator: "\n", omittingEmptySubsequences: false).map { "# \($0)\n" }.joined()
        return "\(heading)\n\(note)\n\(done)\n" + (rest.isEmpty ? "" : comment)
    }
}

/// The cells that a command means: "3", "2..5", or the last for nothing. Numbers count from 1.
enum CellSelection {
    /// Returns the numbers that the text names, or nil where it names no cells.
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
