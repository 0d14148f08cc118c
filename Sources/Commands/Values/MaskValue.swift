import Autograd
import BreakAScene
import Images
import Language
import Tensors

/// A mask as a value of the language: how much each pixel belongs to a thing, 0…1.
public struct MaskValue: DeclaredValue, TensorReadable, PictureReadable {
    /// The values of the pixels.
    public let mask: Mask

    /// Wraps a mask.
    public init(_ mask: Mask) { self.mask = mask }

    /// The mask as a grey picture: black for 0, white for 1.
    public var picture: Image { Image(mask) }
    /// The mask as a tensor [H, W].
    public var variable: Variable { Variable(Tensor(mask)) }

    /// The type of masks and its fields.
    public static let declaration = HostDeclaration<MaskValue>(
        "mask", "How much each pixel of a picture belongs to a thing, 0 to 1; combine masks with | & - !.", reader: "mask",
        makers: "mask(\"mask0.png\"), box, polygon, ellipse, brush, or threshold(map)",
        fields: [
            .init("width", .int, "Pixels in a row.") { .int($0.mask.width) },
            .init("height", .int, "Rows of pixels.") { .int($0.mask.height) },
            .init("size", .pair, "[height, width] in pixels.") { [.int($0.mask.height), .int($0.mask.width)] },
            .init("shape", .pair, "The shape as a tensor, [H, W].") { [.int($0.mask.height), .int($0.mask.width)] },
            .init("area", .float, "The share of the picture that the mask covers, 0…1.") { .float($0.mask.areaFraction) },
            .init("cells", .int, "Cells of the 16×16 grid of attention that belong to the mask.") { .int($0.cells) },
        ])

    /// The type before a run, which knows the operators between masks.
    public static var valueType: StaticType { .host(MaskType()) }

    /// Returns a field of the mask, or nil for an unknown name. Throws `.interrupted`.
    public func field(_ name: String) throws -> Value? { try Cancellable.operation { try declaredField(name) } }

    /// The number of cells of the 16×16 grid, on which the attention loss works, that belong to the mask.
    public var cells: Int { (try? SceneReport.attentionCells(mask)) ?? 0 }

    /// Returns numbers of the mask as a tensor.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        try Cancellable.operation { .tensor(try TensorIndexing.apply(subscripts, to: variable)) }
    }

    /// Returns a mask for `|`, `&` and `-` between masks; every other operator works on the values as tensors [H, W]. Throws
    /// `.shapeMismatch` for masks of different sizes.
    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        if let other = other.host(as: MaskValue.self), let combine = Self.algebra[op] {
            let (a, b) = isLeft ? (mask, other.mask) : (other.mask, mask)
            guard a.size == b.size else { throw sizesDiffer(a, b) }
            return .mask(try Cancellable.operation { try combine(a, b) })
        }
        if op == .equal || op == .notEqual, other.number == nil { return nil }
        let own = Value.host(self)
        return try TensorOperators.apply(op, isLeft ? own : other, isLeft ? other : own)
    }

    /// The operators between masks that give masks.
    private static let algebra: [BinaryOperator: @Sendable (Mask, Mask) throws -> Mask] = [
        .or: { try $0 | $1 }, .and: { try $0 & $1 }, .subtract: { try $0 - $1 },
    ]

    /// Returns the problem of two masks of different sizes.
    private func sizesDiffer(_ a: Mask, _ b: Mask) -> Problem {
        Problem(
            .shapeMismatch, "these masks have different sizes", left: "\(a.size)", right: "\(b.size)",
            help: "resize(mask, other) makes them one size")
    }

    /// Returns the inverse mask for `!`, and a tensor for the sign.
    public func unary(_ op: UnaryOperator) throws -> Value? {
        try Cancellable.operation { op == .not ? .mask(!mask) : .tensor(variable.scaled(by: -1)) }
    }

    /// Returns whether the other value is an equal mask.
    public func isEqual(to other: any HostValue) -> Bool { (other as? MaskValue)?.mask == mask }

    /// The shape "[H, W]".
    public var shapeText: String? { "[\(mask.height), \(mask.width)]" }
    /// The bytes of the values.
    public var byteCount: Int { mask.values.count * MemoryLayout<Float>.stride }
    /// The word "mask" and the size.
    public var inlineText: String { "mask \(mask.size)" }

    /// Returns "mask 512×512  area 5.5 %  14 cells of 16×16  box [180, 96]–[301, 233]  centre [240, 168]"; corners and centre are [x, y] in
    /// pixels.
    public func display(_ context: DisplayContext) -> Display { Cancellable.answer { shown(context) } }

    private func shown(_ context: DisplayContext) -> Display {
        var pieces = ["mask \(mask.size)", "area \(NumberText.fixed(mask.areaFraction * 100, 1)) %", "\(cells) cells of 16×16"]
        let alt = pieces.joined(separator: "  ")
        if mask.isEmpty {
            pieces.append("empty")
        } else if let box = mask.boundingBox() {
            pieces.append("box [\(box.x0), \(box.y0)]–[\(box.x1), \(box.y1)]")
        } else {
            pieces.append("faint: no value above \(NumberText.share(Double(mask.values.max() ?? 0)))")
        }
        if let middle = mask.centroid, !Cancellation.isCancelled { pieces.append("centre [\(Int(middle.x)), \(Int(middle.y))]") }
        let text = TextLines.pieces(pieces, context.width, "", "  ").joined(separator: "\n")
        guard context.wantsImages, let png = try? enlarged.pngData(metadata: Provenance.completed([:], program: context.program)) else {
            return Display(text)
        }
        return Display(text, image: DisplayImage(png: png, alt: alt))
    }

    /// The picture, enlarged where the mask has so few cells that it would be a speck.
    private var enlarged: Image {
        let factor = 128 / max(mask.width, mask.height)
        return factor < 2 ? picture : (try? picture.scaled(by: factor)) ?? picture
    }
}

/// The type of a mask before a run: `|`, `&`, `-` and `!` give masks, all other operators tensors.
private struct MaskType: HostType {
    var typeName: String { MaskValue.declaration.name.text }
    var fieldNames: [String]? { MaskValue.declaration.type.fieldNames }
    func field(_ name: String) -> StaticType? { MaskValue.declaration.type.field(name) }
    func index(_ subscripts: [StaticSubscript]) throws -> StaticType { TensorType.of(nil) }
    func unary(_ op: UnaryOperator) -> StaticType? { op == .not ? .host(self) : .unknown }

    func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? {
        guard case .host(let host) = other, host is MaskType else { return .unknown }
        return op == .or || op == .and || op == .subtract ? .host(self) : .unknown
    }
}
