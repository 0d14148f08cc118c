import Language
import Notebook

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
    /// What it showed; nil where that is not kept.
    var recording: CellRecording?
    /// Code that commands such as `:type` have run since the cell before.
    var unseen: [String] = []
    /// The lines of the notebook that it came from; nil for an input.
    var part: String?

    init(number: Int, source: String, script: String? = nil, outcome: Outcome) {
        (self.number, self.source, self.script) = (number, source, script)
        (status, seconds, completed) = (outcome.status, outcome.seconds, outcome.completed)
    }

    /// A cell of a notebook.
    init(number: Int, source: String, part: String, status: RunStatus, seconds: Double) {
        (self.number, self.source, self.part) = (number, source, part)
        (self.status, self.seconds, completed) = (status, seconds, source.utf8.count)
    }

    /// The cell as `:cells` lists it: "In [3]  ok  0.2 s  first line …".
    var summary: String {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: true)
        let more = lines.count > 1 ? " …" : ""
        let ending = withdrawn ?? status.rawValue
        return "In [\(number)]  \(ending)  \(durationText(seconds))  \(lines.first ?? "")\(more)"
    }

    /// The cell as a saved notebook has it, after the code that ran unseen before it. Statements that did not run become comments; a cell of
    /// which nothing ran is left out. What a cell showed that failed or was interrupted is not recorded, since running what the notebook has
    /// of it would show something else.
    var saved: [SessionInput] {
        if withdrawn == "reset" { return [] }
        let unseen = unseen.isEmpty ? [] : [SessionInput(text: "", unsaved: unseen)]
        guard withdrawn == nil else { return unseen }
        if let part {
            var input = SessionInput(text: part, recording: recording)
            input.fails = status != .ok
            return unseen + [input]
        }
        if source.isEmpty { return unseen }
        var heading = "# %% In [\(number)]"
        if let script { heading += "   from \(script)" }
        if status == .ok {
            // Diagnostics name the script, which the notebook does not.
            let isNamed = script != nil && recording?.outputs.contains { if case .problem = $0 { true } else { false } } == true
            return unseen + [SessionInput(text: "\(heading)\n\(textWithoutRecords(source))", recording: recording, isRecorded: !isNamed)]
        }
        let done = String(decoding: source.utf8.prefix(completed), as: UTF8.self)
        var rest = String(decoding: source.utf8.dropFirst(completed), as: UTF8.self)[...]
        rest = rest.drop { $0 == ";" || $0.isWhitespace }
        let unsaved = [status == .interrupted ? source : String(rest)]
        guard !done.allSatisfy(\.isWhitespace) else {
            return unseen + [SessionInput(text: "", unsaved: unsaved, recording: recording)]
        }
        let note = status == .interrupted ? "# (interrupted when it was entered)" : "# (ended with an error)"
        let comment = rest.isEmpty ? "" : rest.split(separator: "\n", omittingEmptySubsequences: false).map { "\n# \($0)" }.joined()
        let text = "\(heading)\n\(note)\n\(done)\(comment)"
        return unseen + [SessionInput(text: text, unsaved: unsaved, recording: recording, isRecorded: false)]
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
