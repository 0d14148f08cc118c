import Glibc
import Images
import Tensors

/// A picture of one thing without a background: colours, and how far each pixel belongs to the thing. Colours go on beyond
/// the thing's edge, so that resizing brings in no seam.
struct CutOut: Sendable {
    /// The colours.
    let image: Image
    /// The coverage, 0…1, of the same size.
    let cover: Mask

    var size: PixelSize { image.size }

    /// The part around everything that is covered by more than 1/32; nil where nothing is.
    func trimmed() throws -> CutOut? {
        guard let box = cover.boundingBox(above: 1.0 / 32) else { return nil }
        return CutOut(image: try image.cropped(to: box), cover: try cover.cropped(to: box))
    }

    /// Mirrored, left to right.
    func flipped() -> CutOut { CutOut(image: image.flipped(), cover: cover.flipped()) }

    /// At another size.
    func resized(to size: PixelSize) throws -> CutOut {
        guard size != self.size else { return self }
        return CutOut(image: try image.resized(to: size, .lanczos), cover: try cover.resized(to: size, .lanczos))
    }

    /// Turned clockwise by so many degrees, in a frame that holds all of it.
    func turned(by degrees: Double) -> CutOut {
        guard degrees != 0 else { return self }
        let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        let (w, h) = (Double(size.width), Double(size.height))
        let width = Int((abs(w * c) + abs(h * s)).rounded(.up))
        let height = Int((abs(w * s) + abs(h * c)).rounded(.up))
        var colors = [UInt8](repeating: 0, count: width * height * 3)
        var covers = [Float](repeating: 0, count: width * height)
        image.pixels.withUnsafeBufferPointer { source in
            for y in 0..<height {
                for x in 0..<width {
                    let (dx, dy) = (Double(x) + 0.5 - Double(width) / 2, Double(y) + 0.5 - Double(height) / 2)
                    let (u, v) = (c * dx + s * dy + w / 2 - 0.5, c * dy - s * dx + h / 2 - 0.5)
                    covers[y * width + x] = coverAt(u, v)
                    let (left, top) = (Int(u.rounded(.down)), Int(v.rounded(.down)))
                    let (a, b) = (u - Double(left), v - Double(top))
                    for channel in 0..<3 {
                        func at(_ x: Int, _ y: Int) -> Double {
                            let (x, y) = (min(max(x, 0), size.width - 1), min(max(y, 0), size.height - 1))
                            return Double(source[(y * size.width + x) * 3 + channel])
                        }
                        let upper = at(left, top) * (1 - a) + at(left + 1, top) * a
                        let lower = at(left, top + 1) * (1 - a) + at(left + 1, top + 1) * a
                        colors[(y * width + x) * 3 + channel] = UInt8(min(max(upper * (1 - b) + lower * b, 0), 255).rounded())
                    }
                }
            }
        }
        return CutOut(image: Image(width: width, height: height, pixels: colors), cover: Mask(width: width, height: height, values: covers))
    }

    /// The coverage at a place between pixels' centres; nothing outside.
    private func coverAt(_ u: Double, _ v: Double) -> Float {
        let (left, top) = (Int(u.rounded(.down)), Int(v.rounded(.down)))
        let (a, b) = (Float(u - Double(left)), Float(v - Double(top)))
        func at(_ x: Int, _ y: Int) -> Float {
            x >= 0 && y >= 0 && x < size.width && y < size.height ? cover.values[y * size.width + x] : 0
        }
        return (at(left, top) * (1 - a) + at(left + 1, top) * a) * (1 - b)
            + (at(left, top + 1) * (1 - a) + at(left + 1, top + 1) * a) * b
    }
}
