/// Finds, before a function is compiled, which names it binds and which its inner functions mention.
struct NameCollector {
    /// Names that assignments, `fn` and `import` bind at this level, not inside inner functions.
    private(set) var assigned: [String] = []
    /// Names that occur anywhere inside inner functions: such variables live in boxes.
    private(set) var mentioned: Set<String> = []
    /// How often each of them is bound; parameters count.
    private(set) var bindings: [String: Int] = [:]
    private var functionDepth = 0

    init(_ statements: [Statement]) {
        statements.forEach { visit($0) }
    }

    init(_ function: FunctionSyntax) {
        for parameter in function.parameters { bindings[parameter.name] = 1 }
        for parameter in function.parameters { parameter.defaultValue.map { visit($0) } }
        visit(function.body)
    }

    private mutating func bind(_ name: String) {
        if functionDepth > 0 {
            mentioned.insert(name)
        } else {
            if !assigned.contains(name) { assigned.append(name) }
            bindings[name, default: 0] += 1
        }
    }

    private mutating func visit(_ block: Block) {
        block.statements.forEach { visit($0) }
    }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .expression(let value): visit(value)
        case .assign(let pattern, let value):
            pattern.names.forEach { bind($0) }
            visit(value)
        case .define(let function):
            function.name.map { bind($0) }
            visitInner(function)
        case .importFile(_, _, let name): bind(name)
        case .assert(let condition, let message):
            visit(condition)
            message.map { visit($0) }
        case .returns(let value): value.map { visit($0) }
        case .breaks, .continues: break
        case .forLoop(_, let head, let body), .whileLoop(let head, let body):
            visit(head)
            visit(body)
        }
    }

    private mutating func visitInner(_ function: FunctionSyntax) {
        functionDepth += 1
        for parameter in function.parameters { parameter.defaultValue.map { visit($0) } }
        visit(function.body)
        functionDepth -= 1
    }

    private mutating func visit(_ expression: Expression) {
        switch expression.kind {
        case .none, .bool, .int, .float: break
        case .name(let name): if functionDepth > 0 { mentioned.insert(name) }
        case .string(let parts):
            for case .value(let value, _) in parts { visit(value) }
        case .list(let items): items.forEach { visit($0.value) }
        case .record(let items): items.forEach { visit($0) }
        case .comprehension(let element, let clauses):
            clauses.forEach { visit($0) }
            visit(element)
        case .unary(_, _, let value), .field(let value, _, _): visit(value)
        case .binary(_, let left, let right, _), .logical(_, let left, let right),
            .coalesce(let left, let right),
            .range(let left, let right, _), .contains(let left, let right, _, _):
            visit(left)
            visit(right)
        case .call(let call):
            visit(call.callee)
            call.arguments.forEach { visit($0.value) }
        case .index(let base, let subscripts):
            visit(base)
            subscripts.forEach { visit($0) }
        case .function(let function): visitInner(function)
        case .conditional(let condition, let then, let otherwise):
            visit(condition)
            visit(then)
            otherwise.map { visit($0) }
        case .attempt(let body, _, let recovery):
            visit(body)
            visit(recovery)
        case .scoped(let scopes, let body):
            scopes.forEach { visit($0) }
            visit(body)
        }
    }

    private mutating func visit(_ item: RecordItem) {
        switch item {
        case .field(_, let value), .spread(let value): visit(value)
        case .computed(let key, let value):
            visit(key)
            visit(value)
        }
    }

    private mutating func visit(_ clause: Clause) {
        switch clause {
        case .loop(_, let source): visit(source)
        case .filter(let condition): visit(condition)
        }
    }

    private mutating func visit(_ part: SubscriptSyntax) {
        switch part {
        case .at(let value): visit(value)
        case .slice(let start, let end, let step): [start, end, step].forEach { $0.map { visit($0) } }
        case .ellipsis: break
        }
    }
}
