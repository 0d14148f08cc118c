import BreakAScene
import Diffusion
import Images
import Language

extension MaskCommands {
    private static let image = Key<Image>("image", doc: "The photo.")
    private static let count = Key<Int?>("n", range: 1...Double(AutomaticMasks.most), doc: "How many things; with words one a word.")
    private static let model = Key<ModelValue?>(
        "model", doc: "The base model whose attention is asked; without, collage, which ships with bas.", keywordOnly: true)
    private static let words = Key<[String]>(
        "words", default: [], doc: "What the things are, a word the model knows each; masks come in their order.", keywordOnly: true)
    private static let attention = Key<Bool>(
        "attention", default: true, doc: "Whether a model is asked at all; false goes by colours alone.", keywordOnly: true)
    private static let seed = Key<Int>("seed", default: 0, doc: "Of the noise that the model looks through.", keywordOnly: true)

    static let guessing: [Builtin] = [
        Builtin(
            "automask", family: .masks,
            summary: "First guesses of a mask for each of n things in a photo, from its colours and a model's self-attention.",
            parameters: [image, count, model, words, attention, seed],
            result: ResultType("list of masks, from left to right", .listOf(MaskValue.valueType)),
            terms: ["segment", "segmentation", "cluster", "guess", "automatic", "diffseg", "sam", "detect"],
            examples: [
                .init("s = load_scene(\"mug_rose\"); overlap(automask(s.image, 2)[0], s.masks[0]) > 0.8", shows: "true")
            ], seeAlso: ["scene", "refine", "check", "mask"], cost: .engine, run: guess)
    ]

    /// Runs `automask`. Throws `.missingArgument` where neither a number nor words are given, and `.badArgument` where they differ.
    @Sendable private static func guess(_ call: Call) throws -> Value {
        let (photo, words) = (try call[image], try call[Self.words])
        guard let wanted = try call[count] ?? (words.isEmpty ? nil : words.count) else {
            throw Problem(
                .missingArgument, "automask: how many things?", argument: count.name,
                help: "automask(photo, 3), or automask(photo, words=[\"mug\", \"rose\"])")
        }
        guard words.isEmpty || words.count == wanted else {
            throw Problem(.badArgument, "automask: \(words.count) words for \(wanted) masks", argument: Self.words.name)
        }
        let (seed, asksModel) = (try call[seed], try call[attention])
        guard asksModel || words.isEmpty && !call.has(Self.model) else {
            throw Problem(
                .badArgument, "automask: attention=false asks no model, so that words and model do nothing", argument: attention.name)
        }
        guard asksModel else {
            return .list(try call.mapped(count) { try AutomaticMasks.guess(image: photo, count: wanted).map { Value.mask($0) } })
        }
        let model = try call[Self.model]?.model ?? shippedModel(call)
        let masks =
            words.isEmpty
            ? try call.mapped(count) { try AutomaticMasks.guess(image: photo, count: wanted, model: model, seed: seed) }
            : try call.mapped(Self.words) { try AutomaticMasks.guess(image: photo, words: words, model: model, seed: seed) }
        return .list(masks.map { Value.mask($0) })
    }

    /// Returns the model that ships with bas, kept like others that are loaded. Throws `.unknownModel` where it is not installed.
    private static func shippedModel(_ call: Call) throws -> DiffusionModel {
        guard let path = call.context.resolveInLibrary("models/collage") else {
            throw Problem(
                .unknownModel, "automask: the model \"collage\", which ships with bas, is not there", argument: nil,
                help: "give another: automask(photo, 3, model=load_model(\"folder\"))")
        }
        return try call.mapped(model) { try ModelCommands.model(inFolder: path, call) }
    }
}
