/// The builtins that need nothing but the language. A host's row of the same name replaces one of these.
enum CoreBuiltins {
    static let all: [Builtin] =
        valueBuiltins + listBuiltins + functionalBuiltins + numberBuiltins + textBuiltins + recordBuiltins + programBuiltins
        + folderBuiltins + fileBuiltins
}

extension Family {
    /// Values of all types.
    public static let values: Family = "values"
    static let lists: Family = "lists"
    static let numbers: Family = "numbers"
    static let text: Family = "text"
    static let records: Family = "records"
    static let program: Family = "program"
    static let files: Family = "files"
}
