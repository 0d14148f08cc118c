extension CoreBuiltins {
    private static let family = "lists"
    private static let source = Parameter("xs", doc: "A list, range, string, record, or a value with items.")

    static let listBuiltins: [Builtin] = [
        Builtin(
            "range", family: family, summary: "The ints from start up to end, without the end, in steps.",
            parameters: [
                Parameter("start", .int, doc: "The first; alone it is the end, and the start is 0."),
                Parameter("end", .int, doc: "Left out of the list.", optional: true),
                Parameter("step", .int, default: 1, doc: "The distance; negative counts down."),
            ],
            result: "list of int", terms: ["sequence", "count", "arange", "step"],
            examples: [
                .init("range(0, 10, 3)", shows: "[0, 3, 6, 9]"), .init("range(3)", shows: "[0, 1, 2]"),
            ],
            run: steppedRange),
        Builtin(
            "zip", family: family, summary: "Pairs up the items of several lists, up to the shortest.",
            parameters: [Parameter("lists", doc: "Lists or values with items.", variadic: true)],
            result: "list of lists", terms: ["pair", "together", "parallel"],
            examples: [.init("zip([1, 2], \"ab\")", shows: "[[1, \"a\"], [2, \"b\"]]")], run: zipped),
        Builtin(
            "enumerate", family: family, summary: "Every item with its place: [[0, x], [1, y], …].",
            parameters: [source, Parameter("start", .int, default: 0, doc: "The first place's number.")],
            result: "list of lists", terms: ["index", "number", "place"],
            examples: [.init("enumerate([\"a\", \"b\"])", shows: "[[0, \"a\"], [1, \"b\"]]")],
            run: { call in
                let start = try call.int("start")
                let items = try items(call, "xs")
                guard !start.addingReportingOverflow(items.count).overflow else {
                    throw Problem(
                        .integerOverflow, "the number of the last item is too large for an int", argument: "start",
                        notes: ["ints go to ±\(Int.max)"])
                }
                return .list(try items.enumerated().polledMap { .list([.int(start + $0), $1]) })
            }),
        Builtin(
            "sorted", family: family, summary: "The items in order: numbers by size, strings by letter.",
            parameters: [
                source,
                Parameter("by", .function, doc: "Gives what to order an item by.", optional: true),
                Parameter("descending", .bool, default: false, doc: "Largest first.", keywordOnly: true),
            ],
            result: "list", terms: ["order", "sort", "rank"],
            examples: [
                .init("sorted([3, 1, 2])", shows: "[1, 2, 3]"),
                .init("sorted([\"bb\", \"a\"], by=len)", shows: "[\"a\", \"bb\"]"),
            ], run: sort),
        Builtin(
            "reversed", family: family, summary: "The items from the last to the first.",
            parameters: [source], result: "list", terms: ["backwards", "flip"],
            examples: [.init("reversed(1..3)", shows: "[3, 2, 1]")],
            run: { call in
                if case .string(let text) = try call.value("xs") { return .string(String(try text.reversed().polledMap { $0 })) }
                return .list(try items(call, "xs").reversed())
            }),
        Builtin(
            "any", family: family, summary: "Whether at least one item is true.",
            parameters: [Parameter("xs", .list(.bool), doc: "Bools.")], result: "bool",
            terms: ["some", "exists"],
            examples: [.init("any([x > 2 for x in 1..3])", shows: "true")],
            run: { call in .bool(try call.list("xs").polledContains(\.isTruthy)) }),
        Builtin(
            "all", family: family, summary: "Whether every item is true.",
            parameters: [Parameter("xs", .list(.bool), doc: "Bools.")], result: "bool", terms: ["every"],
            examples: [.init("all([x > 2 for x in 1..3])", shows: "false")],
            run: { call in .bool(try !call.list("xs").polledContains { !$0.isTruthy }) }),
    ]

    @Sendable private static func steppedRange(_ call: Call) throws -> Value {
        let first = try call.int("start")
        let step = try call.int("step")
        guard step != 0 else {
            throw Problem(.outOfRange, "the step of a range cannot be 0", argument: "step")
        }
        let (start, end) =
            call.optional("end").map { _ in first } == nil ? (0, first) : (first, try call.int("end"))
        let span = Double(end) - Double(start)
        let count = max(0, (span / Double(step)).rounded(.up))
        try Reservation.check([Int(exactly: count) ?? Int.max], of: MemoryLayout<Value>.stride, what: "this range")
        return .list(try stride(from: start, to: end, by: step).polledMap { .int($0) })
    }

    @Sendable private static func zipped(_ call: Call) throws -> Value {
        let lists = try call.rest.enumerated().map { place, value -> [Value] in
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
        let values = try items(call, "xs")
        var keys = values
        if call.optional("by") != nil {
            let key = try call.function("by")
            keys = try values.polledMap { try call.invoke(key, arguments: [$0]) }
        }
        if let place = keys.firstIndex(where: { $0.number == nil }), keys.contains(where: { !$0.isText }) {
            let odd =
                keys.first.map { $0.isText } == true ? keys.first { !$0.isText } ?? keys[place] : keys[place]
            throw Problem(
                .cannotCompare, "sorted wants only numbers or only strings", argument: "xs",
                label: "one is \(odd.describedType)",
                help: "by= gives what to order by: sorted(xs, by=fn(x) { x.name })")
        }
        let descending = try call.bool("descending")
        var poll = Poll()
        let order = try keys.indices.sorted { first, second in
            try poll.step()
            let (a, b) = descending ? (second, first) : (first, second)
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
