import CPNG
import Glibc
import Tensors

/// The texts in a PNG file (tEXt, zTXt and iTXt chunks) in their order: prompt, seed, settings and the like.
public struct PNGMetadata: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One text with its key.
    public struct Entry: Sendable, Equatable {
        /// The key: 1…79 printable ASCII characters, without spaces at an end or doubled.
        public var key: String
        /// The text, without zero bytes.
        public var text: String

        /// A text under a key; both are checked when they are written.
        public init(key: String, text: String) {
            self.key = key
            self.text = text
        }
    }

    /// The texts in their order; keys may repeat.
    public var entries: [Entry]

    /// Metadata of these texts.
    public init(_ entries: [Entry] = []) { self.entries = entries }

    /// Metadata of these keys and texts, in this order.
    public init(dictionaryLiteral elements: (String, String)...) {
        entries = elements.map { Entry(key: $0.0, text: $0.1) }
    }

    /// The first text under `key`. Setting replaces it in place, or appends it; setting nil removes all texts under `key`.
    public subscript(key: String) -> String? {
        get { entries.first { $0.key == key }?.text }
        set {
            guard let newValue else { return entries.removeAll { $0.key == key } }
            if let i = entries.firstIndex(where: { $0.key == key }) {
                entries[i].text = newValue
            } else {
                entries.append(Entry(key: key, text: newValue))
            }
        }
    }

    /// Whether there are no texts.
    public var isEmpty: Bool { entries.isEmpty }

    /// Reads the texts of a PNG file without keeping the decoded picture. Throws `ImageError`.
    public init(contentsOf path: String, limits: ImageLimits = .standard) throws {
        try self.init(
            pngData: FileAccess.read(path, maximumBytes: limits.maximumFileBytes), limits: limits, path: path)
    }

    /// Reads the texts of a PNG file in memory; `path` only appears in errors. Throws `ImageError`, and
    /// `CancellationError`.
    public init(pngData: [UInt8], limits: ImageLimits = .standard, path: String? = nil) throws {
        var picture = cpng_picture()
        let side = UInt32(clamping: limits.maximumSide)
        let status = cpng_read_texts(pngData, pngData.count, side, { Cancellation.isCancelled ? 1 : 0 }, &picture)
        defer { cpng_release(&picture) }
        if status == CPNG_CANCELLED { throw CancellationError() }
        guard status == CPNG_OK else {
            throw ImageError(
                png: status, message: cString(of: &picture.message), picture.width, picture.height, path)
        }
        self.init(picture)
    }

    init(_ picture: cpng_picture) {
        entries = (0..<picture.text_count).compactMap { i in
            guard let text = picture.texts?[i], let key = text.key else { return nil }
            let bytes = UnsafeRawBufferPointer(start: text.text, count: text.length)
            return Entry(
                key: latin1(UnsafeRawBufferPointer(start: key, count: strlen(key))),
                text: text.utf8 != 0 ? String(decoding: bytes, as: UTF8.self) : latin1(bytes))
        }
    }
}

extension PNGMetadata {
    /// Limits of writing: what is beyond them would not be read back (see CPNG's limits).
    private static let maximumEntries = 128
    private static let maximumTextBytes = 1_000_000

    /// Throws `ImageError` (badArgument) where a key or text cannot be stored in a PNG.
    func validate() throws {
        guard entries.count <= Self.maximumEntries else {
            throw ImageError.argument(
                "a picture holds at most \(Self.maximumEntries) texts, not \(entries.count)")
        }
        for entry in entries {
            let key = entry.key
            guard (1...79).contains(key.utf8.count), key.utf8.allSatisfy({ (32...126).contains($0) }),
                key.first != " ", key.last != " ", !hasDoubledSpace(key)
            else {
                throw ImageError.argument(
                    "\"\(key)\" cannot name a text in a PNG: 1…79 ASCII characters, "
                        + "no space at an end, no two spaces in a row")
            }
            guard !entry.text.utf8.contains(0) else {
                throw ImageError.argument("the text \"\(key)\" contains a zero byte, which a PNG cannot hold")
            }
            guard entry.text.utf8.count <= Self.maximumTextBytes else {
                throw ImageError.argument("the text \"\(key)\" is longer than a megabyte")
            }
        }
    }

    private func hasDoubledSpace(_ key: String) -> Bool {
        zip(key.utf8, key.utf8.dropFirst()).contains { $0 == 32 && $1 == 32 }
    }

    /// Calls `body` with the texts as C strings, valid only meanwhile; ASCII is written as tEXt, all else as iTXt.
    func withTexts<Result>(_ body: ([cpng_text]) throws -> Result) rethrows -> Result {
        let texts = entries.map { entry in
            cpng_text(
                key: strdup(entry.key), text: strdup(entry.text), length: entry.text.utf8.count,
                utf8: entry.text.utf8.allSatisfy { $0 < 128 } ? 0 : 1)
        }
        defer {
            for text in texts {
                free(text.key)
                free(text.text)
            }
        }
        return try body(texts)
    }
}

/// Bytes of ISO 8859-1 as a string.
private func latin1(_ bytes: UnsafeRawBufferPointer) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// The text in a C array of characters, which Swift imports as a tuple.
func cString<Tuple>(of tuple: inout Tuple) -> String {
    withUnsafeBytes(of: &tuple) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
