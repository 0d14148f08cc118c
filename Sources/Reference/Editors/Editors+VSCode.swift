import Files
import Language

extension Editors {
    /// Returns the files of an extension for `~/.vscode/extensions/bas`; nothing has to be compiled or downloaded.
    func vscode() -> [ReferenceFile] {
        [
            ReferenceFile(path: "vscode/package.json", text: package.text(pretty: true) + "\n"),
            ReferenceFile(path: "vscode/language-configuration.json", text: configuration.text(pretty: true) + "\n"),
            ReferenceFile(path: "vscode/syntaxes/bas.tmLanguage.json", text: textMate()),
            ReferenceFile(path: "vscode/snippets/bas.json", text: snippets.text(pretty: true) + "\n"),
            ReferenceFile(path: "vscode/extension.js", text: Self.client),
        ]
    }

    private var package: JSON {
        [
            "name": "bas", "displayName": "bas", "publisher": "bas",
            "description":
                "The language of bas (Break-A-Scene): colours, snippets, and what `bas lsp` knows: errors, completion, help, renaming, layout.",
            "version": .string(reference.version.split(separator: " ").last.map { "\($0).0" } ?? "0.1.0"), "license": "Apache-2.0",
            "engines": ["vscode": "^1.75.0"], "categories": .strings(["Programming Languages", "Snippets"]), "main": "./extension.js",
            "activationEvents": .strings(["onLanguage:bas"]),
            "contributes": [
                "languages": [
                    [
                        "id": "bas", "aliases": .strings(["bas"]), "extensions": .strings([".bas"]), "firstLine": "^#!.*\\bbas\\b",
                        "configuration": "./language-configuration.json",
                    ]
                ], "grammars": [["language": "bas", "scopeName": "source.bas", "path": "./syntaxes/bas.tmLanguage.json"]],
                "snippets": [["language": "bas", "path": "./snippets/bas.json"]],
                "configuration": [
                    "title": "bas",
                    "properties": [
                        "bas.path": ["type": "string", "default": "bas", "description": "The program whose `bas lsp` is asked."]
                    ],
                ],
            ],
        ]
    }

    private var configuration: JSON {
        let pairs = [["{", "}"], ["[", "]"], ["(", ")"]]
        let quoted = pairs + [["\"", "\""]]
        return [
            "comments": ["lineComment": "#"], "brackets": .array(pairs.map(JSON.strings)),
            "autoClosingPairs": .array(quoted.map { ["open": .string($0[0]), "close": .string($0[1])] }),
            "surroundingPairs": .array(quoted.map(JSON.strings)), "wordPattern": .string(Self.name),
        ]
    }

    /// The first example of every builtin, as a snippet.
    private var snippets: JSON {
        .object(
            JSONObject(
                reference.table.all.compactMap { row in
                    guard let example = row.examples.first else { return nil }
                    let lines = example.code.split(separator: "\n", omittingEmptySubsequences: false).map {
                        String($0).replacing("\\", with: "\\\\").replacing("$", with: "\\$").replacing("}", with: "\\}")
                    }
                    return (
                        row.name,
                        ["prefix": .string(row.name), "description": .string(row.summary), "body": .strings(lines)]
                    )
                }))
    }

    /// The text of the extension's client for `bas lsp`.
    private static var client: String { String(decoding: PackageResources.extension_js, as: UTF8.self) }
}
