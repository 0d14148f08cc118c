/// A program's syntax tree as text, without places: equal for programs that mean the same to the evaluator.
struct Outline {
    private(set) var text = ""

    init(_ program: Program) {
        program.statements.forEach { add($0) }
    }

    private mutating func group(_ head: String, _ body: (inout Outline) -> Void) {
        text += "(" + head
        body(&self)
        text += ")"
    }

    private mutating func add(_ block: Block) {
        group("block") { out in block.statements.forEach { out.add($0) } }
    }

    private mutating func add(_ statement: Statement) {
        if statement.silenced { text += ";" }
        switch statement.kind {
        case .expression(let value): add(value)
        case .assign(let pattern, let value):
            group("=") {
                $0.add(pattern); $0.add(value)
            }
        case .define(let function): group("def") { $0.add(function) }
        case .importFile(let path, _, let name): text += "(import \(stringLiteral(path)) \(name))"
        case .assert(let condition, let message):
            group("assert") { out in
                out.add(condition)
                message.map { out.add($0) }
            }
        case .returns(let value): group("return") { out in value.map { out.add($0) } }
        case .breaks: text += "(break)"
        case .continues: text += "(continue)"
        case .forLoop(let pattern, let source, let body):
            group("for") {
                $0.add(pattern); $0.add(source); $0.add(body)
            }
        case .whileLoop(let condition, let body):
            group("while") {
                $0.add(condition); $0.add(body)
            }
        }
    }

    private mutating func add(_ pattern: Pattern) {
        switch pattern {
        case .name(let name, _): text += " " + name
        case .ignore: text += " _"
        case .list(let parts, _): group("names") { out in parts.forEach { out.add($0) } }
        case .record(let fields, _):
            group("fields") { out in
                for field in fields {
                    out.text += " \(field.key ?? ""):"
                    out.add(field.part)
                }
            }
        case .rest(let part, _): group("..") { $0.add(part) }
        }
    }

    private mutating func add(_ function: FunctionSyntax) {
        group("fn \(function.name ?? "_") \(stringLiteral(function.documentation ?? ""))") { out in
            for parameter in function.parameters {
                out.text += " \(parameter.keywordOnly ? "*" : "")\(parameter.variadic ? ".." : "")\(parameter.name)"
                if let value = parameter.defaultValue { out.group("=") { $0.add(value) } }
            }
            out.add(function.body)
        }
    }

    private mutating func add(_ expression: Expression) {
        switch expression.kind {
        case .none: text += " none"
        case .bool(let flag): text += " \(flag)"
        case .int(let number): text += " \(number)"
        case .float(let number): text += " \(floatText(number))"
        case .name(let name): text += " " + name
        case .string(let parts): add(parts)
        case .list(let items): group("list") { out in items.forEach { out.add($0.value, spread: $0.spread) } }
        case .record(let items): group("record") { out in items.forEach { out.add($0) } }
        case .comprehension(let element, let clauses):
            group("comprehension") { out in
                out.add(element)
                clauses.forEach { out.add($0) }
            }
        case .unary(let op, let word, let value): group(word ? "not" : "unary\(op.rawValue)") { $0.add(value) }
        case .binary(let op, let left, let right, _): pair(op.rawValue, left, right)
        case .logical(let and, let left, let right): pair(and ? "and" : "or", left, right)
        case .contains(let item, let whole, let negated, _): pair(negated ? "not in" : "in", item, whole)
        case .coalesce(let left, let right): pair("??", left, right)
        case .range(let low, let high, let inclusive): pair(inclusive ? ".." : "..<", low, high)
        case .call(let call): add(call)
        case .index(let base, let parts):
            group("index") { out in
                out.add(base)
                parts.forEach { out.add($0) }
            }
        case .field(let base, let name, _): group(".\(name)") { $0.add(base) }
        case .function(let function): add(function)
        case .conditional(let condition, let then, let otherwise):
            group("if") { out in
                out.add(condition)
                out.add(then)
                otherwise.map { out.add($0) }
            }
        case .attempt(let body, let problem, let recovery):
            group("try \(problem?.name ?? "")") {
                $0.add(body); $0.add(recovery)
            }
        case .scoped(let scopes, let body):
            group("with") { out in
                scopes.forEach { out.add($0) }
                out.add(body)
            }
        }
    }

    private mutating func pair(_ head: String, _ left: Expression, _ right: Expression) {
        group(head) {
            $0.add(left); $0.add(right)
        }
    }

    private mutating func add(_ value: Expression, spread: Bool) {
        if spread { group("..") { $0.add(value) } } else { add(value) }
    }

    private mutating func add(_ parts: [StringPart]) {
        group("string") { out in
            for part in parts {
                switch part {
                case .text(let piece): out.text += " " + stringLiteral(piece)
                case .value(let value, let format):
                    out.add(value)
                    if let format { out.text += ":\(format)" }
                }
            }
        }
    }

    private mutating func add(_ item: RecordItem) {
        switch item {
        case .field(let name, let value): group("\(name):") { $0.add(value) }
        case .computed(let key, let value):
            group("computed") {
                $0.add(key); $0.add(value)
            }
        case .spread(let value): add(value, spread: true)
        }
    }

    private mutating func add(_ clause: Clause) {
        switch clause {
        case .loop(let pattern, let source):
            group("for") {
                $0.add(pattern); $0.add(source)
            }
        case .filter(let condition): group("if") { $0.add(condition) }
        }
    }

    private mutating func add(_ call: CallSyntax) {
        group("call\(call.isCommand ? " command" : "")\(call.isPipe ? " pipe" : "")") { out in
            out.add(call.callee)
            for argument in call.arguments {
                if let label = argument.label { out.text += " \(label)=" }
                out.add(argument.value, spread: argument.spread)
            }
        }
    }

    private mutating func add(_ part: SubscriptSyntax) {
        switch part {
        case .at(let value): add(value)
        case .ellipsis: text += " .."
        case .slice(let start, let end, let step):
            group("slice") { out in
                for bound in [start, end, step] {
                    out.text += ":"
                    bound.map { out.add($0) }
                }
            }
        }
    }
}
