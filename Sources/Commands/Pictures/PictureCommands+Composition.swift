import Images
import Language
import Tensors

extension PictureCommands {
    static let composition: [Builtin] = [
        row(
            "overlay", "A map laid over a picture as colours; masks each in their own colour.",
            [
                picture(doc: "The picture below."),
                Parameter(
                    "map", .oneOf([.host("attention"), .host("tensor"), .listOrSingle(.host("mask"))]),
                    doc: "A map [h, w] of numbers from 0 up, or masks."),
                Parameter(
                    "opacity", .number, default: 0.7, range: 0...1, doc: "Of the colours.", keywordOnly: true),
                Parameter(
                    "colors", .string, default: "inferno", allowed: ColorMap.allCases.map(\.rawValue),
                    doc: "The colours of a map.", keywordOnly: true),
            ],
            terms: ["heat map", "attention", "blend", "tint"],
            examples: [.init("overlay(image(zeros([32, 32])), rand([4, 4], seed=1))", shows: "image 32×32  bytes 53…215")],
            run: overlay),
        row(
            "paste", "One picture where a mask is 1, another where it is 0, mixed between.",
            [
                picture(doc: "What is put in."),
                Parameter("over", Accepts.picture, doc: "What stays around it."),
                Parameter("mask", .host("mask"), doc: "Where; all three have one size."),
            ],
            terms: ["composite", "blend", "insert", "combine", "inpaint"],
            examples: [
                .init(
                    "m = box([0, 0], [2, 4], [4, 4])\npaste(image(ones([4, 4])), over=image(-ones([4, 4])), mask=m) == image(m)",
                    shows: "true")
            ],
            run: { try $0.picture("image").pasted(over: $0.picture("over"), mask: $0.mask("mask")) }),
    ]

    @Sendable private static func overlay(_ call: Call) throws -> Image {
        let (image, opacity) = (try call.picture("image"), Float(try call.double("opacity")))
        if case .list(let items) = try call.value("map") {
            let masks = items.compactMap { $0.host(as: MaskValue.self)?.mask }
            return try image.tinted(masks: masks, opacity: opacity)
        }
        let map = try call.tensor("map")
        let shape = map.shape.filter { $0 != 1 }.count == 2 ? map.shape.filter { $0 != 1 } : map.shape
        guard shape.count == 2, map.count > 0 else {
            throw Problem(
                .shapeMismatch, "overlay takes a map [h, w]", argument: "map", label: Shape.text(map.shape),
                help: "pick or average the other axes: mean(maps, axis=0)")
        }
        let colors = ColorMap(rawValue: try call.string("colors")) ?? .inferno
        return try image.overlay(
            heat: map.values, width: shape[1], height: shape[0], colorMap: colors, opacity: opacity)
    }
}
