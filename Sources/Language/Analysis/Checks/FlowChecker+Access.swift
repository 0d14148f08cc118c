extension FlowChecker {
    // MARK: fields

    /// Returns the type of `base.name`, and reports a field that cannot exist. With `optional` (on the left of `??`) a missing field is
    /// none.
    func field(_ base: Expression, _ name: String, _ at: Span, optional: Bool) -> StaticType {
        let owner = optionalBase(base, optional)
        let start = at.end - name.utf8.count
        defer { ownerAt[start] = owner }
        guard let names = fieldNames(of: owner) else { return .unknown }
        if let type = names.type(name) {
            typeAt[start] = type
            return type
        }
        if optional { return .none }
        return missing(name, at, owner, names.all, base)
    }

    /// Returns the names of a type's fields and a lookup by name, or nil where the fields are not known.
    private func fieldNames(of type: StaticType) -> (all: [String], type: (String) -> StaticType?)? {
        switch type {
        case .unknown, .number, .record(_, isOpen: true): return nil
        case .record(let fields, isOpen: false):
            return (fields.map(\.name), { name in fields.first { $0.name == name }?.type })
        case .host(let host):
            guard let names = host.fieldNames else { return nil }
            return (names, { host.field($0) })
        case .range, .constant(.range):
            return (["start", "end"], { $0 == "start" || $0 == "end" ? .int : nil })
        default: return ([], { _ in nil })
        }
    }

    /// Reports that `type` has no field `name`, with the nearest of `names` or a hint how `name` is called as a function.
    private func missing(
        _ name: String, _ at: Span, _ type: StaticType, _ names: [String], _ base: Expression
    ) -> StaticType {
        guard let example = type.example else { return .unknown }
        var help: String?
        if example.isNone {
            help = "x.\(name) ?? y gives y where x is none"
        } else {
            help = table[name].flatMap { $0.parameters.first?.type.accepts(type) ?? true ? $0.fieldHint(base.span.text) : nil }
        }
        let suggestion = nearestLabel(name, among: names)
        let notes = suggestion.isEmpty && !names.isEmpty ? ["it has \(listed(names))"] : []
        return fail(
            .unknownField, "\(example.isNone ? "none" : example.describedType) has no field \(quoted(name))", at,
            label: suggestion, notes: notes, help: help)
    }

    // MARK: indices

    /// Returns the type of `base[parts]`, and reports an index that must fail.
    func index(_ base: Expression, _ parts: [SubscriptSyntax], optional: Bool) -> StaticType {
        let whole = optionalBase(base, optional)
        let subscripts = parts.map { subscriptType($0) }
        do {
            return try StaticIndexing.apply(subscripts, to: whole, optional: optional)
        } catch let problem as Problem {
            var labels: [Diagnostic.Label] = []
            if let example = whole.example {
                labels.append(.init(span: base.span, text: example.shapeText ?? sizeText(whole, example)))
            }
            if let span = parts.first?.span {
                labels.append(.init(span: span, text: problem.label ?? "", primary: true))
            }
            report(Failure(problem, labels: labels).diagnostic)
        } catch {}
        return .unknown
    }

    /// Returns the label under an indexed value: its size where the size is known, else its type's name.
    private func sizeText(_ type: StaticType, _ example: Value) -> String {
        if case .listOf = type { return "a list" }
        return type.count == nil && type.value == nil ? example.typeName : example.sizeText
    }

    private func subscriptType(_ part: SubscriptSyntax) -> StaticSubscript {
        switch part {
        case .ellipsis: return .ellipsis
        case .at(let value): return .at(type(of: value))
        case .slice(let start, let end, let step):
            return .slice(start: sliceEnd(start), end: sliceEnd(end), step: sliceEnd(step))
        }
    }

    /// Returns the type of a slice's start, end or step; none where it is left out. Reports what cannot be an int.
    private func sliceEnd(_ expression: Expression?) -> StaticType {
        guard let expression else { return .none }
        let type = type(of: expression)
        switch type {
        case .int, .unknown, .number, .constant(.int), .constant(.none): return type
        default: break
        }
        guard let example = type.example else { return .unknown }
        return fail(
            .badIndex, "a slice goes from an int to an int", expression.span,
            label: "this is \(example.describedType)")
    }
}

