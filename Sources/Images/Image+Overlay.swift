import Tensors

extension Image {
    /// The picture with a heat map, such as 16×16 attention, laid over it. The map is enlarged bilinearly, the picture
    /// fades to grey, and the hotter a place is, the more colour it has. Throws `ImageError` (badArgument) where `heat` has
    /// another number of values.
    ///
    /// - Parameters:
    ///   - heat: `mapHeight` rows of `mapWidth` values.
    ///   - opacity: the opacity of the hottest place, 0…1.
    ///   - maximum: the value that is hottest; nil is the map's largest finite one.
    public func overlay(
        heat: [Float], width mapWidth: Int, height mapHeight: Int, colorMap: ColorMap = .inferno,
        opacity: Float = 0.8, maximum: Float? = nil
    ) throws -> Image {
        try requireMap(heat, mapWidth, mapHeight)
        let top = maximum ?? heat.filter { $0.isFinite }.max() ?? 0
        let scaled = top > 0 ? heat.map { $0 / top } : heat.map { _ in 0 }
        let values = bilinear(scaled, width: mapWidth, height: mapHeight, to: size)
        let opacity = min(max(opacity, 0), 1)
        try Cancellation.check()
        return Image(size: size, costs: 120) { out, x, y in
            let heat = values[y * width + x]
            let photo = self[x, y]
            let grey = byte(photo.luma)
            let value = heat.isNaN ? 1 : min(max(heat, 0), 1)
            // Cold parts are tinted too, though less, so that the map's range reads as one scale.
            let below = photo.mixed(with: Color(grey, grey, grey), 0.7)
            let color = below.mixed(with: colorMap(heat), opacity * (0.5 + 0.5 * value))
            (out[0], out[1], out[2]) = (color.red, color.green, color.blue)
        }
    }

    /// The picture with each mask tinted in its own colour and outlined. Throws `ImageError` (badArgument) where a mask has
    /// another size.
    ///
    /// - Parameters:
    ///   - opacity: the opacity of the tint, 0…1.
    ///   - labels: texts in the middle of the masks, in order; if they are fewer, the other masks have none.
    ///   - firstColor: the place of the first mask's colour in `Color.qualitative`.
    public func tinted(
        masks: [Mask], labels: [String] = [], opacity: Float = 0.45, firstColor: Int = 0
    ) throws -> Image {
        var out = self
        for (i, mask) in masks.enumerated() {
            guard mask.size == size else {
                throw ImageError.argument(
                    "mask \(i) has \(mask.size) pixels, the picture \(size); resize one of them")
            }
            let color = Color.series(firstColor + i)
            out.tint(mask, color, min(max(opacity, 0), 1))
        }
        for (i, mask) in masks.enumerated() {
            out.outline(mask, Color.series(firstColor + i))
        }
        // Where masks were only partly drawn, the middle of one may be anywhere.
        try Cancellation.check()
        for (mask, label) in zip(masks, labels) { out.label(mask, label) }
        return out
    }

    private mutating func tint(_ mask: Mask, _ color: Color, _ opacity: Float) {
        Parallel.eachRow(0..<height) { y in
            for x in 0..<width where mask.values[y * width + x] > 0 {
                self[x, y] = self[x, y].mixed(with: color, opacity * mask.values[y * width + x])
            }
        }
    }

    /// Draws the pixels inside of the mask that have one outside nearby; the line is thicker in larger pictures. Where the
    /// mask meets the picture's border, the outline follows the border.
    private mutating func outline(_ mask: Mask, _ color: Color) {
        let reach = max(1, min(width, height) / 200)
        func inside(_ x: Int, _ y: Int) -> Bool {
            x >= 0 && y >= 0 && x < width && y < height && mask.values[y * width + x] > 0.5
        }
        Parallel.eachRow(0..<height) { y in
            for x in 0..<width where inside(x, y) {
                let within =
                    inside(x - reach, y) && inside(x + reach, y) && inside(x, y - reach)
                    && inside(x, y + reach)
                if !within { self[x, y] = color }
            }
        }
    }

    /// Writes white text on a dark plate, centred in the mask and kept inside of the picture; none for an empty mask.
    private mutating func label(_ mask: Mask, _ text: String) {
        guard let middle = mask.centroid else { return }
        let scale = max(1, min(width, height) / 128)
        let line = BitmapFont.drawable(text)
        let plate = (width: BitmapFont.width(of: line.count, scale: scale) + 4 * scale, height: 11 * scale)
        let x = min(max(Int(middle.x) - plate.width / 2, 0), max(width - plate.width, 0))
        let y = min(max(Int(middle.y) - plate.height / 2, 0), max(height - plate.height, 0))
        fill(x, y, plate.width, plate.height, .ink)
        draw(line, x: x + 2 * scale, y: y + 2 * scale, color: .white, scale: scale)
    }
}

/// A map at another size, interpolated bilinearly between the centres of its cells (without averaging where it shrinks);
/// beyond the outermost centres the border's values are repeated.
func bilinear(_ values: [Float], width: Int, height: Int, to size: PixelSize) -> [Float] {
    func places(_ count: Int, _ outCount: Int) -> [(low: Int, high: Int, part: Float)] {
        (0..<outCount).map { i in
            let at = max(0, (Float(i) + 0.5) * Float(count) / Float(outCount) - 0.5)
            let low = min(Int(at), count - 1)
            return (low, min(low + 1, count - 1), at - Float(low))
        }
    }
    let (columns, rows) = (places(width, size.width), places(height, size.height))
    return Parallel.array(size.width * size.height, costs: 16) { out, part in
        for i in part {
            let (row, column) = (rows[i / size.width], columns[i % size.width])
            let top =
                values[row.low * width + column.low] * (1 - column.part)
                + values[row.low * width + column.high] * column.part
            let bottom =
                values[row.high * width + column.low] * (1 - column.part)
                + values[row.high * width + column.high] * column.part
            out[i] = top * (1 - row.part) + bottom * row.part
        }
    }
}
