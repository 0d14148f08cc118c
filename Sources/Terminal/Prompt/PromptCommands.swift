import Language

/// A command of the prompt: `:name arguments`. Not part of the language, so that scripts stay pure.
struct PromptCommand: Sendable {
    var name: String
    /// What follows the name: "[n | FILE]".
    var usage: String
    var summary: String
    var run: @Sendable (Prompt, String) -> Void
}

/// The prompt's commands and help questions, from one table.
enum PromptCommands {
    static let all: [PromptCommand] = helping + looking + timing + storing + leaving

    static func isCommand(_ line: String) -> Bool {
        let line = trimmed(line)
        if line.hasPrefix(":") || line.hasPrefix("?") { return !line.contains("\n") }
        return questionAfter(line) != nil
    }

    static func run(_ entry: String, in prompt: Prompt) {
        let line = trimmed(entry)
        if line.hasPrefix(":") { return runNamed(String(line.dropFirst()), in: prompt) }
        if let name = questionAfter(line) { return ask(name, in: prompt) }
        if line.hasPrefix("??") { return askDetails(trimmed(String(line.dropFirst(2))), in: prompt) }
        ask(trimmed(String(line.dropFirst())), in: prompt)
    }

    /// The command of this name, or the only one that begins with it.
    static func find(_ name: String) -> PromptCommand? {
        if let exact = all.first(where: { $0.name == name }) { return exact }
        let matches = name.isEmpty ? [] : all.filter { $0.name.hasPrefix(name) }
        return matches.count == 1 ? matches.first : nil
    }

    private static func runNamed(_ line: String, in prompt: Prompt) {
        let name = line.prefix { !$0.isWhitespace }
        guard let command = find(String(name)) else { return unknown(String(name), in: prompt) }
        command.run(prompt, trimmed(String(line.dropFirst(name.count))))
    }

    private static func unknown(_ name: String, in prompt: Prompt) {
        let candidates = all.filter { $0.name.hasPrefix(name) }.map { ":" + $0.name }
        if candidates.count > 1, !name.isEmpty {
            return prompt.printer.say(":\(name) could be \(candidates.joined(separator: ", "))")
        }
        let nearest = nearestName(name, among: all.map(\.name)).map { ", did you mean :\($0)?" } ?? ""
        prompt.printer.say("there is no command :\(name)\(nearest)  (:help lists them)")
    }

    /// Completions within the first word of a command; nil where the line is none.
    static func candidates(_ line: String, _ cursor: Int) -> [Candidate]? {
        guard line.hasPrefix(":"), cursor >= 1 else { return nil }
        let typed = String(decoding: line.utf8.prefix(cursor).dropFirst(), as: UTF8.self)
        guard !typed.contains(" ") else { return nil }
        return all.filter { $0.name.hasPrefix(typed) }.map {
            Candidate(text: $0.name, kind: .keyword, detail: $0.summary, range: 1..<cursor)
        }
    }

    // MARK: questions

    /// The name in `name?`, which is asked for as `?name` is.
    private static func questionAfter(_ line: String) -> String? {
        guard line.hasSuffix("?"), !line.hasPrefix("?") else { return nil }
        let name = line.dropLast(line.hasSuffix("??") ? 2 : 1)
        let isName = name.allSatisfy { $0.isLetter || $0.isWholeNumber || $0 == "_" || $0 == "." }
        guard isName, let first = name.first, !first.isWholeNumber else { return nil }
        return line.hasSuffix("??") ? "?" + name : String(name)
    }

    private static func ask(_ question: String, in prompt: Prompt) {
        if question.hasPrefix("?") { return askDetails(String(question.dropFirst()), in: prompt) }
        if question.isEmpty || question == "help" { return prompt.printer.page(overview) }
        if question.hasPrefix(":"), let command = find(String(question.dropFirst())) {
            return prompt.printer.page(helpText(command))
        }
        if let words = quotedWords(question) { return prompt.printer.page(prompt.session.apropos(words)) }
        prompt.printer.page(prompt.session.help(question))
    }

    private static func askDetails(_ name: String, in prompt: Prompt) {
        prompt.printer.page(name.isEmpty ? overview : prompt.session.details(name))
    }

    /// What stands between quotes: words to search for.
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

    static var overview: String {
        let rows = all.map { (":" + $0.name + ($0.usage.isEmpty ? "" : " " + $0.usage), $0.summary) }
        let questions = [
            ("?NAME", "help on a command, a value, a function of yours, an error code"),
            ("??NAME", "everything known of it; the source of a function"),
            ("?\"WORDS\"", "commands that have to do with these words"),
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
            rows.map { "  \($0.0)\(String(repeating: " ", count: width - displayWidth($0.0)))  \($0.1)" }
                .joined(separator: "\n")
        }
        return "Questions\n\(list(questions))\nCommands of the prompt\n\(list(rows))\nKeys\n\(list(keys))"
    }

    static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
