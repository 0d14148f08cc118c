extension TypeRule {
    /// The value as a parameter of this rule takes it (ranges become lists, singles lists of one); nil if it
    /// does not.
    func accept(_ value: Value) -> Value? {
        switch (self, value) {
        case (.any, _), (.bool, .bool), (.int, .int), (.number, .int), (.number, .float), (.string, .string),
            (.record, .record), (.range, .range), (.function, .function):
            return value
        case (.host(let name), .host(let host)):
            return host.typeName == name ? value : nil
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

    /// A range longer than this is not what a list parameter means.
    static let longestRange = 10_000_000

    private func accept(all items: [Value]) -> Value? {
        if case .any = self { return .list(items) }
        var changed: [Value] = []
        changed.reserveCapacity(items.count)
        for (place, item) in items.enumerated() {
            // Whoever asked looks whether a stop was wanted before it complains.
            if place & 0xFFFF == 0xFFFF, Interrupt.current?.isRequested == true { return nil }
            guard let accepted = accept(item) else { return nil }
            changed.append(accepted)
        }
        return .list(changed)
    }

    /// What a list's items have to be.
    var item: TypeRule? {
        switch self {
        case .list(let item), .listOrSingle(let item): item
        default: nil
        }
    }
}
