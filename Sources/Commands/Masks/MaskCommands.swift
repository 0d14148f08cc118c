import Images
import Language
import Tensors

/// The builtins for masks: drawing them or making them from maps, combining and measuring them.
public enum MaskCommands {
    /// All rows of the family.
    public static let all: [Builtin] = shapes + changes + algebra

    static let family = "masks"

    static let mask = Parameter("mask", .host("mask"), doc: "A mask.")
    static let size = Parameter(
        "size", Accepts.size, doc: "[height, width], or a value that has them: a photo.")

    /// Returns a row whose result is a mask. Errors of the lower floors become problems at an argument.
    static func row(
        _ name: String, _ summary: String, _ parameters: [Parameter], terms: [String],
        examples: [Builtin.Example], run: @escaping @Sendable (Call) throws -> Mask
    ) -> Builtin {
        Builtin(
            name, family: family, summary: summary, parameters: parameters, result: "mask", terms: terms,
            examples: examples,
            run: { call in .mask(try call.mapped(nil) { try run(call) }) })
    }
}
