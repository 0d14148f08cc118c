/// A direct child of a node of the syntax tree.
enum SyntaxPart {
    case expression(Expression)
    case block(Block)
    /// A function, which has a scope of its own.
    case function(FunctionSyntax)
}

extension Expression {
    /// Visits the children in the order in which they are evaluated. A comprehension's element comes last, after the clauses that bind its
    /// names.
    func forEachPart(_ visit: (SyntaxPart) -> Void) {
        func expressions(_ parts: Expression...) { for part in parts { visit(.expression(part)) } }
        switch kind {
        case .none, .bool, .int, .float, .name: break
        case .string(let parts): for case .value(let value, _) in parts { visit(.expression(value)) }
        case .list(let items): for item in items { visit(.expression(item.value)) }
        case .record(let items): for item in items { item.forEachPart(visit) }
        case .comprehension(let element, let clauses):
            for clause in clauses { visit(.expression(clause.source)) }
            visit(.expression(element))
        case .unary(_, _, let value), .field(let value, _, _): visit(.expression(value))
        case .binary(_, let left, let right, _), .logical(_, let left, let right), .coalesce(let left, let right),
            .range(let left, let right, _), .contains(let left, let right, _, _):
            expressions(left, right)
        case .call(let call):
            visit(.expression(call.callee))
            for argument in call.arguments { visit(.expression(argument.value)) }
        case .index(let base, let subscripts):
            visit(.expression(base))
            for part in subscripts { part.forEachPart(visit) }
        case .function(let function): visit(.function(function))
        case .conditional(let condition, let then, let otherwise):
            visit(.expression(condition))
            visit(.block(then))
            if let otherwise { visit(.block(otherwise)) }
        case .attempt(let body, _, let recovery):
            visit(.block(body))
            visit(.block(recovery))
        case .scoped(let openings, let body):
            for opening in openings { visit(.expression(opening)) }
            visit(.block(body))
        }
    }
}

extension RecordItem {
    fileprivate func forEachPart(_ visit: (SyntaxPart) -> Void) {
        switch self {
        case .field(_, let value), .spread(let value): visit(.expression(value))
        case .computed(let key, let value):
            visit(.expression(key))
            visit(.expression(value))
        }
    }
}

extension Clause {
    /// The source of the loop, or the condition.
    var source: Expression {
        switch self {
        case .loop(_, let source): source
        case .filter(let condition): condition
        }
    }
}

extension SubscriptSyntax {
    fileprivate func forEachPart(_ visit: (SyntaxPart) -> Void) {
        switch self {
        case .at(let value): visit(.expression(value))
        case .slice(let start, let end, let step): for part in [start, end, step] { part.map { visit(.expression($0)) } }
        case .ellipsis: break
        }
    }
}

extension Statement {
    /// Visits the children in the order in which they are evaluated.
    func forEachPart(_ visit: (SyntaxPart) -> Void) {
        switch kind {
        case .expression(let value), .assign(_, let value): visit(.expression(value))
        case .define(let function): visit(.function(function))
        case .assert(let condition, let message):
            visit(.expression(condition))
            if let message { visit(.expression(message)) }
        case .returns(let value): if let value { visit(.expression(value)) }
        case .importFile, .breaks, .continues: break
        case .forLoop(_, let head, let body), .whileLoop(let head, let body):
            visit(.expression(head))
            visit(.block(body))
        }
    }
}

extension FunctionSyntax {
    /// Visits the default values, then the body.
    func forEachPart(_ visit: (SyntaxPart) -> Void) {
        for parameter in parameters { if let value = parameter.defaultValue { visit(.expression(value)) } }
        visit(.block(body))
    }
}
