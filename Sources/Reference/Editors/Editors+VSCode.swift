import Language

extension Editors {
    /// Returns the files of an extension for `~/.vscode/extensions/bas`; nothing has to be compiled or downloaded.
    func vscode() -> [ReferenceFile] {
        [
            ReferenceFile(path: "vscode/package.json", text: package.written() + "\n"),
            ReferenceFile(path: "vscode/language-configuration.json", text: configuration.written() + "\n"),
            ReferenceFile(path: "vscode/syntaxes/bas.tmLanguage.json", text: textMate()),
            ReferenceFile(path: "vscode/snippets/bas.json", text: snippets.written() + "\n"),
            ReferenceFile(path: "vscode/extension.js", text: Self.client),
        ]
    }

    private var package: JSONText {
        .object([
            ("name", .text("bas")), ("displayName", .text("bas")), ("publisher", .text("bas")),
            (
                "description",
                .text(
                    "The language of bas (Break-A-Scene): colours, snippets, and what `bas lsp` knows: errors, completion, help, renaming, layout."
                )
            ),
            ("version", .text(reference.version.split(separator: " ").last.map { "\($0).0" } ?? "0.1.0")),
            ("license", .text("Apache-2.0")), ("engines", .object([("vscode", .text("^1.75.0"))])),
            ("categories", .texts(["Programming Languages", "Snippets"])), ("main", .text("./extension.js")),
            ("activationEvents", .texts(["onLanguage:bas"])),
            (
                "contributes",
                .object([
                    (
                        "languages",
                        .array([
                            .object([
                                ("id", .text("bas")), ("aliases", .texts(["bas"])),
                                ("extensions", .texts([".bas"])), ("firstLine", .text("^#!.*\\bbas\\b")),
                                ("configuration", .text("./language-configuration.json")),
                            ])
                        ])
                    ),
                    (
                        "grammars",
                        .array([
                            .object([
                                ("language", .text("bas")), ("scopeName", .text("source.bas")),
                                ("path", .text("./syntaxes/bas.tmLanguage.json")),
                            ])
                        ])
                    ),
                    (
                        "snippets",
                        .array([
                            .object([("language", .text("bas")), ("path", .text("./snippets/bas.json"))])
                        ])
                    ),
                    (
                        "configuration",
                        .object([
                            ("title", .text("bas")),
                            (
                                "properties",
                                .object([
                                    (
                                        "bas.path",
                                        .object([
                                            ("type", .text("string")), ("default", .text("bas")),
                                            ("description", .text("The program whose `bas lsp` is asked.")),
                                        ])
                                    )
                                ])
                            ),
                        ])
                    ),
                ])
            ),
        ])
    }

    private var configuration: JSONText {
        let pairs = [["{", "}"], ["[", "]"], ["(", ")"]]
        let quoted = pairs + [["\"", "\""]]
        return .object([
            ("comments", .object([("lineComment", .text("#"))])),
            ("brackets", .array(pairs.map(JSONText.texts))),
            (
                "autoClosingPairs",
                .array(quoted.map { .object([("open", .text($0[0])), ("close", .text($0[1]))]) })
            ),
            ("surroundingPairs", .array(quoted.map(JSONText.texts))),
            ("wordPattern", .text(Self.name)),
        ])
    }

    /// The first example of every builtin, as a snippet.
    private var snippets: JSONText {
        .object(
            reference.table.all.compactMap { row in
                guard let example = row.examples.first else { return nil }
                let lines = example.code.split(separator: "\n", omittingEmptySubsequences: false).map {
                    String($0).replacing("\\", with: "\\\\").replacing("$", with: "\\$").replacing("}", with: "\\}")
                }
                return (
                    row.name,
                    .object([
                        ("prefix", .text(row.name)), ("description", .text(row.summary)), ("body", .texts(lines)),
                    ])
                )
            })
    }

    /// The text of the extension's client for `bas lsp`.
    private static var client: String { String(decoding: PackageResources.extension_js, as: UTF8.self) }
}
