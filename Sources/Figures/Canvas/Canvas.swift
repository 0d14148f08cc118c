import CCairo
import Images
import Tensors

/// A surface that figures are drawn on: pixels or SVG, through cairo, in the same coordinates. After an error cairo draws
/// nothing more and remembers it; `check` throws it.
final class Canvas {
    enum Target: Sendable, Equatable {
        /// A picture with `scale` pixels for each of the figure's.
        case pixels(scale: Double)
        case svg
    }

    /// The figure's size in its own pixels.
    let width, height: Double
    let target: Target
    /// Every text with the box that it covers, for checks of the layout.
    private(set) var texts: [PlacedText] = []

    let context: OpaquePointer
    private let surface: OpaquePointer
    private let sink = ByteSink()

    /// A text that was drawn.
    struct PlacedText: Sendable, Equatable {
        var text: String
        var box: Rect
        /// The angle in degrees clockwise; the boxes of slanted texts are larger than the texts.
        var angle: Double
    }

    /// Throws `FigureError` where cairo has no memory for the canvas, or its size is out of range.
    init(width: Double, height: Double, _ target: Target) throws {
        (self.width, self.height, self.target) = (width, height, target)
        switch target {
        case .pixels(let scale):
            let size = Self.pixelSize(width, height, scale)
            surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(clamping: size.width), Int32(clamping: size.height))
            cairo_surface_set_device_scale(surface, scale, scale)
        case .svg:
            surface = cairo_svg_surface_create_for_stream(ByteSink.write, Unmanaged.passUnretained(sink).toOpaque(), width, height)
            cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
        }
        context = cairo_create(surface)
        prepareText()
        paintBackground()
        try check()
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    private static func pixelSize(_ width: Double, _ height: Double, _ scale: Double) -> PixelSize {
        PixelSize(width: max(1, Int((width * scale).rounded())), height: max(1, Int((height * scale).rounded())))
    }

    /// Adds a text to `texts`.
    func note(_ text: PlacedText) { texts.append(text) }

    /// Throws the first error of cairo's, and `CancellationError` where the drawing is cancelled.
    func check() throws {
        try Cancellation.check()
        for status in [cairo_surface_status(surface), cairo_status(context)] where status != CAIRO_STATUS_SUCCESS {
            throw FigureError.drawing(String(cString: cairo_status_to_string(status)))
        }
    }

    /// The picture of a `.pixels` canvas. Throws as `check`.
    func picture() throws -> Image {
        cairo_surface_flush(surface)
        try check()
        let (width, height) = (Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface)))
        guard width > 0, height > 0, let data = cairo_image_surface_get_data(surface) else {
            throw FigureError.drawing("this canvas has no pixels")
        }
        let stride = Int(cairo_image_surface_get_stride(surface))
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        Parallel.eachRow(0..<height) { y in
            // A pixel is one native 32-bit word 0xXXRRGGBB.
            data.advanced(by: y * stride).withMemoryRebound(to: UInt32.self, capacity: width) { row in
                for x in 0..<width {
                    let (word, at) = (row[x], (y * width + x) * 3)
                    pixels[at] = UInt8(truncatingIfNeeded: word >> 16)
                    pixels[at + 1] = UInt8(truncatingIfNeeded: word >> 8)
                    pixels[at + 2] = UInt8(truncatingIfNeeded: word)
                }
            }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// The document of an `.svg` canvas, as cairo wrote it. Nothing can be drawn afterwards. Throws as `check`.
    func svg() throws -> String {
        try check()
        cairo_surface_finish(surface)
        try check()
        return String(decoding: sink.bytes, as: UTF8.self)
    }
}

/// Collects the bytes that cairo writes.
private final class ByteSink {
    var bytes: [UInt8] = []

    static let write: cairo_write_func_t = { closure, data, count in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
        sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
    }
}
