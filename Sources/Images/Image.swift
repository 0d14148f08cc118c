import Tensors

/// A picture: `height` rows of `width` pixels of three bytes (red, green, blue; sRGB as stored in the file).
public struct Image: Sendable, Equatable, Hashable {
    /// Columns of pixels.
    public let width: Int
    /// Rows of pixels.
    public let height: Int
    /// The bytes, row after row, `width * height * 3` of them.
    public internal(set) var pixels: [UInt8]

    /// A picture of these bytes.
    ///
    /// - Precondition: both sides are at least 1, and `pixels.count == width * height * 3`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(
            width > 0 && height > 0 && pixels.count == width * height * 3, "pixels do not fit the size")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(width: Int, height: Int, color: Color) {
        self.init(size: PixelSize(width: width, height: height), costs: 4) { out, _, _ in
            (out[0], out[1], out[2]) = (color.red, color.green, color.blue)
        }
    }

    /// Makes every pixel by `pixel(its three bytes, x, y)`, on all threads. `costs`: operations per pixel.
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

    /// The mask as a grey picture: 0 is black, 1 is white.
    public init(_ mask: Mask) {
        let values = mask.values
        self.init(size: mask.size, costs: 8) { out, x, y in
            let grey = byte(values[y * mask.width + x] * 255)
            (out[0], out[1], out[2]) = (grey, grey, grey)
        }
    }

    /// Width and height.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// The smallest and the largest byte of the picture.
    public var range: (low: UInt8, high: UInt8) {
        var (low, high) = (UInt8.max, UInt8.min)
        Parallel.eachRow(0..<height) { y in
            for i in y * width * 3..<(y + 1) * width * 3 { (low, high) = (min(low, pixels[i]), max(high, pixels[i])) }
        }
        return (min(low, high), high)
    }

    /// The pixel in column `x` (from the left) and row `y` (from the top); traps outside of the picture.
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

/// A width and a height in pixels.
public struct PixelSize: Sendable, Equatable, Hashable, CustomStringConvertible {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A size from its sides.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The size as text: "640×480".
    public var description: String { "\(width)×\(height)" }

    /// This size. Throws `ImageError` (badArgument) unless both sides are 1…8192.
    func validated() throws -> PixelSize {
        let sides = 1...ImageLimits.standard.maximumSide
        guard sides.contains(width), sides.contains(height) else {
            throw ImageError.argument("a picture's sides are 1…\(sides.upperBound) pixels, not \(self)")
        }
        return self
    }
}

/// A place in a picture, in pixels from the top left corner; the first pixel covers 0…1 in both directions.
public struct Point: Sendable, Equatable, Hashable {
    /// Pixels from the left.
    public var x: Double
    /// Pixels from the top.
    public var y: Double

    /// A place from its coordinates.
    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// A rectangle of pixels: the columns `x0..<x1` and the rows `y0..<y1`.
public struct PixelRect: Sendable, Equatable, Hashable {
    /// The first column and row, and the ends of columns and rows.
    public var x0, y0, x1, y1: Int

    /// A rectangle from its bounds, which are not checked.
    public init(x0: Int, y0: Int, x1: Int, y1: Int) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
    }

    /// The number of columns.
    public var width: Int { x1 - x0 }
    /// The number of rows.
    public var height: Int { y1 - y0 }
}

/// The largest pictures that are read from files.
public struct ImageLimits: Sendable {
    /// The most pixels of a side.
    public var maximumSide: Int
    /// The most bytes of the decoded picture.
    public var maximumBytes: Int
    /// The most bytes of the file.
    public var maximumFileBytes: Int

    /// Sides of 8192 pixels, 192 MiB decoded (8192×8192 in RGB), and 256 MiB on disk.
    public static let standard = ImageLimits(
        maximumSide: 8192, maximumBytes: 192 << 20, maximumFileBytes: 256 << 20)

    /// Limits from their values.
    public init(maximumSide: Int, maximumBytes: Int, maximumFileBytes: Int) {
        self.maximumSide = maximumSide
        self.maximumBytes = maximumBytes
        self.maximumFileBytes = maximumFileBytes
    }
}
