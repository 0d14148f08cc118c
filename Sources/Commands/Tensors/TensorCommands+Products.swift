import Autograd
import Language
import Tensors

extension TensorCommands {
    private static let left = Key<Variable>("a", doc: "[.., M, K], or a vector [K].")
    private static let right = Key<Variable>("b", doc: "[.., K, N], or a vector [K].")
    private static let equal = Key<Variable>("b", doc: "Of a's shape.")
    private static let vectors = Key<Variable>("a", doc: "[.., D], or alone [N, D].")
    private static let others = Key<Variable?>("b", doc: "[.., D].")

    /// The rows of products and comparisons of two tensors.
    static let products: [Builtin] = [
        row(
            "matmul", "The matrix product over the last two axes; leading axes broadcast.", [left, right],
            result: .tensor { call in
                guard let a = call.exact(left), let b = call.exact(right) else { return nil }
                return try ShapeRules.product(a, b)
            }, terms: ["product", "linear", "multiply"],
            examples: [.init("matmul([[1, 2], [3, 4]], [1, 1])", shows: "tensor[2] [3.0, 7.0]")], seeAlso: ["dot", "cosine", "norm"],
            run: matmul),
        row(
            "dot", "The inner product of two tensors of one shape: the sum of their products.", [a, equal],
            result: .scalar.inferred { call in
                if let a = call.exact(Self.a), let b = call.exact(equal) { try ShapeRules.equal(a, b, command: "dot") }
                return TensorType.of([])
            }, terms: ["inner", "scalar product", "similarity"], examples: [.init("dot([1, 2], [3, 4])", shows: "11.0")],
            seeAlso: ["cosine", "norm"],
            run: { call in
                try call.checkNames(a, equal)
                let (left, right) = (try call[a], try call[equal])
                try ShapeRules.equal(left.shape, right.shape, command: "dot")
                return (left * right).sum()
            }),
        row(
            "mse", "The mean squared error: mean((a - b) ** 2).", [a, b],
            result: .scalar.inferred { call in
                _ = try call.pair(a, b)
                return TensorType.of([])
            }, terms: ["loss", "squared error", "l2", "reconstruction"], paper: "eq. 1",
            examples: [.init("mse([1, 2], [1, 4])", shows: "2.0")], seeAlso: ["norm", "psnr"],
            run: { call in
                try call.checkNames(a, b)
                let (left, right) = try call.pair(a, b)
                return (left - right).square().mean()
            }),
        row(
            "cosine", "The cosine of the angle between vectors along the last axis; of one matrix, between all its rows.",
            [vectors, others], result: "tensor: without b [N, N], else a's and b's shape without the last axis",
            terms: ["similarity", "angle", "embedding", "nearest"],
            examples: [
                .init("cosine([1, 0], [1, 1])", shows: "0.70710677"),
                .init("cosine([[1, 0], [0, 2]])", shows: "tensor[2, 2] [[1.0, 0.0], [0.0, 1.0]]"),
            ], seeAlso: ["norm"], run: cosine),
    ]

    /// Runs `matmul`. Throws `.shapeMismatch` and `.tooManyBytes`.
    @Sendable private static func matmul(_ call: Call) throws -> Variable {
        let (a, b) = (try call[left], try call[right])
        let shape = try ShapeRules.product(a.shape, b.shape)
        try TensorLimit.check(shape)
        let rows = a.shape.count == 1 ? a.reshaped([1] + a.shape) : a
        let columns = b.shape.count == 1 ? b.reshaped(b.shape + [1]) : b
        return rows.matmul(columns).reshaped(shape)
    }

    /// Runs `cosine`: of one matrix [N, D] the similarity of each pair of rows, [N, N]; of two tensors the similarity along the last axis.
    @Sendable private static func cosine(_ call: Call) throws -> Variable {
        let a = try call[vectors]
        guard try !call.value(others).isNone else {
            guard a.shape.count == 2 else {
                throw Problem(
                    .shapeMismatch, "cosine of one tensor takes a matrix [N, D]", argument: vectors.name, label: Shape.text(a.shape),
                    help: "stack(vectors) makes one, cosine(a, b) compares two vectors")
            }
            let unit = normalized(a)
            return unit.matmul(unit.lastAxesExchanged)
        }
        try call.checkNames(vectors, others)
        let (left, right) = try call.pair(vectors, others)
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
