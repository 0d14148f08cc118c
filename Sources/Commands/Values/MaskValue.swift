import Autograd
import BreakAScene
import Images
import Language
import Tensors

/// A mask of the language: how much each pixel belongs to a thing, 0…1.
public struct MaskValue: TensorReadable, PictureReadable {
    public let mask: Mask

    public init(_ mask: Mask) { self.mask = mask }

    public var typeName: String { "mask" }
    /// Black and white.
    public var picture: Image { Image(mask) }
    /// [H, W].
    public var variable: Variable { Variable(Tensor(mask)) }

    private static let fields: [(name: String, value: @Sendable (MaskValue) -> Value)] = [
        ("width", { .int($0.mask.width) }),
        ("height", { .int($0.mask.height) }),
        ("size", { [.int($0.mask.height), .int($0.mask.width)] }),
        ("shape", { [.int($0.mask.height), .int($0.mask.width)] }),
        ("area", { .float($0.mask.areaFraction) }),
        ("cells", { .int($0.cells) }),
    ]

    public var fieldNames: [String] { Self.fields.map(\.name) }

    public func field(_ name: String) throws -> Value? {
        try Abandonable.operation { Self.fields.first { $0.name == name }?.value(self) }
    }

    /// Cells of the 16×16 grid, on which the attention loss works, that belong to it.
    public var cells: Int { (try? SceneReport.attentionCells(mask)) ?? 0 }

    /// A tensor, as all arithmetic gives.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        try Abandonable.operation { .tensor(try TensorIndexing.apply(subscripts, to: variable)) }
    }

    /// `|`, `&` and `-` between masks give masks; all else goes by the values, as tensors [H, W].
    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        if let other = other.host(as: MaskValue.self), let combine = Self.algebra[op] {
            let (a, b) = isLeft ? (mask, other.mask) : (other.mask, mask)
            guard a.size == b.size else { throw sizesDiffer(a, b) }
            return .mask(try Abandonable.operation { try combine(a, b) })
        }
        if op == .equal || op == .notEqual, other.number == nil { return nil }
        let own = Value.host(self)
        return try TensorOperators.apply(op, isLeft ? own : other, isLeft ? other : own)
    }

    private static let algebra: [BinaryOperator: @Sendable (Mask, Mask) throws -> Mask] = [
        .or: { try $0 | $1 }, .and: { try $0 & $1 }, .subtract: { try $0 - $1 },
    ]

    private func sizesDiffer(_ a: Mask, _ b: Mask) -> Problem {
        Problem(
            .shapeMismatch, "these masks have different sizes", left: "\(a.size)", right: "\(b.size)",
            help: "resize(mask, other) makes them one size")
    }

    public func unary(_ op: UnaryOperator) throws -> Value? {
        try Abandonable.operation { op == .not ? .mask(!mask) : .tensor(variable.scaled(by: -1)) }
    }

    public func isEqual(to other: any HostValue) -> Bool { (other as? MaskValue)?.mask == mask }

    public var shapeText: String? { "[\(mask.height), \(mask.width)]" }
    public var byteCount: Int { mask.values.count * MemoryLayout<Float>.stride }
    public var inlineText: String { "mask \(mask.size)" }

    public var explanation: String { "How much each pixel of a picture belongs to a thing, 0 to 1; combine masks with | & - !." }

    /// "mask 512×512  area 5.5 %  14 cells of 16×16  box [180, 96]–[301, 233]  centre [240, 168]": corners and centre
    /// are [x, y] in pixels.
    public func display(_ context: DisplayContext) -> Display { Abandonable.answer { shown(context) } }

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
        if let middle = mask.centroid, !Parallel.isAbandoned { pieces.append("centre [\(Int(middle.x)), \(Int(middle.y))]") }
        let text = TextLines.pieces(pieces, context.width, "", "  ").joined(separator: "\n")
        guard context.wantsImages, let png = try? enlarged.pngData(metadata: Provenance.completed([:], program: context.program)) else {
            return Display(text)
        }
        return Display(text, image: DisplayImage(png: png, alt: alt))
    }

    /// Masks of a few cells would be specks.
    private var enlarged: Image {
        let factor = 128 / max(mask.width, mask.height)
        return factor < 2 ? picture : (try? picture.scaled(by: factor)) ?? picture
    }
}
