import Language

extension Prompt {
    /// Returns the next command or the lines of the next cell, or nil at the end of the input.
    func nextEntry() -> String? {
        pending.lines = []
        while true {
            switch reader.read(prompt: promptText) {
            case .interrupted:
                pending.lines = []
            case .end:
                return pending.lines.isEmpty ? nil : pending.lines.joined(separator: "\n")
            case .line(let line):
                if let entry = accept(line) { return entry }
            }
        }
    }

    /// Adds a line, and returns the whole entry once it can run.
    private func accept(_ line: String) -> String? {
        let continuing = !pending.lines.isEmpty
        if let tour, tour.walk.takesAnswer { return line }
        if Transcript.isOutput(line) { return nil }
        let input = Transcript.input(of: line, continuing: continuing)
        if !continuing {
            if input.allSatisfy(\.isWhitespace) { return tour == nil ? nil : "" }
            if PromptCommands.isCommand(input) { return input }
        }
        pending.lines.append(input)
        let source = pending.lines.joined(separator: "\n")
        return session.isIncomplete(source) ? nil : source
    }

    private var promptText: String {
        let number = tour?.walk.takesAnswer == true ? "> " : "In [\(cells.count + 1)]: "
        let text = pending.lines.isEmpty ? number : String(repeating: " ", count: max(0, number.count - 5)) + "...: "
        // For readline, \001 and \002 enclose what takes no columns.
        return printer.traits.color ? "\u{1}\u{1b}[32m\u{2}\(text)\u{1}\u{1b}[0m\u{2}" : text
    }

    /// Returns the completions at a cursor, which may refer to the pending lines before.
    static func candidates(
        _ session: Session, _ pending: PendingLines, _ line: String, _ cursor: Int
    ) -> [Candidate] {
        if pending.lines.isEmpty, let commands = PromptCommands.candidates(line, cursor, session) { return commands }
        let before = pending.lines.map { $0 + "\n" }.joined()
        let offset = before.utf8.count
        return session.complete(before + line, cursor: offset + cursor).compactMap { candidate in
            var candidate = candidate
            guard candidate.range.lowerBound >= offset else { return nil }
            candidate.range = candidate.range.lowerBound - offset..<candidate.range.upperBound - offset
            return candidate
        }
    }
}
