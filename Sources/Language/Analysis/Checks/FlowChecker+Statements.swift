extension FlowChecker {
    /// Checks a whole program and returns the type of its last statement.
    @discardableResult
    func check(_ program: Program) -> StaticType { check(program.statements) }

    /// Checks statements in order and returns the type of the last one. Warns of the first that cannot be reached.
    @discardableResult
    func check(_ statements: [Statement]) -> StaticType {
        var last = StaticType.none
        var hasWarned = isDead
        for statement in statements {
            if isDead, !hasWarned {
                hasWarned = true
                isDead = false
                warn(.unreachable, "this is never reached", statement.span.firstLine)
                isDead = true
            }
            last = check(statement)
        }
        return last
    }

    /// Checks a block and returns the type of its last statement.
    @discardableResult
    func check(_ block: Block) -> StaticType { check(block.statements) }

    /// Checks a statement and returns its type; none for those that have no value.
    private func check(_ statement: Statement) -> StaticType {
        switch statement.kind {
        case .expression(let value): return type(of: value)
        case .assign(let pattern, let value): bind(pattern, to: type(of: value))
        case .define(let function): define(function)
        case .importFile(let path, let at, let name):
            // A builtin called before may have changed the current folder, or written the file.
            let type = doubtfully(!calls.isEmpty) { modules.exports(path, at, from: self) }
            assign(at: statement.importedName(name, at), type)
        case .assert(let condition, let message):
            checkFlag(condition, of: "\"assert\"")
            if let message { _ = doubtfully { type(of: message) } }
        case .returns(let value): leave(with: value.map { type(of: $0) } ?? .none)
        case .breaks, .continues:
            doubts.mayHaveLeftLoop = true
            isDead = true
        case .forLoop(let pattern, let source, let body): checkFor(pattern, source, body)
        case .whileLoop(let condition, let body): checkWhile(condition, body)
        }
        return .none
    }

    private func define(_ function: FunctionSyntax) {
        let value = StaticType.function(.user(userFunction(function)))
        assign(at: function.nameSpan, value)
    }

    /// Notes that the enclosing function returns a value of this type here, and that what follows is not reached.
    private func leave(with type: StaticType) {
        if !isDead, !functions.isEmpty { functions[functions.count - 1].returned.append(type) }
        doubts.mayHaveReturned = true
        isDead = true
    }

    // MARK: binding

    /// Assigns a type to the variable that is bound at a place.
    func assign(at span: Span, _ type: StaticType) {
        typeAt[span.start] = type
        if let symbol = names.bound[span.start] { assign(symbol, type) }
    }

    /// Assigns to the names of a pattern the types that they take from a value of `type`. Reports what cannot be unpacked.
    func bind(_ pattern: Pattern, to type: StaticType) {
        switch pattern {
        case .ignore: break
        case .name(_, let span): assign(at: span, type)
        case .rest(let part, _): bind(part, to: type)
        case .list(let parts, let span): unpack(parts, span, type)
        case .record(let fields, let span): unpack(fields, span, type)
        }
    }

    /// Binds the names of a list pattern, at most one of which takes the rest.
    private func unpack(_ parts: [Pattern], _ span: Span, _ type: StaticType) {
        let rest = parts.firstIndex { if case .rest = $0 { true } else { false } }
        let wanted = rest == nil ? parts.count : parts.count - 1
        if let items = type.items, rest == nil ? items.count == wanted : items.count >= wanted {
            let tail = parts.count - (rest ?? parts.count) - 1
            for (place, part) in parts.enumerated() {
                if place == rest {
                    bind(part, to: .list(Array(items[place..<(items.count - tail)])))
                } else {
                    bind(part, to: items[rest.map { place > $0 } ?? false ? items.count - parts.count + place : place])
                }
            }
            return
        }
        reportUnpacking(type, parts.count, wanted, rest != nil, span)
        let element = unpackable(type) ? type.element ?? .unknown : .unknown
        for part in parts {
            if case .rest = part { bind(part, to: .listOf(element)) } else { bind(part, to: element) }
        }
    }

    /// Returns whether a value of the type can be unpacked into names. Loops also accept strings and records; unpacking does not.
    private func unpackable(_ type: StaticType) -> Bool {
        switch type {
        case .string, .constant(.string), .record: false
        default: type.element != nil
        }
    }

    /// Reports a value that has another number of items than there are names, or no items at all.
    private func reportUnpacking(_ type: StaticType, _ names: Int, _ wanted: Int, _ hasRest: Bool, _ span: Span) {
        if let items = type.items {
            let least = hasRest ? "at least " : ""
            fail(
                .unpackMismatch, "\(countText(items.count, "value")) for \(least)\(countText(wanted, "name"))", span,
                help: items.count > names ? "a, .._ = … leaves the rest out" : nil)
        } else if !unpackable(type), let example = type.example {
            var help: String?
            if case .record = example {
                help = "fields are unpacked by name: {a, b} = record; items(record) gives [key, value] pairs"
            }
            fail(
                .unpackMismatch, "\(example.describedType) cannot be unpacked into \(countText(names, "name"))", span,
                help: help)
        }
    }

    /// Binds the names of a record pattern, `{lr, steps: n, ..others} = …`.
    private func unpack(_ fields: [Pattern.Field], _ span: Span, _ type: StaticType) {
        for field in fields {
            guard let key = field.key else {
                bind(field.part, to: others(than: fields, of: type, span))
                continue
            }
            bind(field.part, to: unpacked(key, type, field.keySpan ?? field.part.span, span))
        }
    }

    /// Returns the type of one unpacked field, and reports a field that cannot exist.
    private func unpacked(_ key: String, _ type: StaticType, _ at: Span, _ whole: Span) -> StaticType {
        var names: [String]
        switch type {
        case .unknown, .number, .record(_, isOpen: true): return type.field(key) ?? .unknown
        case .record(let fields, isOpen: false): names = fields.map(\.name)
        case .host(let host):
            guard let known = host.fieldNames else { return .unknown }
            names = known
        default: return fail(.unpackMismatch, "\(type.description) has no fields to unpack", whole)
        }
        if let field = type.field(key) { return field }
        let suggestion = nearestLabel(key, among: names)
        return fail(
            .unknownField, "\(type.description) has no field \(quoted(key))", at, label: suggestion,
            notes: suggestion.isEmpty && !names.isEmpty ? ["it has \(listed(names))"] : [])
    }

    /// Returns the type of the record that `..others` takes: the fields that the pattern does not name.
    private func others(than fields: [Pattern.Field], of type: StaticType, _ span: Span) -> StaticType {
        switch type {
        case .unknown, .number: return .unknown
        case .record(let all, let isOpen):
            return .record(all.filter { field in !fields.contains { $0.key == field.name } }, isOpen: isOpen)
        default:
            return fail(.unpackMismatch, "the other fields of \(type.description) have no record", span)
        }
    }

    // MARK: loops

    private func checkFor(_ pattern: Pattern, _ source: Expression, _ body: Block) {
        let element = elements(of: source)
        loop(body.span, taken: element.count.map { $0 > 0 }) {
            bind(pattern, to: element.type)
            check(body)
        }
    }

    private func checkWhile(_ condition: Expression, _ body: Block) {
        let endless: Bool = if case .bool(true) = condition.kind { true } else { false }
        loop(body.span, taken: true) {
            let flag = checkFlag(condition, of: "\"while\"")
            doubtfully(flag != true) { branch(taken: flag) { _ = check(body) } }
        }
        if endless, !body.statements.contains(where: \.mayLeaveLoop) { isDead = true }
    }

    /// Checks a loop's body, at `span`, that runs any number of times. A first, silent pass assumes that the variables which the body binds
    /// are unknown; what it assigns is what any round can assign, and the second pass reports with that joined to what was known before.
    /// `taken` says whether there is a first round, nil where that is not known.
    func loop(_ span: Span, taken: Bool?, _ body: () -> Void) {
        let assigned = symbols(boundIn: span)
        loops += 1
        defer { loops -= 1 }
        if silentLoops > 0 {
            for id in assigned { types[id] = .unknown }
        } else {
            silentLoops += 1
            let before = doubts
            let general = silently {
                way {
                    for id in assigned { types[id] = .unknown }
                    body()
                }
            }
            silentLoops -= 1
            doubts = before
            mergeAny(general)
        }
        mergeAny(withinLoop(isTaken: taken == true) { branch(taken: taken) { way { body() } } })
    }

    /// Returns the type and the number of the items that a loop goes through, and reports a value that cannot be iterated. The number is
    /// nil where it is not known.
    func elements(of source: Expression) -> (type: StaticType, count: Int?) {
        let whole = type(of: source)
        if let element = whole.element { return (element, whole.count) }
        if let example = whole.example {
            var help: String?
            if case .constant(.int(let count)) = whole { help = "a range counts: 1..\(count), or 0..<\(count)" }
            fail(
                .notIterable, "\(example.describedType) has no items to go through", source.span,
                label: "this is \(example.describedType)", help: help)
        }
        return (.unknown, nil)
    }
}

extension Statement {
    /// Whether a `break` or `continue` of the loop around it may stand in the statement.
    var mayLeaveLoop: Bool {
        switch kind {
        case .breaks, .continues: true
        case .expression(let value), .assign(_, let value): value.mayLeaveLoop
        case .returns(let value): value?.mayLeaveLoop ?? false
        default: false
        }
    }
}

extension Expression {
    fileprivate var mayLeaveLoop: Bool {
        switch kind {
        case .conditional(let condition, let then, let otherwise):
            condition.mayLeaveLoop || then.statements.contains(where: \.mayLeaveLoop)
                || otherwise?.statements.contains(where: \.mayLeaveLoop) ?? false
        case .attempt(let body, _, let recovery):
            body.statements.contains(where: \.mayLeaveLoop) || recovery.statements.contains(where: \.mayLeaveLoop)
        case .scoped(_, let body): body.statements.contains(where: \.mayLeaveLoop)
        case .none, .bool, .int, .float, .string, .name, .function: false
        default: depth > 2  // an expression with a block somewhere inside: assume it
        }
    }
}

extension Span {
    /// The part of the span that is on its first line.
    var firstLine: Span {
        Span(file: file, start: start, end: min(end, file.lineRange(line).upperBound))
    }
}
