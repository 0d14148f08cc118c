import Autograd
import BreakAScene
import Figures
import Images
import Language
import Tensors

/// Attention maps of tokens: a tensor [kept axes…, H, W], with what the model looked at.
public struct AttentionValue: DeclaredValue, TensorReadable {
    let maps: Tensor
    /// The names of the axes, of which the last two are "height" and "width".
    let axes: [String]
    /// The tokens as they are called; they have an axis of their own where they are several.
    let tokens: [String]
    /// What the tokens are called where people read.
    let labels: [HandleLabel]
    let layers: [String]
    let timesteps: [Int]
    /// The picture under the maps: the one looked at, or the one drawn.
    let picture: Image?
    let prompt: String
    /// The mask of the token's own thing, or nil where it is not known.
    var mask: Mask?
    /// What the maps were made from, for pictures of them.
    var origin = PNGMetadata()
    /// The maps of all words by timestep, layer and head, for a page; nil where nobody will explore them.
    var explorer: AttentionAtlas.Panel?

    /// The tokens by their short labels.
    var title: String { labels.map(\.short).joined(separator: ", ") }

    /// The maps as a tensor.
    public var variable: Variable { Variable(maps) }
    /// The shape of the maps.
    public var shapeText: String? { Shape.text(maps.shape) }
    /// The size of the maps.
    public var byteCount: Int { maps.count * 4 + (explorer?.maps.count ?? 0) }
    /// The size of the first axis.
    public var count: Int? { maps.shape.first }

    /// The type of attention maps and its fields.
    public static let declaration = HostDeclaration<AttentionValue>(
        "attention", "Where the model looks for a token of a prompt: maps that iou, energy and masks compare with.",
        makers: "attention(model, prompt)",
        fields: [
            .init("shape", .listOf(.int), "The sizes, [kept axes…, H, W].") { .list($0.maps.shape.map { .int($0) }) },
            .init("axes", .listOf(.string), "What each axis is.") { .list($0.axes.map { .string($0) }) },
            .init("tokens", .listOf(.string), "The tokens of the maps.") { .list($0.tokens.map { .string($0) }) },
            .init("layers", .listOf(.string), "The U-Net's layers that were looked at.") { .list($0.layers.map { .string($0) }) },
            .init("timesteps", .listOf(.int), "The timesteps that were looked at.") { .list($0.timesteps.map { .int($0) }) },
            .init("image", "The picture under the maps, or none.") { $0.picture.map { .image($0) } ?? Value.none },
        ])

    /// Returns an item or slice of the maps, as of a tensor.
    public func index(_ subscripts: [Subscript]) throws -> Value { .tensor(try TensorIndexing.apply(subscripts, to: variable)) }
    /// The maps along the first axis.
    public var elements: [Value]? { (0..<(maps.shape.first ?? 0)).map { .tensor(maps.row($0)) } }

