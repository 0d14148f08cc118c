import BreakAScene
import Evaluators
import Images
import Language
import Tensors

/// Builtins on evaluators: loading them, and what they say of pictures.
enum EvaluatorCommands {
    private static let source = Key<String>(
        "name",
        doc: "\"image_text\", \"identity\", \"segmenter\", which ship; \"appearance\"; or a folder of transformers'.",
        file: .input(library: "evaluators", names: [EvaluatorValue.appearance.source]))
    private static let images = Key<[ImageValue]>(oneOrMore: "images", doc: "The pictures.")
    private static let texts = Key<[String]>(oneOrMore: "prompts", doc: "One a picture, or one for all; words in place of handles.")
    private static let judge = Key<EvaluatorValue>("evaluator", doc: "The evaluator.")
    private static let reference = Key<Value>("reference", Accepts.picture, doc: "What they are to look like.")
    private static let masks = Key<[Mask]?>("masks", doc: "The thing in each picture: all else is made black.", keywordOnly: true)
    private static let referenceMask = Key<Mask?>("reference_mask", doc: "The thing in the reference.", keywordOnly: true)
    private static let isCropped = Key<Bool>(
        "crop", default: false, doc: "Cut masked things to their boxes, so that place and size do not count.", keywordOnly: true)

    static let all: [Builtin] = [
        Builtin(
            "load_evaluator", family: .evaluation,
            summary: "Loads a network that judges pictures: one that ships, or CLIP, DINO or DINOv2 in the layout of transformers.",
            parameters: [source], result: .host(EvaluatorValue.self),
            terms: ["clip", "dino", "dinov2", "vit", "encoder", "judge", "features", "from_pretrained"], paper: "B.2",
            examples: [
                .init("load_evaluator(\"appearance\").identity", shows: "true"),
                .init(
                    "near = fn(text) { prompt_similarity(load_world(\"woman_suitcase\").image, text, load_evaluator(\"image_text\")).similarity[0] }\n"
                        + "near(\"at the beach\") > near(\"in the snow\")", shows: "true"),
            ],
            seeAlso: ["prompt_similarity", "identity_similarity"],
            run: load),
        Builtin(
            "prompt_similarity", family: .evaluation,
            summary: "The cosine of pictures with texts by an evaluator such as CLIP: a table with a row a picture.",
            parameters: [images, texts, judge], result: .table, terms: ["clip score", "clip-t", "text alignment", "prompt fidelity"],
            paper: "B.2",
            examples: [
                .init(
                    "prompt_similarity(load_scene(\"toys\").image, \"a photo of a duck\", load_evaluator(\"image_text\")).columns",
                    shows: "[\"picture\", \"prompt\", \"similarity\"]")
            ], seeAlso: ["score_pictures"], run: promptSimilarity),
        Builtin(
            "identity_similarity", family: .evaluation,
            summary: "The cosine of pictures, or of things in them, with a reference by an evaluator such as DINO: a table.",
            parameters: [images, reference, judge, masks, referenceMask, isCropped], result: .table,
            terms: ["dino", "clip-i", "identity", "likeness", "fidelity", "masked"], paper: "B.2",
            examples: [
                .init(
                    "s = load_scene(\"toys\"); identity_similarity(s.image, s.image, load_evaluator(\"appearance\"), masks=[s.masks[0]], reference_mask=s.masks[0]).similarity[0] > 0.999",
                    shows: "true")
            ], seeAlso: ["score_pictures"], run: identitySimilarity),
    ]

    @Sendable private static func load(_ call: Call) throws -> Value {
        let name = try call[source]
        guard !name.isEmpty else { throw Problem(.badArgument, "load_evaluator: the name is empty", argument: source.name) }
        if name == EvaluatorValue.appearance.source { return .host(EvaluatorValue.appearance) }
        let path = call.context.readable(name, shippedAs: "evaluators")
        guard FileSystem.exists(path) else {
            let shipped = call.shipped("evaluators")
            throw Problem(
                .unknownModel, "there is no evaluator \"\(name)\"", argument: source.name, notes: [shipped.note],
                help: nearestName(name, among: shipped.names + [EvaluatorValue.appearance.source]).map { "did you mean \"\($0)\"?" }
                    ?? "nothing is downloaded: give the path of a folder in transformers' layout (model.save_pretrained(\"folder\"))")
        }
        try call.checkFolder(path, source)
        return .host(try call.mapped(source) { try EvaluatorValue.load(path) })
    }

    @Sendable private static func promptSimilarity(_ call: Call) throws -> Value {
        let (images, given) = (try call[images].map(\.image), try call[texts])
        let encoder = try call.judge(judge, .prompts).imageText
        guard let encoder, !images.isEmpty else {
            throw Problem(.badArgument, "prompt_similarity: there is no picture", argument: Self.images.name)
        }
        guard given.count == 1 || given.count == images.count else {
            throw Problem(
                .badArgument, "prompt_similarity: \(given.count) prompts for \(images.count) pictures", argument: texts.name,
                help: "one for each picture, or one for all")
        }
        let all = given.count == 1 ? Array(repeating: given[0], count: images.count) : given
        let cosines = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(texts) { try PromptSimilarity.pairs(images, all, encoder) }
        }
        return .host(
            TableValue(
                columns: ["picture", "prompt", "similarity"],
                rows: images.indices.map { [.int($0), .string(all[$0]), .float(cosines[$0])] }, settings: ["picture", "prompt"]))
    }

    @Sendable private static func identitySimilarity(_ call: Call) throws -> Value {
        let (encoder, images, masks) = (try call.judge(judge, .identity).identity, try call[images].map(\.image), try call[masks])
        guard let encoder, !images.isEmpty else {
            throw Problem(.badArgument, "identity_similarity: there is no picture", argument: Self.images.name)
        }
        if let masks, masks.count != images.count {
            throw Problem(
                .badArgument, "identity_similarity: \(masks.count) masks for \(images.count) pictures", argument: Self.masks.name)
        }
        let reference = try Image.read(call[Self.reference], call, Self.reference.name)
        let isCropped = try call[Self.isCropped]
        func alone(_ image: Image, _ mask: Mask?) throws -> Image {
            guard let mask else { return image }
            return isCropped ? try MaskedThing.cropped(image, mask: mask) : try MaskedThing.whole(image, mask: mask)
        }
        let cosines = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(Self.images) {
                let shown = try images.enumerated().map { try alone($1, masks?[$0]) }
                let own = try encoder.identityFeatures([try alone(reference, call[referenceMask])])
                return Features.cosines(try encoder.identityFeatures(shown), own).map { $0[0] }
            }
        }
        return .host(
            TableValue(
                columns: ["picture", "similarity"], rows: cosines.enumerated().map { [.int($0), .float($1)] }, settings: ["picture"]))
    }
}
