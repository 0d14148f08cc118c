import Language

/// A command of the prompt, `:name arguments`. It is not part of the language, so that scripts stay pure.
struct PromptCommand: Sendable {
    /// The kind of argument, which decides what Tab offers and what is refused.
    enum Argument: Sendable {
        case nothing
        case text
        case code
        case file
        case folder
        /// The name of a command, a builtin or a value.
        case topic
    }

    var name: String
    var takes: Argument
    /// The arguments in the usage line: "[n | FILE]".
    var usage: String
    var summary: String
    var run: @Sendable (Prompt, String) -> Void
}

/// The prompt's commands and help questions, from one table.
enum PromptCommands {
    static let all: [PromptCommand] = helping + touring + looking + timing + storing + places + leaving

    /// Returns whether a line is a command or a question.
    static func isCommand(_ line: String) -> Bool {
        let line = trimmed(line)
        if line.hasPrefix(":") || line.hasPrefix("?") { return !line.contains("\n") }
        return questionAfter(line) != nil
    }

    /// Runs a command or answers a question.
    static func run(_ entry: String, in prompt: Prompt) {
        let line = trimmed(entry)
        if line.hasPrefix(":") { return runNamed(String(line.dropFirst()), in: prompt) }
        if let name = questionAfter(line) { return ask(name, in: prompt) }
        if line.hasPrefix("??") { return askDetails(trimmed(String(line.dropFirst(2))), in: prompt) }
        ask(trimmed(String(line.dropFirst())), in: prompt)
    }

    /// Returns the command of this name, or the only one that begins with it, or nil.
    static func find(_ name: String) -> PromptCommand? {
        if let exact = all.first(where: { $0.name == name }) { return exact }
        let matches = name.isEmpty ? [] : all.filter { $0.name.hasPrefix(name) }
        return matches.count == 1 ? matches.first : nil
    }

    private static func runNamed(_ line: String, in prompt: Prompt) {
        let name = line.prefix { !$0.isWhitespace }
        guard let command = find(String(name)) else { return unknown(String(name), in: prompt) }
        let argument = trimmed(String(line.dropFirst(name.count)))
        if case .nothing = command.takes, !argument.isEmpty {
            return prompt.printer.say(":\(command.name) takes nothing after it, not \"\(argument)\"")
        }
        if case .code = command.takes, argument.isEmpty {
            return prompt.printer.say("say what: :\(command.name) CODE")
        }
        command.run(prompt, argument)
    }

    static func unknown(_ name: String, in prompt: Prompt) {
        let candidates = all.filter { $0.name.hasPrefix(name) }.map { ":" + $0.name }
        if candidates.count > 1, !name.isEmpty {
            return prompt.printer.say(":\(name) could be \(candidates.joined(separator: ", "))")
        }
        let nearest = nearestName(name, among: all.map(\.name)).map { ", did you mean :\($0)?" } ?? ""
        prompt.printer.say("there is no command :\(name)\(nearest)  (:help lists them)")
    }

