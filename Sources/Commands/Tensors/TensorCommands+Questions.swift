import Autograd
import Language
import Tensors

extension TensorCommands {
    private static let single = Key<Value>("x", .oneOf([.number, .string, .bool, TensorValue.rule]), doc: "A number, a string or a bool.")
    private static let tolerance = Key<Double>(
        "tolerance", default: 1e-5, range: 0...Double.infinity, doc: "The largest difference, relative to numbers above 1.")
    private static let answers = Key<Value>("xs", .oneOf([.list(.bool), TensorValue.rule, MaskValue.rule]), doc: "Bools, or a tensor.")

    /// The rows that answer with plain values: shapes, numbers, lists and bools.
    static let questions: [Builtin] = [
        Builtin(
            "shape", family: .tensors, summary: "The sizes of a value's axes, from the outermost in.", parameters: [x],
            result: .ints.inferred { call in
                if case .host(let host) = call.type(x), !(host is TensorType) { return .listOf(.int) }
                return TensorType(call.shape(x)).field("shape") ?? .listOf(.int)
            }, terms: ["size", "dimensions", "axes"], examples: [.init("shape(zeros([2, 3]))", shows: "[2, 3]")],
            seeAlso: ["item", "tolist"],
            run: { call in
                if case .host(let host) = try call.value(x), let shape = try host.field("shape") { return shape }
                return .list(try call[x].shape.map { .int($0) })
            }),
        Builtin(
            "item", family: .tensors, summary: "The one number of a tensor with a single element.", parameters: [x],
            result: .float, terms: ["scalar", "number", "value"], examples: [.init("item(sum(ones([3])))", shows: "3.0")],
            seeAlso: ["tolist"], run: { .float(try number($0)) }),
        Builtin(
            "tolist", family: .tensors, summary: "A tensor's numbers as nested lists.", parameters: [x],
            result: "list of floats, or a float", terms: ["values", "convert", "numbers"],
            examples: [.init("tolist(tensor([[1, 0], [0, 1]]))", shows: "[[1.0, 0.0], [0.0, 1.0]]")],
            cost: .detachable(from: Family.pixels), run: { nested(try $0[x].value) }),
        Builtin(
            "float", family: .values, summary: "A number, or a tensor of one number, as a float; or a string read as one.",
            parameters: [single], result: .float, terms: ["convert", "parse", "number"],
            examples: [.init("float(\"0.5\")", shows: "0.5")], seeAlso: ["item"],
            run: { try isTensor($0) ? .float(number($0)) : $0.fallBack() }),
        Builtin(
            "int", family: .values, summary: "A number, or a tensor of one number, cut to an int; or a string read as one.",
            parameters: [single], result: .int, terms: ["convert", "parse", "truncate"], examples: [.init("int(2.9)", shows: "2")],
            seeAlso: ["float", "item"],
            run: { call in
                guard try isTensor(call) else { return try call.fallBack() }
                let number = try number(call)
                guard let whole = Int(exactly: number.rounded(.towardZero)) else {
                    throw Problem(.outOfRange, "\(number) does not fit into an int", argument: single.name)
                }
                return .int(whole)
            }),
        Builtin(
            "isfinite", family: .tensors, summary: "Whether all numbers are finite: no NaN, no infinity.", parameters: [x],
            result: .bool, terms: ["nan", "infinite", "inf", "check"], examples: [.init("isfinite(log([0, 1]))", shows: "false")],
            seeAlso: ["allclose"], run: { .bool(try !$0[x].value.contains { !$0.isFinite }) }),
        Builtin(
            "allclose", family: .tensors, summary: "Whether two tensors agree to within a tolerance everywhere.",
            parameters: [a, b, tolerance], result: .bool, terms: ["equal", "same", "compare", "test"],
            examples: [.init("allclose([1, 2], [1, 2.000001])", shows: "true")],
            run: { call in
                let (left, right) = try call.pair(a, b)
                let limit = Float(try call[tolerance])
                let size = Tensor.binary(.maximum, right.value.map(.abs), Tensor(1))
                let excess = (left.value - right.value).map(.abs) / size
                return .bool(!excess.contains { !($0 <= limit) })
            }),
        question(
            "any", "Whether at least one is true, or not 0.", ["some", "exists"], "any(tensor([0, 2]) > 1)", seeAlso: ["all", "isfinite"]
        ) { $0.contains { $0 != 0 } },
        question("all", "Whether every one is true, or not 0.", ["every"], "all(tensor([1, 2]) > 0)", seeAlso: ["isfinite"]) {
            !$0.contains { $0 == 0 }
        },
    ]

    /// Returns the row of a question that has a bool as its answer; a value that is no tensor is left to the language.
    private static func question(
        _ name: String, _ summary: String, _ terms: [String], _ code: String, seeAlso: [String],
        _ answer: @escaping @Sendable (Tensor) -> Bool
    ) -> Builtin {
        Builtin(
            name, family: .tensors, summary: summary, parameters: [answers], result: .bool, terms: terms,
            examples: [.init(code, shows: "true")], seeAlso: seeAlso,
            run: { call in
                guard let tensor = try call[answers].host(as: TensorReadable.self)?.variable else { return try call.fallBack() }
                return .bool(answer(tensor.value))
            })
    }

    /// Returns whether the call's `x` is a tensor value.
    private static func isTensor(_ call: Call) throws -> Bool { try call[single].host(as: TensorValue.self) != nil }

    /// Returns the call's `x` as a number. Throws `.badArgument` for tensors with another number of elements than one.
    private static func number(_ call: Call) throws -> Double {
        if let number = try call.value(x).number { return number }
        let tensor = try call[x].value
        guard tensor.count == 1 else {
            throw Problem(
                .badArgument, "\(call.builtin.name) takes a tensor of one number", argument: x.name,
                label: "this has \(tensor.count), \(Shape.text(tensor.shape))", help: "x[0] picks one, mean(x) makes one of all")
        }
        return shortest(tensor.scalar)
    }

    /// Returns the tensor as nested lists of floats, or as one float.
    private static func nested(_ tensor: Tensor) -> Value {
        guard tensor.rank > 0 else { return .float(shortest(tensor.scalar)) }
        if tensor.rank == 1 {
            var numbers: [Value] = []
            numbers.reserveCapacity(tensor.count)
            tensor.eachPiece { numbers += $0.map { .float(shortest($0)) } }
            return .list(numbers)
        }
        return .list((0..<tensor.shape[0]).map { Cancellation.isCancelled ? .none : nested(tensor.row($0)) })
    }
}
