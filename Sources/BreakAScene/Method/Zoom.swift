import Images
import Tensors

/// A step that sees a part of the photo instead of all of it: a random square around the chosen things.
///
/// On the photo alone a handle can learn where its thing stands and what stands beside it. From closer, and from another
/// place at every step, the thing is all that stays the same. Neither the paper nor its code has it.
public enum Zoom {
    /// The least side of a square, as a multiple of the extent of the things.
    public static let margin = 1.15
    /// The stream of random numbers, named as the command of the language.
    static let stream = "zoomed"

    /// The answer of a function of the user's for a step.
    public enum Choice: Sendable, Equatable {
        /// With this probability, 0…1, the step sees a random square.
        case share(Double)
        /// The step sees this part of the photo, which has the photo's shape: top as a share of its height, left of its
        /// width, side of both, each 0…1.
        case part(top: Double, left: Double, side: Double)
    }

    /// The part of a photo of `size` that a step sees: with probability `share` a square (more exactly a part of the
    /// photo's shape) that holds `box`, else nil, the whole photo. Its side is uniform between `margin` times the box's and
    /// the photo's; its place is uniform among those that hold the box.
    public static func part(around box: PixelRect, in size: PixelSize, share: Double, _ draw: RandomDraw) -> PixelRect? {
        guard draw.fraction(index: 0) < share else { return nil }
        let extent = max(Double(box.height) / Double(size.height), Double(box.width) / Double(size.width))
        let least = min(1, extent * margin)
        let side = least + (1 - least) * draw.fraction(index: 1)
        func pixels(_ whole: Int, atLeast least: Int) -> Int { min(whole, max(least, Int((side * Double(whole)).rounded()))) }
        let (height, width) = (pixels(size.height, atLeast: box.height), pixels(size.width, atLeast: box.width))
        if height == size.height, width == size.width { return nil }
        func start(_ low: Int, _ high: Int, _ side: Int, _ whole: Int, _ index: Int) -> Int {
            let first = max(0, high - side)
            return first + draw.integer(below: min(low, whole - side) - first + 1, index: index)
        }
        let top = start(box.y0, box.y1, height, size.height, 2)
        let left = start(box.x0, box.x1, width, size.width, 3)
        return PixelRect(x0: left, y0: top, x1: left + width, y1: top + height)
    }
}

/// The photo and its masks at a finer size than the model's, so that a part that is cut out is sharp.
struct SceneDetail: Sendable {
    let photo: Image
    let masks: [Mask]
    /// Each mask's bounding box where its values are at least one half; where none are, where they are not 0.
    let boxes: [PixelRect]

    /// Resizes photo and masks to the model's shape; the photo keeps its own size up to `finest`. `size`: the model's
    /// pixels. Throws `ImageError`.
    init(photo: Image, masks: [Mask], size: PixelSize) throws {
        let limit = Self.finest(size)
        // The finer size has the model's shape, and is not larger than the photo.
        let factor = max(
            1,
            min(
                Double(limit) / Double(max(size.width, size.height)), Double(photo.width) / Double(size.width),
                Double(photo.height) / Double(size.height)))
        let fine = PixelSize(width: Int((Double(size.width) * factor).rounded()), height: Int((Double(size.height) * factor).rounded()))
        self.photo = try photo.resized(to: fine, .lanczos)
        self.masks = try masks.map { try $0.resized(to: fine, .box) }
        boxes = self.masks.map { $0.box(above: 0.5) ?? $0.box(above: 0) ?? PixelRect(x0: 0, y0: 0, x1: fine.width, y1: fine.height) }
    }

    /// The longer side in pixels: four times the model's, but not more than 1024 (or the model's, if larger), to limit
    /// memory.
    private static func finest(_ size: PixelSize) -> Int {
        let side = max(size.width, size.height)
        return max(side, min(4 * side, 1024))
    }

    /// The smallest part that holds all of the chosen masks; `chosen` has at least one element.
    func box(_ chosen: [Int]) -> PixelRect {
        chosen.dropFirst().reduce(boxes[chosen[0]]) { $0.union(boxes[$1]) }
    }

    /// The part that shares of height and width name, at least a pixel large and inside the photo.
    func part(top: Double, left: Double, side: Double) -> PixelRect {
        func span(_ start: Double, _ whole: Int) -> (Int, Int) {
            let length = min(whole, max(1, Int((side * Double(whole)).rounded())))
            let first = min(whole - length, max(0, Int((start * Double(whole)).rounded())))
            return (first, first + length)
        }
        let (y, x) = (span(top, photo.height), span(left, photo.width))
        return PixelRect(x0: x.0, y0: y.0, x1: x.1, y1: y.1)
    }
}

extension PixelRect {
    /// The smallest rectangle that holds both.
    func union(_ other: PixelRect) -> PixelRect {
        PixelRect(x0: min(x0, other.x0), y0: min(y0, other.y0), x1: max(x1, other.x1), y1: max(y1, other.y1))
    }

    /// Whether the other rectangle lies within this one.
    public func contains(_ other: PixelRect) -> Bool {
        x0 <= other.x0 && y0 <= other.y0 && x1 >= other.x1 && y1 >= other.y1
    }
}

extension Mask {
    /// The bounding box of the values that are `threshold` or more and not 0; nil where there are none.
    func box(above threshold: Float) -> PixelRect? {
        var box: PixelRect?
        for y in 0..<height {
            for x in 0..<width where values[y * width + x] >= threshold && values[y * width + x] > 0 {
                let pixel = PixelRect(x0: x, y0: y, x1: x + 1, y1: y + 1)
                box = box?.union(pixel) ?? pixel
            }
        }
        return box
    }
}
