import Tensors

/// A picture: `height` rows of `width` pixels, three bytes (red, green, blue; sRGB as stored in the file) a
/// pixel.
public struct Image: Sendable, Equatable, Hashable {
    public let width: Int
    public let height: Int
    /// Row after row, `width * height * 3` bytes.
    public internal(set) var pixels: [UInt8]

    /// - Precondition: sides of at least 1 and `pixels.count == width * height * 3`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3, "pixels do not fit the size")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// One colour all over.
    public init(width: Int, height: Int, color: Color) {
        self.init(size: PixelSize(width: width, height: height), costs: 4) { out, _, _ in
            (out[0], out[1], out[2]) = (color.red, color.green, color.blue)
        }
    }

    /// Every pixel from `pixel(its three bytes, x, y)`, on all threads; `costs`: operations of one.
    init(size: PixelSize, costs: Int, _ pixel: (UnsafeMutablePointer<UInt8>, _ x: Int, _ y: Int) -> Void) {
        let bytes: [UInt8] = [UInt8](unsafeUninitializedCapacity: size.width * size.height * 3) { buffer, count in
            count = size.width * size.height * 3
            guard let out = buffer.baseAddress else { return }
            Parallel.pieces(size.height, costs: size.width * costs) { rows in
                for y in rows {
                    for x in 0..<size.width { pixel(out + (y * size.width + x) * 3, x, y) }
                }
            }
        }
        self.init(width: size.width, height: size.height, pixels: bytes)
    }

    /// The mask in grey: 0 black, 1 white.
    public init(_ mask: Mask) {
        let values = mask.values
        self.init(size: mask.size, costs: 8) { out, x, y in
            let grey = byte(values[y * mask.width + x] * 255)
            (out[0], out[1], out[2]) = (grey, grey, grey)
        }
    }

    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// The smallest and the largest byte.
    public var range: (low: UInt8, high: UInt8) {
        var (low, high) = (UInt8.max, UInt8.min)
        Parallel.eachRow(0..<height) { y in
            for i in y * width * 3..<(y + 1) * width * 3 { (low, high) = (min(low, pixels[i]), max(high, pixels[i])) }
        }
        return (min(low, high), high)
    }

    /// The pixel in column `x` (from the left) and row `y` (from the top).
    public subscript(x: Int, y: Int) -> Color {
        get {
            let i = offset(x, y)
            return Color(pixels[i], pixels[i + 1], pixels[i + 2])
        }
        set {
            let i = offset(x, y)
            pixels[i] = newValue.red
            pixels[i + 1] = newValue.green
            pixels[i + 2] = newValue.blue
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside the picture")
        return (y * width + x) * 3
    }
}

/// Width and height in pixels.
public struct PixelSize: Sendable, Equatable, Hashable, CustomStringConvertible {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    public var description: String { "\(width)×\(height)" }

    /// Throws `ImageError` (badArgument) unless both sides are 1…8192.
    func validated() throws -> PixelSize {
        let sides = 1...ImageLimits.standard.maximumSide
        guard sides.contains(width), sides.contains(height) else {
            throw ImageError.argument("a picture's sides are 1…\(sides.upperBound) pixels, not \(self)")
        }
        return self
    }
}

/// A place in a picture, in pixels from the top left corner; the first pixel covers 0…1 both ways.
public struct Point: Sendable, Equatable, Hashable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// Columns `x0..<x1` and rows `y0..<y1`.
public struct PixelRect: Sendable, Equatable, Hashable {
    public var x0, y0, x1, y1: Int

    public init(x0: Int, y0: Int, x1: Int, y1: Int) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
    }

    public var width: Int { x1 - x0 }
    public var height: Int { y1 - y0 }
}

/// What is accepted from a file.
public struct ImageLimits: Sendable {
    /// Pixels a side.
    public var maximumSide: Int
    /// Bytes of the decoded picture.
    public var maximumBytes: Int
    /// Bytes of the file.
    public var maximumFileBytes: Int

    /// 8192 a side, 192 MiB decoded (which is 8192×8192 RGB), 256 MiB on disk.
    public static let standard = ImageLimits(
        maximumSide: 8192, maximumBytes: 192 << 20, maximumFileBytes: 256 << 20)

    public init(maximumSide: Int, maximumBytes: Int, maximumFileBytes: Int) {
        self.maximumSide = maximumSide
        self.maximumBytes = maximumBytes
        self.maximumFileBytes = maximumFileBytes
    }
}
