import Autograd
import Glibc
import Language
import Tensors

/// A function of one number that is applied element by element.
private struct ElementFunction: Sendable {
    var name: String
    var summary: String
    var terms: [String]
    /// The example of its help.
    var example: Builtin.Example
    /// The function of a plain number; nil where the language itself has the function.
    var ofNumber: (@Sendable (Double) -> Double)?
    /// The function of a tensor.
    var ofTensor: @Sendable (Variable) -> Variable

    /// Makes the function from its name, summary, search terms and an example with its result.
    init(
        _ name: String, _ summary: String, _ terms: [String], _ code: String, _ shows: String,
        number: (@Sendable (Double) -> Double)? = nil, _ tensor: @escaping @Sendable (Variable) -> Variable
    ) {
        (self.name, self.summary, self.terms, example) = (name, summary, terms, .init(code, shows: shows))
        (ofNumber, ofTensor) = (number, tensor)
    }

    /// The row of the builtin table.
    var row: Builtin {
        Builtin(
            name, family: TensorCommands.family, summary: summary,
            parameters: [TensorCommands.tensor(doc: "A number, or a tensor, element by element.")],
            result: "number, or tensor of x's shape", terms: terms, examples: [example], run: run)
    }

    /// Applies the function to a number or a tensor.
    @Sendable private func run(_ call: Call) throws -> Value {
        guard let number = try call.value("x").number else {
            return .tensor(ofTensor(try call.variable("x")))
        }
        return try ofNumber.map { .float($0(number)) } ?? call.fallBack()
    }
}

extension TensorCommands {
    /// The rows of functions that work element by element, round and softmax.
    static let functions: [Builtin] = table.map(\.row) + [rounded, softmax]

    /// The functions of one number.
    private static let table: [ElementFunction] = [
        .init(
            "exp", "e to the power of x.", ["exponential"], "exp([0, 1])", "tensor[2] [1.0, 2.718]",
            { $0.exp() }),
        .init(
            "log", "The natural logarithm of x.", ["logarithm", "ln"], "log([1, 10])",
            "tensor[2] [0.0, 2.303]",
            { $0.log() }),
        .init(
            "sqrt", "The square root of x.", ["root"], "sqrt([4, 9])", "tensor[2] [2.0, 3.0]", { $0.sqrt() }),
        .init(
            "abs", "The amount of x without its sign.", ["absolute", "magnitude"], "abs([-1, 2])",
            "tensor[2] [1.0, 2.0]", { $0.abs() }),
        .init(
            "floor", "The largest whole number below or at x; without a gradient.", ["round down"],
            "floor([1.5, -1.5])", "tensor[2] [1.0, -2.0]", { Variable($0.value.map(.floor)) }),
        .init(
            "ceil", "The smallest whole number above or at x; without a gradient.", ["round up"],
            "ceil([1.5, -1.5])",
            "tensor[2] [2.0, -1.0]", { Variable($0.value.scaled(by: -1).map(.floor).scaled(by: -1)) }),
        .init(
            "sin", "The sine of x, in radians.", ["sinus", "trigonometry"], "sin(0)", "0.0",
            number: { Glibc.sin($0) },
            { $0.sin() }),
        .init(
            "cos", "The cosine of x, in radians.", ["cosinus", "trigonometry"], "cos(0)", "1.0",
            number: { Glibc.cos($0) }, { $0.cos() }),
        .init(
            "tanh", "The hyperbolic tangent of x, -1…1.", ["activation"], "tanh(0)", "0.0",
            number: { Glibc.tanh($0) },
            { $0.tanh() }),
        .init(
            "sigmoid", "1 / (1 + exp(-x)), 0…1.", ["logistic", "activation"], "sigmoid(0)", "0.5",
            number: { 1 / (1 + Glibc.exp(-$0)) }, { $0.sigmoid() }),
        .init(
            "silu", "x sigmoid(x), the activation of the U-Net's blocks.", ["swish", "activation"],
            "silu([0, 1])",
            "tensor[2] [0.0, 0.7311]", number: { $0 / (1 + Glibc.exp(-$0)) }, { $0.silu() }),
        .init(
            "gelu", "x times the normal distribution up to x, by erf; the activation of transformers.",
            ["activation"],
            "gelu([0, 1])", "tensor[2] [0.0, 0.8413]",
            number: { $0 * 0.5 * (1 + Glibc.erf($0 / 2.0.squareRoot())) },
            { $0.gelu() }),
    ]

    /// The row of `round`, which leaves plain numbers to the language; halves go away from zero.
    private static let rounded = Builtin(
        "round", family: family,
        summary: "The nearest whole number, or with so many decimals; without a gradient.",
        parameters: [
            tensor(doc: "A number, or a tensor, element by element."),
            Parameter("digits", .int, range: -15...15, doc: "Decimals to keep.", optional: true),
        ],
        result: "int, float with digits, or tensor", terms: ["nearest"],
        examples: [
            .init("round(2.5)", shows: "3"), .init("round([0.26, 1.5], 1)", shows: "tensor[2] [0.3, 1.5]"),
        ],
        run: { call in
            if try call.value("x").number != nil { return try call.fallBack() }
            let scale = Glibc.pow(10, Double(call.optional("digits") == nil ? 0 : try call.int("digits")))
            let x = try call.tensor("x")
            let rounded = x.withValues { values in
                Tensor.make(x.shape) { out in
                    Parallel.pieces(values.count, costs: 16) { part in
                        for i in part { out[i] = Float((Double(values[i]) * scale).rounded(.toNearestOrAwayFromZero) / scale) }
                    }
                }
            }
            return .tensor(rounded)
        })

    /// The row of `softmax`.
    private static let softmax = row(
        "softmax", "exp(x) / sum(exp(x)) along an axis: positive numbers that add up to 1.",
        [tensor(), axis(default: -1, doc: "The axis along which they add up.")],
        terms: ["probabilities", "attention", "normalize"],
        examples: [.init("softmax([0, 0])", shows: "tensor[2] [0.5, 0.5]")],
        run: { call in
            let x = try call.variable("x")
            let axis = try call.axis("axis", of: x.shape)
            var order = Array(x.shape.indices)
            order.swapAt(axis, order.count - 1)
            return x.permuted(order).softmax().permuted(order)
        })
}
