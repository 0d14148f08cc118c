/// Diagnostics on names that need no types: names that nothing binds, that are never used, or that hide a builtin.
struct NameLints {
    let program: Program
    let names: NameTable
    let table: BuiltinTable
    /// The names within parts that cannot be parsed; they count as used.
    let hidden: Set<String>
    private(set) var diagnostics: [Diagnostic] = []
    /// The sorted byte offsets at which a variable is read or bound, by `NamedValue.id`; computed when first asked for.
    private var places: [Int: [Int]] = [:]

    init(_ program: Program, _ names: NameTable, _ table: BuiltinTable, hidden: Set<String>) {
        self.program = program
        self.names = names
        self.table = table
        self.hidden = hidden
        unknownNames()
        for symbol in names.symbols { check(symbol) }
        overwritten(program.statements)
    }

    private mutating func warn(_ code: ErrorCode, _ message: String, _ span: Span, label: String = "", help: String? = nil) {
        diagnostics.append(
            Diagnostic(
                code: code, severity: .warning, message: message,
                labels: [.init(span: span, text: label, primary: true)], help: help))
    }

    private mutating func unknownNames() {
        for unknown in names.unknown {
            let help = ForeignSyntax.words[unknown.name]
            let label = help == nil ? nearestLabel(unknown.name, among: unknown.candidates) : ""
            diagnostics.append(
                Diagnostic(
                    code: .unknownName, severity: unknown.isTried ? .warning : .error,
                    message: "nothing is called \(quoted(unknown.name))",
                    labels: [.init(span: unknown.span, text: label, primary: true)],
                    help: help))
        }
    }

    /// Warns of local variables and imports that nothing reads, and of functions that replace a builtin. Not reported are names that begin
    /// with `_`, parameters, loop variables and names in patterns, which may have to stand there, and a file's own variables, which an
    /// importing file may use.
    private mutating func check(_ symbol: NamedValue) {
        guard let first = symbol.bindings.first, !hidden.contains(symbol.name) else { return }
        if symbol.reads.isEmpty, !symbol.name.hasPrefix("_") {
            if symbol.isModule {
                warn(.unusedImport, "\(quoted(symbol.name)) is imported and never used", first)
            } else if symbol.kind == .local, !symbol.isUnpacked {
                warn(
                    .unusedName, "\(quoted(symbol.name)) is never used", first,
                    help: "leave it out, or begin its name with _")
            }
        }
        if symbol.kind == .global, symbol.function != nil, let builtin = table[symbol.name] {
            warn(
                .shadowedBuiltin, "this replaces the builtin \(builtin.name) in this file", first,
                label: builtin.summary)
        }
    }

    // MARK: values that nobody sees

    /// Warns of a value that nothing can see: `x = 1`, and later in the same block `x = 2` with no read of x between them.
    private mutating func overwritten(_ statements: [Statement]) {
        var last: [Int: Span] = [:]
        for statement in statements {
            inner(statement)
            if statement.mayLeaveLoop { last = [:] }
            guard case .assign(.name(let name, let span), _) = statement.kind, let symbol = names.bound[span.start],
                symbol.bindings.count > 1
            else { continue }
            if let before = last[symbol.id], !symbol.isShared, !hidden.contains(name),
                !uses(of: symbol, after: before.start, upTo: statement.span.end, binding: span.start)
            {
                warn(
                    .overwrittenName, "this value of \(quoted(name)) is never used", before,
                    label: "\(quoted(name)) is set again on line \(span.line)")
            }
            last[symbol.id] = span
        }
    }

    /// Returns whether a variable is read or bound between two byte offsets, apart from the binding at `binding`.
    private mutating func uses(of symbol: NamedValue, after start: Int, upTo end: Int, binding: Int) -> Bool {
        let places = self.places[symbol.id] ?? (symbol.reads + symbol.bindings).map(\.start).sorted()
        self.places[symbol.id] = places
        let between = places[places.partitioningIndex { $0 > start }...].prefix { $0 < end }
        // One mention is the second assignment itself; `x += 1` reads at the place that it binds.
        return between.count != 1 || between.first != binding
    }

    private mutating func inner(_ statement: Statement) {
        switch statement.kind {
        case .expression(let value), .assign(_, let value): overwritten(in: value)
        case .define(let function): overwritten(function.body.statements)
        case .returns(let value): if let value { overwritten(in: value) }
        case .forLoop(_, _, let body), .whileLoop(_, let body): overwritten(body.statements)
        case .importFile, .assert, .breaks, .continues: break
        }
    }

    private mutating func overwritten(in expression: Expression) {
        switch expression.kind {
        case .function(let function): overwritten(function.body.statements)
        case .conditional(_, let then, let otherwise):
            overwritten(then.statements)
            if let otherwise { overwritten(otherwise.statements) }
        case .attempt(_, _, let recovery):
            // The tried block is left out: an error may occur between two assignments in it.
            overwritten(recovery.statements)
        case .scoped(_, let body): overwritten(body.statements)
        default: break
        }
    }
}