extension SubscriptSyntax {
    fileprivate var span: Span? {
        switch self {
        case .at(let value): value.span
        case .slice(let start, let end, let step): (start ?? end ?? step)?.span
        case .ellipsis: nil
        }
    }
}

/// Indexing on types instead of values.
enum StaticIndexing {
    /// Returns the type of an item or a slice of `type`. Throws the `Problem` that the run would throw where indexing must fail.
    static func apply(_ parts: [StaticSubscript], to type: StaticType, optional: Bool) throws -> StaticType {
        if optional, let result = optionally(parts, type) { return result }
        switch type {
        case .unknown, .number: return .unknown
        case .host(let host): return try host.index(parts)
        case .list(let items): return try list(items, parts)
        case .listOf(let item): return try listOf(item, parts)
        case .record(let fields, isOpen: true):
            guard parts.count == 1, case .at(let key) = parts[0] else { return .unknown }
            if case .constant(.string(let name)) = key, let field = fields.first(where: { $0.name == name }) {
                return field.type
            }
            return .unknown
        case .record(let fields, isOpen: false):
            guard let known = parts.known, let example = type.example else { return .unknown }
            _ = try Indexing.apply(known, to: example)
            guard case .at(.string(let name)) = known[0] else { return .unknown }
            return fields.first { $0.name == name }?.type ?? .unknown
        default:
            guard let known = parts.known, let example = type.example else { return .unknown }
            if case .constant = type { return StaticType(try Indexing.apply(known, to: example)) }
            if (try? example.elements) != nil || example.typeName == "string" { return .unknown }
            return StaticType(try Indexing.apply(known, to: example))
        }
    }

    /// Returns the type of `record["key"]` on the left of `??`, where a missing key is none; nil where the usual rules hold.
    private static func optionally(_ parts: [StaticSubscript], _ type: StaticType) -> StaticType? {
        guard parts.count == 1, case .at(let key) = parts[0] else { return nil }
        if case .constant(.none) = type { return StaticType.none }
        guard case .record(let fields, let isOpen) = type, case .constant(.string(let name)) = key else { return nil }
        if let field = fields.first(where: { $0.name == name }) { return field.type }
        return isOpen ? .unknown : StaticType.none
    }

    private static func list(_ items: [StaticType], _ parts: [StaticSubscript]) throws -> StaticType {
        if let known = parts.known {
            // Indexes a list of the items' indices, so that the run's own rules decide which items are picked.
            let places = Value.list(items.indices.map { .int($0) })
            let result = try Indexing.apply(known, to: places)
            if case .int(let place) = result { return items[place] }
            if case .list(let picked) = result {
                return .list(picked.compactMap { if case .int(let place) = $0 { items[place] } else { nil } })
            }
            return .unknown
        }
        return try listOf(items.isEmpty ? .unknown : StaticType.join(items), parts)
    }

    private static func listOf(_ item: StaticType, _ parts: [StaticSubscript]) throws -> StaticType {
        guard parts.count == 1 else {
            if let known = parts.known { _ = try Indexing.apply(known, to: .list([])) }
            return .unknown
        }
        switch parts[0] {
        case .ellipsis, .slice: return .listOf(item)
        case .at(let index):
            switch index {
            case .int, .constant(.int): return item
            case .range, .constant(.range), .list, .listOf: return .listOf(item)
            case .unknown, .number, .host: return .unknown
            default:
                // An index of this type is wrong for every list, so this throws the run's problem.
                if let example = index.example { _ = try Indexing.apply([.at(example)], to: .list([])) }
                return .unknown
            }
        }
    }

}
