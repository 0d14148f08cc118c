import Images
import Language
import Tensors

extension MaskCommands {
    private static let points = Parameter(
        "points", .list(Accepts.point), doc: "Places [x, y] in pixels from the top left corner.")

    static let shapes: [Builtin] = [
        row(
            "mask", "A mask from a PNG or JPEG file, a picture's brightness, or a map of numbers 0…1.",
            [
                Parameter(
                    "from",
                    .oneOf([
                        .string, .host("mask"), .host("image"), .host("tensor"), .host("attention"),
                        .list(.any),
                    ]),
                    doc: "A path, a picture, or a map [H, W].")
            ],
            terms: ["load", "open", "read", "segmentation"],
            examples: [
                .init("mask(\"stdlib/scenes/toys/mask0.png\").size", shows: "[512, 512]"),
                .init("mask([[0, 1], [0.5, 0]]).area", shows: "0.375"),
            ], run: make),
        row(
            "box", "A rectangle between two corners.",
            [
                Parameter("from", Accepts.point, doc: "One corner, [x, y] in pixels from the top left."),
                Parameter("to", Accepts.point, doc: "The opposite corner."), size,
            ],
            terms: ["rectangle", "square", "draw"],
            examples: [.init("box([0, 0], [8, 16], [16, 16]).area", shows: "0.5")],
            run: { try .box($0.point("from"), $0.point("to"), size: $0.size("size")) }),
        row(
            "polygon",
            "The area inside a closed line through points; where it crosses itself there are holes.",
            [points, size], terms: ["outline", "lasso", "draw"],
            examples: [.init("polygon([[0, 0], [16, 0], [0, 16]], [16, 16]).area", shows: "0.5")],
            run: { try .polygon($0.points("points"), size: $0.size("size")) }),
        row(
            "ellipse", "An ellipse around a centre.",
            [
                Parameter("center", Accepts.point, doc: "The middle, [x, y] in pixels from the top left."),
                Parameter(
                    "radii", .oneOf([.number, Accepts.point]), range: 0...1_000_000, unit: "px",
                    doc: "Half its width and height, [rx, ry]; one number makes a circle."), size,
            ],
            terms: ["circle", "round", "draw"],
            examples: [.init("ellipse([8, 8], 4, [16, 16]).area > 0.19", shows: "true")],
            run: { call in
                let single = try call.value("radii").number.map { Point($0, $0) }
                return try .ellipse(
                    center: call.point("center"), radii: single ?? call.point("radii"),
                    size: call.size("size"))
            }),
        row(
            "brush", "A stroke from point to point with a round brush; a single point makes a dot.",
            [
                points, size,
                Parameter(
                    "width", .number, default: 8, range: 0...8192, unit: "px", doc: "The brush's width."),
            ],
            terms: ["stroke", "line", "draw", "paint"],
            examples: [.init("brush([[2, 8], [14, 8]], [16, 16], width=4).area > 0.15", shows: "true")],
            run: { try .brush($0.points("points"), width: $0.double("width"), size: $0.size("size")) }),
        row(
            "threshold", "1 where a mask, picture or map is above a level, else 0.",
            [
                Parameter(
                    "x", .oneOf([.host("mask"), .host("tensor"), .host("image"), .host("attention")]),
                    doc: "What is compared; of an image its brightness."),
                Parameter("level", .number, default: 0.5, doc: "The level."),
            ],
            terms: ["binary", "binarize", "cut", "segment"],
            examples: [.init("threshold(tensor([[0.2, 0.9]]), 0.5).area", shows: "0.5")], run: threshold),
    ]

    @Sendable private static func make(_ call: Call) throws -> Mask {
        let source = try call.value("from")
        switch source {
        case .string(let path):
            return try call.mapped("from") { try Mask(contentsOf: FileNames.readable(path, call.context)) }
        case .list: return try call.mapped("from") { try Mask(call.tensor("from")) }
        default: return try call.mask(source, "from")
        }
    }

    /// Returns the mask of numbers above a level. A map's own numbers count, which need not lie in 0…1.
    @Sendable private static func threshold(_ call: Call) throws -> Mask {
        let (value, level) = (try call.value("x"), Float(try call.double("level")))
        if value.host(as: ImageValue.self) != nil || value.host(as: MaskValue.self) != nil {
            return try call.mask("x").thresholded(above: level)
        }
        let map = try call.tensor("x")
        let flags: [Float] = map.withValues { values in
            Parallel.array(values.count) { out, part in
                for i in part { out[i] = values[i] > level ? 1 : 0 }
            }
        }
        return try call.mapped("x") { try Mask(Tensor(flags, shape: map.shape)) }
    }
}
