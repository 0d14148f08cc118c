import Autograd
import Language
import Tensors

/// Commands on tensors. Those whose names the language has for plain numbers and lists too (`sum`, `exp`, …) fall back to the language for
/// these.
public enum TensorCommands {
    /// All rows of this family.
    public static let all: [Builtin] =
        creation + random + layout + products + functions + choices + reductions + questions + files

    /// The family's name.
    static let family = "tensors"

    /// Returns a row whose result is a tensor.
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

    /// Returns a parameter that takes a tensor or what becomes one.
    static func tensor(_ name: String = "x", doc: String = "A tensor, or what becomes one.") -> Parameter {
        Parameter(name, Accepts.tensor, doc: doc)
    }

    /// The parameter of a shape.
    static let shape = Parameter("shape", .listOrSingle(.int), doc: "The sizes from the outermost axis in.")

    /// Returns the parameter of one axis with its default.
    static func axis(default value: Value, doc: String) -> Parameter {
        Parameter("axis", .int, default: value, doc: doc)
    }
}
