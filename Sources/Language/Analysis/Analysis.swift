/// The result of checking a program without running it: its diagnostics, the meaning of its names, and the types of its values. Syntax
/// errors do not stop the analysis; what can be parsed is checked.
public struct Analysis: Sendable {
    /// The program's text and name.
    public let file: SourceFile
    /// Errors and warnings of the parser, the flow checker and the name lints, by place; at most one for each pair of error code and place.
    public let diagnostics: [Diagnostic]
    /// The errors that a run is certain to raise: the run reaches their places, and no `try` recovers from them. A program without such
    /// errors may still fail.
    public let mustFail: [Diagnostic]
    /// The type of the program's last statement.
    public let result: StaticType
    /// Every variable of the program, in no particular order.
    public let symbols: [NamedValue]
    /// The calls of builtins in reachable code, in program order. Calls within imported files are left out.
    public let calls: [AnalyzedCall]
    let context: Context
    let program: Program
    /// The types of the session's variables, by name.
    let outside: [String: StaticType]
    let names: NameTable
    /// The types of names and fields, by the byte offset at which the name begins.
    let typeAt: [Int: StaticType]
    /// The types that fields are looked up in, by the byte offset at which the field's name begins.
    let ownerAt: [Int: StaticType]
    /// The names of named arguments in calls of this file's functions. `function` is the byte offset at which the called function begins.
    let labelled: [(function: Int, span: Span)]
    /// The types of the variables at the end of the program, by `NamedValue.id`; nil where a variable was never assigned.
    let finalTypes: [StaticType?]

    init(
        _ file: SourceFile, context: Context, outside: [String: StaticType], read: @escaping (String) throws -> String
    ) {
        self.file = file
        (self.context, self.outside) = (context, outside)
        let table = context.builtins
        let draft = Parser.draft(file, commands: table.commandNames)
        program = draft.program
        let known = Set(outside.keys).union(draft.bound)
        names = Resolver(program, table: table, known: known).names
        symbols = names.symbols
        let flow = FlowChecker(
            program, names: names, context: context, modules: StaticModules(context: context, read: read),
            outside: outside)
        for name in draft.bound { flow.doubt(name) }
        result = flow.check(program)
        let lints = NameLints(program, names, table, hidden: draft.hidden)
        diagnostics = Analysis.ordered(draft.errors + flow.diagnostics + lints.diagnostics)
        let certain = flow.certain
        mustFail = diagnostics.filter { $0.severity == .error && $0.span?.file === file && certain.contains(FlowChecker.Finding($0)) }
        calls = flow.calls
        (typeAt, ownerAt, finalTypes, labelled) = (flow.typeAt, flow.ownerAt, flow.types.all, flow.labelled)
    }

    var table: BuiltinTable { context.builtins }

    /// Sorts by place, and keeps the first diagnostic of each pair of error code and place.
    private static func ordered(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var seen: Set<String> = []
        return diagnostics.enumerated().sorted {
            let (a, b) = ($0.element.span?.start ?? 0, $1.element.span?.start ?? 0)
            return a == b ? $0.offset < $1.offset : a < b
        }.map(\.element).filter { seen.insert("\($0.code.rawValue) \($0.span?.start ?? -1)").inserted }
    }
}
