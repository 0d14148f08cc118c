/// What is known to be wrong without running: syntax, names that nothing binds, arguments that a builtin does
/// not take.
struct Checker {
    let machine: Machine
    private var table: BuiltinTable { machine.context.builtins }

    init(machine: Machine) {
        self.machine = machine
    }

    func check(_ file: SourceFile) -> [Diagnostic] {
        let (program, errors) = Parser.recover(file, commands: table.commandNames)
        guard errors.isEmpty else { return errors }
        var walk = CheckWalk(table: table, known: Set(machine.main.globals.map(\.0)))
        walk.check(program)
        return walk.diagnostics
    }
}

/// A walk over the tree with the names in scope.
private struct CheckWalk {
    let table: BuiltinTable
    var scopes: [Set<String>]
    var diagnostics: [Diagnostic] = []

    init(table: BuiltinTable, known: Set<String>) {
        self.table = table
        scopes = [known.union(["_"])]
    }

    mutating func check(_ program: Program) {
        // A function may mention what a later statement binds, so all of a file's names are known everywhere.
        scopes[0].formUnion(NameCollector(program.statements).assigned)
        program.statements.forEach { check($0) }
    }

    private mutating func within(_ names: [String], _ body: (inout CheckWalk) -> Void) {
        scopes.append(Set(names))
        body(&self)
        scopes.removeLast()
    }

    private mutating func check(_ block: Block) { block.statements.forEach { check($0) } }

    private mutating func check(_ statement: Statement) {
        switch statement.kind {
        case .expression(let value), .assign(_, let value): check(value)
        case .define(let function): check(function)
        case .importFile, .breaks, .continues: break
        case .assert(let condition, let message):
            check(condition)
            message.map { check($0) }
        case .returns(let value): value.map { check($0) }
        case .forLoop(let pattern, let source, let body):
            check(source)
            within(pattern.names) { $0.check(body) }
        case .whileLoop(let condition, let body):
            check(condition)
            check(body)
        }
    }

    private mutating func check(_ function: FunctionSyntax) {
        within(function.parameters.map(\.name) + NameCollector(function).assigned) { walk in
            for parameter in function.parameters { parameter.defaultValue.map { walk.check($0) } }
            walk.check(function.body)
        }
    }

    private mutating func check(_ expression: Expression) {
        switch expression.kind {
        case .none, .bool, .int, .float: break
        case .name(let name): checkName(name, expression.span)
        case .string(let parts): for case .value(let value, _) in parts { check(value) }
        case .list(let items): items.forEach { check($0.value) }
        case .record(let items): items.forEach { check($0) }
        case .comprehension(let element, let clauses): check(clauses[...], element)
        case .unary(_, _, let value), .field(let value, _, _): check(value)
        case .binary(_, let left, let right, _), .logical(_, let left, let right),
            .coalesce(let left, let right),
            .range(let left, let right, _), .contains(let left, let right, _, _):
            check(left)
            check(right)
        case .call(let call): check(call)
        case .index(let base, let subscripts):
            check(base)
            subscripts.forEach { check($0) }
        case .function(let function): check(function)
        case .conditional(let condition, let then, let otherwise):
            check(condition)
            check(then)
            otherwise.map { check($0) }
        case .attempt(let body, let name, let recovery):
            check(body)
            within(name.map { [$0] } ?? []) { $0.check(recovery) }
        case .scoped(let scopes, let body):
            scopes.forEach { check($0) }
            check(body)
        }
    }

    private mutating func check(_ item: RecordItem) {
        switch item {
        case .field(_, let value), .spread(let value): check(value)
        case .computed(let key, let value):
            check(key)
            check(value)
        }
    }

    private mutating func check(_ clauses: ArraySlice<Clause>, _ element: Expression) {
        switch clauses.first {
        case nil: check(element)
        case .filter(let condition):
            check(condition)
            check(clauses.dropFirst(), element)
        case .loop(let pattern, let source):
            check(source)
            within(pattern.names) { $0.check(clauses.dropFirst(), element) }
        }
    }

    private mutating func check(_ part: SubscriptSyntax) {
        switch part {
        case .at(let value): check(value)
        case .slice(let start, let end, let step): [start, end, step].forEach { $0.map { check($0) } }
        case .ellipsis: break
        }
    }

    // MARK: findings

    private func isBound(_ name: String) -> Bool { scopes.contains { $0.contains(name) } }

    private mutating func checkName(_ name: String, _ span: Span) {
        guard !isBound(name), table[name] == nil else { return }
        let names = scopes.flatMap { $0 } + table.names
        report(
            .unknownName, "nothing is called \(quoted(name))", span, nearestLabel(name, among: names.sorted())
        )
    }

    private mutating func check(_ call: CallSyntax) {
        check(call.callee)
        call.arguments.forEach { check($0.value) }
        guard case .name(let name) = call.callee.kind, !isBound(name), let builtin = table[name] else {
            return
        }
        let names = builtin.parameters.filter { !$0.variadic }.map(\.name)
        for argument in call.arguments {
            guard let label = argument.label, !names.contains(label) else { continue }
            let problem = Problem.unknownParameter(label, of: name, among: names)
            report(problem.code, problem.message, argument.labelSpan ?? argument.span, problem.label ?? "")
        }
        checkCount(call, builtin)
    }

    private mutating func checkCount(_ call: CallSyntax, _ builtin: Builtin) {
        guard !call.arguments.contains(where: \.spread), !builtin.parameters.contains(where: \.variadic)
        else { return }
        let places = builtin.parameters.filter { !$0.keywordOnly }
        let positional = call.arguments.filter { $0.label == nil }
        if positional.count > places.count {
            let count = countText(places.count, "positional argument")
            report(
                .tooManyArguments, "\(builtin.name) takes \(count), not \(positional.count)",
                positional[places.count].span, "one too many")
        }
        let labels = Set(call.arguments.compactMap(\.label))
        let filled = Set(places.prefix(positional.count).map(\.name)).union(labels)
        for parameter in builtin.parameters where parameter.isRequired && !filled.contains(parameter.name) {
            report(
                .missingArgument, "\(builtin.name) needs \(parameter.name), \(parameter.type.description)",
                call.callee.span, "\(parameter.name) is missing")
        }
    }

    private mutating func report(_ code: ErrorCode, _ message: String, _ span: Span, _ label: String) {
        diagnostics.append(
            Diagnostic(code: code, message: message, labels: [.init(span: span, text: label, primary: true)]))
    }
}
