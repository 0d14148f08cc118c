import Autograd
import Images
import Language
import Tensors

/// A picture as a value of the language, with what it was made from.
public struct ImageValue: DeclaredValue, TensorReadable, PictureReadable {
    /// The pixels.
    public let image: Image
    /// What the picture was made from (prompt, seed, model and the like), which is written into the PNG.
    public let metadata: PNGMetadata
    /// The text that stands for the picture where none can be shown.
    public let alt: String

    /// Wraps a picture; without `alt` its size stands for it.
    public init(_ image: Image, metadata: PNGMetadata = PNGMetadata(), alt: String? = nil) {
        self.image = image
        self.metadata = metadata
        self.alt = alt ?? "image \(image.size)"
    }

    /// The pixels.
    public var picture: Image { image }
    /// The pixels as a tensor [1, H, W, 3] in -1…1.
    public var variable: Variable { Variable(Tensor(image)) }

    /// Returns an argument as an image: an image, a value that has a picture, or a tensor [H, W, 3] in -1…1. Throws `.wrongType` for other
    /// values.
    static func reading(_ value: Value, _ name: String, _ call: Call) throws -> ImageValue {
        if let image = value.host(as: ImageValue.self) { return image }
        if let picture = value.host(as: PictureReadable.self) { return ImageValue(picture.picture) }
        if let tensor = value.host(as: TensorReadable.self)?.variable.value {
            let picture = try call.mapped(name) { try Image(tensor) }
            call.warnOfNotFinite(tensor, name)
            return ImageValue(picture)
        }
        throw Problem(
            .wrongType, "\(call.builtin.name) wants an image for \(name)", argument: name,
            label: "this is \(value.describedType)")
    }

    /// The type of images and its fields.
    public static let declaration = HostDeclaration<ImageValue>(
        "image", "A picture of RGB bytes that knows what it was made from; as a tensor it lies in -1…1.", reader: "load_image",
        makers: "load_image(\"photo.jpg\"), generate(…), or image(tensor)",
        fields: [
            .init("width", .int, "Pixels in a row.") { .int($0.image.width) },
            .init("height", .int, "Rows of pixels.") { .int($0.image.height) },
            .init("size", .pair, "[height, width] in pixels.") { [.int($0.image.height), .int($0.image.width)] },
            .init("shape", .list([.int, .int, .int]), "The shape as a tensor, [H, W, 3].") {
                [.int($0.image.height), .int($0.image.width), 3]
            },
            .init("metadata", .record([], isOpen: true), "The texts of its PNG: prompt, seed, model and the like.") {
                .record(Record($0.metadata.entries.map { ($0.key, .string($0.text)) }))
            },
        ])

    /// Returns numbers of the picture, indexed as a tensor [H, W, 3] in -1…1.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        try Cancellable.operation { .tensor(try TensorIndexing.apply(subscripts, to: variable.row(0))) }
    }

    /// Returns whether the other value is an image of the same pixels; what they were made from does not matter.
    public func isEqual(to other: any HostValue) -> Bool { (other as? ImageValue)?.image == image }

    /// The shape "[H, W, 3]".
    public var shapeText: String? { "[\(image.height), \(image.width), 3]" }
    /// The bytes of the pixels.
    public var byteCount: Int { image.pixels.count }
    /// The word "image" and the size.
    public var inlineText: String { "image \(image.size)" }

    /// Returns `alt`, the range of the bytes, and what the metadata say beyond `alt`.
    public func display(_ context: DisplayContext) -> Display { Cancellable.answer { shown(context) } }

    private func shown(_ context: DisplayContext) -> Display {
        let (low, high) = image.range
        let range = low == high ? "all bytes \(low)" : "bytes \(low)…\(high)"
        let details = metadata.entries.filter { entry in
            !Self.silent.contains(entry.key) && !alt.contains(entry.text) && !entry.text.contains("\n")
        }
        let pieces = [range] + details.map { "\($0.key) \($0.text)" }
        let head = TextLines.wrapped(alt, width: context.width, rest: "  ")
        let isShort = pieces.count == 1 && head.count == 1 && displayWidth(head[0]) + displayWidth(range) + 2 <= context.width
        let lines = isShort ? [head[0] + "  " + range] : head + TextLines.pieces(pieces, between: " · ", context.width, "  ", "  ")
        return Display(lines.joined(separator: "\n"), image: context.wantsImages ? displayImage(context) : nil)
    }

    /// The metadata that `alt` has already or that are too long to show.
    private static let silent: Set<String> = ["script", "Software", "made_by", "steps", "seed", "guidance"]

    private func displayImage(_ context: DisplayContext) -> DisplayImage? {
        // Metadata that PNG cannot hold are left out, rather than losing the picture.
        let png = (try? image.pngData(metadata: Provenance.completed(metadata, program: context.program))) ?? (try? image.pngData())
        return png.map { DisplayImage(png: $0, alt: alt) }
    }
}
