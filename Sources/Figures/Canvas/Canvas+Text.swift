import CCairo
import Images
import Tensors

extension Canvas {
    /// The font of all texts. It comes with cairo's packages on Debian; where it is missing fontconfig takes the nearest
    /// one.
    static let family = "DejaVu Sans"

    /// Sets texts without hinting and in grey: they are as wide at every scale, and in SVG as in pixels, so that one layout
    /// serves all.
    func prepareText() {
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(context, options)
        cairo_font_options_destroy(options)
    }

    private func use(_ font: Font) {
        cairo_select_font_face(
            context, Self.family, CAIRO_FONT_SLANT_NORMAL, font.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, font.size)
    }

    /// The size of a line of text; 0 where the drawing is cancelled, since there may be a million names to measure.
    func measure(_ text: String, _ font: Font) -> TextSize {
        guard !Cancellation.isCancelled else { return TextSize(width: 0, ascent: 0, descent: 0) }
        use(font)
        var (extents, metrics) = (cairo_text_extents_t(), cairo_font_extents_t())
        cairo_text_extents(context, Self.drawable(text), &extents)
        cairo_font_extents(context, &metrics)
        return TextSize(width: extents.x_advance, ascent: metrics.ascent, descent: metrics.descent)
    }

    /// Writes a line of text. `angle` turns it clockwise around `point`, in degrees.
    func text(
        _ text: String, at point: Point, _ anchor: Anchor = Anchor(0, 0), _ font: Font, color: Color = Style.ink, angle: Double = 0
    ) {
        let size = measure(text, font)
        guard !text.isEmpty, point.x.isFinite, point.y.isFinite else { return }
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_translate(context, point.x, point.y)
        cairo_rotate(context, angle * .pi / 180)
        let corner = Point(-anchor.x * size.width, -anchor.y * size.height)
        cairo_set_source_rgb(context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
        cairo_move_to(context, corner.x, corner.y + size.ascent)
        cairo_show_text(context, Self.drawable(text))
        note(PlacedText(text: text, box: Self.box(corner, size, at: point, angle), angle: angle))
    }

    /// The upright box around a turned text.
    private static func box(_ corner: Point, _ size: TextSize, at point: Point, _ angle: Double) -> Rect {
        let turn = (cos: cosine(angle), sin: cosine(angle - 90))
        let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map { (across, down) -> Point in
            let (x, y) = (corner.x + Double(across) * size.width, corner.y + Double(down) * size.height)
            return Point(point.x + x * turn.cos - y * turn.sin, point.y + x * turn.sin + y * turn.cos)
        }
        let (xs, ys) = (corners.map(\.x), corners.map(\.y))
        let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
        return Rect(left, top, (xs.max() ?? 0) - left, (ys.max() ?? 0) - top)
    }

    /// The text with control characters, which would end it or be drawn as boxes, replaced by spaces.
    private static func drawable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
