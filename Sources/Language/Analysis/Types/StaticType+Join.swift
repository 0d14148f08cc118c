extension StaticType {
    /// Returns the narrowest type that covers both; unknown where they have nothing in common.
    func join(_ other: StaticType) -> StaticType {
        switch (self, other) {
        case (.constant(let a), .constant(let b)) where StaticType.same(a, b): return self
        case (.list(let a), .list(let b)) where a.count == b.count: return .list(zip(a, b).map { $0.join($1) })
        case (.list(let a), .list(let b)): return .listOf(StaticType.join(a + b))
        case (.list(let a), .listOf(let b)), (.listOf(let b), .list(let a)):
            return .listOf(a.isEmpty ? b : StaticType.join(a).join(b))
        case (.listOf(let a), .listOf(let b)): return .listOf(a.join(b))
        case (.record(let a, let first), .record(let b, let second)):
            let common = a.compactMap { field in
                b.first { $0.name == field.name }.map { Field(field.name, field.type.join($0.type)) }
            }
            return .record(common, isOpen: first || second || common.count < max(a.count, b.count))
        case (.host(let a), .host(let b)):
            guard a.typeName == b.typeName else { return .unknown }
            return a.joined(b).map { .host($0) } ?? .unknown
        case (.function(.user(let a)), .function(.user(let b))) where a === b: return self
        case (.function, .function): return .function(.opaque)
        default: return StaticType.joinScalars(widened, other.widened)
        }
    }

    private static func joinScalars(_ a: StaticType, _ b: StaticType) -> StaticType {
        switch (a, b) {
        case (.bool, .bool), (.int, .int), (.float, .float), (.string, .string), (.range, .range), (.number, .number):
            a
        case (.int, .float), (.float, .int), (.number, .int), (.number, .float), (.int, .number), (.float, .number):
            .number
        default: .unknown
        }
    }

    /// Returns the narrowest type that covers all of them; unknown for no types.
    static func join(_ types: [StaticType]) -> StaticType {
        guard var result = types.first else { return .unknown }
        for type in types.dropFirst() {
            result = result.join(type)
            if result.isUnknown { break }
        }
        return result
    }

    /// Returns whether two values are the same scalar. Floats are compared by `==`.
    private static func same(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.none, .none): true
        case (.bool(let x), .bool(let y)): x == y
        case (.int(let x), .int(let y)): x == y
        case (.float(let x), .float(let y)): x == y
        case (.string(let x), .string(let y)): x == y
        case (.range(let x), .range(let y)): x == y
        default: false
        }
    }
}
