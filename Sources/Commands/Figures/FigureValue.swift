import Figures
import Images
import Language
import Tensors

/// A figure as a value. It is drawn when it is made, so that what cannot be drawn is reported there.
public struct FigureValue: DeclaredValue, PictureReadable {
    /// The figure.
    public let figure: Figure
    /// What the figure was made from, which its files record.
    public let metadata: PNGMetadata
    /// The picture for a screen: 640 pixels wide, or with all the pixels of a grid's pictures.
    private let image: Image

    /// Creates a value. Throws `FigureError` where the figure cannot be drawn.
    public init(_ figure: Figure, metadata: PNGMetadata = PNGMetadata()) throws {
        (self.figure, self.metadata) = (figure, metadata)
        image = try figure.image(scale: figure.naturalScale)
    }

    /// The picture for a screen.
    public var picture: Image { image }

    /// The type of figures and its fields.
    public static let declaration = HostDeclaration<FigureValue>(
        "figure", "A chart or a grid of pictures, which save_figure writes as PNG or SVG.",
        makers: "plot(…), scatter(…), bars(…), histogram(…), heatmap(…) or grid(…)",
        fields: [
            .init("title", .string, "Its title, or an empty text.") { .string($0.figure.title) },
            .init("width", .int, "Pixels in a row, as shown on a screen.") { .int($0.image.width) },
            .init("height", .int, "Rows of pixels, as shown on a screen.") { .int($0.image.height) },
            .init("size", .pair, "[height, width] in pixels.") { [.int($0.image.height), .int($0.image.width)] },
            .init("image", ImageValue.valueType, "The figure as a picture.") { .host(ImageValue($0.image, metadata: $0.metadata)) },
            .init("metadata", .record([], isOpen: true), "What it was made from, as its files record it.") {
                .record(Record($0.metadata.entries.map { ($0.key, .string($0.text)) }))
            },
        ], element: nil, operators: false)

    /// Returns whether the figures have the same contents.
    public func isEqual(to other: any HostValue) -> Bool { (other as? FigureValue)?.figure == figure }

    /// The figure in a few words: "figure: Noise".
    public var inlineText: String { figure.summary }
    /// The size of the picture and of a chart's points.
    public var byteCount: Int {
        guard case .chart(let chart) = figure.content else { return image.pixels.count }
        let points = chart.series.reduce(0) { $0 + $1.points.count + $1.raw.count }
        return image.pixels.count + points * MemoryLayout<Series.Point>.stride
    }

    /// Returns the picture for a screen as a PNG file.
    func pngData(_ context: DisplayContext) throws -> [UInt8] {
        try image.pngData(metadata: Provenance.completed(metadata, program: context.program))
    }

    /// Returns the figure in a few words, with its picture.
    public func display(_ context: DisplayContext) -> Display {
        let png = context.wantsImages ? Cancellable.answer { try? pngData(context) } : nil
        let explorable = context.wantsExplorables ? figure.explorable : nil
        let picture = png.map { DisplayImage(png: explorable?.embedded(in: $0) ?? $0, alt: figure.summary) }
        return Display(figure.summary, image: picture)
    }

    /// Writes .png (or .jpg) with `scale` times the pixels that a screen shows, or .svg. Throws `ImageError`, `FileError` and
    /// `FigureError`.
    func write(to path: String, scale: Double, quality: Int) throws {
        if path.lowercased().hasSuffix(".svg") {
            try AtomicFile.write(path, text: try figure.svg(metadata: metadata))
        } else {
            let isPNG = path.lowercased().hasSuffix(".png")
            try figure.image(scale: scale * figure.naturalScale).write(
                to: path, metadata: isPNG ? metadata : PNGMetadata(), quality: quality)
        }
    }
}