    /// Returns the completions of a command and of its argument, or nil where the line is no command.
    static func candidates(_ line: String, _ cursor: Int, _ session: Session) -> [Candidate]? {
        let written = String(decoding: line.utf8.prefix(cursor), as: UTF8.self)
        if written.hasPrefix("?"), !written.hasPrefix("?\"") {
            let start = written.utf8.prefix { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: ":") }.count
            return topics(written, from: start, session, commands: written.dropFirst(start - 1).hasPrefix(":"))
        }
        guard written.hasPrefix(":") else { return nil }
        guard let space = written.firstIndex(of: " ") else {
            return named(String(written.dropFirst()), 1..<cursor)
        }
        guard let command = find(String(written[..<space].dropFirst())) else { return [] }
        let start = written[...space].utf8.count + written[space...].utf8.prefix { $0 == UInt8(ascii: " ") }.count - 1
        switch command.takes {
        case .nothing, .text: return []
        case .topic: return topics(written, from: start, session, commands: command.name == "help")
        case .code: return session.complete(line, cursor: cursor, from: start)
        case .file, .folder: return files(written, from: start, session, foldersOnly: command.takes == .folder)
        }
    }

    private static func named(_ typed: String, _ range: Range<Int>) -> [Candidate] {
        all.filter { $0.name.hasPrefix(typed) }.map {
            Candidate(text: $0.name, kind: .keyword, detail: $0.summary, range: range)
        }
    }

    /// Returns the topics of help that complete the line from byte `start` on.
    private static func topics(_ written: String, from start: Int, _ session: Session, commands: Bool) -> [Candidate] {
        let typed = String(decoding: written.utf8.dropFirst(start), as: UTF8.self)
        let cursor = written.utf8.count
        let own = commands ? named(typed, start..<cursor) : []
        return own + session.complete(written, cursor: cursor, from: start).filter { $0.kind != .keyword }
    }

    /// Returns the files that complete the last word, by the rules for an open string.
    private static func files(
        _ written: String, from start: Int, _ session: Session, foldersOnly: Bool
    ) -> [Candidate] {
        let argument = String(decoding: written.utf8.dropFirst(start), as: UTF8.self)
        let words = argument.hasPrefix("-f ") ? argument.dropFirst(3) : argument[...]
        let name = words.drop { "\"' ".contains($0) }
        let shift = written.utf8.count - name.utf8.count - 1
        return session.complete("\"" + name, cursor: name.utf8.count + 1).filter {
            $0.kind == .file && (!foldersOnly || $0.text.hasSuffix("/"))
        }.map { candidate in
            var candidate = candidate
            candidate.range = candidate.range.lowerBound + shift..<candidate.range.upperBound + shift
            return candidate
        }
    }

    // MARK: questions

    /// Returns the name in `name?`, which asks as `?name` does, or nil.
    private static func questionAfter(_ line: String) -> String? {
        guard line.hasSuffix("?"), !line.hasPrefix("?") else { return nil }
        let name = line.dropLast(line.hasSuffix("??") ? 2 : 1)
        let isName = name.allSatisfy { $0.isLetter || $0.isWholeNumber || $0 == "_" || $0 == "." }
        guard isName, let first = name.first, !first.isWholeNumber else { return nil }
        return line.hasSuffix("??") ? "?" + name : String(name)
    }

    private static func ask(_ question: String, in prompt: Prompt) {
        if question.hasPrefix("?") { return askDetails(String(question.dropFirst()), in: prompt) }
        if question.isEmpty || question == "help" { return prompt.printer.page(overview(prompt)) }
        if question.hasPrefix(":"), let command = find(String(question.dropFirst())) {
            return prompt.printer.page(helpText(command))
        }
        if let words = quotedWords(question) { return prompt.printer.page(prompt.session.apropos(words)) }
        prompt.printer.page(prompt.session.help(question))
    }

    private static func askDetails(_ name: String, in prompt: Prompt) {
        prompt.printer.page(name.isEmpty ? overview(prompt) : prompt.session.details(name))
    }

    /// Returns the words between quotes, for a search, or nil.
    private static func quotedWords(_ question: String) -> String? {
        guard question.hasPrefix("\"") else { return nil }
        let words = question.dropFirst()
        return String(words.hasSuffix("\"") ? words.dropLast() : words)
    }

    // MARK: texts

    static func helpText(_ command: PromptCommand) -> String {
        let usage = command.usage.isEmpty ? "" : " " + command.usage
        return ":\(command.name)\(usage)\n  \(command.summary)"
    }

    static func overview(_ prompt: Prompt) -> String { overview(width: prompt.printer.traits.width()) }

    static func overview(width screen: Int = ScreenTraits.pageWidth) -> String {
        let rows = Prompt.commands
        let questions = [
            ("?NAME", "help on a command, a value, a function of yours, an error code"),
            ("??NAME", "everything known of it; the source of a function"),
            ("?\"WORDS\"", "commands that have to do with these words"),
            ("?language", "the language on a page; the method, in lessons: :tour"),
        ]
        let keys = [
            ("Tab", "completes names, parameters, fields and files"),
            (
                "Up, Down",
                "bring back what was entered and begins with what stands before the cursor; Ctrl-R searches"
            ),
            ("Ctrl-C", "drops the line; while something runs, stops it and keeps all values"),
            ("Ctrl-D", "leaves"),
        ]
        let all = rows + questions + keys
        let width = all.map { displayWidth($0.0) }.max() ?? 0
        func list(_ rows: [(String, String)]) -> String {
            rows.map { name, text in
                let head = "  \(name)\(String(repeating: " ", count: width - displayWidth(name)))  "
                let margin = "\n" + String(repeating: " ", count: width + 4)
                return head + TextWrapping.lines(text, width: max(30, screen - width - 4)).joined(separator: margin)
            }.joined(separator: "\n")
        }
        return "Questions\n\(list(questions))\nCommands of the prompt\n\(list(rows))\nKeys\n\(list(keys))"
    }

    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

extension Prompt {
    /// The prompt's commands with their summaries, for reference pages.
    public static var commands: [(name: String, text: String)] {
        PromptCommands.all.map { (":" + $0.name + ($0.usage.isEmpty ? "" : " " + $0.usage), $0.summary) }
    }
}
