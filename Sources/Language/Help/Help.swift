/// Help from the builtin table, from `##` comments, from values and from the table of error codes.
struct Help {
    let machine: Machine

    private var table: BuiltinTable { machine.context.builtins }

    /// `?name`
    func text(for topic: String) -> String {
        let topic = trimmed(topic)
        if topic.isEmpty { return overview() }
        if topic.first == "\"" { return apropos(topic.filter { $0 != "\"" }) }
        if let code = ErrorCode(text: topic) { return explanation(code) }
        if let value = value(of: topic) { return text(of: value, named: topic) }
        if let builtin = table[topic] { return text(of: builtin) }
        if let keyword = KeywordHelp.table[topic] { return "\(topic): \(keyword)" }
        let names = machine.main.globals.map(\.0) + table.names + Array(KeywordHelp.table.keys)
        let suggestion = nearestLabel(topic, among: names)
        return "nothing is called \(quoted(topic))" + (suggestion.isEmpty ? "" : ": \(suggestion)")
    }

    /// A global, or a part of one: `photo.masks[2]`.
    private func value(of path: String) -> Value? {
        guard let path = ValuePath(path), let root = machine.main.existing(path.root)?.value else { return nil }
        return path.follow(from: root)
    }

    func text(of value: Value, named name: String?) -> String {
        if case .function(let function) = value {
            if let builtin = function.builtin { return text(of: builtin) }
            return function.signature + "\n"
                + indented(function.documentation ?? "a function without a ## comment")
        }
        let context = machine.context.displayContext
        return ValueHelp(table: table, context: context).text(of: value, named: name)
    }

    func text(of builtin: Builtin) -> String {
        var lines = [builtin.signature, indented(builtin.summary)]
        if !builtin.parameters.isEmpty {
            lines.append("")
            lines += HelpTable.parameters(of: builtin)
        }
        lines += ["", "  gives: \(builtin.result)"]
        if builtin.isCommand {
            lines.append("  command: may be written  \(builtin.name) x  without parentheses")
        }
        if builtin.scope != nil { lines.append("  scope: with \(builtin.name) … { … }") }
        if let paper = builtin.paper { lines.append("  paper: \(paper)") }
        for example in builtin.examples {
            lines.append("  example: \(example.code)\(example.shows.map { "   # \($0)" } ?? "")")
        }
        return lines.joined(separator: "\n")
    }

    /// `??name`: the source of a user's function; for a builtin also its family and search words.
    func details(for topic: String) -> String {
        let topic = trimmed(topic)
        if let value = value(of: topic), case .function(let function) = value {
            if let source = function.source {
                return
                    (function.documentation.map { $0.split(separator: "\n").map { "## \($0)\n" }.joined() }
                    ?? "")
                    + source
            }
            if let builtin = function.builtin { return details(of: builtin) }
        }
        if machine.main.existing(topic)?.value == nil, let builtin = table[topic] {
            return details(of: builtin)
        }
        return text(for: topic)
    }

    private func details(of builtin: Builtin) -> String {
        var lines = [text(of: builtin), "  family: \(builtin.family)"]
        if !builtin.terms.isEmpty { lines.append("  found by: \(builtin.terms.joined(separator: ", "))") }
        let others = table.all.filter { $0.family == builtin.family && $0.name != builtin.name }.map(\.name)
        if !others.isEmpty { lines.append("  see also: \(listed(others, limit: 12))") }
        return lines.joined(separator: "\n")
    }

    /// All builtins by family.
    func overview() -> String {
        table.families.map { family in
            let width = family.rows.map { $0.name.count }.max() ?? 0
            let rows = family.rows.map { row in
                "  \(row.name)\(String(repeating: " ", count: width - row.name.count))  \(row.summary)"
            }
            return ([family.name] + rows).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    func explanation(_ code: ErrorCode) -> String {
        "\(code.rawValue): \(code.title)\n" + indented(code.explanation)
    }

    /// `?"words"`: best matches first.
    func apropos(_ words: String) -> String {
        let found = Search.rank(words, in: table)
        guard !found.isEmpty else { return "nothing speaks of \(quoted(words))" }
        let width = found.map { $0.name.count }.max() ?? 0
        return found.prefix(20).map { row in
            "\(row.name)\(String(repeating: " ", count: width - row.name.count))  \(row.summary)"
        }.joined(separator: "\n")
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(
            separator: "\n")
    }
}

extension ErrorCode {
    /// The text of `bas explain CODE`.
    public var explanationText: String {
        let lines = example?.split(separator: "\n").map { "\n    " + shortened(String($0), to: 100) } ?? []
        let shown = lines.isEmpty ? "" : "\n\nexample:" + lines.joined()
        return "\(rawValue): \(title)\n\n\(explanation)\(shown)\n\nexit code \(exitCode.rawValue)"
    }
}
