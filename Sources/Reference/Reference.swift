import Language

/// What pages on the language are made of: the builtin table, the error codes, the grammar.
public struct Reference: Sendable {
    public let table: BuiltinTable
    /// The program's name and its version.
    public let version: String

    public init(builtins: [Builtin], version: String) {
        table = BuiltinTable(host: builtins)
        self.version = version
    }

    /// The grammar that the parser implements.
    public static var grammar: String { String(decoding: PackageResources.grammar_txt, as: UTF8.self) }

    /// Every builtin under its family with its sentence.
    public func list(width: Int) -> String {
        let column = (table.names.map(\.count).max() ?? 0) + 2
        return table.families.map { family in
            let rows = family.rows.flatMap { row in
                TextWrapping.lines(
                    row.name + String(repeating: " ", count: column - row.name.count) + row.summary,
                    width: width, first: 2, hanging: column + 2)
            }
            return ([family.name] + rows).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

/// A file that a page or an editor's folder consists of.
public struct ReferenceFile: Sendable {
    /// Below the folder that it is written to.
    public var path: String
    public var text: String

    public init(path: String, text: String) { (self.path, self.text) = (path, text) }
}
