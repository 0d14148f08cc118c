import Tensors

/// A mask, which says how far each pixel belongs to a thing: `height` rows of `width` values in 0…1.
public struct Mask: Sendable, Equatable, Hashable {
    /// Columns of pixels.
    public let width: Int
    /// Rows of pixels.
    public let height: Int
    /// The values in 0…1, row after row, `width * height` of them.
    public let values: [Float]

    /// A mask of these values, clipped to 0…1; NaN becomes 0.
    ///
    /// - Precondition: both sides are at least 1, and `values.count == width * height`.
    public init(width: Int, height: Int, values: [Float]) {
        precondition(width > 0 && height > 0 && values.count == width * height, "values do not fit the size")
        self.init(
            width: width, height: height,
            clean: Parallel.array(values.count) { out, part in
                for i in part { out[i] = values[i] > 0 ? min(values[i], 1) : 0 }
            })
    }

    /// A mask of values that are known to lie in 0…1.
    init(width: Int, height: Int, clean values: [Float]) {
        self.width = width
        self.height = height
        self.values = values
    }

    init(_ size: PixelSize, clean values: [Float]) {
        self.init(width: size.width, height: size.height, clean: values)
    }

    /// A mask of bytes, 255 being 1.
    init(width: Int, height: Int, bytes: [UInt8]) {
        let shares = Self.ofByte
        self.init(
            width: width, height: height,
            clean: Parallel.array(bytes.count) { out, part in
                for i in part { out[i] = shares[Int(bytes[i])] }
            })
    }

    /// A mask with the same value everywhere: 0 is empty, 1 is the whole picture. Throws `ImageError` (badArgument) unless
    /// both sides are 1…8192.
    public static func filled(_ value: Float, size: PixelSize) throws -> Mask {
        let size = try size.validated()
        return Mask(
            width: size.width, height: size.height,
            values: [Float](repeating: value, count: size.width * size.height))
    }

    /// Width and height.
    public var size: PixelSize { PixelSize(width: width, height: height) }

    /// The values as bytes 0…255, rounded.
    public var bytes: [UInt8] {
        Parallel.array(values.count) { out, part in
            for i in part { out[i] = byte(values[i] * 255) }
        }
    }

    /// The value in column `x` (from the left) and row `y` (from the top); traps outside of the mask.
    public subscript(x: Int, y: Int) -> Float {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel outside the mask")
        return values[y * width + x]
    }

    /// Bytes as shares, divided in double precision and then rounded, as in the reference.
    private static let ofByte: [Float] = (0...255).map { Float(Double($0) / 255) }
}

extension Mask {
    /// Reads a PNG or JPEG file: the grey channel, or the red one of a colour picture; transparency is ignored. Throws
    /// `ImageError`.
    public init(contentsOf path: String, limits: ImageLimits = .standard) throws {
        let bytes = try FileAccess.read(path, maximumBytes: limits.maximumFileBytes)
        try self.init(data: bytes, limits: limits, path: path)
    }

    /// Reads PNG or JPEG from memory; `path` only appears in errors. Throws `ImageError`.
    public init(data: [UInt8], limits: ImageLimits = .standard, path: String? = nil) throws {
        let raster = try Raster(decoding: data, keepAlpha: false, limits: limits, path: path)
        self.init(width: raster.width, height: raster.height, bytes: raster.firstChannel)
    }

    /// The brightness of a picture (ITU-R 601 luma in 8 bits, as by Pillow's `convert("L")`), 0…1.
    public init(luminanceOf image: Image) {
        let grey: [UInt8] = Parallel.array(image.width * image.height, costs: 16) { out, part in
            for i in part {
                let red = Int(image.pixels[3 * i]) * 19595
                let green = Int(image.pixels[3 * i + 1]) * 38470
                out[i] = UInt8((red + green + Int(image.pixels[3 * i + 2]) * 7471 + 0x8000) >> 16)
            }
        }
        self.init(width: image.width, height: image.height, bytes: grey)
    }

    /// The mask at another size. `.nearest` is PyTorch's `F.interpolate(mode="nearest")`: source = floor(target · in /
    /// out). The other filters are Pillow's, on the mask in 8 bits. Throws `ImageError` (badArgument) unless both sides are
    /// 1…8192.
    public func resized(to size: PixelSize, _ filter: Resample = .box) throws -> Mask {
        let size = try size.validated()
        if size == self.size { return self }
        if filter == .nearest { return picked(size) }
        let out = resample(bytes, width: width, height: height, channels: 1, to: size, filter)
        return Mask(width: size.width, height: size.height, bytes: out)
    }

    private func picked(_ size: PixelSize) -> Mask {
        let columns = torchNearest(from: width, to: size.width)
        let rows = torchNearest(from: height, to: size.height)
        return Mask(
            size,
            clean: Parallel.array(size.width * size.height) { out, part in
                for i in part { out[i] = values[rows[i / size.width] * width + columns[i % size.width]] }
            })
    }
}

/// The source of each pixel, in single precision as PyTorch computes it.
private func torchNearest(from count: Int, to outCount: Int) -> [Int] {
    let scale = Float(count) / Float(outCount)
    return (0..<outCount).map { min(Int((Float($0) * scale).rounded(.down)), count - 1) }
}
