import Images
import Language
import Tensors

/// Pictures: read, written, cut, combined.
public enum PictureCommands {
    public static let all: [Builtin] = files + geometry + composition

    static let family = "pictures"

    static func picture(_ name: String = "image", doc: String = "A picture.") -> Parameter {
        Parameter(name, Accepts.picture, doc: doc)
    }

    /// A row whose result is a picture; errors of the floors below get their place.
    static func row(
        _ name: String, _ summary: String, _ parameters: [Parameter], terms: [String],
        examples: [Builtin.Example], run: @escaping @Sendable (Call) throws -> Image
    ) -> Builtin {
        Builtin(
            name, family: family, summary: summary, parameters: parameters, result: "image", terms: terms,
            examples: examples,
            run: { call in .host(Provenance.derived(try call.mapped(nil) { try run(call) }, call)) })
    }
}
