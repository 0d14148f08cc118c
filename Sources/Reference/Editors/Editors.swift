import Language

/// Files for editors, all written from the builtin table.
public struct Editors: Sendable {
    let reference: Reference

    /// Creates the files' writer for a reference.
    public init(_ reference: Reference) { self.reference = reference }

    /// Returns all files, with paths below the folder that they are to be written to.
    public func files() -> [ReferenceFile] {
        vscode() + [
            ReferenceFile(path: "bas.tmLanguage.json", text: textMate()),
            ReferenceFile(path: "pygments/bas_lexer.py", text: pygments()),
        ] + vim()
    }

    var builtins: [String] { reference.table.names.sorted() }
    var commands: [String] { reference.table.commandNames.sorted() }
    /// The keywords that control the flow: neither values nor operators.
    var controls: [String] {
        Vocabulary.keywords.filter { !Vocabulary.constants.contains($0) && !Vocabulary.wordOperators.contains($0) }
    }

    /// Returns the words as alternatives of a regular expression, "a|b|c", with signs escaped.
    func alternatives(_ words: [String]) -> String {
        words.map { word in
            word.map { $0.isLetter || $0.isNumber || $0 == "_" ? String($0) : "\\\($0)" }.joined()
        }.joined(separator: "|")
    }

    static let name = "[\\p{L}_][\\p{L}\\p{N}_]*"
    static let escape = "\\\\(?:[ntr0e\\\\\"{}]|u\\{[0-9A-Fa-f]{1,6}\\})"
    static let number = "0x[0-9A-Fa-f][0-9A-Fa-f_]*|[0-9][0-9_]*(?:\\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9][0-9_]*)?"
}
