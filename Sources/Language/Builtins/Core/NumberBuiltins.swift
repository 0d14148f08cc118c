extension CoreBuiltins {
    private static let family = "numbers"
    private static let numbers = Parameter("xs", .list(.number), doc: "Numbers.")

    static let numberBuiltins: [Builtin] = [
        Builtin(
            "sum", family: family, summary: "The sum of numbers; 0 for none.", parameters: [numbers],
            result: "number", terms: ["total", "add"], examples: [.init("sum(1..4)", shows: "10")], run: sum),
        Builtin(
            "mean", family: family, summary: "The mean of numbers.", parameters: [numbers], result: "float",
            terms: ["average"], examples: [.init("mean([1, 2, 6])", shows: "3.0")],
            run: { call in
                let values = try numbers(call)
                return .float(values.reduce(0, +) / Double(values.count))
            }),
        Builtin(
            "std", family: family, summary: "The standard deviation of numbers, of the sample (n - 1).",
            parameters: [numbers], result: "float", terms: ["deviation", "spread"],
            examples: [.init("std([1, 3])", shows: "1.4142135623730951")], run: deviation),
        Builtin(
            "min", family: family, summary: "The smallest number or first string.",
            parameters: [Parameter("xs", doc: "A list, or several values.", variadic: true)],
            result: "number or string",
            terms: ["smallest", "least"], examples: [.init("min(3, 1, 2)", shows: "1")],
            run: { call in try extreme(call, .less) }),
        Builtin(
            "max", family: family, summary: "The largest number or last string.",
            parameters: [Parameter("xs", doc: "A list, or several values.", variadic: true)],
            result: "number or string",
            terms: ["largest", "most"], examples: [.init("max([3, 1, 2])", shows: "3")],
            run: { call in try extreme(call, .greater) }),
        Builtin(
            "abs", family: family, summary: "The amount without its sign.",
            parameters: [Parameter("x", .number, doc: "A number.")], result: "number",
            terms: ["absolute", "magnitude"],
            examples: [.init("abs(-3)", shows: "3")],
            run: { call in
                guard case .int(let value) = try call.value("x") else {
                    return .float(abs(try call.double("x")))
                }
                guard value != Int.min else {
                    throw Problem(.integerOverflow, "abs(\(value)) is too large for an int")
                }
                return .int(abs(value))
            }),
        Builtin(
            "round", family: family, summary: "The nearest int, or the number with so many decimals.",
            parameters: [
                Parameter("x", .number, doc: "A number; halves go away from zero."),
                Parameter("digits", .int, range: -15...15, doc: "Decimals to keep.", optional: true),
            ],
            result: "int, or float with digits", terms: ["nearest"],
            examples: [.init("round(2.5)", shows: "3"), .init("round(0.1234, 2)", shows: "0.12")],
            run: rounded),
        Builtin(
            "floor", family: family, summary: "The largest int below or at a number.",
            parameters: [Parameter("x", .number, doc: "A number.")], result: "int", terms: ["round down"],
            examples: [.init("floor(-1.5)", shows: "-2")], run: { call in try whole(call, .down) }),
        Builtin(
            "ceil", family: family, summary: "The smallest int above or at a number.",
            parameters: [Parameter("x", .number, doc: "A number.")], result: "int", terms: ["round up"],
            examples: [.init("ceil(1.2)", shows: "2")], run: { call in try whole(call, .up) }),
        Builtin(
            "sqrt", family: family, summary: "The square root.",
            parameters: [Parameter("x", .number, range: 0...Double.infinity, doc: "A number.")],
            result: "float",
            terms: ["root"], examples: [.init("sqrt(9)", shows: "3.0")],
            run: { call in .float(try call.double("x").squareRoot()) }),
        Builtin(
            "exp", family: family, summary: "e to the power of a number.",
            parameters: [Parameter("x", .number, doc: "A number.")], result: "float", terms: ["exponential"],
            examples: [.init("exp(0)", shows: "1.0")],
            run: { call in .float(exponential(try call.double("x"))) }),
        Builtin(
            "log", family: family, summary: "The natural logarithm.",
            parameters: [Parameter("x", .number, doc: "A number above 0.")], result: "float",
            terms: ["logarithm", "ln"], examples: [.init("log(1)", shows: "0.0")],
            run: { call in
                let value = try call.double("x")
                guard value > 0 else {
                    throw Problem(
                        .outOfRange, "log takes numbers above 0", argument: "x",
                        label: "this is \(shortNumber(value))")
                }
                return .float(logarithm(value))
            }),
    ]

    /// Returns the numbers of `xs`. Throws `.badArgument` where there are none.
    private static func numbers(_ call: Call) throws -> [Double] {
        let values = try call.doubles("xs")
        if values.isEmpty {
            throw Problem(
                .badArgument, "\(call.builtin.name) of no numbers", argument: "xs", label: "this is empty")
        }
        return values
    }

    @Sendable private static func sum(_ call: Call) throws -> Value {
        var total = 0
        let items = try call.list("xs")
        for item in items {
            guard case .int(let value) = item else {
                return .float(items.reduce(0) { $0 + ($1.number ?? 0) })
            }
            let (next, overflow) = total.addingReportingOverflow(value)
            if overflow { throw Problem(.integerOverflow, "the sum is too large for an int", argument: "xs") }
            total = next
        }
        return .int(total)
    }

    @Sendable private static func deviation(_ call: Call) throws -> Value {
        let values = try numbers(call)
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
        guard call.optional("digits") != nil else { return try whole(call, .toNearestOrAwayFromZero) }
        let scale = raise(10, Double(try call.int("digits")))
        let number = try call.double("x")
        // A float so large that this overflows has no decimals.
        guard (number * scale).isFinite else { return .float(number) }
        return .float((number * scale).rounded(.toNearestOrAwayFromZero) / scale)
    }

    private static func whole(_ call: Call, _ rule: FloatingPointRoundingRule) throws -> Value {
        if case .int(let value) = try call.value("x") { return .int(value) }
        let number = try call.double("x")
        if let value = Int(exactly: number.rounded(rule)) { return .int(value) }
        throw Problem(.outOfRange, "\(floatText(number)) does not fit into an int", argument: "x")
    }
}
