import Images

/// A thing at the size at which it stands in a picture: what is painted, and which pixels are its own.
struct Sprite: Sendable {
    let cutOut: CutOut
    /// The pixels that belong to the thing: those covered by at least half.
    let solid: [Bool]
    /// The smallest rectangle around these pixels, within the sprite.
    let box: PixelRect

    var width: Int { cutOut.size.width }
    var height: Int { cutOut.size.height }
    /// The number of the thing's pixels.
    var area: Int { solid.reduce(0) { $0 + ($1 ? 1 : 0) } }

    init?(_ cutOut: CutOut) {
        self.cutOut = cutOut
        solid = cutOut.cover.values.map { $0 >= 0.5 }
        guard let box = cutOut.cover.boundingBox(above: 0.4999) else { return nil }
        self.box = box
    }

    /// Draws a thing's cut-out at the size that it has in a picture of `side` pixels. Throws what the library throws, and
    /// `WorldError.outOfRange` for a thing of less than a pixel.
    init(_ thing: WorldScene.Thing, light: String, side: Int, library: ObjectLibrary) throws {
        let object = try library.object(thing.object)
        var cutOut = try library.cutOut(object, pose: thing.pose, light: light)
        if thing.isFlipped { cutOut = cutOut.flipped() }
        let scale = thing.scale * Double(side)
        let size = PixelSize(width: Self.length(cutOut.size.width, scale), height: Self.length(cutOut.size.height, scale))
        // A description from a file may ask for anything; a thing that is far larger than the picture is none.
        guard max(size.width, size.height) <= max(4 * side, 1024) else {
            throw WorldError.outOfRange("scale", "at most 4 times the picture's side for a whole thing")
        }
        guard let sprite = Sprite(try cutOut.resized(to: size).turned(by: thing.turn)) else {
            throw WorldError.outOfRange("area", "too small for a picture of \(side) pixels")
        }
        self = sprite
    }

    private static func length(_ pixels: Int, _ scale: Double) -> Int { min(max(1, Int((Double(pixels) * scale).rounded())), 8192) }

    /// The number of this sprite's pixels that another one covers, whose upper left corner lies `dx`, `dy` from this one's.
    func shared(with other: Sprite, dx: Int, dy: Int) -> Int {
        let (left, right) = (max(box.x0, dx + other.box.x0), min(box.x1, dx + other.box.x1))
        let (top, bottom) = (max(box.y0, dy + other.box.y0), min(box.y1, dy + other.box.y1))
        guard left < right, top < bottom else { return 0 }
        var count = 0
        solid.withUnsafeBufferPointer { mine in
            other.solid.withUnsafeBufferPointer { theirs in
                for y in top..<bottom {
                    let (a, b) = (y * width, (y - dy) * other.width - dx)
                    for x in left..<right where mine[a + x] && theirs[b + x] { count += 1 }
                }
            }
        }
        return count
    }
}
