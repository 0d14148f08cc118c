import CPNG
import CTurboJPEG
import Tensors

extension Image {
    /// Reads a PNG or JPEG file, which it recognizes by the content. JPEG photos are turned upright (EXIF orientation).
    /// Transparency is dropped like by Pillow's `convert("RGB")`, or the picture is blended over `background` if there is
    /// one. Throws `ImageError`.
    public init(contentsOf path: String, over background: Color? = nil, limits: ImageLimits = .standard)
        throws
    {
        let bytes = try FileAccess.read(path, maximumBytes: limits.maximumFileBytes)
        try self.init(data: bytes, over: background, limits: limits, path: path)
    }

    /// Reads PNG or JPEG from memory; `path` only appears in errors. Throws `ImageError`.
    public init(
        data: [UInt8], over background: Color? = nil, limits: ImageLimits = .standard, path: String? = nil
    ) throws {
        let raster = try Raster(decoding: data, keepAlpha: background != nil, limits: limits, path: path)
        self.init(width: raster.width, height: raster.height, pixels: raster.rgb(over: background ?? .white))
    }
}

/// A decoded file: 1 (grey), 3 (RGB) or 4 (RGBA) bytes per pixel, row after row.
struct Raster: Sendable {
    var width: Int
    var height: Int
    var channels: Int
    var bytes: [UInt8]

    /// Decodes PNG or JPEG. Throws `ImageError`, and `CancellationError` where the work is cancelled.
    init(decoding data: [UInt8], keepAlpha: Bool, limits: ImageLimits, path: String?) throws {
        switch try PictureFormat(of: data, path: path) {
        case .png: try self.init(png: data, keepAlpha: keepAlpha, limits: limits, path: path)
        case .jpeg: try self.init(jpeg: data, limits: limits, path: path)
        }
    }

    private init(png data: [UInt8], keepAlpha: Bool, limits: ImageLimits, path: String?) throws {
        var picture = cpng_picture()
        let status = cpng_decode(
            data, data.count, keepAlpha ? 1 : 0, UInt32(clamping: limits.maximumSide), limits.maximumBytes,
            { Cancellation.isCancelled ? 1 : 0 }, &picture)
        defer { cpng_release(&picture) }
        if status == CPNG_CANCELLED { throw CancellationError() }
        guard status == CPNG_OK, let pixels = picture.pixels else {
            throw ImageError(
                png: status, message: cString(of: &picture.message), picture.width, picture.height, path,
                limits)
        }
        (width, height, channels) = (Int(picture.width), Int(picture.height), Int(picture.channels))
        bytes = Array(UnsafeBufferPointer(start: pixels, count: width * height * channels))
    }

    private init(jpeg data: [UInt8], limits: ImageLimits, path: String?) throws {
        let stored = try OwnThread.run(work: data.count * 20) { try Raster(storedJPEG: data, limits, path) }
        self = stored.oriented(EXIF.orientation(ofJPEG: data))
    }

    /// Decodes a JPEG as it is stored, not turned upright.
    private init(storedJPEG data: [UInt8], _ limits: ImageLimits, _ path: String?) throws {
        var picture = cjpeg_picture()
        let status = cjpeg_decode(
            data, data.count, Int32(clamping: limits.maximumSide), limits.maximumBytes, &picture)
        defer { cjpeg_release(&picture) }
        guard status == CJPEG_OK, let pixels = picture.pixels else {
            throw ImageError(
                jpeg: status, message: cString(of: &picture.message), picture.width, picture.height, path,
                limits)
        }
        (width, height, channels) = (Int(picture.width), Int(picture.height), 3)
        bytes = Array(UnsafeBufferPointer(start: pixels, count: width * height * 3))
    }

    /// The pixels as RGB, `width * height * 3` bytes, with alpha blended over `background`.
    func rgb(over background: Color) -> [UInt8] {
        if channels == 3 { return bytes }
        let under = [background.red, background.green, background.blue]
        return Image(size: PixelSize(width: width, height: height), costs: 24) { out, x, y in
            let i = y * width + x
            for c in 0..<3 {
                out[c] = channels == 1 ? bytes[i] : mix(under[c], bytes[4 * i + c], Float(bytes[4 * i + 3]) / 255)
            }
        }.pixels
    }

    /// The first channel, `width * height` bytes.
    var firstChannel: [UInt8] {
        if channels == 1 { return bytes }
        return Parallel.array(width * height) { out, part in
            for i in part { out[i] = bytes[i * channels] }
        }
    }
}

extension ImageError {
    init(
        png status: cpng_status, message: String, _ width: UInt32, _ height: UInt32, _ path: String?,
        _ limits: ImageLimits = .standard
    ) {
        switch status {
        case CPNG_NOT_PNG: self.init(.notAPicture, path: path, reason: "it is not a PNG file")
        case CPNG_TRUNCATED: self.init(.damaged, path: path, reason: "the PNG file ends too early")
        case CPNG_TOO_LARGE: self.init(.tooLarge, path: path, reason: limits.explain(Int(width), Int(height)))
        case CPNG_NO_MEMORY: self.init(.tooLarge, path: path, reason: "there is not enough memory")
        case CPNG_BAD_ARGUMENT: self.init(.cannotWrite, path: path, reason: "libpng: \(message)")
        default: self.init(.damaged, path: path, reason: "libpng: \(message)")
        }
    }

    init(
        jpeg status: cjpeg_status, message: String, _ width: Int32, _ height: Int32, _ path: String?,
        _ limits: ImageLimits = .standard
    ) {
        switch status {
        case CJPEG_TOO_LARGE:
            self.init(.tooLarge, path: path, reason: limits.explain(Int(width), Int(height)))
        case CJPEG_NO_MEMORY: self.init(.tooLarge, path: path, reason: "there is not enough memory")
        case CJPEG_UNSUPPORTED: self.init(.unsupported, path: path, reason: "libjpeg-turbo: \(message)")
        case CJPEG_FAILED: self.init(.cannotWrite, path: path, reason: "libjpeg-turbo: \(message)")
        default: self.init(.damaged, path: path, reason: "libjpeg-turbo: \(message)")
        }
    }
}

extension ImageLimits {
    /// The message that a picture of this size is too large.
    fileprivate func explain(_ width: Int, _ height: Int) -> String {
        "it has \(width)×\(height) pixels; "
            + "the limits are \(maximumSide) a side and \(maximumBytes >> 20) MiB decoded"
    }
}
