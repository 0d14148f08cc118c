extension CoreBuiltins {
    static let source = Key<Value>("xs", doc: "A list, range, string, record, or a value with items.")
    private static let start = Key<Int>("start", doc: "The first; alone it is the end, and the start is 0.")
    private static let end = Key<Int?>("end", doc: "Left out of the list.")
    private static let step = Key<Int>("step", default: 1, doc: "The distance; negative counts down.")
    private static let lists = Key<[Value]>(rest: "lists", doc: "Lists or values with items.")
    private static let first = Key<Int>("start", default: 0, doc: "The first place's number.")
    private static let by = Key<FunctionValue?>("by", doc: "Gives what to order an item by.")
    private static let descending = Key<Bool>("descending", default: false, doc: "Largest first.", keywordOnly: true)
    private static let bools = Key<[Value]>("xs", .list(.bool), doc: "Bools.")

    static let listBuiltins: [Builtin] = [
        Builtin(
            "range", family: .lists, summary: "The ints from start up to end, without the end, in steps.",
            parameters: [start, end, step], result: .ints, terms: ["sequence", "count", "arange", "step"],
            examples: [.init("range(0, 10, 3)", shows: "[0, 3, 6, 9]"), .init("range(3)", shows: "[0, 1, 2]")],
            seeAlso: ["enumerate"], run: steppedRange),
        Builtin(
            "zip", family: .lists, summary: "Pairs up the items of several lists, up to the shortest.",
            parameters: [lists], result: .list.described("list of lists"), terms: ["pair", "together", "parallel"],
            examples: [.init("zip([1, 2], \"ab\")", shows: "[[1, \"a\"], [2, \"b\"]]")], seeAlso: ["enumerate"],
            cost: .detachable(), run: zipped),
        Builtin(
            "enumerate", family: .lists, summary: "Every item with its place: [[0, x], [1, y], …].",
            parameters: [source, first], result: .list.described("list of lists"), terms: ["index", "number", "place"],
            examples: [.init("enumerate([\"a\", \"b\"])", shows: "[[0, \"a\"], [1, \"b\"]]")], cost: .detachable(),
            run: { call in
                let start = try call[first]
                let items = try items(call, source)
                guard !start.addingReportingOverflow(items.count).overflow else {
                    throw Problem(
                        .integerOverflow, "the number of the last item is too large for an int", argument: first.name,
                        notes: ["ints go to ±\(Int.max)"])
                }
                return .list(try items.enumerated().polledMap { .list([.int(start + $0), $1]) })
            }),
        Builtin(
            "sorted", family: .lists, summary: "The items in order: numbers by size, strings by letter.",
            parameters: [source, by, descending], result: .list, terms: ["order", "sort", "rank"],
            examples: [
                .init("sorted([3, 1, 2])", shows: "[1, 2, 3]"),
                .init("sorted([\"bb\", \"a\"], by=len)", shows: "[\"a\", \"bb\"]"),
            ],
            seeAlso: ["reversed", "min", "max"], cost: .detachable(), run: sort),
        Builtin(
            "reversed", family: .lists, summary: "The items from the last to the first.",
            parameters: [source], result: .list, terms: ["backwards", "flip"],
            examples: [.init("reversed(1..3)", shows: "[3, 2, 1]")], seeAlso: ["min", "max"], cost: .detachable(),
            run: { call in
                if case .string(let text) = try call[source] { return .string(String(try text.reversed().polledMap { $0 })) }
                return .list(try items(call, source).reversed())
            }),
        Builtin(
            "any", family: .lists, summary: "Whether at least one item is true.", parameters: [bools], result: .bool,
            terms: ["some", "exists"], examples: [.init("any([x > 2 for x in 1..3])", shows: "true")], seeAlso: ["all"],
            run: { call in .bool(try items(call, bools).polledContains(\.isTruthy)) }),
        Builtin(
            "all", family: .lists, summary: "Whether every item is true.", parameters: [bools], result: .bool, terms: ["every"],
            examples: [.init("all([x > 2 for x in 1..3])", shows: "false")],
            run: { call in .bool(try !items(call, bools).polledContains { !$0.isTruthy }) }),
    ]

    @Sendable private static func steppedRange(_ call: Call) throws -> Value {
        let (first, step) = (try call[start], try call[Self.step])
        guard step != 0 else { throw Problem(.outOfRange, "the step of a range cannot be 0", argument: Self.step.name) }
        let (start, end) = try call[Self.end].map { (first, $0) } ?? (0, first)
        let span = Double(end) - Double(start)
        let count = max(0, (span / Double(step)).rounded(.up))
        try Reservation.check([Int(exactly: count) ?? Int.max], of: MemoryLayout<Value>.stride, what: "this range")
        return .list(try stride(from: start, to: end, by: step).polledMap { .int($0) })
    }

    @Sendable private static func zipped(_ call: Call) throws -> Value {
        let lists = try call[Self.lists].enumerated().map { place, value -> [Value] in
            switch value {
            case .string(let text): return try text.polledMap { .string(String($0)) }
            case .record(let record): return record.keys.map { .string($0) }
            default: break
            }
            if let items = try value.elements { return items }
            var problem = Problem(
                .notIterable, "zip wants lists", label: "this is \(value.describedType)")
            problem.position = place
            throw problem
        }
        let count = lists.map(\.count).min() ?? 0
        return .list(try (0..<count).polledMap { place in .list(lists.map { $0[place] }) })
    }

    @Sendable private static func sort(_ call: Call) throws -> Value {
        let values = try items(call, source)
        let keys = try call[by].map { key in try values.polledMap { try call.invoke(key, arguments: [$0]) } } ?? values
        if let place = keys.firstIndex(where: { $0.number == nil }), keys.contains(where: { !$0.isText }) {
            let odd =
                keys.first.map { $0.isText } == true ? keys.first { !$0.isText } ?? keys[place] : keys[place]
            throw Problem(
                .cannotCompare, "sorted wants only numbers or only strings", argument: source.name,
                label: "one is \(odd.describedType)",
                help: "by= gives what to order by: sorted(xs, by=fn(x) { x.name })")
        }
        let isDescending = try call[descending]
        var poll = Poll()
        let order = try keys.indices.sorted { first, second in
            try poll.step()
            let (a, b) = isDescending ? (second, first) : (first, second)
            if case .string(let left) = keys[a], case .string(let right) = keys[b], left != right {
                return left < right
            }
            if let left = keys[a].number, let right = keys[b].number, left != right { return left < right }
            return first < second
        }
        return .list(order.map { values[$0] })
    }
}

extension Value {
    fileprivate var isText: Bool {
        if case .string = self { true } else { false }
    }
}
