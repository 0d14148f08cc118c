import Autograd
import Language
import Tensors

extension TensorCommands {
    /// The parameters of two tensors that broadcast.
    private static let two = [tensor("a"), tensor("b", doc: "Broadcasts with a.")]

    /// The rows that choose between values: minimum, maximum, clamp and where.
    static let choices: [Builtin] = [
        row(
            "minimum", "The smaller of two, element by element.", two, terms: ["least", "intersection"],
            examples: [.init("minimum([1, 5], [3, 3])", shows: "tensor[2] [1.0, 3.0]")],
            run: { call in
                let (a, b) = try call.pair("a", "b")
                return Variable.minimum(a, b)
            }),
        row(
            "maximum", "The larger of two, element by element.", two, terms: ["most", "union"],
            examples: [.init("maximum([1, 5], 3)", shows: "tensor[2] [3.0, 5.0]")],
            run: { call in
                let (a, b) = try call.pair("a", "b")
                return Variable.maximum(a, b)
            }),
        row(
            "clamp", "Numbers below low become low, those above high become high.",
            [
                tensor(), Parameter("low", .number, doc: "The smallest; none for no limit.", optional: true),
                Parameter("high", .number, doc: "The largest; none for no limit.", optional: true),
            ],
            terms: ["clip", "limit", "bound"],
            examples: [.init("clamp([-2, 0.5, 2], 0, 1)", shows: "tensor[3] [0.0, 0.5, 1.0]")],
            run: { call in
                var x = try call.variable("x")
                if call.optional("low") != nil {
                    x = Variable.maximum(x, Variable(Tensor(Float(try call.double("low")))))
                }
                if call.optional("high") != nil {
                    x = Variable.minimum(x, Variable(Tensor(Float(try call.double("high")))))
                }
                return x
            }),
        row(
            "where", "From a where the condition is not 0, from b where it is.",
            [tensor("condition", doc: "As a comparison gives it: 0 or 1."), tensor("a"), tensor("b")],
            terms: ["select", "if", "choose", "mask"],
            examples: [.init("x = tensor([-1, 2])\nwhere(x > 0, x, 0)", shows: "tensor[2] [0.0, 2.0]")],
            run: select),
    ]

    /// Runs `where`. It picks instead of multiplying, so that NaN on the side not taken has no effect. Throws `.shapeMismatch` and
    /// `.tooManyBytes`.
    @Sendable private static func select(_ call: Call) throws -> Variable {
        let (a, b) = try call.pair("a", "b")
        let condition = try call.tensor("condition")
        guard let values = Shape.broadcast(a.shape, b.shape),
            let shape = Shape.broadcast(values, condition.shape)
        else {
            throw Problem.shapes(condition.shape, Shape.broadcast(a.shape, b.shape) ?? b.shape)
                .at("condition", in: "where")
        }
        try TensorLimit.check(shape)
        let flags = condition + Tensor.zeros(shape)
        return Variable.select(flags, a.broadcast(to: shape), b.broadcast(to: shape))
    }
}
