import Autograd
import BreakAScene
import Images
import Language
import Tensors

extension PictureCommands {
    private static let turned = Key<Value>(
        "x", .oneOf([ImageValue.rule, MaskValue.rule, TensorValue.rule]), doc: "An image, mask or tensor.")
    private static let axis = Key<Int?>("axis", doc: "Of a tensor: the axis. Width is -2 in [.., H, W, C].")
    private static let whole = Key<Value>("x", Accepts.picture, doc: "An image, a mask or a scene.")
    private static let corner = Key<Point?>("from", .list(.int), doc: "The top left corner [x, y], in pixels, included.")
    private static let opposite = Key<Point?>("to", .list(.int), doc: "The bottom right corner [x, y], not included.")
    private static let margin = Key<Double?>(
        "margin", range: 0...100, doc: "Of a scene without corners: around its masks, in shares of what they cover; 0.25 without.",
        keywordOnly: true)
    private static let first = Key<Image>("a", doc: "A picture.")
    private static let second = Key<Image>("b", doc: "Of a's size.")

    static let geometry: [Builtin] = [
        Builtin(
            "flip", family: .pictures, summary: "Left and right exchanged; of a tensor, an axis turned round.",
            parameters: [turned, axis], result: "as x", terms: ["mirror", "reverse", "augmentation"],
            examples: [
                .init("flip(tensor([1, 2, 3]), 0)", shows: "tensor[3] [3.0, 2.0, 1.0]"),
                .init("flip(box([0, 0], [2, 4], [4, 4])) == box([2, 0], [4, 4], [4, 4])", shows: "true"),
            ], seeAlso: ["crop"], cost: .engine, run: flip),
        Builtin(
            "crop", family: .pictures,
            summary: "The part of a picture or mask between two corners; of a scene the square around its masks.",
            parameters: [whole, corner, opposite, margin], result: "as x",
            terms: ["cut", "part", "region", "slice", "closer", "small things"],
            examples: [.init("crop(image(zeros([8, 8])), [2, 0], [6, 8]).size", shows: "[8, 4]")], cost: .engine, run: crop),
        Builtin(
            "psnr", family: .pictures, summary: "How alike two pictures of one size are: peak signal-to-noise ratio, infinite where equal.",
            parameters: [first, second], result: .float.described("float, in dB"),
            terms: ["similarity", "compare", "difference", "quality", "decibel"],
            examples: [.init("psnr(image(zeros([4, 4])), image(ones([4, 4])))", shows: "6.054729189559966")],
            run: { call in
                let (a, b) = (try call[first], try call[second])
                return .float(try call.mapped(second) { try a.psnr(b) })
            }),
    ]

    @Sendable private static func flip(_ call: Call) throws -> Value {
        let value = try call[turned]
        if let mask = value.host(as: MaskValue.self)?.mask { return .mask(mask.flipped()) }
        if let image = value.host(as: ImageValue.self)?.image { return .host(Provenance.derived(image.flipped(), call)) }
        let x = try Variable.read(value, call, turned.name)
        guard let given = try call[axis] else {
            throw Problem(.missingArgument, "flip needs the axis of a tensor", help: "width is -2 in a tensor [.., H, W, C]")
        }
        let place = try ShapeRules.axis(given, axis.name, of: x.shape, command: "flip")
        guard x.value.count > 0 else { return .tensor(x) }
        return .tensor(
            x.sliced(
                x.shape.enumerated().map { axis, size in
                    axis == place ? .init(start: size - 1, count: size, step: -1) : .init(start: 0, count: size)
                }))
    }

    @Sendable private static func crop(_ call: Call) throws -> Value {
        let (value, start, end, around) = try (call[whole], call.value(corner), call.value(opposite), call[margin])
        let scene = value.host(as: SceneValue.self)?.scene
        if let scene, start.isNone, end.isNone {
            return .host(SceneValue(try call.mapped(whole) { try scene.cropped(margin: around ?? SceneReport.margin) }))
        }
        guard !start.isNone, !end.isNone else {
            throw Problem(.missingArgument, "crop needs two corners, from and to; only a scene is cropped to its masks", argument: nil)
        }
        guard around == nil else {
            throw Problem(.badArgument, "crop: a margin is for a scene without corners", argument: margin.name)
        }
        let (from, to) = (try call.point(start, corner.name), try call.point(end, opposite.name))
        guard [from.x, from.y, to.x, to.y].allSatisfy({ abs($0) <= 1_000_000 }) else {
            throw Problem(.outOfRange, "crop: corners lie inside the picture", argument: opposite.name)
        }
        let rect = PixelRect(x0: Int(from.x), y0: Int(from.y), x1: Int(to.x), y1: Int(to.y))
        if let scene { return .host(SceneValue(try call.mapped(opposite) { try scene.cropped(to: rect) })) }
        let part = try call.mapped(opposite) { try Image.read(value, call, whole.name).cropped(to: rect) }
        guard let mask = value.host(as: MaskValue.self)?.mask else { return .host(Provenance.derived(part, call)) }
        let values = (rect.y0..<rect.y1).flatMap { y in (rect.x0..<rect.x1).map { x in mask[x, y] } }
        return .mask(Mask(width: rect.width, height: rect.height, values: values))
    }
}
