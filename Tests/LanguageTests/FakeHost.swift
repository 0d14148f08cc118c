import Testing

@testable import Language

/// A tensor that knows only its shape and one number: enough to check how the language treats host values.
struct FakeTensor: HostValue {
    var shape: [Int]
    var fill: Double

    var typeName: String { "tensor" }
    var fieldNames: [String] { ["shape", "fill"] }
    var shapeText: String? { "[\(shape.map(String.init).joined(separator: ", "))]" }
    var inlineText: String { "tensor\(shapeText ?? "")" }
    var elements: [Value]? {
        shape.first.map { count in
            (0..<count).map { _ in .host(FakeTensor(shape: Array(shape.dropFirst()), fill: fill)) }
        }
    }

    func field(_ name: String) throws -> Value? {
        switch name {
        case "shape": .list(shape.map { .int($0) })
        case "fill": .float(fill)
        default: nil
        }
    }

    func index(_ subscripts: [Subscript]) throws -> Value {
        let words = subscripts.map { part in
            switch part {
            case .at(let value): value.literalText
            case .slice(let start, let end, let step):
                [start, end, step].map { $0.map(String.init) ?? "" }.joined(separator: ":")
            case .ellipsis: ".."
            }
        }
        return .string(words.joined(separator: ", "))
    }

    func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        guard op == .add || op == .multiply else { return nil }
        if let number = other.number {
            return .host(FakeTensor(shape: shape, fill: op == .add ? fill + number : fill * number))
        }
        guard case .host(let host) = other, let tensor = host as? FakeTensor else { return nil }
        guard tensor.shape == shape else {
            throw Problem(
                .shapeMismatch, "these shapes do not broadcast",
                notes: ["aligned from the right: \(shape.last ?? 0) against \(tensor.shape.last ?? 0)"])
        }
        return .host(FakeTensor(shape: shape, fill: op == .add ? fill + tensor.fill : fill * tensor.fill))
    }

    func unary(_ op: UnaryOperator) throws -> Value? {
        op == .negate ? .host(FakeTensor(shape: shape, fill: -fill)) : nil
    }

    func isEqual(to other: any HostValue) -> Bool {
        (other as? FakeTensor).map { $0.shape == shape && $0.fill == fill } ?? false
    }

    func format(_ spec: FormatSpec) throws -> String? { try Value.float(fill).formatted(spec) }

    func display(_ context: DisplayContext) -> Display {
        Display("a tensor of \(shapeText ?? "")", image: DisplayImage(png: [1], alt: "grey"))
    }
}

/// A handle interpolates as its token.
struct FakeHandle: HostValue {
    var token: String
    var typeName: String { "handle" }
    var inlineText: String { token }
}

/// What `with seed(…)` changes.
enum SeedState: ContextKey {
    static let initial = 0
}

enum FakeHost {
    enum Law: String, WordArgument {
        case union, single
    }

    private static let shape = Key<[Int]>("shape", range: 1...1000, doc: "Sizes.")
    private static let fill = Key<Double>("fill", default: 0, doc: "Every element.")
    private static let token = Key<String>("token", doc: "Text.")
    private static let steps = Key<Int>("steps", default: 400, range: 1...100_000, unit: "steps", doc: "How many.")
    private static let rate = Key<Double>("lr", default: 5e-4, range: 0...1, doc: "Learning rate.")
    private static let law = Key<Law>("sampling", default: .union, doc: "The law.")
    private static let words = Key<[String]>(oneOrMore: "init", default: [], doc: "Words.", keywordOnly: true)
    private static let loss = Key<FunctionValue?>("loss", doc: "Own loss.", keywordOnly: true)
    private static let curves = Key<Value>("curves", doc: "Numbers.")
    private static let labels = Key<[String]>("labels", default: [], doc: "Names.", keywordOnly: true)
    private static let seed = Key<Int>("value", doc: "The seed.")
    private static let numbers = Key<Value>("xs", doc: "Numbers or a tensor.")

    static let builtins: [Builtin] = [
        Builtin(
            "tensor", family: "tensors", summary: "A fake tensor.",
            parameters: [shape, fill], result: "tensor"
        ) { call in .host(FakeTensor(shape: try call[shape], fill: try call[fill])) },
        Builtin(
            "handle", family: "models", summary: "A fake handle.",
            parameters: [token],
            result: "handle"
        ) { call in .host(FakeHandle(token: try call[token])) },
        Builtin(
            "phase1", family: "training", summary: "Learns handles.",
            parameters: [Parameter("model", .host("tensor"), doc: "The base."), steps, rate, law, words, loss], result: .record,
            terms: ["textual inversion"], paper: "§4.1", run: phase1),
        Builtin(
            "show", family: "figures", summary: "Shows values.",
            parameters: [Parameter("values", doc: "What to show.", variadic: true)], isCommand: true
        ) { call in
            for value in call.rest { call.context.emit(.display(value.display(call.context.displayContext))) }
            return .none
        },
        Builtin(
            "plot", family: "figures", summary: "Draws curves.",
            parameters: [curves, labels], isCommand: true
        ) { call in
            .string("plot \(try call[curves].literalText) \(try call.value(labels).literalText)")
        },
        Builtin(
            "seed", family: "random", summary: "Seeds a block.",
            parameters: [seed],
            scope: { call in
                let context = call.context
                let old = context[SeedState.self]
                context[SeedState.self] = try call[seed]
                return { context[SeedState.self] = old }
            }
        ) { call in .int(call.context[SeedState.self]) },
        Builtin("current_seed", family: "random", summary: "The seed.", result: .int) { call in
            .int(call.context[SeedState.self])
        },
        Builtin(
            "mean", family: "numbers", summary: "The mean, of tensors too.",
            parameters: [numbers]
        ) { call in
            if case .host(let host) = try call[numbers], let tensor = host as? FakeTensor {
                return .float(tensor.fill)
            }
            return try call.fallBack()
        },
        Builtin(
            "warned", family: "program", summary: "Warns.", parameters: [Parameter("x", doc: "Anything.")]
        ) { call in
            call.context.warn(.smallMask, "small", argument: "x", label: "this one", help: "look")
            return .none
        },
        Builtin("stop", family: "program", summary: "Asks for an interrupt, and gives 7.") { call in
            call.context.interrupt.request()
            return 7
        },
    ]

    @Sendable private static func phase1(_ call: Call) throws -> Value {
        var record = Record([
            ("steps", .int(try call[steps])), ("lr", .float(try call[rate])), ("sampling", .string(try call[law].rawValue)),
            ("init", .list(try call[words].map { .string($0) })), ("given", .bool(call.has(steps))),
        ])
        if let function = try call[loss] {
            record["loss"] = try call.invoke(function, arguments: [2], named: [("scale", 10)])
        }
        return .record(record)
    }
}
