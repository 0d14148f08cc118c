extension TypeRule {
    /// Returns true if the parameter takes every value of the type, false if it takes none, and nil if that depends on the value.
    func accepts(_ type: StaticType) -> Bool? {
        if case .any = self { return true }
        switch self {
        case .oneOf(let rules): return TypeRule.any(rules.map { $0.accepts(type) })
        case .listOrSingle(let item): return TypeRule.any([TypeRule.list(item).accepts(type), item.accepts(type)])
        case .list(let item): return accepts(list: type, of: item)
        default: break
        }
        switch (self, type) {
        case (_, .unknown): return nil
        case (.int, .number): return nil
        case (.number, .number): return true
        case (.host(let name), .host(let host)): return host.typeName == name.text
        default: return type.example.map { accept($0) != nil }
        }
    }

    private func accepts(list type: StaticType, of item: TypeRule) -> Bool? {
        switch type {
        case .unknown: return nil
        case .list(let items): return TypeRule.all(items.map { item.accepts($0) })
        case .listOf(let element): return item.accepts(element) == true ? true : nil  // it may be empty
        case .range: return item.accepts(.int) == true ? nil : false
        default: return type.example.map { accept($0) != nil }
        }
    }

    /// Returns the three-valued "or".
    private static func any(_ answers: [Bool?]) -> Bool? {
        if answers.contains(true) { return true }
        return answers.contains(nil) ? nil : false
    }

    /// Returns the three-valued "and".
    private static func all(_ answers: [Bool?]) -> Bool? {
        if answers.contains(false) { return false }
        return answers.contains(nil) ? nil : true
    }
}
