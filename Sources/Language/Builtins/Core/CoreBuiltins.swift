/// The builtins that need nothing but the language. A host's row of the same name replaces one of these.
enum CoreBuiltins {
    static let all: [Builtin] =
        valueBuiltins + listBuiltins + functionalBuiltins + numberBuiltins + textBuiltins + recordBuiltins + programBuiltins
            + folderBuiltins
}
