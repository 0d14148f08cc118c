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
    var seeAlso: [String]
    /// The type of the result for a plain number.
    var numberType: StaticType
    /// The function of a plain number; nil where the language itself has the function.
    var ofNumber: (@Sendable (Double) -> Double)?
    /// The function of a tensor.
    var ofTensor: @Sendable (Variable) -> Variable

    /// Makes the function from its name, summary, search terms and an example with its result.
    init(
        _ name: String, _ summary: String, _ terms: [String], _ code: String, _ shows: String, seeAlso: [String] = [],
        type: StaticType = .float, number: (@Sendable (Double) -> Double)? = nil, _ tensor: @escaping @Sendable (Variable) -> Variable
    ) {
        (self.name, self.summary, self.terms, example, self.seeAlso) = (name, summary, terms, .init(code, shows: shows), seeAlso)
        (numberType, ofNumber, ofTensor) = (type, number, tensor)
    }

    private static let x = Key<Variable>("x", doc: "A number, or a tensor, element by element.")

    /// The row of the builtin table.
    var row: Builtin {
        Builtin(
            name, family: .tensors, summary: summary, parameters: [Self.x],
            result: Self.result("number, or tensor of x's shape", numberType),
            terms: terms, examples: [example], seeAlso: seeAlso, run: run)
    }

    /// Applies the function to a number or a tensor.
    @Sendable private func run(_ call: Call) throws -> Value {
        guard let number = try call.value(Self.x).number else { return .tensor(ofTensor(try call[Self.x])) }
        return try ofNumber.map { .float($0(number)) } ?? call.fallBack()
    }

    /// Returns the result of such a function: of this type for a plain number, else a tensor of the argument's shape.
    private static func result(_ words: String, _ number: StaticType) -> ResultType {
        ResultType(words) { call in
            switch call.type(x) {
            case .int, .float, .number, .constant: number
            case .unknown: .unknown
            default: TensorType.of(call.shape(x))
            }
        }
    }

    private static let digits = Key<Int?>("digits", range: -15...15, doc: "Decimals to keep.")

    /// The row of `round`, which leaves plain numbers to the language; halves go away from zero.
    static let rounded = Builtin(
        "round", family: .tensors, summary: "The nearest whole number, or with so many decimals; without a gradient.",
        parameters: [x, digits], result: result("int, float with digits, or tensor", .number), terms: ["nearest"],
        examples: [.init("round(2.5)", shows: "3"), .init("round([0.26, 1.5], 1)", shows: "tensor[2] [0.3, 1.5]")],
        seeAlso: ["floor", "ceil"],
        run: { call in
            if try call.value(x).number != nil { return try call.fallBack() }
            let scale = Glibc.pow(10, Double(try call[digits] ?? 0))
            let given = try call[x].value
            let rounded = given.withValues { values in
                Tensor.make(given.shape) { out in
                    Parallel.pieces(values.count, costs: 16) { part in
                        for i in part { out[i] = Float((Double(values[i]) * scale).rounded(.toNearestOrAwayFromZero) / scale) }
                    }
                }
            }
            return .tensor(rounded)
        })
}

extension TensorCommands {
    /// The rows of functions that work element by element, round and softmax.
    static let functions: [Builtin] = table.map(\.row) + [ElementFunction.rounded, softmax]

    /// The functions of one number.
    private static let table: [ElementFunction] = [
        .init("exp", "e to the power of x.", ["exponential"], "exp([0, 1])", "tensor[2] [1.0, 2.718]", seeAlso: ["log"], { $0.exp() }),
        .init("log", "The natural logarithm of x.", ["logarithm", "ln"], "log([1, 10])", "tensor[2] [0.0, 2.303]", { $0.log() }),
        .init("sqrt", "The square root of x.", ["root"], "sqrt([4, 9])", "tensor[2] [2.0, 3.0]", seeAlso: ["exp", "log"], { $0.sqrt() }),
        .init(
            "abs", "The amount of x without its sign.", ["absolute", "magnitude"], "abs([-1, 2])", "tensor[2] [1.0, 2.0]",
            seeAlso: ["sqrt", "exp", "log"], type: .number, { $0.abs() }),
        .init(
            "floor", "The largest whole number below or at x; without a gradient.", ["round down"], "floor([1.5, -1.5])",
            "tensor[2] [1.0, -2.0]", seeAlso: ["ceil"], type: .number, { Variable($0.value.map(.floor)) }),
        .init(
            "ceil", "The smallest whole number above or at x; without a gradient.", ["round up"], "ceil([1.5, -1.5])",
            "tensor[2] [2.0, -1.0]", type: .number, { Variable($0.value.scaled(by: -1).map(.floor).scaled(by: -1)) }),
        .init(
            "sin", "The sine of x, in radians.", ["sinus", "trigonometry"], "sin(0)", "0.0", seeAlso: ["cos"],
            number: { Glibc.sin($0) }, { $0.sin() }),
        .init(
            "cos", "The cosine of x, in radians.", ["cosinus", "trigonometry"], "cos(0)", "1.0", number: { Glibc.cos($0) }, { $0.cos() }),
        .init(
            "tanh", "The hyperbolic tangent of x, -1…1.", ["activation"], "tanh(0)", "0.0",
            seeAlso: ["sigmoid", "silu", "gelu", "softmax"], number: { Glibc.tanh($0) }, { $0.tanh() }),
        .init(
            "sigmoid", "1 / (1 + exp(-x)), 0…1.", ["logistic", "activation"], "sigmoid(0)", "0.5",
            seeAlso: ["silu", "gelu", "softmax"], number: { 1 / (1 + Glibc.exp(-$0)) }, { $0.sigmoid() }),
        .init(
            "silu", "x sigmoid(x), the activation of the U-Net's blocks.", ["swish", "activation"], "silu([0, 1])",
            "tensor[2] [0.0, 0.7311]", seeAlso: ["gelu", "softmax"], number: { $0 / (1 + Glibc.exp(-$0)) }, { $0.silu() }),
        .init(
            "gelu", "x times the normal distribution up to x, by erf; the activation of transformers.", ["activation"], "gelu([0, 1])",
            "tensor[2] [0.0, 0.8413]", seeAlso: ["softmax"], number: { $0 * 0.5 * (1 + Glibc.erf($0 / 2.0.squareRoot())) },
            { $0.gelu() }),
    ]

    private static let axis = Key<Int>("axis", default: -1, doc: "The axis along which they add up.")

    /// The row of `softmax`.
    private static let softmax = row(
        "softmax", "exp(x) / sum(exp(x)) along an axis: positive numbers that add up to 1.", [x, axis],
        result: .tensor { call in
            if let shape = call.exact(x) { _ = try call.axis(axis, of: shape) }
            return call.shape(x)
        }, terms: ["probabilities", "attention", "normalize"], examples: [.init("softmax([0, 0])", shows: "tensor[2] [0.5, 0.5]")],
        run: { call in
            let given = try call[x]
            let place = try call.axis(axis, of: given.shape)
            var order = Array(given.shape.indices)
            order.swapAt(place, order.count - 1)
            return given.permuted(order).softmax().permuted(order)
        })
}
