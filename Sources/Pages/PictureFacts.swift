import Figures
import Images

/// What a PNG file says of its picture: the size, and what it was made from.
public struct PictureFacts: Equatable, Sendable {
    /// The width and height in pixels.
    public let width, height: Int
    /// What it was made from, as pairs of name and text: prompt, seed, the call. The program and its version are left out, since the page
    /// shows the one and names the other.
    public let origin: [PNGMetadata.Entry]

    /// What the page lets people explore of it; nil where it carries nothing.
    public let explorable: Explorable?

    private static let leftOut: Set<String> = ["script", "Software"]
    /// The longest text that is shown, in characters.
    private static let longest = 600

    /// Reads the facts; nil for bytes that are no PNG file.
    public init?(png bytes: [UInt8]) {
        guard bytes.count > 24, Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] else { return nil }
        func number(_ place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        (width, height) = (number(16), number(20))
        guard (1...100_000).contains(width), (1...100_000).contains(height) else { return nil }
        explorable = Explorable(png: bytes)
        origin = ((try? PNGMetadata(pngData: bytes))?.entries ?? []).filter { !Self.leftOut.contains($0.key) }.map { entry in
            PNGMetadata.Entry(key: entry.key, text: entry.text.count > Self.longest ? entry.text.prefix(Self.longest) + " …" : entry.text)
        }
    }
}
