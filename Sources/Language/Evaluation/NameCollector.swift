/// Finds the names that a function binds and the names that its inner functions mention, before the function is compiled.
struct NameCollector {
    /// The names that assignments, `fn` and `import` bind at this level, not within inner functions, in order.
    private(set) var assigned: [String] = []
    /// The names that occur within inner functions; variables of these names live in boxes.
    private(set) var mentioned: Set<String> = []
    /// How often each name is bound at this level; a parameter counts once.
    private(set) var bindings: [String: Int] = [:]
    private var known: Set<String> = []
    private var functionDepth = 0

    init(_ statements: [Statement]) {
        statements.forEach { visit($0) }
    }

    init(_ expression: Expression) { visit(expression) }

    init(_ function: FunctionSyntax) {
        for parameter in function.parameters { bindings[parameter.name] = 1 }
        function.forEachPart { visit($0) }
    }

    private mutating func bind(_ name: String) {
        if functionDepth > 0 {
            mentioned.insert(name)
        } else {
            if known.insert(name).inserted { assigned.append(name) }
            bindings[name, default: 0] += 1
        }
    }

    private mutating func visit(_ part: SyntaxPart) {
        switch part {
        case .expression(let expression): visit(expression)
        case .block(let block): block.statements.forEach { visit($0) }
        case .function(let function):
            functionDepth += 1
            function.forEachPart { visit($0) }
            functionDepth -= 1
        }
    }

    private mutating func visit(_ statement: Statement) {
        switch statement.kind {
        case .assign(let pattern, _): pattern.names.forEach { bind($0) }
        case .define(let function): function.name.map { bind($0) }
        case .importFile(_, _, let name): bind(name)
        default: break
        }
        statement.forEachPart { visit($0) }
    }

    private mutating func visit(_ expression: Expression) {
        if case .name(let name) = expression.kind, functionDepth > 0 { mentioned.insert(name) }
        expression.forEachPart { visit($0) }
    }
}
