import Language

/// The sources of the reference pages: the builtin table, the error codes and the grammar.
public struct Reference: Sendable {
    /// The builtins, the core's and the host's.
    public let table: BuiltinTable
    /// The program's name and version.
    public let version: String

    /// Creates a reference with the host's builtins.
    public init(builtins: [Builtin], version: String) {
        table = BuiltinTable(host: builtins)
        self.version = version
    }

    /// The text of the grammar that the parser implements.
    public static var grammar: String { String(decoding: PackageResources.grammar_txt, as: UTF8.self) }

    /// Returns the builtins by family, each with its summary, wrapped to `width` columns.
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

/// A file of a reference page or of an editor's folder.
public struct ReferenceFile: Sendable {
    /// The path below the folder that it is written to.
    public var path: String
    /// The contents.
    public var text: String

    /// Creates a file.
    public init(path: String, text: String) { (self.path, self.text) = (path, text) }
}
