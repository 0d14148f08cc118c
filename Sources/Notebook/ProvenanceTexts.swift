import Commands
import Files
import Glibc
import Images
import Language

/// What a picture's file says about how the picture was made: the texts of a PNG, or the entries of an SVG that `save_figure` wrote.
public struct ProvenanceTexts: Sendable {
    /// The format of a file.
    public enum Format: String, Sendable {
        case png, svg
    }

    /// The path.
    public let path: String
    /// The format.
    public let format: Format
    /// Width and height in pixels; nil for an SVG, which has none.
    public let size: PixelSize?
    /// The time at which the file was written, in seconds since 1970; nil where the system does not say.
    public let modified: Int?
    /// The texts by their keys, in the order of the file.
    public let texts: PNGMetadata
    /// The bytes of the file.
    let bytes: [UInt8]

    /// The most bytes of a file that is read.
    private static let mostBytes = ImageLimits.standard.maximumFileBytes
    /// The bytes at the beginning of an SVG in which its entries are looked for.
    private static let svgHead = 8 << 20

    /// Reads a file. Throws a `Problem` where it cannot be read, is neither PNG nor SVG, or carries no texts.
    public init(contentsOf path: String) throws {
        do {
            bytes = try ReadableFile.contents(path, limit: Self.mostBytes)
        } catch {
            throw Self.problem(error, path)
        }
        self.path = path
        var info = stat()
        modified = stat(path, &info) == 0 ? info.st_mtim.tv_sec : nil
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            do {
                texts = try PNGMetadata(pngData: bytes, path: path)
            } catch {
                throw ErrorMapping.problem(error)
            }
            format = .png
            size = PixelSize(width: Self.number(bytes, 16), height: Self.number(bytes, 20))
        } else if let entries = Self.entries(ofSVG: bytes) {
            (format, size, texts) = (.svg, nil, entries)
        } else {
            let kind = bytes.starts(with: [0xFF, 0xD8]) ? "it is a JPEG, which carries no texts here" : "it is neither a PNG nor an SVG"
            throw Problem(.unreadablePicture, "\"\(path)\": \(kind)")
        }
        guard !texts.isEmpty else {
            throw Problem(
                .badFile, "\"\(path)\" carries no texts: bas did not make it, or another program saved it anew without them")
        }
    }

    private static func problem(_ error: FileError, _ path: String) -> any Error {
        guard error.reason == .notFound else { return ErrorMapping.problem(error) }
        return Problem(.fileMissing, "there is no file \"\(path)\"", help: FileNames.nearest(to: path))
    }

    /// Returns the number in four bytes of a PNG's header.
    private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
        bytes.count < place + 4 ? 0 : bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    /// The program that made the picture; nil where the file does not say.
    public var script: String? { texts["script"] }

    /// The keys in their order, each once, with their texts; several texts of one key stand on lines of their own.
    public var entries: [(key: String, text: String)] {
        var entries: [(key: String, text: String)] = []
        for entry in texts.entries {
            if let place = entries.firstIndex(where: { $0.key == entry.key }) {
                entries[place].text += "\n" + entry.text
            } else {
                entries.append((entry.key, entry.text))
            }
        }
        return entries
    }

    // MARK: SVG

    /// Returns the entries in which a figure's SVG says what it was made from; nil for what is no SVG.
    private static func entries(ofSVG bytes: [UInt8]) -> PNGMetadata? {
        let head = bytes.prefix(svgHead)
        guard let text = String(validating: head.count < bytes.count ? head.prefix { $0 < 128 } : head, as: UTF8.self) else { return nil }
        let start = text.utf8.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.prefix(512)
        guard start.starts(with: "<?xml".utf8) || start.starts(with: "<svg".utf8), find("<svg", in: text.utf8[...]) != nil else {
            return nil
        }
        var entries: [PNGMetadata.Entry] = []
        var rest = text.utf8[...]
        while let mark = find("<entry xmlns=\"urn:bas:made-from\" key=\"", in: rest), let quote = find("\">", in: rest[mark.upperBound...]),
            let end = find("</entry>", in: rest[quote.upperBound...])
        {
            let (key, words) = (rest[mark.upperBound..<quote.lowerBound], rest[quote.upperBound..<end.lowerBound])
            entries.append(.init(key: unescaped(key), text: unescaped(words)))
            rest = rest[end.upperBound...]
        }
        return PNGMetadata(entries)
    }

    private static func find(_ text: String, in bytes: Substring.UTF8View) -> Range<String.Index>? { bytes.firstRange(of: text.utf8) }

    private static func unescaped(_ text: Substring.UTF8View) -> String {
        (String(text) ?? "").replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"").replacing(
            "&amp;", with: "&")
    }
}
