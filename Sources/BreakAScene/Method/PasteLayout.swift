import Images
import Tensors

/// Where things are pasted on a picture of an empty place (`CopyPaste`).
///
/// Every layout is as the photo has the things from left to right. One thing stands alone in the middle. Of several, each keeps one place
/// and size, whichever others are shown with it: where a pair had a layout of its own, pictures of all three things took that one, and the
/// third was missing; where places and sizes changed from step to step, pictures mixed them, and a ball became an egg. Two things stand
/// side by side; more stand in two rows, every second one farther back and so higher in the picture, which leaves room for larger things.
enum PasteLayout {
    /// The longest side of a thing that stands alone, as a share of the picture's.
    private static let alone = 0.62
    /// The longest side of each of two things.
    private static let ofTwo = 0.475
    /// The longest side of each of three or more things at most.
    private static let ofMany = 0.42
    /// By how much a thing is enlarged at most, compared with how large the photo shows it.
    private static let enlargement = 2.0
    /// The height of the middle of one or two things, as a share of the picture's, counted from above.
    private static let middle = 0.58
    /// Where the front row and the back row stand on the ground, as shares of the picture's height, counted from above.
    private static let (front, back) = (0.92, 0.64)

    /// The places of the things `chosen`, in their order and in pixels of a picture of `size`.
    ///
    /// `things` are all that can be pasted, the chosen ones among them, by their places in `boxes`, the boxes of a photo of `photo`. Things
    /// begin at multiples of `cell`, the side of the pixels that one latent stands for.
    static func places(
        _ chosen: [Int], among things: [Int], boxes: [PixelRect], in photo: PixelSize, size: PixelSize, cell: Int
    ) -> [PixelRect] {
        let shown = chosen.count == 1 ? chosen : things
        let order = shown.sorted { boxes[$0].x0 + boxes[$0].x1 < boxes[$1].x0 + boxes[$1].x1 }
        let side = longestSide(of: order.count)
        var places: [Int: PixelRect] = [:]
        for (column, thing) in order.enumerated() {
            let width = Double(boxes[thing].width) / Double(photo.width)
            let height = Double(boxes[thing].height) / Double(photo.height)
            let scale = min(enlargement, side / max(width, height, .leastNonzeroMagnitude))
            let spot = spot(column, of: order.count, side: side, height: height * scale)
            places[thing] = centered(x: spot.x, y: spot.y, width: width * scale, height: height * scale, size, cell: cell)
        }
        return chosen.compactMap { places[$0] }
    }

    /// The longest side of each of `count` things, such that boxes hide hardly more than corners of each other.
    private static func longestSide(of count: Int) -> Double {
        switch count {
        case ...1: alone
        case 2: ofTwo
        default: min(ofMany, 2 / (2 + 1.3 * Double(count - 1)))
        }
    }

    /// The middle of the thing in a column, as shares of the picture's sides; `height` is the thing's.
    private static func spot(_ column: Int, of count: Int, side: Double, height: Double) -> (x: Double, y: Double) {
        guard count > 2 else { return ((Double(column) + 0.5) / Double(max(1, count)), middle) }
        let edge = 0.01
        let x = edge + side / 2 + (1 - 2 * edge - side) * Double(column) / Double(count - 1)
        return (x, (column.isMultiple(of: 2) ? front : back) - height / 2)
    }

    /// A rectangle around a point within a picture of `size`, or up to a cell from it, since it begins at a multiple of `cell`; the first
    /// four numbers are shares of the picture's sides.
    private static func centered(x: Double, y: Double, width: Double, height: Double, _ size: PixelSize, cell: Int) -> PixelRect {
        func span(_ center: Double, _ extent: Double, _ whole: Int) -> (start: Int, end: Int) {
            let length = min(whole, max(1, Int((extent * Double(whole)).rounded())))
            let start = min(whole - length, max(0, Int((center * Double(whole)).rounded()) - length / 2 + cell / 2))
            return (start / cell * cell, start / cell * cell + length)
        }
        let (columns, rows) = (span(x, width, size.width), span(y, height, size.height))
        return PixelRect(x0: columns.start, y0: rows.start, x1: columns.end, y1: rows.end)
    }
}
