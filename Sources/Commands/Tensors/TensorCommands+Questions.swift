import Autograd
import Language
import Tensors

extension TensorCommands {
    /// The rows that answer with plain values: shapes, numbers, lists and bools.
    static let questions: [Builtin] = [
        Builtin(
            "shape", family: family, summary: "The sizes of a value's axes, from the outermost in.",
            parameters: [tensor()], result: "list of ints", terms: ["size", "dimensions", "axes"],
            examples: [.init("shape(zeros([2, 3]))", shows: "[2, 3]")],
            run: { call in
                if let shape = try call.value("x").host(as: (any HostValue).self)?.field("shape") {
                    return shape
                }
                return .list(try call.variable("x").shape.map { .int($0) })
            }),
        Builtin(
            "item", family: family, summary: "The one number of a tensor with a single element.",
            parameters: [tensor()],
            result: "float", terms: ["scalar", "number", "value"],
            examples: [.init("item(sum(ones([3])))", shows: "3.0")],
            run: { .float(try single($0)) }),
        Builtin(
            "tolist", family: family, summary: "A tensor's numbers as nested lists.", parameters: [tensor()],
            result: "list of floats, or a float", terms: ["values", "convert", "numbers"],
            examples: [.init("tolist(tensor([[1, 0], [0, 1]]))", shows: "[[1.0, 0.0], [0.0, 1.0]]")],
            run: { nested(try $0.tensor("x")) }),
        Builtin(
            "float", family: "values",
            summary: "A number, or a tensor of one number, as a float; or a string read as one.",
            parameters: [
                Parameter(
                    "x", .oneOf([.number, .string, .bool, .host("tensor")]),
                    doc: "A number, a string or a bool.")
            ],
            result: "float", terms: ["convert", "parse", "number"],
            examples: [.init("float(\"0.5\")", shows: "0.5")],
            run: { try isTensor($0) ? .float(single($0)) : $0.fallBack() }),
        Builtin(
            "int", family: "values",
            summary: "A number, or a tensor of one number, cut to an int; or a string read as one.",
            parameters: [
                Parameter(
                    "x", .oneOf([.number, .string, .bool, .host("tensor")]),
                    doc: "A number, a string or a bool.")
            ],
            result: "int", terms: ["convert", "parse", "truncate"], examples: [.init("int(2.9)", shows: "2")],
            run: { call in
                guard try isTensor(call) else { return try call.fallBack() }
                let number = try single(call)
                guard let whole = Int(exactly: number.rounded(.towardZero)) else {
                    throw Problem(.outOfRange, "\(number) does not fit into an int", argument: "x")
                }
                return .int(whole)
            }),
        Builtin(
            "isfinite", family: family, summary: "Whether all numbers are finite: no NaN, no infinity.",
            parameters: [tensor()], result: "bool", terms: ["nan", "infinite", "inf", "check"],
            examples: [.init("isfinite(log([0, 1]))", shows: "false")],
            run: { .bool(try !$0.tensor("x").contains { !$0.isFinite }) }),
        Builtin(
            "allclose", family: family,
            summary: "Whether two tensors agree to within a tolerance everywhere.",
            parameters: [
                tensor("a"), tensor("b", doc: "Broadcasts with a."),
                Parameter(
                    "tolerance", .number, default: 1e-5, range: 0...Double.infinity,
                    doc: "The largest difference, relative to numbers above 1."),
            ],
            result: "bool", terms: ["equal", "same", "compare", "test"],
            examples: [.init("allclose([1, 2], [1, 2.000001])", shows: "true")],
            run: { call in
                let (a, b) = try call.pair("a", "b")
                let limit = Float(try call.double("tolerance"))
                let size = Tensor.binary(.maximum, b.value.map(.abs), Tensor(1))
                let excess = (a.value - b.value).map(.abs) / size
                return .bool(!excess.contains { !($0 <= limit) })
            }),
        question(
            "any", "Whether at least one is true, or not 0.", ["some", "exists"], "any(tensor([0, 2]) > 1)"
        ) { $0.contains { $0 != 0 } },
        question("all", "Whether every one is true, or not 0.", ["every"], "all(tensor([1, 2]) > 0)") {
            !$0.contains { $0 == 0 }
        },
    ]

    /// Returns the row of a question that has a bool as its answer; a value that is no tensor is left to the language.
    private static func question(
        _ name: String, _ summary: String, _ terms: [String], _ code: String,
        _ answer: @escaping @Sendable (Tensor) -> Bool
    ) -> Builtin {
        Builtin(
            name, family: family, summary: summary,
            parameters: [
                Parameter(
                    "xs", .oneOf([.list(.bool), .host("tensor"), .host("mask")]), doc: "Bools, or a tensor.")
            ],
            result: "bool", terms: terms, examples: [.init(code, shows: "true")],
            run: { call in
                guard let tensor = try call.value("xs").host(as: TensorReadable.self)?.variable else {
                    return try call.fallBack()
                }
                return .bool(answer(tensor.value))
            })
    }

    /// Returns whether the call's `x` is a tensor value.
    private static func isTensor(_ call: Call) throws -> Bool {
        try call.value("x").host(as: TensorValue.self) != nil
    }

    /// Returns the number of a tensor with one element. Throws `.badArgument` for other tensors.
    private static func single(_ call: Call) throws -> Double {
        if let number = try call.value("x").number { return number }
        let x = try call.tensor("x")
        guard x.count == 1 else {
            throw Problem(
                .badArgument, "\(call.builtin.name) takes a tensor of one number", argument: "x",
                label: "this has \(x.count), \(Shape.text(x.shape))",
                help: "x[0] picks one, mean(x) makes one of all")
        }
        return shortest(x.scalar)
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
