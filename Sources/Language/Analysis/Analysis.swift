/// What is known of a program without running it: errors, warnings, what its names mean, what its values are.
public struct Analysis: Sendable {
    public let file: SourceFile
    /// In the order of their places.
    public let diagnostics: [Diagnostic]
    /// Those that a run cannot get around: what they stand in is reached, and nothing recovers from them. A program without
    /// them may fail all the same.
    public let mustFail: [Diagnostic]
    /// What is known of the value that the last statement gives.
    public let result: StaticType
    /// Every variable, in no particular order.
    public let symbols: [NamedValue]
    /// Calls of commands on the ways that the program may take, in order; those of imported files are not among them.
    public let calls: [AnalyzedCall]
    let context: Context
    let program: Program
    /// Values of the session, by name.
    let outside: [String: StaticType]
    let names: NameTable
    /// By byte offset: what stands at a name or a field, and what a field belongs to.
    let typeAt: [Int: StaticType]
    let ownerAt: [Int: StaticType]
    /// Names of arguments in calls of the file's functions, which are told by where they begin.
    let labelled: [(function: Int, span: Span)]
    /// Types at the end of the program, by `NamedValue.id`.
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

    /// By place; of several findings of one kind at one place the first.
    private static func ordered(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        var seen: Set<String> = []
        return diagnostics.enumerated().sorted {
            let (a, b) = ($0.element.span?.start ?? 0, $1.element.span?.start ?? 0)
            return a == b ? $0.offset < $1.offset : a < b
        }.map(\.element).filter { seen.insert("\($0.code.rawValue) \($0.span?.start ?? -1)").inserted }
    }
}
