import Language

extension Editors {
    /// Returns a TextMate grammar, as used by VS Code, Sublime Text, TextMate and GitHub's Linguist.
    func textMate() -> String {
        JSONText.object([
            ("$schema", .text("https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json")),
            ("name", .text("bas")), ("scopeName", .text("source.bas")), ("fileTypes", .texts(["bas"])),
            ("firstLineMatch", .text("^#!.*\\bbas\\b")), ("patterns", .array([include("code")])),
            (
                "repository",
                .object([
                    ("code", patterns(["comments", "strings", "words"].map(include))),
                    ("comments", patterns(comments)), ("strings", patterns(strings)),
                    ("inside", patterns(inside)), ("braces", patterns([record])), ("words", patterns(words)),
                ])
            ),
        ]).written() + "\n"
    }

    private func patterns(_ rules: [JSONText]) -> JSONText { .object([("patterns", .array(rules))]) }
    private func include(_ name: String) -> JSONText { .object([("include", .text("#\(name)"))]) }
    private func match(_ expression: String, _ scope: String) -> JSONText {
        .object([("match", .text(expression)), ("name", .text(scope + ".bas"))])
    }

    private var comments: [JSONText] {
        [
            match("\\A#!.*$", "comment.line.shebang"), match("^# %%.*$", "markup.heading.cell"),
            match("^#\\|.*$", "comment.line.prose"), match("^#>.*$", "comment.line.output"),
            match("##.*$", "comment.line.documentation"), match("#.*$", "comment.line.number-sign"),
        ]
    }

    /// The rules for strings. Raw strings and those over several lines come first, because their quotes begin like the others'.
    private var strings: [JSONText] {
        let name = "(?<![\\p{L}\\p{N}_])r"
        return [
            string(name + "\"\"\"", "\"\"\"", "string.quoted.raw.triple", []),
            string(name + "\"", "\"|$", "string.quoted.raw", []),
            string("\"\"\"", "\"\"\"", "string.quoted.triple", [include("inside")]),
            string("\"", "\"|$", "string.quoted.double", [include("inside")]),
        ]
    }

    private func string(_ begin: String, _ end: String, _ scope: String, _ rules: [JSONText]) -> JSONText {
        .object([
            ("begin", .text(begin)), ("end", .text(end)), ("name", .text(scope + ".bas")),
            ("patterns", .array(rules)),
        ])
    }

    /// The rules within strings: escapes, doubled braces, and code between braces with its format.
    private var inside: [JSONText] {
        [
            match(Self.escape, "constant.character.escape"), match("\\\\.", "invalid.illegal.escape"),
            match("\\{\\{|\\}\\}", "constant.character.escape.brace"),
            .object([
                ("begin", .text("\\{")), ("end", .text("\\}")), ("name", .text("meta.interpolation.bas")),
                ("beginCaptures", punctuation), ("endCaptures", punctuation),
                ("patterns", .array([match(":[^{}\":]*(?=\\})", "constant.other.format"), record, include("code")])),
            ]),
        ]
    }

    /// The rule for the braces of records and blocks, which do not end an interpolation.
    private var record: JSONText {
        .object([
            ("begin", .text("\\{")), ("end", .text("\\}")),
            ("patterns", .array([include("braces"), include("code")])),
        ])
    }

    private var punctuation: JSONText {
        .object([("0", .object([("name", .text("punctuation.section.interpolation.bas"))]))])
    }

    private var words: [JSONText] {
        [
            .object([
                ("match", .text("\\b(fn)\\s+(\(Self.name))")),
                (
                    "captures",
                    .object([
                        ("1", .object([("name", .text("storage.type.function.bas"))])),
                        ("2", .object([("name", .text("entity.name.function.bas"))])),
                    ])
                ),
            ]),
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
