import CPNG
import CTurboJPEG
import Tensors

extension Image {
    /// The picture as the bytes of a PNG file; equal pictures and metadata give equal bytes. Throws `ImageError` where the
    /// metadata cannot be stored, and `CancellationError`.
    public func pngData(metadata: PNGMetadata = PNGMetadata()) throws -> [UInt8] {
        try encodePNG(pixels, width: width, height: height, channels: 3, metadata)
    }

    /// The picture as the bytes of a JPEG file. `quality`: 1…100; from 90 on colour has full resolution. Throws
    /// `ImageError`.
    public func jpegData(quality: Int = 92) throws -> [UInt8] {
        guard (1...100).contains(quality) else {
            throw ImageError.argument("JPEG quality is 1…100, not \(quality)")
        }
        return try OwnThread.run(work: pixels.count) { try encodedJPEG(quality) }
    }

    private func encodedJPEG(_ quality: Int) throws -> [UInt8] {
        var out = cjpeg_bytes()
        let status = cjpeg_encode(
            pixels, Int32(clamping: width), Int32(clamping: height), Int32(quality), &out)
        defer { cjpeg_release_bytes(&out) }
        guard status == CJPEG_OK else {
            throw ImageError(
                jpeg: status, message: cString(of: &out.message), Int32(clamping: width),
                Int32(clamping: height), nil)
        }
        return Array(UnsafeBufferPointer(start: out.data, count: out.size))
    }

    /// Writes .png or .jpg/.jpeg, as the path's extension says. The file is replaced as a whole or, on errors, left as it
    /// was. Throws `ImageError`, also for a JPEG with metadata.
    public func write(to path: String, metadata: PNGMetadata = PNGMetadata(), quality: Int = 92) throws {
        switch try PictureFormat(extensionOf: path) {
        case .png: try FileAccess.writeAtomically(pngData(metadata: metadata), to: path)
        case .jpeg:
            guard metadata.isEmpty else {
                throw ImageError(
                    .unsupported, path: path, reason: "a JPEG carries no metadata here; write a .png")
            }
            try FileAccess.writeAtomically(jpegData(quality: quality), to: path)
        }
    }
}

extension Mask {
    /// The mask as the bytes of a grey 8-bit PNG file. Throws as the picture's.
    public func pngData(metadata: PNGMetadata = PNGMetadata()) throws -> [UInt8] {
        try encodePNG(bytes, width: width, height: height, channels: 1, metadata)
    }

    /// Writes a grey 8-bit .png as a whole or not at all. Throws `ImageError`, also for other extensions.
    public func write(to path: String, metadata: PNGMetadata = PNGMetadata()) throws {
        guard try PictureFormat(extensionOf: path) == .png else {
            throw ImageError(
                .unsupported, path: path, reason: "a mask is written as .png: JPEG would blur its edge")
        }
        try FileAccess.writeAtomically(pngData(metadata: metadata), to: path)
    }
}

/// Rows of `channels` (1, 3 or 4) bytes per pixel as the bytes of a PNG file.
func encodePNG(
    _ bytes: [UInt8], width: Int, height: Int, channels: Int, _ metadata: PNGMetadata
) throws -> [UInt8] {
    try metadata.validate()
    var out = cpng_bytes()
    let status = metadata.withTexts { texts in
        cpng_encode(
            bytes, UInt32(clamping: width), UInt32(clamping: height), Int32(channels), texts, texts.count, 6,
            { Cancellation.isCancelled ? 1 : 0 }, &out)
    }
    defer { cpng_release_bytes(&out) }
    if status == CPNG_CANCELLED { throw CancellationError() }
    guard status == CPNG_OK else {
        throw ImageError(
            png: status, message: cString(of: &out.message), UInt32(clamping: width),
            UInt32(clamping: height), nil)
    }
    return Array(UnsafeBufferPointer(start: out.data, count: out.size))
}
