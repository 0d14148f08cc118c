import Figures
import Files
import Glibc
import Notebook

/// The pictures of a notebook's folder: the recorded ones, and those that its prose shows.
public struct PictureFiles: Sendable {
    private let folder: String
    /// The largest picture that a page contains, in bytes.
    private static let mostBytes = 64 << 20

    /// Names the folder of a notebook.
    public init(beside file: NotebookFile) { folder = file.folder.isEmpty ? "./" : file.folder }

    /// Returns the bytes of a picture by its path below the notebook's folder; nil where there is none, where the path or a link in it leads
    /// out of the folder, and for files that are no pictures.
    public func bytes(_ name: String) -> [UInt8]? {
        guard let path = SafeAddress.picture(name), isInside(path),
            let bytes = try? ReadableFile.contents(folder + path, limit: Self.mostBytes),
            Self.mediaType(bytes) != nil
        else { return nil }
        return bytes
    }

    /// Returns a picture as a data URI, for pages that need no other file; nil as `bytes`.
    public func dataURI(_ name: String) -> String? {
        guard let bytes = bytes(name), let type = Self.mediaType(bytes) else { return nil }
        // A page has what people explore beside the picture, not in it.
        return "data:\(type);base64,\(Base64.text(of: Explorable.removed(from: bytes)))"
    }

    /// Returns what a picture's file says of it; nil where it is no PNG of the folder.
    public func facts(_ name: String) -> PictureFacts? { bytes(name).flatMap { PictureFacts(png: $0) } }

    /// Returns whether the file lies in the folder when all links are followed: a link could lead to a person's own pictures.
    private func isInside(_ path: String) -> Bool {
        guard let root = Self.real(folder), let file = Self.real(folder + path) else { return false }
        return file.hasPrefix(root == "/" ? "/" : root + "/")
    }

    /// Returns a path with all links followed; nil where there is nothing.
    static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// Returns the media type of a picture by its first bytes; nil where they are no picture's that browsers show. SVG is one as well: within
    /// `<img>` its scripts do not run, and it can load nothing.
    public static func mediaType(_ bytes: [UInt8]) -> String? {
        func begins(_ start: [UInt8], at place: Int = 0) -> Bool { bytes.dropFirst(place).starts(with: start) }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if begins([0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if begins(Array("GIF87a".utf8)) || begins(Array("GIF89a".utf8)) { return "image/gif" }
        if begins(Array("RIFF".utf8)), begins(Array("WEBP".utf8), at: 8) { return "image/webp" }
        let text = String(decoding: bytes.prefix(1024), as: UTF8.self)
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return start.hasPrefix("<svg") || start.hasPrefix("<?xml") && text.contains("<svg") ? "image/svg+xml" : nil
    }
}
