import Images
import Language
import Tensors

extension MaskCommands {
    private static let source = Key<Value>(
        "from", .oneOf([.string, MaskValue.rule, ImageValue.rule, TensorValue.rule, AttentionValue.rule, .list(.any)]),
        doc: "A path, a picture, or a map [H, W].", file: .input(library: nil))
    private static let corner = Key<Point>("from", doc: "One corner, [x, y] in pixels from the top left.")
    private static let opposite = Key<Point>("to", doc: "The opposite corner.")
    private static let points = Key<[Point]>("points", doc: "Places [x, y] in pixels from the top left corner.")
    private static let center = Key<Point>("center", doc: "The middle, [x, y] in pixels from the top left.")
    private static let radii = Key<Value>(
        "radii", .oneOf([.number, Accepts.point]), range: 0...1_000_000, unit: "px",
        doc: "Half its width and height, [rx, ry]; one number makes a circle.")
    private static let width = Key<Double>("width", default: 8, range: 0...8192, unit: "px", doc: "The brush's width.")
    private static let compared = Key<Value>(
        "x", .oneOf([MaskValue.rule, TensorValue.rule, ImageValue.rule, AttentionValue.rule]),
        doc: "What is compared; of an image its brightness.")
    private static let level = Key<Double>("level", default: 0.5, doc: "The level.")

    static let shapes: [Builtin] = [
        row(
            "mask", "A mask from a PNG or JPEG file, a picture's brightness, or a map of numbers 0…1.",
            [source],
            terms: ["load", "open", "read", "segmentation"],
            examples: [
                .init("mask(\"stdlib/scenes/toys/mask0.png\").size", shows: "[512, 512]"),
                .init("mask([[0, 1], [0.5, 0]]).area", shows: "0.375"),
            ], seeAlso: ["box", "polygon", "ellipse", "brush", "threshold"], run: make),
        row(
            "box", "A rectangle between two corners.",
            [corner, opposite, size],
            terms: ["rectangle", "square", "draw"],
            examples: [.init("box([0, 0], [8, 16], [16, 16]).area", shows: "0.5")],
            seeAlso: ["polygon", "ellipse", "brush", "threshold"],
            run: { try .box($0[corner], $0[opposite], size: $0[size]) }),
        row(
            "polygon",
            "The area inside a closed line through points; where it crosses itself there are holes.",
            [points, size], terms: ["outline", "lasso", "draw"],
            examples: [.init("polygon([[0, 0], [16, 0], [0, 16]], [16, 16]).area", shows: "0.5")],
            seeAlso: ["ellipse", "brush", "threshold"],
            run: { try .polygon($0[points], size: $0[size]) }),
        row(
            "ellipse", "An ellipse around a centre.",
            [center, radii, size],
            terms: ["circle", "round", "draw"],
            examples: [.init("ellipse([8, 8], 4, [16, 16]).area > 0.19", shows: "true")],
            seeAlso: ["brush", "threshold"],
            run: { call in
                let given = try call[radii]
                let both = try given.number.map { Point($0, $0) } ?? Point.read(given, call, radii.name)
                return try .ellipse(center: call[center], radii: both, size: call[size])
            }),
        row(
            "brush", "A stroke from point to point with a round brush; a single point makes a dot.",
            [points, size, width],
            terms: ["stroke", "line", "draw", "paint"],
            examples: [.init("brush([[2, 8], [14, 8]], [16, 16], width=4).area > 0.15", shows: "true")],
            seeAlso: ["threshold"],
            run: { try .brush($0[points], width: $0[width], size: $0[size]) }),
        row(
            "threshold", "1 where a mask, picture or map is above a level, else 0.",
            [compared, level],
            terms: ["binary", "binarize", "cut", "segment"],
            examples: [.init("threshold(tensor([[0.2, 0.9]]), 0.5).area", shows: "0.5")], run: threshold),
    ]

    @Sendable private static func make(_ call: Call) throws -> Mask {
        let given = try call[source]
        switch given {
        case .string(let path):
            return try call.mapped(source) { try Mask(contentsOf: FileNames.readable(path, call.context)) }
        case .list: return try call.mapped(source) { try Mask(Tensor.read(given, call, source.name)) }
        default: return try call.mask(given, source.name)
        }
    }

    /// Returns the mask of numbers above a level. A map's own numbers count, which need not lie in 0…1.
    @Sendable private static func threshold(_ call: Call) throws -> Mask {
        let (value, level) = (try call[compared], Float(try call[level]))
        if value.host(as: ImageValue.self) != nil || value.host(as: MaskValue.self) != nil {
            return try call.mask(value, compared.name).thresholded(above: level)
        }
        let map = try Tensor.read(value, call, compared.name)
        let flags: [Float] = map.withValues { values in
            Parallel.array(values.count) { out, part in
                for i in part { out[i] = values[i] > level ? 1 : 0 }
            }
        }
        return try call.mapped(compared) { try Mask(Tensor(flags, shape: map.shape)) }
    }
}
