import Autograd
import Language
import Tensors

extension TensorCommands {
    private static let condition = Key<Variable>("condition", doc: "As a comparison gives it: 0 or 1.")
    private static let other = Key<Variable>("b", doc: "A tensor, or what becomes one.")
    private static let low = Key<Double?>("low", doc: "The smallest; none for no limit.")
    private static let high = Key<Double?>("high", doc: "The largest; none for no limit.")

    /// The rows that choose between values: minimum, maximum, clamp and where.
    static let choices: [Builtin] = [
        row(
            "minimum", "The smaller of two, element by element.", [a, b], result: .tensor { try $0.pair(a, b) },
            terms: ["least", "intersection"], examples: [.init("minimum([1, 5], [3, 3])", shows: "tensor[2] [1.0, 3.0]")],
            seeAlso: ["maximum", "clamp", "where"],
            run: { call in
                let (left, right) = try call.pair(a, b)
                return Variable.minimum(left, right)
            }),
        row(
            "maximum", "The larger of two, element by element.", [a, b], result: .tensor { try $0.pair(a, b) }, terms: ["most", "union"],
            examples: [.init("maximum([1, 5], 3)", shows: "tensor[2] [3.0, 5.0]")], seeAlso: ["clamp", "where"],
            run: { call in
                let (left, right) = try call.pair(a, b)
                return Variable.maximum(left, right)
            }),
        row(
            "clamp", "Numbers below low become low, those above high become high.", [x, low, high], result: .tensor { $0.shape(x) },
            terms: ["clip", "limit", "bound"], examples: [.init("clamp([-2, 0.5, 2], 0, 1)", shows: "tensor[3] [0.0, 0.5, 1.0]")],
            seeAlso: ["where"],
            run: { call in
                var clamped = try call[x]
                if let low = try call[Self.low] { clamped = Variable.maximum(clamped, Variable(Tensor(Float(low)))) }
                if let high = try call[Self.high] { clamped = Variable.minimum(clamped, Variable(Tensor(Float(high)))) }
                return clamped
            }),
        row(
            "where", "From a where the condition is not 0, from b where it is.", [condition, a, other],
            result: .tensor { try $0.broadcast($0.shape(condition), $0.pair(a, other), at: condition) },
            terms: ["select", "if", "choose", "mask"],
            examples: [.init("x = tensor([-1, 2])\nwhere(x > 0, x, 0)", shows: "tensor[2] [0.0, 2.0]")], run: select),
    ]

    /// Runs `where`. It picks instead of multiplying, so that NaN on the side not taken has no effect. Throws `.shapeMismatch` and
    /// `.tooManyBytes`.
    @Sendable private static func select(_ call: Call) throws -> Variable {
        let (left, right) = try call.pair(a, other)
        let flags = try call[condition].value
        guard let values = Shape.broadcast(left.shape, right.shape), let shape = Shape.broadcast(values, flags.shape) else {
            throw Problem.shapes(flags.shape, Shape.broadcast(left.shape, right.shape) ?? right.shape).at(condition.name, in: "where")
        }
        try TensorLimit.check(shape)
        return Variable.select(flags + Tensor.zeros(shape), left.broadcast(to: shape), right.broadcast(to: shape))
    }
}
