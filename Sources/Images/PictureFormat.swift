/// The formats of files that can be read and written.
public enum PictureFormat: String, Sendable, CaseIterable {
    /// The names are those of the formats.
    case png, jpeg

    /// Recognizes a format by the first bytes of a file. Throws `ImageError`: unsupported for a format that is known but
    /// cannot be read, notAPicture for everything else.
    init(of data: [UInt8], path: String?) throws {
        if let format = Self.signatures.first(where: { data.starts(with: $0.bytes) })?.format {
            self = format
            return
        }
        if data.isEmpty { throw ImageError(.notAPicture, path: path, reason: "the file is empty") }
        if let other = Self.others.first(where: { data.dropFirst($0.offset).starts(with: $0.bytes.utf8) }) {
            throw ImageError(
                .unsupported, path: path,
                reason: "it is a \(other.name) file; convert it to PNG or JPEG first")
        }
        throw ImageError(.notAPicture, path: path, reason: "it is neither PNG nor JPEG")
    }

    /// The format to write, by the path's extension. Throws `ImageError` (unsupported).
    init(extensionOf path: String) throws {
        let name = path.split(separator: "/").last ?? ""
        let dot = name.lastIndex(of: ".")
        let ending = dot.map { name[name.index(after: $0)...].lowercased() } ?? ""
        guard let format = Self.extensions[ending] else {
            throw ImageError(
                .unsupported, path: path,
                reason: ending.isEmpty
                    ? "the name says no format; end it in .png or .jpg"
                    : "pictures are written as .png or .jpg, not .\(ending)")
        }
        self = format
    }

    private static let extensions: [String: PictureFormat] = ["png": .png, "jpg": .jpeg, "jpeg": .jpeg]

    private static let signatures: [(bytes: [UInt8], format: PictureFormat)] = [
        ([0x89, 0x50, 0x4E, 0x47], .png),
        ([0xFF, 0xD8, 0xFF], .jpeg),
    ]

    private static let others: [(bytes: String, offset: Int, name: String)] = [
        ("GIF8", 0, "GIF"), ("WEBP", 8, "WebP"), ("II*\0", 0, "TIFF"), ("MM\0*", 0, "TIFF"),
        ("ftypavif", 4, "AVIF"), ("ftyphei", 4, "HEIC"), ("ftypmif1", 4, "HEIF"), ("BM", 0, "BMP"),
        ("%PDF", 0, "PDF"), ("<svg", 0, "SVG"), ("<?xml", 0, "XML or SVG"), ("8BPS", 0, "Photoshop"),
    ]
}
