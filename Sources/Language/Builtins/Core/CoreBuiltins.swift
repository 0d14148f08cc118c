/// The builtins that need nothing but the language. A host's row of the same name replaces one of these.
enum CoreBuiltins {
    static let all: [Builtin] =
        (valueBuiltins + listBuiltins + functionalBuiltins + numberBuiltins + textBuiltins + recordBuiltins
        + programBuiltins + folderBuiltins + fileBuiltins)
        .relating(related).map { lengthy.contains($0.name) ? $0.aside() : $0 }

    /// The builtins whose work only goes through their arguments, so that it may run aside (`Aside`).
    private static let lengthy: Set<String> = [
        "str", "list", "zip", "enumerate", "sorted", "reversed", "unique", "flatten", "join", "split", "replace", "upper", "lower", "trim",
        "lines", "starts_with", "ends_with", "int", "float", "keys", "values", "items", "record", "without",
    ]

    /// Groups of builtins that belong together; each names the others of its groups under "see also".
    private static let related = [
        ["print", "str", "help"], ["len", "has", "type"], ["str", "int", "float"], ["list", "range", "enumerate"],
        ["zip", "enumerate"], ["sorted", "reversed", "min", "max"], ["any", "all"], ["sum", "mean", "std"],
        ["min", "max"], ["abs", "sqrt"], ["round", "floor", "ceil", "int"], ["exp", "log"],
        ["join", "split", "replace"], ["upper", "lower", "trim"], ["keys", "values", "items"],
        ["record", "without", "has"], ["help", "doc"], ["fail", "print"], ["time", "print"],
        ["map", "filter", "reduce"], ["position", "unique", "flatten"], ["starts_with", "ends_with", "replace"],
        ["cd", "pwd", "ls", "make_folder"], ["exists", "read_text", "ls"], ["load_json", "save_json", "read_text"], ["lines", "split"],
        ["repeat", "join"],
    ]
}
