import Images
import Language
import Tensors

extension PictureCommands {
    private static let below = Key<Image>("image", doc: "The picture below.")
    private static let map = Key<Value>(
        "map", .oneOf([AttentionValue.rule, TensorValue.rule, .listOrSingle(MaskValue.rule)]),
        doc: "A map [h, w] of numbers from 0 up, or masks.")
    private static let opacity = Key<Double>("opacity", default: 0.7, range: 0...1, doc: "Of the colours.", keywordOnly: true)
    private static let colors = Key<ColorMap>("colors", default: .inferno, doc: "The colours of a map.", keywordOnly: true)
    private static let pasted = Key<Image>("image", doc: "What is put in.")
    private static let over = Key<Image>("over", doc: "What stays around it.")
    private static let mask = Key<Mask>("mask", doc: "Where; all three have one size.")

    static let composition: [Builtin] = [
        row(
            "overlay", "A map laid over a picture as colours; masks each in their own colour.", [below, map, opacity, colors],
            terms: ["heat map", "attention", "blend", "tint"],
            examples: [.init("overlay(image(zeros([32, 32])), rand([4, 4], seed=1))", shows: "image 32×32  bytes 53…215")],
            seeAlso: ["grid", "paste"], run: overlay),
        row(
            "paste", "One picture where a mask is 1, another where it is 0, mixed between.", [pasted, over, mask],
            terms: ["composite", "blend", "insert", "combine", "inpaint"],
            examples: [
                .init(
                    "m = box([0, 0], [2, 4], [4, 4])\npaste(image(ones([4, 4])), over=image(-ones([4, 4])), mask=m) == image(m)",
                    shows: "true")
            ], seeAlso: ["grid"], run: { try $0[pasted].pasted(over: $0[over], mask: $0[mask]) }),
    ]

    @Sendable private static func overlay(_ call: Call) throws -> Image {
        let (image, given, strength) = (try call[below], try call[map], Float(try call[opacity]))
        if case .list(let items) = given {
            return try image.tinted(masks: items.compactMap { $0.host(as: MaskValue.self)?.mask }, opacity: strength)
        }
        let heat = try Tensor.read(given, call, map.name)
        let shape = heat.shape.filter { $0 != 1 }.count == 2 ? heat.shape.filter { $0 != 1 } : heat.shape
        guard shape.count == 2, heat.count > 0 else {
            throw Problem(
                .shapeMismatch, "overlay takes a map [h, w]", argument: map.name, label: Shape.text(heat.shape),
                help: "pick or average the other axes: mean(maps, axis=0)")
        }
        return try image.overlay(heat: heat.values, width: shape[1], height: shape[0], colorMap: call[colors], opacity: strength)
    }
}
