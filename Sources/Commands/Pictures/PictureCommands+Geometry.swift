import Autograd
import BreakAScene
import Images
import Language
import Tensors

extension PictureCommands {
    static let geometry: [Builtin] = [
        Builtin(
            "flip", family: family, summary: "Left and right exchanged; of a tensor, an axis turned round.",
            parameters: [
                Parameter(
                    "x", .oneOf([.host("image"), .host("mask"), .host("tensor")]),
                    doc: "An image, mask or tensor."),
                Parameter(
                    "axis", .int, doc: "Of a tensor: the axis. Width is -2 in [.., H, W, C].", optional: true),
            ],
            result: "as x", terms: ["mirror", "reverse", "augmentation"],
            examples: [
                .init("flip(tensor([1, 2, 3]), 0)", shows: "tensor[3] [3.0, 2.0, 1.0]"),
                .init("flip(box([0, 0], [2, 4], [4, 4])) == box([2, 0], [4, 4], [4, 4])", shows: "true"),
            ], run: flip),
        Builtin(
            "crop", family: family,
            summary: "The part of a picture or mask between two corners; of a scene the square around its masks.",
            parameters: [
                Parameter("x", Accepts.picture, doc: "An image, a mask or a scene."),
                Parameter("from", .list(.int), doc: "The top left corner [x, y], in pixels, included.", optional: true),
                Parameter("to", .list(.int), doc: "The bottom right corner [x, y], not included.", optional: true),
                Parameter(
                    "margin", .number, range: 0...100,
                    doc: "Of a scene without corners: around its masks, in shares of what they cover; 0.25 without.",
                    keywordOnly: true, optional: true),
            ],
            result: "as x", terms: ["cut", "part", "region", "slice", "closer", "small things"],
            examples: [.init("crop(image(zeros([8, 8])), [2, 0], [6, 8]).size", shows: "[8, 4]")], run: crop),
        Builtin(
            "psnr", family: family,
            summary:
                "How alike two pictures of one size are: peak signal-to-noise ratio, infinite where equal.",
            parameters: [picture("a"), picture("b", doc: "Of a's size.")], result: "float, in dB",
            terms: ["similarity", "compare", "difference", "quality", "decibel"],
            examples: [.init("psnr(image(zeros([4, 4])), image(ones([4, 4])))", shows: "6.054729189559966")],
            run: { call in
                let (a, b) = (try call.picture("a"), try call.picture("b"))
                return .float(try call.mapped("b") { try a.psnr(b) })
            }),
    ]

    @Sendable private static func flip(_ call: Call) throws -> Value {
        let value = try call.value("x")
        if let mask = value.host(as: MaskValue.self)?.mask { return .mask(mask.flipped()) }
        if let image = value.host(as: ImageValue.self)?.image { return .host(Provenance.derived(image.flipped(), call)) }
        let x = try call.variable("x")
        guard call.optional("axis") != nil else {
            throw Problem(
                .missingArgument, "flip needs the axis of a tensor",
                help: "width is -2 in a tensor [.., H, W, C]")
        }
        let axis = try call.axis("axis", of: x.shape)
        guard x.value.count > 0 else { return .tensor(x) }
        return .tensor(
            x.sliced(
                x.shape.enumerated().map { place, size in
                    place == axis
                        ? .init(start: size - 1, count: size, step: -1) : .init(start: 0, count: size)
                }))
    }

    @Sendable private static func crop(_ call: Call) throws -> Value {
        if let scene = try call.value("x").host(as: SceneValue.self)?.scene, call.optional("from") == nil, call.optional("to") == nil {
            let margin = call.optional("margin") == nil ? SceneReport.margin : try call.double("margin")
            return .host(SceneValue(try call.mapped("x") { try scene.cropped(margin: margin) }))
        }
        for corner in ["from", "to"] where call.optional(corner) == nil {
            throw Problem(.missingArgument, "crop needs two corners, from and to; only a scene is cropped to its masks", argument: nil)
        }
        guard call.optional("margin") == nil else {
            throw Problem(.badArgument, "crop: a margin is for a scene without corners", argument: "margin")
        }
        let (from, to) = (try call.point("from"), try call.point("to"))
        guard [from.x, from.y, to.x, to.y].allSatisfy({ abs($0) <= 1_000_000 }) else {
            throw Problem(.outOfRange, "crop: corners lie inside the picture", argument: "to")
        }
        let rect = PixelRect(x0: Int(from.x), y0: Int(from.y), x1: Int(to.x), y1: Int(to.y))
        if let scene = try call.value("x").host(as: SceneValue.self)?.scene {
            return .host(SceneValue(try call.mapped("to") { try scene.cropped(to: rect) }))
        }
        let part = try call.mapped("to") { try call.picture("x").cropped(to: rect) }
        guard let mask = try call.value("x").host(as: MaskValue.self)?.mask else { return .host(Provenance.derived(part, call)) }
        let values = (rect.y0..<rect.y1).flatMap { y in (rect.x0..<rect.x1).map { x in mask[x, y] } }
        return .mask(Mask(width: rect.width, height: rect.height, values: values))
    }
}
