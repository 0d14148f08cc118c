import Images
import Language
import Tensors

/// The builtins for masks: drawing them or making them from maps, combining and measuring them.
public enum MaskCommands {
    /// All rows of the family.
    public static let all: [Builtin] = guessing + shapes + changes + algebra

    static let mask = Key<Mask>("mask", doc: "A mask.")
    static let size = Key<PixelSize>("size", doc: "[height, width], or a value that has them: a photo.")

    /// Returns a row whose result is a mask. Errors of the lower floors become problems at an argument.
    static func row(
        _ name: String, _ summary: String, _ parameters: [any Declaring], terms: [String], examples: [Builtin.Example],
        seeAlso: [String] = [], run: @escaping @Sendable (Call) throws -> Mask
    ) -> Builtin {
        Builtin(
            name, family: .masks, summary: summary, parameters: parameters, result: .mask, terms: terms, examples: examples,
            seeAlso: seeAlso, run: { call in .mask(try call.mapped(nil) { try run(call) }) })
    }
}
