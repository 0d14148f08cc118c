/// Help texts from the builtin table, from `##` comments, from values and from the table of error codes.
struct Help {
    let machine: Machine

    private var table: BuiltinTable { machine.context.builtins }

    /// Returns the text of `?name`: help on a value, builtin, keyword, error code or the language; the nearest names where there is none.
    func text(for topic: String) -> String {
        let topic = trimmed(topic)
        if topic.isEmpty { return overview() }
        if topic.first == "\"" { return apropos(topic.filter { $0 != "\"" }) }
        if let code = ErrorCode(text: topic) { return explanation(code) }
        if let value = value(of: topic) { return text(of: value, named: topic) }
        if let builtin = table[topic] { return text(of: builtin) }
        if let keyword = KeywordHelp.table[topic] { return "\(topic): \(keyword)" }
        if topic == "language" { return LanguagePage.text(width: width) }
        if let path = ValuePath(topic), let root = machine.main.existing(path.root)?.value, let end = path.end(from: root) { return end }
        let names = ["language"] + machine.main.globals.map(\.0) + table.names + Array(KeywordHelp.table.keys)
        let suggestion = nearestLabel(topic, among: names)
        return "nothing is called \(quoted(topic))" + (suggestion.isEmpty ? "; ?\"\(topic)\" looks through all help" : ": \(suggestion)")
    }

    /// Returns a global or a part of one, such as `photo.masks[2]`, or nil.
    private func value(of path: String) -> Value? {
        guard let path = ValuePath(path), let root = machine.main.existing(path.root)?.value else { return nil }
        return path.follow(from: root)
    }

    /// Returns the help on a value. `name` is the path by which it was asked for.
    func text(of value: Value, named name: String?) -> String {
        if case .function(let function) = value {
            if let builtin = function.builtin { return text(of: builtin) }
            return function.signature + "\n"
                + indented(function.documentation ?? "a function without a ## comment")
        }
        let context = machine.context.displayContext
        return ValueHelp(table: table, context: context).text(of: value, named: name)
    }

    /// Returns the help page of a builtin.
    func text(of builtin: Builtin) -> String { HelpPage(builtin: builtin, width: width).text }

    private var width: Int { max(40, machine.context.displayContext.width) }

    /// Returns the text of `??name`: the source of a user's function; for a builtin also its family and search words.
    func details(for topic: String) -> String {
        let topic = trimmed(topic)
        if let value = value(of: topic), case .function(let function) = value {
            if let source = function.source {
                // The comment is written above the source unless the source contains it.
                let comment = source.contains("##") ? nil : function.documentation
                return (comment?.split(separator: "\n").map { "## \($0)\n" }.joined() ?? "") + source
            }
            if let builtin = function.builtin { return details(of: builtin) }
        }
        if machine.main.existing(topic)?.value == nil, let builtin = table[topic] {
            return details(of: builtin)
        }
        return text(for: topic)
    }

    private func details(of builtin: Builtin) -> String {
        var page = HelpPage(builtin: builtin, width: width)
        page.isDetailed = true
        return page.text
    }

    /// Returns the summaries of all builtins, by family.
    func overview() -> String {
        table.families.map { ([$0.name] + summaries($0.rows, indent: 2)).joined(separator: "\n") }
            .joined(separator: "\n\n")
    }

    /// Returns the names and summaries of builtins in two columns.
    private func summaries(_ rows: some Collection<Builtin>, indent: Int) -> [String] {
        let column = (rows.map { $0.name.count }.max() ?? 0) + 2
        return rows.flatMap { row in
            TextWrapping.lines(
                row.name + String(repeating: " ", count: column - row.name.count) + row.summary, width: width,
                first: indent, hanging: indent + column)
        }
    }

    /// Returns the title and the explanation of an error code.
    func explanation(_ code: ErrorCode) -> String {
        "\(code.rawValue): \(code.title)\n" + indented(code.explanation)
    }

    /// Returns the text of `?"words"`: the builtins that match, best first, below the text of the recipe that matches best.
    func apropos(_ words: String) -> String {
        let found = Search.rank(words, in: table)
        let recipes = recipes(for: words)
        guard !found.isEmpty || !recipes.isEmpty else { return "nothing speaks of \(quoted(words))" }
        var lines: [String] = []
        if let first = recipes.first {
            lines +=
                ["bas run \(first.path)", ""] + first.text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
            lines += recipes.dropFirst().map { "bas run \($0.path)    \($0.title)" }
        }
        return (lines + summaries(found.prefix(20), indent: 0)).joined(separator: "\n")
    }

    /// Returns the recipes that at least half of the words find, best first.
    private func recipes(for words: String) -> [Recipe] {
        let wanted = Search.words(of: words)
        let scored = Recipe.all(in: machine.context.standardLibrary).map { (count: $0.matches(wanted), recipe: $0) }
            .filter { $0.count > 0 && 2 * $0.count >= wanted.count }
        return scored.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element.recipe)
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
