extension TypeRule {
    /// Returns the value in the form that a parameter of this rule takes it (a range becomes a list, a single value for `listOrSingle` a
    /// list of one), or nil where the rule does not accept it.
    func accept(_ value: Value) -> Value? {
        switch (self, value) {
        case (.any, _), (.bool, .bool), (.int, .int), (.number, .int), (.number, .float), (.string, .string),
            (.record, .record), (.range, .range), (.function, .function):
            return value
        case (.host(let name), .host(let host)):
            return host.typeName == name.text ? value : nil
        case (.list(let item), .list(let items)):
            return item.accept(all: items)
        case (.list(let item), .range(let range)):
            guard item.accept(.int(0)) != nil, range.count <= TypeRule.longestRange else { return nil }
            return item.accept(all: range.map { .int($0) })
        case (.oneOf(let rules), _):
            for rule in rules {
                if let accepted = rule.accept(value) { return accepted }
            }
            return nil
        case (.listOrSingle(let item), _):
            if let accepted = TypeRule.list(item).accept(value) { return accepted }
            return item.accept(value).map { .list([$0]) }
        default:
            return nil
        }
    }

    /// The longest range that is accepted in place of a list.
    static let longestRange = 10_000_000

    /// Returns the list with each item as the rule takes it, or nil where it does not accept one, or a stop was requested.
    private func accept(all items: [Value]) -> Value? {
        if case .any = self { return .list(items) }
        var changed: [Value] = []
        changed.reserveCapacity(items.count)
        for (place, item) in items.enumerated() {
            // The caller checks for a requested stop before it reports that the value is not accepted.
            if place & 0xFFFF == 0xFFFF, Interrupt.current?.isRequested == true { return nil }
            guard let accepted = accept(item) else { return nil }
            changed.append(accepted)
        }
        return .list(changed)
    }

    /// The rule for a list's items, or nil where the rule takes no list.
    var item: TypeRule? {
        switch self {
        case .list(let item), .listOrSingle(let item): item
        default: nil
        }
    }
}
