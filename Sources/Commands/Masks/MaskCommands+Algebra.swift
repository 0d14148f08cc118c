import Images
import Language
import Tensors

extension MaskCommands {
    private static func radius(_ doc: String) -> Parameter {
        Parameter("radius", .number, default: 1, range: 0...8192, unit: "px", doc: doc)
    }

    static let changes: [Builtin] = [
        row(
            "dilate", "A mask grown on all sides.", [mask, radius("How far it grows.")],
            terms: ["grow", "expand", "morphology"],
            examples: [.init("dilate(box([4, 4], [8, 8], [16, 16]), 1).area", shows: "0.125")],
            run: { try $0.mask("mask").dilated(by: $0.double("radius")) }),
        row(
            "erode", "A mask shrunk on all sides; the picture's border does not count as outside.",
            [mask, radius("How far it shrinks.")], terms: ["shrink", "contract", "morphology"],
            examples: [.init("erode(box([4, 4], [8, 8], [16, 16]), 1).area", shows: "0.015625")],
            run: { try $0.mask("mask").eroded(by: $0.double("radius")) }),
        row(
            "feather", "A mask with a soft edge: blurred by a Gaussian.",
            [
                mask,
                Parameter(
                    "sigma", .number, default: 2, range: 0...8192, unit: "px",
                    doc: "The Gaussian's deviation."),
                Parameter(
                    "inside", .bool, default: false, doc: "Whether the soft edge lies inside of the mask: what is 0 stays 0.",
                    keywordOnly: true),
            ],
            terms: ["blur", "soft", "smooth", "gaussian", "seam"],
            examples: [.init("feather(box([4, 4], [12, 12], [16, 16]), 2)[4, 8] < 1", shows: "true")],
            run: { call in
                let (mask, sigma) = (try call.mask("mask"), try call.double("sigma"))
                return try call.bool("inside") ? mask.featheredInside(sigma: sigma) : mask.feathered(sigma: sigma)
            }),
        row(
            "complement", "What a mask leaves out, the same as !mask: 1 - mask.", [mask],
            terms: ["invert", "inverse", "background", "not"],
            examples: [.init("complement(box([0, 0], [4, 16], [16, 16])).area", shows: "0.75")],
            run: { try !$0.mask("mask") }),
    ]

    static let algebra: [Builtin] = [
        row(
            "union", "What belongs to at least one of several masks, the same as a | b.",
            [
                Parameter(
                    "masks", .listOrSingle(.host("mask")), doc: "A list of masks, or several.", variadic: true
                )
            ],
            terms: ["or", "join", "combine", "merge"],
            examples: [
                .init(
                    "union([box([0, 0], [4, 16], [16, 16]), box([8, 0], [16, 16], [16, 16])]).area",
                    shows: "0.75")
            ],
            run: { call in
                let masks = try call.rest.flatMap { try $0.elements ?? [$0] }.compactMap {
                    $0.host(as: MaskValue.self)?.mask
                }
                return try .union(masks)
            }),
        Builtin(
            "area", family: family, summary: "The share of the picture that a mask covers, 0…1.",
            parameters: [mask],
            result: "float", terms: ["size", "fraction", "coverage"],
            examples: [.init("area(box([0, 0], [4, 16], [16, 16]))", shows: "0.25")],
            run: { .float(try $0.mask("mask").areaFraction) }),
        Builtin(
            "overlap", family: family,
            summary: "Soft intersection over union of two masks: 0 apart, 1 equal.",
            parameters: [
                Parameter("a", .host("mask"), doc: "A mask."),
                Parameter("b", .host("mask"), doc: "Of the same size."),
            ],
            result: "float", terms: ["iou", "jaccard", "intersection", "agreement"],
            examples: [
                .init("overlap(box([0, 0], [8, 16], [16, 16]), box([4, 0], [8, 16], [16, 16]))", shows: "0.5")
            ],
            run: { call in
                try call.mapped("b") { .float(try call.mask("a").overlap(with: call.mask("b"))) }
            }),
    ]
}
