/// Builtins that call a function for each item, or compare items.
extension CoreBuiltins {
    private static let change = Key<FunctionValue>("f", doc: "Called with each item.")
    private static let test = Key<FunctionValue>("f", doc: "Called with each item; says true or false.")
    private static let step = Key<FunctionValue>("f", doc: "Called with what there is so far and the next item.")
    private static let initial = Key<Value?>("initial", doc: "What to begin with; else the first item.")
    private static let wanted = Key<Value>("item", doc: "A value, or a function of an item.")
    private static let nested = Key<[Value]>("xs", .list(.any), doc: "A list of lists; other items stay.")

    static let functionalBuiltins: [Builtin] = [
        Builtin(
            "map", family: .lists, summary: "What a function gives for each item; [f(x) for x in xs] is the same.",
            parameters: [source, change], result: .list, terms: ["apply", "each", "transform"],
            examples: [.init("map(1..3, fn(x) { x * x })", shows: "[1, 4, 9]")], seeAlso: ["filter", "reduce"],
            run: { call in
                let function = try call[change]
                return .list(try items(call, source).polledMap { try called(call, function, $0) })
            }),
        Builtin(
            "filter", family: .lists, summary: "The items for which a function says true.",
            parameters: [source, test], result: .list, terms: ["select", "where", "keep"],
            examples: [.init("filter(1..5, fn(x) { x % 2 == 0 })", shows: "[2, 4]")], seeAlso: ["reduce"],
            run: { call in
                let function = try call[test]
                return .list(try items(call, source).filter { try isTrue(call, function, of: test.name, $0) })
            }),
        Builtin(
            "reduce", family: .lists, summary: "One value from all items: f(f(f(initial, x0), x1), x2) and so on.",
            parameters: [source, step, initial], result: .any, terms: ["fold", "accumulate", "aggregate"],
            examples: [.init("reduce([2, 3, 4], fn(a, b) { a * b })", shows: "24")], run: reduce),
        Builtin(
            "position", family: .lists, summary: "The place of the first such item, from 0; none where there is none.",
            parameters: [source, wanted], result: "int or none", terms: ["find", "index", "search"],
            examples: [.init("position([\"a\", \"b\"], \"b\")", shows: "1")], seeAlso: ["unique", "flatten"],
            run: { call in
                let wanted = try call[Self.wanted]
                for (place, item) in try items(call, source).enumerated() {
                    if case .function(let function) = wanted {
                        if try isTrue(call, function, of: Self.wanted.name, item) { return .int(place) }
                    } else if try Operators.isEqual(item, wanted) {
                        return .int(place)
                    }
                }
                return .none
            }),
        Builtin(
            "unique", family: .lists, summary: "The items without repetitions, each where it stood first.",
            parameters: [source], result: .list, terms: ["distinct", "set", "duplicates"],
            examples: [.init("unique([3, 1, 3])", shows: "[3, 1]")], seeAlso: ["flatten"], cost: .detachable(),
            run: { call in
                // Indices in `seen`: the first item with each key, and further items with the same key that are not equal to it.
                var (seen, first, others) = ([Value](), [SearchKey: Int](), [SearchKey: [Int]]())
                for item in try items(call, source) {
                    try call.context.checkInterrupt()
                    let key = SearchKey(item)
                    if let place = first[key] {
                        if try Operators.isEqual(seen[place], item) { continue }
                        if try others[key, default: []].contains(where: { try Operators.isEqual(seen[$0], item) }) { continue }
                        others[key, default: []].append(seen.count)
                    } else {
                        first[key] = seen.count
                    }
                    seen.append(item)
                }
                return .list(seen)
            }),
        Builtin(
            "flatten", family: .lists, summary: "The items of the lists in a list, as one list; one level.",
            parameters: [nested], result: .list, terms: ["concatenate", "nested"],
            examples: [.init("flatten([[1, 2], [3]])", shows: "[1, 2, 3]")], cost: .detachable(),
            run: { call in
                var result: [Value] = []
                for item in try items(call, nested) {
                    try call.context.checkInterrupt()
                    let inner = item.isCollection || item.isRange ? try item.elements : nil
                    try Reservation.check([result.count + (inner?.count ?? 1)], of: MemoryLayout<Value>.stride, what: "this list")
                    result += inner ?? [item]
                }
                return .list(result)
            }),
    ]

    @Sendable private static func reduce(_ call: Call) throws -> Value {
        let function = try call[step]
        var rest = try items(call, source)[...]
        guard var value = call.has(initial) ? try call.value(initial) : rest.popFirst() else {
            throw Problem(
                .badArgument, "reduce of nothing needs a value to begin with", argument: source.name, label: "this is empty",
                help: "give initial=")
        }
        for item in rest {
            try call.context.checkInterrupt()
            value = try call.invoke(function, arguments: [value, item])
        }
        return value
    }

    private static func called(_ call: Call, _ function: FunctionValue, _ item: Value) throws -> Value {
        try call.context.checkInterrupt()
        return try call.invoke(function, arguments: [item])
    }

    /// Returns what a function, the argument of this name, says of an item. Throws `.notABool` where that is neither true nor false.
    private static func isTrue(_ call: Call, _ function: FunctionValue, of name: String, _ item: Value) throws -> Bool {
        let answer = try called(call, function, item)
        if case .bool(let flag) = answer { return flag }
        throw Problem(
            .notABool, "\(call.builtin.name) wants a function that says true or false", argument: name,
            label: "this gave \(answer.describedType)")
    }
}

/// A hash key that is equal for equal values, so that only values with the same key are compared.
private enum SearchKey: Hashable {
    case number(Double)
    case text(String)
    case other

    init(_ value: Value) {
        if case .string(let text) = value {
            self = .text(text)
        } else {
            self = value.number.map { .number($0) } ?? .other
        }
    }
}

extension Value {
    fileprivate var isRange: Bool {
        if case .range = self { true } else { false }
    }
}
