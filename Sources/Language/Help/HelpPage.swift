/// The help page of a builtin, as text for a screen.
struct HelpPage {
    let builtin: Builtin
    let width: Int
    /// Whether the page also has the family, the search words and the source file.
    var isDetailed = false

    var text: String {
        let indent = builtin.name.count + 1
        var lines = TextWrapping.lines(builtin.signature, width: width, hanging: indent)
        lines += TextWrapping.lines(builtin.summary, width: width, first: 2, hanging: 2)
        if !builtin.parameters.isEmpty { lines += [""] + HelpTable.parameters(of: builtin, width: width) }
        lines.append("")
        for (name, text) in facts {
            lines += TextWrapping.lines("\(name): \(text)", width: width, first: 2, hanging: 4)
        }
        lines += builtin.examples.flatMap(example)
        if !builtin.seeAlso.isEmpty { lines += fact("see also", builtin.seeAlso.joined(separator: ", ")) }
        if isDetailed {
            lines += fact("family", builtin.family.name)
            if !builtin.terms.isEmpty { lines += fact("found by", builtin.terms.joined(separator: ", ")) }
            lines += fact("written in", "Swift, \(builtin.home)")
        }
        return lines.joined(separator: "\n")
    }

    private var facts: [(String, String)] {
        var facts = [("gives", builtin.result.words)]
        if builtin.isCommand {
            facts.append(("command", "may be written  \(builtin.name) x  without parentheses"))
        }
        if builtin.scope != nil { facts.append(("scope", "with \(builtin.name) … { … }")) }
        if let paper = builtin.paper { facts.append(("paper", paper)) }
        return facts
    }

    private func fact(_ name: String, _ text: String) -> [String] {
        TextWrapping.lines("\(name): \(text)", width: width, first: 2, hanging: 4)
    }

    /// Returns the lines of an example. Code is never broken; the value that it shows follows on its last line.
    private func example(_ example: Builtin.Example) -> [String] {
        let code = example.code.split(separator: "\n", omittingEmptySubsequences: false)
        let shows = example.shows.map { "   # \($0.replacing("\n", with: "\n    # "))" } ?? ""
        if code.count == 1 { return ["  example: \(example.code)\(shows)"] }
        return ["  example:"] + code.dropLast().map { "    \($0)" } + ["    \(code.last ?? "")\(shows)"]
    }
}
