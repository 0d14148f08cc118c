import Autograd
import Language
import Tensors

/// Commands on tensors. Those whose names the language has for plain numbers and lists too (`sum`, `exp`, …) fall back to the language for
/// these.
public enum TensorCommands {
    /// All rows of this family.
    public static let all: [Builtin] =
        creation + random + layout + products + functions + choices + reductions + questions + files

    /// The keys that several rows share.
    static let x = Key<Variable>("x", doc: "A tensor, or what becomes one.")
    static let a = Key<Variable>("a", doc: "A tensor, or what becomes one.")
    static let b = Key<Variable>("b", doc: "Broadcasts with a.")

    /// Returns a row whose result is a tensor.
    static func row(
        _ name: String, _ summary: String, _ parameters: [any Declaring], result: ResultType = .tensor, terms: [String] = [],
        paper: String? = nil, examples: [Builtin.Example], seeAlso: [String] = [], run: @escaping @Sendable (Call) throws -> Variable
    ) -> Builtin {
        Builtin(
            name, family: .tensors, summary: summary, parameters: parameters, result: result, terms: terms, paper: paper,
            examples: examples, seeAlso: seeAlso, run: { call in .tensor(try run(call)) })
    }
}
