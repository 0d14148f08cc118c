import Images
import Language
import Tensors

extension MaskCommands {
    private static let masks = Key<[Value]>(rest: "masks", .listOrSingle(MaskValue.rule), doc: "A list of masks, or several.")
    private static let first = Key<Mask>("a", doc: "A mask.")
    private static let second = Key<Mask>("b", doc: "Of the same size.")
    private static let growth = Key<Double>("radius", default: 1, range: 0...8192, unit: "px", doc: "How far it grows.")
    private static let shrinkage = Key<Double>("radius", default: 1, range: 0...8192, unit: "px", doc: "How far it shrinks.")
    private static let sigma = Key<Double>("sigma", default: 2, range: 0...8192, unit: "px", doc: "The Gaussian's deviation.")
    private static let inside = Key<Bool>(
        "inside", default: false, doc: "Whether the soft edge lies inside of the mask: what is 0 stays 0.", keywordOnly: true)

    static let changes: [Builtin] = [
        row(
            "dilate", "A mask grown on all sides.", [mask, growth],
            terms: ["grow", "expand", "morphology"],
            examples: [.init("dilate(box([4, 4], [8, 8], [16, 16]), 1).area", shows: "0.125")],
            seeAlso: ["erode", "feather"], run: { try $0[mask].dilated(by: $0[growth]) }),
        row(
            "erode", "A mask shrunk on all sides; the picture's border does not count as outside.",
            [mask, shrinkage], terms: ["shrink", "contract", "morphology"],
            examples: [.init("erode(box([4, 4], [8, 8], [16, 16]), 1).area", shows: "0.015625")],
            seeAlso: ["feather"], run: { try $0[mask].eroded(by: $0[shrinkage]) }),
        row(
            "feather", "A mask with a soft edge: blurred by a Gaussian.",
            [mask, sigma, inside],
            terms: ["blur", "soft", "smooth", "gaussian", "seam"],
            examples: [.init("feather(box([4, 4], [12, 12], [16, 16]), 2)[4, 8] < 1", shows: "true")],
            run: { call in
                try call[inside] ? call[mask].featheredInside(sigma: call[sigma]) : call[mask].feathered(sigma: call[sigma])
            }),
        row(
            "complement", "What a mask leaves out, the same as !mask: 1 - mask.", [mask],
            terms: ["invert", "inverse", "background", "not"],
            examples: [.init("complement(box([0, 0], [4, 16], [16, 16])).area", shows: "0.75")],
            seeAlso: ["union", "overlap", "area"], run: { try !$0[mask] }),
    ]

    static let algebra: [Builtin] = [
        row(
            "union", "What belongs to at least one of several masks, the same as a | b.",
            [masks],
            terms: ["or", "join", "combine", "merge"],
            examples: [
                .init(
                    "union([box([0, 0], [4, 16], [16, 16]), box([8, 0], [16, 16], [16, 16])]).area",
                    shows: "0.75")
            ],
            seeAlso: ["overlap", "area"],
            run: { call in
                let given = try call[masks].flatMap { try $0.elements ?? [$0] }.compactMap {
                    $0.host(as: MaskValue.self)?.mask
                }
                return try .union(given)
            }),
        Builtin(
            "area", family: .masks, summary: "The share of the picture that a mask covers, 0…1.",
            parameters: [mask],
            result: .float, terms: ["size", "fraction", "coverage"],
            examples: [.init("area(box([0, 0], [4, 16], [16, 16]))", shows: "0.25")],
            run: { .float(try $0[mask].areaFraction) }),
        Builtin(
            "overlap", family: .masks,
            summary: "Soft intersection over union of two masks: 0 apart, 1 equal.",
            parameters: [first, second], result: .float, terms: ["iou", "jaccard", "intersection", "agreement"],
            examples: [
                .init("overlap(box([0, 0], [8, 16], [16, 16]), box([4, 0], [8, 16], [16, 16]))", shows: "0.5")
            ],
            seeAlso: ["area"], run: { call in try call.mapped(second) { .float(try call[first].overlap(with: call[second])) } }),
    ]
}
