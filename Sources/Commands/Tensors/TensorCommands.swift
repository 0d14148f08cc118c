import Autograd
import Language
import Tensors

/// Commands on tensors. Those that the language has for plain numbers and lists too (sum, exp, …) leave these
/// to it.
public enum TensorCommands {
    public static let all: [Builtin] =
        creation + random + layout + products + functions + choices + reductions + questions + files

    static let family = "tensors"

    /// A row whose result is a tensor.
    static func row(
        _ name: String, _ summary: String, _ parameters: [Parameter], result: String = "tensor",
        terms: [String] = [],
        paper: String? = nil, examples: [Builtin.Example], run: @escaping @Sendable (Call) throws -> Variable
    ) -> Builtin {
        Builtin(
            name, family: family, summary: summary, parameters: parameters, result: result, terms: terms,
            paper: paper,
            examples: examples, run: { call in .tensor(try run(call)) })
    }

    static func tensor(_ name: String = "x", doc: String = "A tensor, or what becomes one.") -> Parameter {
        Parameter(name, Accepts.tensor, doc: doc)
    }

    static let shape = Parameter("shape", .listOrSingle(.int), doc: "The sizes from the outermost axis in.")

    static func axis(default value: Value, doc: String) -> Parameter {
        Parameter("axis", .int, default: value, doc: doc)
    }
}
