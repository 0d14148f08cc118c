import Glibc

extension Image {
    /// The picture with rulers at its top and left edge, in pixels of the original, so that the corners of a box can be
    /// read off. It is enlarged by a whole number or shrunk to about `target` pixels on the longer side. Throws
    /// `ImageError`.
    public func ruled(target: Int = 768) throws -> Image {
        let longer = max(width, height)
        let shown: Image
        if longer < target {
            shown = try scaled(by: max(1, target / longer))
        } else {
            let factor = Double(target) / Double(longer)
            let size = PixelSize(
                width: max(1, Int((Double(width) * factor).rounded())), height: max(1, Int((Double(height) * factor).rounded())))
            shown = longer == target ? self : try resized(to: size, .lanczos)
        }
        let digits = "\(longer)".count
        let edge = (left: BitmapFont.width(of: digits, scale: 1) + 12, top: BitmapFont.glyphHeight + 12)
        var out = Image(width: shown.width + edge.left + 16, height: shown.height + edge.top + 8, color: .white)
        out.put(shown, x: edge.left, y: edge.top)
        let step = Self.rulerStep(longer, pixels: max(shown.width, shown.height), widest: BitmapFont.width(of: digits, scale: 1))
        func place(_ pixel: Int, _ count: Int, _ shown: Int) -> Int {
            min(shown - 1, Int((Double(pixel) * Double(shown) / Double(count)).rounded(.down)))
        }
        for pixel in Swift.stride(from: 0, through: width, by: step) {
            let x = edge.left + place(pixel, width, shown.width)
            out.fill(x, edge.top - 6, 1, 6, .ink)
            let text = BitmapFont.drawable("\(pixel)")
            out.draw(text, x: max(0, x - BitmapFont.width(of: text.count, scale: 1) / 2), y: 1, color: .ink, scale: 1)
        }
        for pixel in Swift.stride(from: 0, through: height, by: step) {
            let y = edge.top + place(pixel, height, shown.height)
            out.fill(edge.left - 6, y, 6, 1, .ink)
            let text = BitmapFont.drawable("\(pixel)")
            out.draw(
                text, x: edge.left - 8 - BitmapFont.width(of: text.count, scale: 1), y: max(0, y - BitmapFont.glyphHeight / 2), color: .ink,
                scale: 1)
        }
        return out
    }

    /// The distance between a ruler's numbers, 1, 2 or 5 times a power of ten in pixels: the least at which numbers of
    /// `widest` pixels do not touch, where the longer side of `count` pixels is shown on `pixels`.
    static func rulerStep(_ count: Int, pixels: Int, widest: Int) -> Int {
        let room = Double(widest + 14) * Double(count) / Double(max(1, pixels))
        var power = 1
        while true {
            for factor in [1, 2, 5] where Double(factor * power) >= room { return factor * power }
            power *= 10
        }
    }

    /// Copies another picture into this one, with its top left corner at `x`, `y`; it must fit.
    private mutating func put(_ other: Image, x: Int, y: Int) {
        for row in 0..<other.height {
            for column in 0..<other.width { self[x + column, y + row] = other[column, row] }
        }
    }
}
