import CCairo
import Images
import Tensors

/// The colour, width and dashes of a line.
struct Pen: Sendable, Equatable {
    var color: Color
    /// The width in pixels.
    var width = 1.0
    /// The opacity, 0 (clear) … 1.
    var opacity = 1.0
    /// The lengths of strokes and gaps in turn; none for a solid line.
    var dash: [Double] = []
}

extension Canvas {
    /// The largest coordinate; larger ones are limited to it, since cairo's own reach to 2²³ pixels.
    private static let farthest = 100_000.0

    private func move(_ point: Point, isFirst: Bool) {
        let (x, y) = (min(max(point.x, -Self.farthest), Self.farthest), min(max(point.y, -Self.farthest), Self.farthest))
        guard x.isFinite, y.isFinite else { return }
        if isFirst { cairo_move_to(context, x, y) } else { cairo_line_to(context, x, y) }
    }

    private func trace(_ points: [Point], closed: Bool = false) {
        cairo_new_path(context)
        for (place, point) in points.enumerated() { move(point, isFirst: place == 0) }
        if closed { cairo_close_path(context) }
    }

    private func use(_ color: Color, _ opacity: Double = 1) {
        cairo_set_source_rgba(context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255, opacity)
    }

    /// Paints the background everywhere, also where the last row of pixels belongs to the figure only in part.
    func paintBackground() {
        use(Style.background)
        cairo_paint(context)
    }

    /// Fills a rectangle.
    func fill(_ rect: Rect, _ color: Color, opacity: Double = 1) {
        guard !Cancellation.isCancelled else { return }
        use(color, opacity)
        cairo_new_path(context)
        cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
        cairo_fill(context)
    }

    /// Fills a polygon.
    func fill(_ points: [Point], _ color: Color, opacity: Double = 1) {
        guard !Cancellation.isCancelled else { return }
        use(color, opacity)
        trace(points, closed: true)
        cairo_fill(context)
    }

    /// Draws a line through the points.
    func stroke(_ points: [Point], _ pen: Pen, closed: Bool = false) {
        guard !points.isEmpty, !Cancellation.isCancelled else { return }
        trace(points, closed: closed)
        stroke(pen)
    }

    /// Draws the outline of a rectangle.
    func stroke(_ rect: Rect, _ pen: Pen) {
        stroke(
            [Point(rect.x, rect.y), Point(rect.right, rect.y), Point(rect.right, rect.bottom), Point(rect.x, rect.bottom)], pen,
            closed: true)
    }

    /// Draws a filled circle with an outline; nothing where its middle is too far away.
    func circle(_ middle: Point, radius: Double, fill color: Color, pen: Pen) {
        guard !Cancellation.isCancelled else { return }
        guard middle.x.isFinite, middle.y.isFinite, abs(middle.x) < Self.farthest, abs(middle.y) < Self.farthest else { return }
        cairo_new_path(context)
        cairo_arc(context, middle.x, middle.y, radius, 0, 2 * .pi)
        use(color)
        cairo_fill_preserve(context)
        stroke(pen)
    }

    private func stroke(_ pen: Pen) {
        use(pen.color, pen.opacity)
        cairo_set_line_width(context, pen.width)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(context, pen.dash.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        cairo_set_dash(context, pen.dash, Int32(clamping: pen.dash.count), 0)
        cairo_stroke(context)
    }

    /// Calls `body`, whose drawing is limited to a rectangle.
    func clipped(to rect: Rect, _ body: () throws -> Void) rethrows {
        cairo_save(context)
        cairo_new_path(context)
        cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height)
        cairo_clip(context)
        defer { cairo_restore(context) }
        try body()
    }

    /// The rectangle moved to whole pixels of the target, so that pictures that are drawn at their own size keep their
    /// pixels.
    private func snapped(_ rect: Rect) -> Rect {
        guard case .pixels(let scale) = target else { return rect }
        func whole(_ value: Double) -> Double { (value * scale).rounded() / scale }
        return Rect(whole(rect.x), whole(rect.y), whole(rect.width), whole(rect.height))
    }

    /// Draws a picture stretched over a rectangle; where it is enlarged or has its own size, its pixels stay sharp.
    func draw(_ image: Image, in wanted: Rect) {
        let rect = snapped(wanted)
        guard rect.width > 0, rect.height > 0,
            let pixels = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(clamping: image.width), Int32(clamping: image.height))
        else { return }
        defer { cairo_surface_destroy(pixels) }
        copy(image, to: pixels)
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_translate(context, rect.x, rect.y)
        cairo_scale(context, rect.width / Double(image.width), rect.height / Double(image.height))
        cairo_set_source_surface(context, pixels, 0, 0)
        let pattern = cairo_get_source(context)
        let scale = if case .pixels(let scale) = target { scale } else { 1.0 }
        let isMagnified = rect.width * scale > Double(image.width) - 0.5
        cairo_pattern_set_filter(pattern, isMagnified ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
        // Beyond the border its pixels are repeated, so that the background does not shine through at the edge.
        cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
        // Only whole pixels are covered: a softened edge would mix the border with what is below.
        cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE)
        cairo_new_path(context)
        cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
        cairo_fill(context)
    }

    private func copy(_ image: Image, to surface: OpaquePointer) {
        guard let data = cairo_image_surface_get_data(surface) else { return }
        let stride = Int(cairo_image_surface_get_stride(surface))
        image.pixels.withUnsafeBufferPointer { pixels in
            Parallel.eachRow(0..<image.height) { y in
                data.advanced(by: y * stride).withMemoryRebound(to: UInt32.self, capacity: image.width) { row in
                    for x in 0..<image.width {
                        let at = (y * image.width + x) * 3
                        row[x] = UInt32(pixels[at]) << 16 | UInt32(pixels[at + 1]) << 8 | UInt32(pixels[at + 2])
                    }
                }
            }
        }
        cairo_surface_mark_dirty(surface)
    }
}