    /// Returns the result of an operator on the maps, as on a tensor.
    public func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        let own = Value.host(TensorValue(maps))
        return try TensorOperators.apply(op, isLeft ? own : other, isLeft ? other : own)
    }

    /// Returns whether the maps are the same, bit for bit.
    public func isEqual(to other: any HostValue) -> Bool { (other as? AttentionValue)?.maps.isIdentical(to: maps) ?? false }
    /// The text "attention [16, 16]".
    public var inlineText: String { "attention \(Shape.text(maps.shape))" }

    private var mapSize: PixelSize { PixelSize(width: maps.shape[maps.rank - 1], height: maps.shape[maps.rank - 2]) }
    /// The maps as [maps, H·W].
    private var flat: Tensor { maps.reshaped([maps.count / (mapSize.width * mapSize.height), mapSize.width * mapSize.height]) }

    /// Returns what was looked at and where the attention lies, with the maps as pictures side by side.
    public func display(_ context: DisplayContext) -> Display {
        let (size, flat) = (mapSize, self.flat)
        let looked = labels.map(\.full).joined(separator: ", ")
        let head = ["attention \(Shape.text(maps.shape)) (\(axes.joined(separator: ", ")))", "\(looked) in \"\(prompt)\""]
        let means =
            ["mean of \(layers.count) layer\(layers.count == 1 ? "" : "s")"]
            + (timesteps.isEmpty ? [] : ["\(Self.timestepText(timesteps))"])
        let lines =
            TextLines.pieces(head, between: "   ", context.width, "", "  ")
            + TextLines.pieces(place(flat.mean([0]), size) + means, between: ", ", context.width, "  ", "  ")
            + (leftOut.map { TextLines.wrapped($0, width: context.width, first: "  ", rest: "  ") } ?? [])
        let text = lines.joined(separator: "\n")
        guard context.wantsImages, let figure = try? FigureValue(figure(), metadata: origin), let shown = figure.display(context).image
        else { return Display(text) }
        let image = DisplayImage(png: shown.png, alt: "attention of \(title)")
        return Display(text, image: Self.explorable(image, [self], [title], context))
    }

    /// Returns the peak of a map [H·W], and the share of its mass inside of the mask.
    private func place(_ map: Tensor, _ size: PixelSize) -> [String] {
        let map = map.reshaped([size.height * size.width])
        let (_, peak) = map.maximum(along: 0)
        var pieces = ["peak at row \(peak[0] / size.width), column \(peak[0] % size.width)"]
        if let mask, let cells = try? PreparedScene.cells(of: mask, size) {
            let inside = Metrics.energyInside(map.reshaped([size.height, size.width]), cells)
            pieces.append(
                "\(NumberText.fixed(inside * 100, 0)) % of its mass inside its mask, \(NumberText.fixed((1 - inside) * 100, 0)) % outside")
        }
        return pieces
    }

    private static func timestepText(_ timesteps: [Int]) -> String {
        guard timesteps.count > 8, let first = timesteps.first, let last = timesteps.last else {
            return "timestep\(timesteps.count == 1 ? "" : "s") \(timesteps.map(String.init).joined(separator: " "))"
        }
        return "\(timesteps.count) timesteps \(first)…\(last)"
    }

    /// Returns the mean maps of several values in a row.
    public func picture(of list: [any HostValue], _ context: DisplayContext) -> DisplayImage? {
        let values = list.compactMap { $0 as? AttentionValue }
        guard values.count == list.count, let images = try? values.map({ try $0.overlay($0.flat.mean([0]).values) }) else { return nil }
        let sheet = PictureSheet.image(
            images, noun: "map", titles: values.map(\.title), metadata: Provenance.merged(values.map(\.origin)), context)
        return sheet.map { Self.explorable($0, values, Self.panelTitles(values), context) }
    }

    /// Returns a picture that carries the maps of one or two values, where a page is to let people explore them.
    private static func explorable(
        _ image: DisplayImage, _ values: [AttentionValue], _ titles: [String], _ context: DisplayContext
    ) -> DisplayImage {
        guard context.wantsExplorables else { return image }
        let panels = zip(values, titles).compactMap { value, title in
            value.explorer.map { panel in
                var panel = panel
                panel.title = title
                return panel
            }
        }
        guard panels.count == values.count, let atlas = AttentionAtlas(panels) else { return image }
        var image = image
        image.png = Explorable.attention(atlas).embedded(in: image.png)
        return image
    }

    /// Returns what tells values apart: their tokens, their prompts, or else their places.
    private static func panelTitles(_ values: [AttentionValue]) -> [String] {
        for titles in [values.map(\.prompt), values.map(\.title)] where Set(titles).count == values.count { return titles }
        return values.indices.map { "\($0 + 1)" }
    }

    /// Returns a map over what was looked at.
    private func overlay(_ map: [Float]) throws -> Image {
        let side = PixelSize(width: 192, height: 192)
        if let base = try picture?.resized(to: side, .lanczos) {
            return try base.overlay(heat: map, width: mapSize.width, height: mapSize.height)
        }
        return try Image(heat: map, width: mapSize.width, height: mapSize.height).resized(to: side, .bilinear)
    }
}
