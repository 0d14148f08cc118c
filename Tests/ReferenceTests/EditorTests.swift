import Commands
import Foundation
import Language
import Testing

@testable import Reference

@Suite struct EditorTests {
    private let reference = Reference(builtins: CommandTable.all, version: "bas 0.1")
    private var editors: Editors { Editors(reference) }
    private var files: [String: String] {
        Dictionary(uniqueKeysWithValues: editors.files().map { ($0.path, $0.text) })
    }

    /// Every regular expression of a grammar, in order.
    private func expressions(_ value: Any) -> [String] {
        if let list = value as? [Any] { return list.flatMap(expressions) }
        guard let object = value as? [String: Any] else { return [] }
        return object.sorted { $0.key < $1.key }.flatMap { key, value in
            ["match", "begin", "end", "firstLineMatch"].contains(key)
                ? [value as? String].compactMap { $0 } : expressions(value)
        }
    }

    private func grammar() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(editors.textMate().utf8))
    }

    @Test func jsonFilesAreValid() throws {
        for (path, text) in files where path.hasSuffix(".json") {
            #expect(throws: Never.self, "\(path)") { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        }
        #expect(files["bas.tmLanguage.json"] == files["vscode/syntaxes/bas.tmLanguage.json"])
    }

    @Test func expressionsCompile() throws {
        let all = expressions(try grammar())
        #expect(all.count > 20)
        for expression in all { #expect(throws: Never.self, "\(expression)") { try NSRegularExpression(pattern: expression) } }
    }

    /// The lists of words in each grammar are the table's and the language's.
    @Test func wordsAreTheTables() throws {
        let builtins = editors.builtins.joined(separator: "|")
        let textMate = expressions(try grammar())
        #expect(textMate.contains("\\b(?:\(builtins))\\b(?!\\s*:)"))
        let words = textMate.filter { $0.hasPrefix("\\b(?:") && $0.hasSuffix(")\\b") }
            .flatMap { $0.dropFirst(5).dropLast(3).split(separator: "|").map(String.init) }
        #expect(Set(words) == Set(Vocabulary.keywords))
        #expect(Set(editors.builtins) == Set(CommandTable.all.map(\.name)).union(BuiltinTable().names))
        let vim = try #require(files["vim/syntax/bas.vim"])
        #expect(vim.contains("basBuiltin \(editors.builtins.joined(separator: " "))\n"))
        let pygments = try #require(files["pygments/bas_lexer.py"])
        #expect(pygments.contains(editors.builtins.map { "\"\($0)\"," }.joined(separator: " ")))
    }

    /// Includes name rules that exist.
    @Test func includesExist() throws {
        let text = editors.textMate()
        let rules = try #require((try grammar() as? [String: Any])?["repository"] as? [String: Any])
        for include in text.matches(of: #/"include": "#(\w+)"/#) { #expect(rules[String(include.1)] != nil, "\(include.1)") }
    }

    /// What single rules take of a line.
    @Test(arguments: [
        ("\"a {x:8.2f} \\n\"", "\\\\(?:[ntr0e", "\\n"), ("a.shape", "(?<!\\.)\\.", ".shape"),
        ("show photo", "(?:^\\s*|;", "show"), ("0xff_0", "\\b(?:0x", "0xff_0"), ("1.5e-3", "\\b(?:0x", "1.5e-3"),
        ("x = r\"a\\b\"", "(?<![\\p{L}\\p{N}_])r\"", "r\""),
    ])
    func rulesMatch(_ line: String, _ prefix: String, _ expected: String) throws {
        let expression = try #require(
            expressions(try grammar()).first { $0.hasPrefix(prefix) && !$0.hasSuffix("\"\"\"") })
        let match = try NSRegularExpression(pattern: expression)
            .firstMatch(in: line, range: NSRange(line.startIndex..., in: line))
        #expect(match.flatMap { Range($0.range, in: line) }.map { String(line[$0]) } == expected)
    }
}
