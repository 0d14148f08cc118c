import Autograd
import BreakAScene
import Figures
import Images
import Language
import Tensors

/// Attention maps of tokens: a tensor [kept axes…, H, W] that knows what it looked at.
public struct AttentionValue: TensorReadable {
    let maps: Tensor
    /// Names of the axes, the last two "height" and "width".
    let axes: [String]
    /// As they are called; an axis of their own where they are several.
    let tokens: [String]
    let layers: [String]
    let timesteps: [Int]
    /// What the maps lie over: the picture looked at, or the one drawn.
    let picture: Image?

    public var typeName: String { "attention" }
    public var variable: Variable { Variable(maps) }
    public var shapeText: String? { Shape.text(maps.shape) }
    public var byteCount: Int { maps.count * 4 }
    public var count: Int? { maps.shape.first }

    public var fieldNames: [String] { ["shape", "axes", "tokens", "layers", "timesteps", "image"] }
    public func field(_ name: String) throws -> Value? {
        switch name {
        case "shape": .list(maps.shape.map { .int($0) })
        case "axes": .list(axes.map { .string($0) })
        case "tokens": .list(tokens.map { .string($0) })
        case "layers": .list(layers.map { .string($0) })
        case "timesteps": .list(timesteps.map { .int($0) })
        case "image": picture.map { .image($0) } ?? Value.none
        default: nil
        }
    }

    public func index(_ subscripts: [Subscript]) throws -> Value { .tensor(try TensorIndexing.apply(subscripts, to: variable)) }
    public var elements: [Value]? { (0..<(maps.shape.first ?? 0)).map { .tensor(maps.row($0)) } }

    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        let own = Value.host(TensorValue(maps))
        return try TensorOperators.apply(op, isLeft ? own : other, isLeft ? other : own)
    }

    public func isEqual(to other: any HostValue) -> Bool { (other as? AttentionValue)?.maps.isIdentical(to: maps) ?? false }
    public var inlineText: String { "attention \(Shape.text(maps.shape))" }

    /// The last two axes as pictures over what was looked at, titled by what the other axes mean.
    public func display(_ context: DisplayContext) -> Display {
        let (rank, height, width) = (maps.rank, maps.shape[maps.rank - 2], maps.shape[maps.rank - 1])
        let title = tokens.joined(separator: ", ")
        var text = "attention \(Shape.text(maps.shape)) (\(axes.joined(separator: ", ")))   \(title)"
        if rank == 2 {
            let (_, peak) = maps.reshaped([1, height * width]).row(0).maximum(along: 0)
            text +=
                "\n  peak at row \(peak[0] / width), column \(peak[0] % width) of \(height)×\(width); mean of \(layers.count) layers"
                + (timesteps.isEmpty ? "" : ", timesteps \(timesteps.map(String.init).joined(separator: ", "))")
        }
        guard context.wantsImages, let figure = try? FigureValue(figure()), let shown = figure.display(context).image else {
            return Display(text)
        }
        return Display(text, image: DisplayImage(png: shown.png, alt: title))
    }
}

/// The leakage matrix as a table that says how to read it.
struct LeakageValue: TableReadable {
    let matrix: LeakageMatrix

    var typeName: String { "leakage" }
    var fieldNames: [String] { ["handles", "shares", "iou", "own", "worst"] }

    func field(_ name: String) throws -> Value? {
        switch name {
        case "handles": .list(matrix.handles.map { .string($0) })
        case "shares": .tensor(Tensor(matrix.shares.flatMap { $0.map(Float.init) }, shape: [matrix.shares.count, matrix.shares[0].count]))
        case "iou": .list(matrix.softIoU.map { .float($0) })
        case "own": .float(matrix.own)
        case "worst": .float(matrix.worst)
        default: nil
        }
    }

    private var columns: [String] { matrix.maskNames + ["background", "soft IoU"] }

    var table: TableValue {
        TableValue(
            columns: ["handle"] + columns,
            rows: matrix.handles.indices.map { row in
                [.string(matrix.handles[row])] + matrix.shares[row].map { .float($0) } + [.float(matrix.softIoU[row])]
            })
    }

    var inlineText: String { "leakage: own \(NumberText.share(matrix.own)), worst other \(NumberText.share(matrix.worst))" }

    func display(_ context: DisplayContext) -> Display {
        let width = max(10, columns.map(\.count).max() ?? 0)
        let first = max(12, matrix.handles.map(\.count).max() ?? 0)
        var lines = [NumberText.pad("", first) + columns.map { "  " + NumberText.padLeft($0, width) }.joined()]
        let weakest = matrix.shares.indices.min { matrix.shares[$0][$0] < matrix.shares[$1][$1] }
        for row in matrix.handles.indices {
            let cells = (matrix.shares[row] + [matrix.softIoU[row]]).map { "  " + NumberText.padLeft(NumberText.share($0), width) }
            let mark = row == weakest && matrix.handles.count > 1 && matrix.shares[row][row] < 0.5 ? "   ← weakest" : ""
            lines.append(NumberText.pad(matrix.handles[row], first) + cells.joined() + mark)
        }
        lines.append("A row is where a handle's attention goes, in shares of its mass: its own mask should have most.")
        return Display(lines.joined(separator: "\n"))
    }
}
