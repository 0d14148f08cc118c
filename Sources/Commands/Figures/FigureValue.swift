import Figures
import Images
import Language
import Tensors

/// A figure of the language: drawn when it is made, so that what cannot be drawn is said there.
public struct FigureValue: PictureReadable {
    public let figure: Figure
    /// For a screen: 640 wide, or with all the pixels of a grid's pictures.
    private let image: Image

    /// Throws `FigureError`.
    public init(_ figure: Figure) throws {
        self.figure = figure
        image = try figure.image(scale: figure.naturalScale)
    }

    public var typeName: String { "figure" }
    public var picture: Image { image }

    private static let fields: [(name: String, value: @Sendable (FigureValue) -> Value)] = [
        ("title", { .string($0.figure.title) }),
        ("width", { .int($0.image.width) }),
        ("height", { .int($0.image.height) }),
        ("size", { [.int($0.image.height), .int($0.image.width)] }),
        ("image", { .image($0.image) }),
    ]

    public var fieldNames: [String] { Self.fields.map(\.name) }
    public func field(_ name: String) throws -> Value? { Self.fields.first { $0.name == name }?.value(self) }
    public func isEqual(to other: any HostValue) -> Bool { (other as? FigureValue)?.figure == figure }

    public var inlineText: String { figure.summary }
    public var byteCount: Int {
        guard case .chart(let chart) = figure.content else { return image.pixels.count }
        let points = chart.series.reduce(0) { $0 + $1.points.count + $1.raw.count }
        return image.pixels.count + points * MemoryLayout<Series.Point>.stride
    }

    public func display(_ context: DisplayContext) -> Display { display(context, metadata: PNGMetadata()) }

    /// `metadata`: what the pictures in it were made from, for the file that is kept.
    func display(_ context: DisplayContext, metadata: PNGMetadata) -> Display {
        let png = context.wantsImages ? Abandonable.answer { try? image.pngData(metadata: metadata) } : nil
        let picture = png.map { DisplayImage(png: $0, alt: figure.summary) }
        return Display(figure.summary, image: picture)
    }

    /// Writes .png (or .jpg) with `scale` times the pixels that a screen shows, or .svg. Throws `ImageError`,
    /// `FileError`, `FigureError`.
    func write(to path: String, scale: Double, quality: Int) throws {
        if path.lowercased().hasSuffix(".svg") {
            try AtomicFile.write(path, text: try figure.svg())
        } else {
            try figure.image(scale: scale * figure.naturalScale).write(to: path, quality: quality)
        }
    }
}
