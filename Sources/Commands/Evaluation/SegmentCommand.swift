import BreakAScene
import Evaluators
import Images
import Language

/// `segment`: finds in pictures the thing that another picture shows.
enum SegmentCommand {
    private static let images = Key<[ImageValue]>(oneOrMore: "images", doc: "The pictures to look in, of any size.")
    private static let reference = Key<Value>("reference", Accepts.picture, doc: "A picture of the thing.")
    private static let mask = Key<Mask>("mask", doc: "Where the thing is in the reference.")
    private static let judge = Key<EvaluatorValue?>(
        "found_by", doc: "A segmenter; \"segmenter\", which ships, where not given.", keywordOnly: true)

    static let builtin = Builtin(
        "segment", family: .evaluation,
        summary: "Finds in pictures the thing that a reference shows: .masks with a probability a pixel, and .presence for each picture.",
        parameters: [images, reference, mask, judge],
        result: ResultType(
            "record {masks, presence}",
            .record(
                [.init("masks", .listOf(MaskValue.valueType)), .init("presence", .listOf(.float))], isOpen: false)),
        terms: ["segmentation", "find", "locate", "where is it", "mask of a generated picture", "sam", "maskformer"], paper: "B.2",
        examples: [
            .init(
                "w = load_world(\"two_cars\")\n"
                    + "found = segment(w.image, w.image, w.masks[0])\n"
                    + "[iou(tensor(found.masks[0]), w.masks[0]) > 0.5, found.presence[0] > 0.5]", shows: "[true, true]")
        ], seeAlso: ["inspect_pictures", "identity_similarity", "automask"], run: run)

    @Sendable private static func run(_ call: Call) throws -> Value {
        let (images, mask) = (try call[images].map(\.image), try call[mask])
        guard !images.isEmpty else { throw Problem(.badArgument, "segment: there is no picture", argument: Self.images.name) }
        guard mask.values.contains(where: { $0 > 0.5 }) else {
            throw Problem(
                .badArgument, "segment: the mask is empty", argument: Self.mask.name, help: "it says where the thing is in the reference")
        }
        let reference = try Image.read(call[Self.reference], call, Self.reference.name)
        guard let segmenter = try call.judgeOrShipped(judge, .segments).segmenter else { throw Problem(.internal, "no segmenter") }
        let found = try Cost.cancellable(call.context.interrupt) {
            try call.mapped(Self.images) {
                try segmenter.segments(of: [MaskedThing.cropped(reference, mask: mask)], in: images).map { $0[0] }
            }
        }
        return .record(
            Record([
                ("masks", .list(found.map { .mask($0.mask) })), ("presence", .list(found.map { .float($0.presence) })),
            ]))
    }
}
