import Files
import Language

extension Editors {
    /// Returns a TextMate grammar, as used by VS Code, Sublime Text, TextMate and GitHub's Linguist.
    func textMate() -> String {
        let json: JSON = [
            "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json", "name": "bas",
            "scopeName": "source.bas", "fileTypes": .strings(["bas"]), "firstLineMatch": "^#!.*\\bbas\\b", "patterns": [include("code")],
            "repository": [
                "code": patterns(["comments", "strings", "words"].map(include)), "comments": patterns(comments),
                "strings": patterns(strings), "inside": patterns(inside), "braces": patterns([record]), "words": patterns(words),
            ],
        ]
        return json.text(pretty: true) + "\n"
    }

    private func patterns(_ rules: [JSON]) -> JSON { ["patterns": .array(rules)] }
    private func include(_ name: String) -> JSON { ["include": .string("#\(name)")] }
    private func match(_ expression: String, _ scope: String) -> JSON {
        ["match": .string(expression), "name": .string(scope + ".bas")]
    }

    private var comments: [JSON] {
        [
            match("\\A#!.*$", "comment.line.shebang"), match("^# %%.*$", "markup.heading.cell"),
            match("^#\\|.*$", "comment.line.prose"), match("^#>.*$", "comment.line.output"),
            match("##.*$", "comment.line.documentation"), match("#.*$", "comment.line.number-sign"),
        ]
    }

    /// The rules for strings. Raw strings and those over several lines come first, because their quotes begin like the others'.
    private var strings: [JSON] {
        let name = "(?<![\\p{L}\\p{N}_])r"
        return [
            string(name + "\"\"\"", "\"\"\"", "string.quoted.raw.triple", []),
            string(name + "\"", "\"|$", "string.quoted.raw", []),
            string("\"\"\"", "\"\"\"", "string.quoted.triple", [include("inside")]),
            string("\"", "\"|$", "string.quoted.double", [include("inside")]),
        ]
    }

    private func string(_ begin: String, _ end: String, _ scope: String, _ rules: [JSON]) -> JSON {
        ["begin": .string(begin), "end": .string(end), "name": .string(scope + ".bas"), "patterns": .array(rules)]
    }

    /// The rules within strings: escapes, doubled braces, and code between braces with its format.
    private var inside: [JSON] {
        [
            match(Self.escape, "constant.character.escape"), match("\\\\.", "invalid.illegal.escape"),
            match("\\{\\{|\\}\\}", "constant.character.escape.brace"),
            [
                "begin": "\\{", "end": "\\}", "name": "meta.interpolation.bas", "beginCaptures": punctuation, "endCaptures": punctuation,
                "patterns": [match(":[^{}\":]*(?=\\})", "constant.other.format"), record, include("code")],
            ],
        ]
    }

    /// The rule for the braces of records and blocks, which do not end an interpolation.
    private var record: JSON {
        ["begin": "\\{", "end": "\\}", "patterns": [include("braces"), include("code")]]
    }

    private var punctuation: JSON {
        ["0": ["name": "punctuation.section.interpolation.bas"]]
    }

    private var words: [JSON] {
        [
            [
                "match": .string("\\b(fn)\\s+(\(Self.name))"),
                "captures": ["1": ["name": "storage.type.function.bas"], "2": ["name": "entity.name.function.bas"]],
            ],
            match("(?<!\\.)\\.\(Self.name)", "variable.other.property"),
            match("(?:^\\s*|;\\s*|[{}]\\s*)\\b(?:\(alternatives(commands)))\\b(?=[ \\t]+[^\\s=(])", "support.function.command"),
            match("\\b(?:\(alternatives(controls)))\\b", "keyword.control"),
            match("\\b(?:\(alternatives(Vocabulary.constants)))\\b", "constant.language"),
            match("\\b(?:\(alternatives(Vocabulary.wordOperators)))\\b", "keyword.operator.word"),
            match("\\b(?:\(alternatives(builtins)))\\b(?!\\s*:)", "support.function.builtin"),
            match("\\b(?:\(Self.number))", "constant.numeric"),
            match(alternatives(Vocabulary.operators), "keyword.operator"),
        ]
    }
}
