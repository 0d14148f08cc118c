extension CoreBuiltins {
    private static let numbers = Key<[Double]>("xs", doc: "Numbers.")
    private static let summands = Key<[Value]>("xs", .list(.number), doc: "Numbers.")
    private static let several = Key<[Value]>(rest: "xs", doc: "A list, or several values.")
    private static let number = Key<Double>("x", doc: "A number.")
    /// A number of which it matters whether it is an int.
    private static let either = Key<Value>("x", .number, doc: "A number.")
    private static let fraction = Key<Value>("x", .number, doc: "A number; halves go away from zero.")
    private static let digits = Key<Int?>("digits", range: -15...15, doc: "Decimals to keep.")
    private static let square = Key<Double>("x", range: 0...Double.infinity, doc: "A number.")
    private static let power = Key<Double>("x", doc: "A number above 0.")

    static let numberBuiltins: [Builtin] = [
        Builtin(
            "sum", family: .numbers, summary: "The sum of numbers; 0 for none.", parameters: [summands], result: .number,
            terms: ["total", "add"], examples: [.init("sum(1..4)", shows: "10")], seeAlso: ["mean", "std"], run: sum),
        Builtin(
            "mean", family: .numbers, summary: "The mean of numbers.", parameters: [numbers], result: .float,
            terms: ["average"], examples: [.init("mean([1, 2, 6])", shows: "3.0")], seeAlso: ["std"],
            run: { call in
                let values = try someNumbers(call)
                return .float(values.reduce(0, +) / Double(values.count))
            }),
        Builtin(
            "std", family: .numbers, summary: "The standard deviation of numbers, of the sample (n - 1).",
            parameters: [numbers], result: .float, terms: ["deviation", "spread"],
            examples: [.init("std([1, 3])", shows: "1.4142135623730951")], run: deviation),
        Builtin(
            "min", family: .numbers, summary: "The smallest number or first string.",
            parameters: [several], result: "number or string", terms: ["smallest", "least"],
            examples: [.init("min(3, 1, 2)", shows: "1")], seeAlso: ["max"],
            run: { call in try extreme(call, .less) }),
        Builtin(
            "max", family: .numbers, summary: "The largest number or last string.",
            parameters: [several], result: "number or string", terms: ["largest", "most"],
            examples: [.init("max([3, 1, 2])", shows: "3")],
            run: { call in try extreme(call, .greater) }),
        Builtin(
            "abs", family: .numbers, summary: "The amount without its sign.", parameters: [either], result: .number,
            terms: ["absolute", "magnitude"], examples: [.init("abs(-3)", shows: "3")], seeAlso: ["sqrt", "exp", "log"],
            run: { call in
                let given = try call[either]
                guard case .int(let value) = given else { return .float(abs(try Double.read(given, call, either.name))) }
                guard value != Int.min else {
                    throw Problem(.integerOverflow, "abs(\(value)) is too large for an int")
                }
                return .int(abs(value))
            }),
        Builtin(
            "round", family: .numbers, summary: "The nearest int, or the number with so many decimals.",
            parameters: [fraction, digits], result: "int, or float with digits", terms: ["nearest"],
            examples: [.init("round(2.5)", shows: "3"), .init("round(0.1234, 2)", shows: "0.12")], seeAlso: ["floor", "ceil"],
            run: rounded),
        Builtin(
            "floor", family: .numbers, summary: "The largest int below or at a number.", parameters: [either], result: .int,
            terms: ["round down"], examples: [.init("floor(-1.5)", shows: "-2")], seeAlso: ["ceil"],
            run: { call in try whole(call, either, .down) }),
        Builtin(
            "ceil", family: .numbers, summary: "The smallest int above or at a number.", parameters: [either], result: .int,
            terms: ["round up"], examples: [.init("ceil(1.2)", shows: "2")],
            run: { call in try whole(call, either, .up) }),
        Builtin(
            "sqrt", family: .numbers, summary: "The square root.", parameters: [square], result: .float, terms: ["root"],
            examples: [.init("sqrt(9)", shows: "3.0")], seeAlso: ["exp", "log"],
            run: { call in .float(try call[square].squareRoot()) }),
        Builtin(
            "exp", family: .numbers, summary: "e to the power of a number.", parameters: [number], result: .float, terms: ["exponential"],
            examples: [.init("exp(0)", shows: "1.0")], seeAlso: ["log"],
            run: { call in .float(exponential(try call[number])) }),
        Builtin(
            "log", family: .numbers, summary: "The natural logarithm.", parameters: [power], result: .float, terms: ["logarithm", "ln"],
            examples: [.init("log(1)", shows: "0.0")],
            run: { call in
                let value = try call[power]
                guard value > 0 else {
                    throw Problem(
                        .outOfRange, "log takes numbers above 0", argument: power.name, label: "this is \(shortNumber(value))")
                }
                return .float(logarithm(value))
            }),
    ]

    /// Returns the numbers of `xs`. Throws `.badArgument` where there are none.
    private static func someNumbers(_ call: Call) throws -> [Double] {
        let values = try call[numbers]
        if values.isEmpty {
            throw Problem(.badArgument, "\(call.builtin.name) of no numbers", argument: numbers.name, label: "this is empty")
        }
        return values
    }

    @Sendable private static func sum(_ call: Call) throws -> Value {
        var total = 0
        let items = try items(call, summands)
        for item in items {
            guard case .int(let value) = item else {
                return .float(items.reduce(0) { $0 + ($1.number ?? 0) })
            }
            let (next, overflow) = total.addingReportingOverflow(value)
            if overflow { throw Problem(.integerOverflow, "the sum is too large for an int", argument: summands.name) }
            total = next
        }
        return .int(total)
    }

    @Sendable private static func deviation(_ call: Call) throws -> Value {
        let values = try someNumbers(call)
        guard values.count > 1 else { return .float(0) }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return .float((squares / Double(values.count - 1)).squareRoot())
    }

    private static func extreme(_ call: Call, _ op: BinaryOperator) throws -> Value {
        let only = call.rest.count == 1 ? try call.rest[0].elements : nil
        let values = only ?? call.rest
        guard var best = values.first else {
            var problem = Problem(.badArgument, "\(call.builtin.name) of nothing", label: "this is empty")
            problem.position = 0
            throw problem
        }
        for value in values {
            switch (value, best) {
            case (.string(let a), .string(let b)): if op.compare(a, b) { best = value }
            default:
                guard let a = value.number, let b = best.number else {
                    throw Problem(
                        .cannotCompare, "\(call.builtin.name) wants numbers, or strings",
                        label: "one is \((value.number == nil ? value : best).describedType)")
                }
                if op.compare(a, b) { best = value }
            }
        }
        return best
    }

    @Sendable private static func rounded(_ call: Call) throws -> Value {
        guard let digits = try call[Self.digits] else { return try whole(call, fraction, .toNearestOrAwayFromZero) }
        let (scale, number) = (raise(10, Double(digits)), try Double.read(call[fraction], call, fraction.name))
        // A float so large that this overflows has no decimals.
        guard (number * scale).isFinite else { return .float(number) }
        return .float((number * scale).rounded(.toNearestOrAwayFromZero) / scale)
    }

    private static func whole(_ call: Call, _ key: Key<Value>, _ rule: FloatingPointRoundingRule) throws -> Value {
        let given = try call[key]
        if case .int = given { return given }
        let number = try Double.read(given, call, key.name)
        if let value = Int(exactly: number.rounded(rule)) { return .int(value) }
        throw Problem(.outOfRange, "\(floatText(number)) does not fit into an int", argument: key.name)
    }
}
