import Images
import Language
import Tensors

/// The builtins for pictures: reading, writing, cutting and combining them.
public enum PictureCommands {
    /// All rows of the family.
    public static let all: [Builtin] = files + geometry + composition

    /// Returns a row whose result is a picture. Errors of the lower floors become problems at an argument.
    static func row(
        _ name: String, _ summary: String, _ parameters: [any Declaring], terms: [String], examples: [Builtin.Example],
        seeAlso: [String] = [], run: @escaping @Sendable (Call) throws -> Image
    ) -> Builtin {
        Builtin(
            name, family: .pictures, summary: summary, parameters: parameters, result: .image, terms: terms, examples: examples,
            seeAlso: seeAlso, run: { call in .host(Provenance.derived(try call.mapped(nil) { try run(call) }, call)) })
    }
}
