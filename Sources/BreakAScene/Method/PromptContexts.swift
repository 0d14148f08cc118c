import Tensors

/// The words of a training prompt beside the handles: "a photo of * at the beach", "an oil painting of *".
///
/// The masked loss asks nothing of the background, so the prompt of a training step may name any place or style. That
/// keeps a handle from being tied to the photo's own surroundings. `*` stands for the handles, as in the templates of
/// Textual Inversion. Neither the paper nor its code has it: there every prompt is `plain`.
public enum PromptContext {
    /// The character that stands for the handles in a context.
    public static let place: Character = "*"
    /// The paper's prompt, "a photo of *".
    public static let plain = "a photo of *"

    /// The contexts that preset `collage` learns in: three times in ten the paper's prompt, else a place that the embedded
    /// model draws well. The model knows more places, which are left for generations (Tests/Conformance/RESULTS.md).
    public static let places =
        [plain, plain, plain]
        + ["at the beach", "in the snow", "on a wooden table", "at night", "on the grass", "in the city", "in the forest"].map {
            "\(plain) \($0)"
        }

    /// The contexts that preset `collage256` learns in: those of `collage` and all other places that the embedded model can draw without a
    /// thing in them, which leaves out the tiled floor. A U-Net that is trained long forgets places that no context names
    /// (Tests/Conformance/RESULTS.md).
    public static let emptyPlaces =
        places
        + ["in the desert", "under water", "at sunset", "in front of a brick wall", "on a plain background"].map {
            "\(plain) \($0)"
        }

    /// Says what is wrong with a context of a list; nil where it names one place for the handles.
    public static func fault(_ context: String) -> String? {
        switch context.count(where: { $0 == place }) {
        case 1: nil
        case 0: "the context \"\(context)\" has no place for the handles"
        default: "the context \"\(context)\" has more than one place for the handles"
        }
    }

    /// The prompt that names these handles, in their order, joined by "and". A context without `*` is a whole prompt
    /// already.
    public static func prompt(_ context: String, _ tokens: [String]) -> String {
        guard let start = context.firstIndex(of: place) else { return context }
        let names = tokens.joined(separator: " and ")
        return context[..<start] + names + context[context.index(after: start)...]
    }

    /// One of the contexts, each with the same probability; nil where there are none. One that is given twice is twice as
    /// probable.
    static func sample(_ contexts: [String], _ random: inout RandomState) -> String? {
        contexts.isEmpty ? nil : sample(contexts, random.next(stream))
    }

    /// One of the contexts, chosen by a draw. `contexts` has at least one element.
    public static func sample(_ contexts: [String], _ draw: RandomDraw) -> String {
        contexts[draw.integer(below: contexts.count)]
    }

    /// The stream of random numbers that contexts are drawn from, named as the command of the language.
    static let stream = "in_context"
}
