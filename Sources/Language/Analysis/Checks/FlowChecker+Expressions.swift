extension FlowChecker {
    /// Returns the type of an expression's value. Reports what must fail in it, and records assignments in it as they would run.
    func type(of expression: Expression) -> StaticType {
        let span = expression.span
        switch expression.kind {
        case .none: return .none
        case .bool(let value): return .constant(.bool(value))
        case .int(let value): return .constant(.int(value))
        case .float(let value): return .constant(.float(value))
        case .string(let parts): return type(ofString: parts)
        case .name(let name): return type(ofName: name, span)
        case .list(let items): return type(ofList: items)
        case .record(let items): return type(ofRecord: items)
        case .comprehension(let element, let clauses): return type(of: element, for: clauses[...], span)
        case .unary(let op, let word, let value): return unary(op, word: word, value, span)
        case .binary(let op, let left, let right, let at): return binary(op, left, right, at, span)
        case .logical(let and, let left, let right): return logical(and: and, left, right)
        case .contains(let item, let container, let negated, let at): return contains(item, container, negated, at)
        case .coalesce(let left, let right): return coalesce(left, right)
        case .range(let low, let high, let inclusive): return range(low, high, inclusive: inclusive)
        case .call(let call): return type(ofCall: call, span)
        case .index(let base, let parts): return index(base, parts, optional: false)
        case .field(let base, let name, let at): return field(base, name, at, optional: false)
        case .function(let function): return .function(.user(userFunction(function)))
        case .conditional(let condition, let then, let otherwise): return conditional(condition, then, otherwise)
        case .attempt(let body, let problem, let recovery): return attempt(body, problem?.span, recovery)
        case .scoped(let openings, let body): return scoped(openings, body)
        }
    }

    // MARK: names

    /// Returns the type that a variable, a session value or a builtin has at this place, and records it for hover and completion.
    private func type(ofName name: String, _ span: Span) -> StaticType {
        let result = valueOfName(name, span)
        if !isSilent { typeAt[span.start] = typeAt[span.start].map { $0.join(result) } ?? result }
        return result
    }

    /// Returns the type of what a name means, and reports a variable that is read before it is assigned.
    private func valueOfName(_ name: String, _ span: Span) -> StaticType {
        guard let symbol = names.read[span.start] else {
            if names.unknownPlaces.contains(span.start) { noteCertain(Finding(.unknownName, span.start)) }
            return outerValue(name)
        }
        let own = functions.last?.number ?? 0
        if let type = types[symbol.id] { return symbol.owner == own || symbol.bindings.count == 1 ? type : .unknown }
        guard symbol.owner == own else {
            guard let function = symbol.function, symbol.bindings.count == 1 else { return .unknown }
            return .function(.user(UserFunction(function)))
        }
        if own != 0 {
            return fail(
                .unsetName, "\(quoted(name)) has no value yet", span, label: "used before it is set",
                notes: ["it is bound further on in the same function, which makes it local to that function here too"],
                help: "set it before, or use another name")
        }
        if outside[name] != nil || table[name] != nil { return outerValue(name) }
        let line = symbol.bindings.first.map { ["it is bound on line \($0.line), which comes later"] } ?? []
        return fail(.unknownName, "nothing is called \(quoted(name))", span, label: "not yet bound", notes: line)
    }

    /// Returns the type of a session's value or a builtin; unknown where there is none of this name.
    private func outerValue(_ name: String) -> StaticType {
        outside[name] ?? table[name].map { .function(.builtin($0)) } ?? .unknown
    }

    // MARK: literals

    private func type(ofString parts: [StringPart]) -> StaticType {
        var text: String? = ""
        for part in parts {
            switch part {
            case .text(let piece): text? += piece
            case .value(let value, let format):
                let type = type(of: value)
                checkFormat(format, type, value.span)
                if format == nil, case .constant(let known) = type {
                    text? += known.inlineText
                } else {
                    text = nil
                }
            }
        }
        return text.map { .constant(.string($0)) } ?? .string
    }

    /// Reports a format such as `:.3f` that does not fit the type. Lists and host values are not checked: there it depends on the value.
    private func checkFormat(_ format: FormatSpec?, _ type: StaticType, _ span: Span) {
        guard let format else { return }
        switch type {
        case .host, .unknown, .number, .list, .listOf: return
        default: break
        }
        do {
            _ = try type.example?.formatted(format)
        } catch let problem as Problem where problem.code == .badFormat {
            report(Failure(problem, at: span, label: problem.label ?? "").diagnostic)
        } catch {}
    }

    private func type(ofList items: [ListItem]) -> StaticType {
        var types: [StaticType] = []
        var isExact = true
        for item in items {
            let type = type(of: item.value)
            guard item.spread else {
                types.append(type)
                continue
            }
            if let more = type.items {
                types += more
            } else {
                isExact = false
                types.append(spread(type, item.value))
            }
        }
        return isExact ? .listing(types) : .listOf(StaticType.join(types))
    }

    /// Returns the type of the items that `..value` adds to a list, and reports a value that cannot be spread.
    private func spread(_ type: StaticType, _ value: Expression) -> StaticType {
        switch type {
        case .string, .constant(.string), .record: break
        default: if let element = type.element { return element }
        }
        guard let example = type.example else { return .unknown }
        return fail(
            .notIterable, "\(example.describedType) cannot be spread in a list", value.span, label: "no list")
    }

    private func type(ofRecord items: [RecordItem]) -> StaticType {
        var fields: [StaticType.Field] = []
        var isOpen = false
        func set(_ name: String, _ type: StaticType) {
            if let place = fields.firstIndex(where: { $0.name == name }) {
                fields[place].type = type
            } else {
                fields.append(.init(name, type))
            }
        }
        for item in items {
            switch item {
            case .field(let name, let value): set(name, type(of: value))
            case .computed(let key, let value):
                let key = type(of: key)
                let value = type(of: value)
                if case .constant(.string(let name)) = key { set(name, value) } else { isOpen = true }
            case .spread(let value):
                switch type(of: value) {
                case .record(let more, let open):
                    if open { for place in fields.indices { fields[place].type = .unknown } }
                    for field in more { set(field.name, field.type) }
                    isOpen = isOpen || open
                case let other:
                    for place in fields.indices { fields[place].type = .unknown }
                    isOpen = true
                    guard let example = other.example else { continue }
                    fail(
                        .wrongType, "only a record can be spread in a record", value.span,
                        label: "this is \(example.describedType)")
                }
            }
        }
        return .record(fields, isOpen: isOpen)
    }

    /// Returns the type of a list comprehension. Its length is known where every source's length is and no `if` filters.
    private func type(of element: Expression, for clauses: ArraySlice<Clause>, _ whole: Span) -> StaticType {
        var item = StaticType.unknown
        var count: Int? = 1
        comprehend(clauses, whole, &count) { item = type(of: element) }
        if let count, count <= StaticType.longestList {
            return .list(Array(repeating: count == 1 ? item : item.widened, count: count))
        }
        return .listOf(item.widened)
    }

    /// Goes through a comprehension's clauses from left to right and runs `body` within the last. `count` becomes the number of items, nil
    /// where it is not known.
    private func comprehend(
        _ clauses: ArraySlice<Clause>, _ whole: Span, _ count: inout Int?, _ body: () -> Void
    ) {
        switch clauses.first {
        case nil: body()
        case .filter(let condition):
            count = nil
            let flag = checkFlag(condition, of: "\"if\"")
            doubtfully(flag != true) { branch(taken: flag) { comprehend(clauses.dropFirst(), whole, &count, body) } }
        case .loop(let pattern, let source):
            let element = elements(of: source)
            count = count.flatMap { outer in
                element.count.flatMap { inner in
                    let (product, overflow) = outer.multipliedReportingOverflow(by: inner)
                    return overflow ? nil : product
                }
            }
            // A comprehension assigns nothing outside of itself, but blocks within it may.
            withinLoop(isTaken: element.count ?? 0 > 0) {
                branch(taken: element.count == 0 ? false : nil) {
                    bind(pattern, to: element.type)
                    comprehend(clauses.dropFirst(), whole, &count, body)
                }
            }
        }
    }

    // MARK: blocks

    /// Returns the type of `if`: the join of both branches, or the type of the one that is taken.
    private func conditional(_ condition: Expression, _ then: Block, _ otherwise: Block?) -> StaticType {
        let flag = checkFlag(condition, of: "\"if\"")
        var (first, second) = (StaticType.unknown, StaticType.none)
        let taken = doubtfully(flag != true) { branch(taken: flag) { way { first = check(then) } } }
        let other = doubtfully(flag != false) {
            branch(taken: flag.map { !$0 }) { way { if let otherwise { second = check(otherwise) } } }
        }
        merge(flag == true ? [taken] : flag == false ? [other] : [taken, other])
        if flag == true || other.isDead { return first }
        if flag == false || taken.isDead { return second }
        return first.join(second)
    }

    /// Returns the type of `try … recover`. The recovery starts from any state that the tried block can leave behind.
    private func attempt(_ body: Block, _ problem: Span?, _ recovery: Block) -> StaticType {
        var (first, second) = (StaticType.unknown, StaticType.unknown)
        recovering += 1
        let tried = doubtfully { way { first = check(body) } }
        recovering -= 1
        let recovered = doubtfully {
            way {
                mergeAny(tried)
                if let symbol = problem.flatMap({ names.bound[$0.start] }) { assign(symbol, FlowChecker.problem) }
                second = check(recovery)
            }
        }
        merge([tried, recovered])
        if tried.isDead { return second }
        return recovered.isDead ? first : first.join(second)
    }

    /// The type of the record that `recover` binds.
    private static let problem = StaticType.record(
        [
            .init("code", .string), .init("message", .string), .init("help", .unknown),
            .init("notes", .listOf(.string)), .init("file", .unknown), .init("line", .unknown),
        ], isOpen: false)

    /// Returns the type of `with … { … }`: that of the block's last statement.
    private func scoped(_ openings: [Expression], _ body: Block) -> StaticType {
        var seeds = 0
        for opening in openings where open(opening) { seeds += 1 }
        seeded += seeds
        defer { seeded -= seeds }
        return check(body)
    }
}

extension Block {
    /// The byte offsets of the block.
    var range: Range<Int> { span.start..<span.end }
}
