import Autograd
import Language
import Tensors

extension TensorCommands {
    /// The rows of products and comparisons of two tensors.
    static let products: [Builtin] = [
        row(
            "matmul", "The matrix product over the last two axes; leading axes broadcast.",
            [
                tensor("a", doc: "[.., M, K], or a vector [K]."),
                tensor("b", doc: "[.., K, N], or a vector [K]."),
            ],
            terms: ["product", "linear", "multiply"],
            examples: [.init("matmul([[1, 2], [3, 4]], [1, 1])", shows: "tensor[2] [3.0, 7.0]")], run: matmul),
        row(
            "dot", "The inner product of two tensors of one shape: the sum of their products.",
            [tensor("a"), tensor("b", doc: "Of a's shape.")], result: "tensor, one number",
            terms: ["inner", "scalar product", "similarity"],
            examples: [.init("dot([1, 2], [3, 4])", shows: "11.0")],
            run: { call in
                let (a, b) = try equal(call)
                return (a * b).sum()
            }),
        row(
            "mse", "The mean squared error: mean((a - b) ** 2).",
            [tensor("a"), tensor("b", doc: "Broadcasts with a.")],
            result: "tensor, one number", terms: ["loss", "squared error", "l2", "reconstruction"],
            paper: "eq. 1",
            examples: [.init("mse([1, 2], [1, 4])", shows: "2.0")],
            run: { call in
                try call.checkNames("a", "b")
                let (a, b) = try call.pair("a", "b")
                return (a - b).square().mean()
            }),
        row(
            "cosine",
            "The cosine of the angle between vectors along the last axis; of one matrix, between all its rows.",
            [
                tensor("a", doc: "[.., D], or alone [N, D]."),
                Parameter("b", Accepts.tensor, doc: "[.., D].", optional: true),
            ],
            result: "tensor: without b [N, N], else a's and b's shape without the last axis",
            terms: ["similarity", "angle", "embedding", "nearest"],
            examples: [
                .init("cosine([1, 0], [1, 1])", shows: "0.70710677"),
                .init("cosine([[1, 0], [0, 2]])", shows: "tensor[2, 2] [[1.0, 0.0], [0.0, 1.0]]"),
            ], run: cosine),
    ]

    /// Runs `matmul`. Throws `.shapeMismatch` and `.tooManyBytes`.
    @Sendable private static func matmul(_ call: Call) throws -> Variable {
        let (a, b) = (try call.variable("a"), try call.variable("b"))
        let shape = try ShapeRules.product(a.shape, b.shape)
        try TensorLimit.check(shape)
        let left = a.shape.count == 1 ? a.reshaped([1] + a.shape) : a
        let right = b.shape.count == 1 ? b.reshaped(b.shape + [1]) : b
        return left.matmul(right).reshaped(shape)
    }

    /// Returns `a` and `b`. Throws `.shapeMismatch` unless they have one shape.
    private static func equal(_ call: Call) throws -> (Variable, Variable) {
        try call.checkNames("a", "b")
        let (a, b) = (try call.variable("a"), try call.variable("b"))
        try ShapeRules.equal(a.shape, b.shape, command: call.builtin.name)
        return (a, b)
    }

    /// Runs `cosine`: of one matrix [N, D] the similarity of each pair of rows, [N, N]; of two tensors the similarity along the last axis.
    @Sendable private static func cosine(_ call: Call) throws -> Variable {
        let a = try call.variable("a")
        guard call.optional("b") != nil else {
            guard a.shape.count == 2 else {
                throw Problem(
                    .shapeMismatch, "cosine of one tensor takes a matrix [N, D]", argument: "a",
                    label: Shape.text(a.shape),
                    help: "stack(vectors) makes one, cosine(a, b) compares two vectors")
            }
            let unit = normalized(a)
            return unit.matmul(unit.lastAxesExchanged)
        }
        try call.checkNames("a", "b")
        let (left, right) = try call.pair("a", "b")
        guard !left.shape.isEmpty, !right.shape.isEmpty else {
            throw Problem(.shapeMismatch, "cosine compares vectors, not single numbers")
        }
        return (normalized(left) * normalized(right)).sum([-1])
    }

    /// Returns `x` scaled to length 1 along the last axis; lengths below 1e-8 count as 1e-8, as in torch's `cosine_similarity`.
    private static func normalized(_ x: Variable) -> Variable {
        let length = x.square().sum([-1], keepsAxes: true).scaled(by: 1, plus: 1e-30).sqrt()
        return x / Variable.maximum(length, Variable(Tensor(1e-8)))
    }
}
