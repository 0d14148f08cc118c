import Images
import Tensors

/// What a page lets people explore in place of a still picture: the data that the page's script shows.
///
/// It travels within the still picture's PNG file, in a chunk of its own (`baSP`: for our programs alone, and not for a picture that was
/// changed), as JSON of at most 512 KiB. So whatever keeps, copies or shows the picture keeps it: records, the cache, Jupyter's notebooks.
/// Files may come from strangers: what is read is checked in full, and everything that is not exactly as written here is no explorable.
public enum Explorable: Sendable, Equatable {
    /// Attention maps by word, timestep, layer and head.
    case attention(AttentionAtlas)
    /// The pictures of a denoising, step by step.
    case film(DenoisingFilm)
    /// A chart's values.
    case chart(ChartReadout)
    /// Where the attention of handles goes: a table, and the pictures behind its cells.
    case leakage(LeakageTable)
    /// Counts, and the pictures that they count.
    case pictures(PictureTable)

    private static let chunk = "baSP"
    /// The largest data, in bytes of JSON.
    static let mostBytes = 512 << 10
    private static let version = 1

    /// Reads what a PNG file carries; nil where it carries nothing, or nothing that is right.
    public init?(png: [UInt8]) {
        guard let data = PNGChunk.data(Self.chunk, in: png, limit: Self.mostBytes), let json = try? JSON.parse(data, depthLimit: 8)
        else { return nil }
        self.init(json)
    }

    /// Reads the data; nil where anything in them is not as it has to be.
    init?(_ json: JSON) {
        let reader = ExplorableReader(json)
        guard reader.int("version", 1...Self.version) != nil, let kind = reader.text("kind") else { return nil }
        switch kind {
        case "attention":
            guard let atlas = AttentionAtlas(reader) else { return nil }
            self = .attention(atlas)
        case "film":
            guard let film = DenoisingFilm(reader) else { return nil }
            self = .film(film)
        case "chart":
            guard let chart = ChartReadout(reader) else { return nil }
            self = .chart(chart)
        case "leakage":
            guard let table = LeakageTable(reader) else { return nil }
            self = .leakage(table)
        case "pictures":
            guard let table = PictureTable(reader) else { return nil }
            self = .pictures(table)
        default: return nil
        }
    }

    /// The word for the kind: "attention", "film", "chart", "leakage" or "pictures".
    public var kind: String {
        switch self {
        case .attention: "attention"
        case .film: "film"
        case .chart: "chart"
        case .leakage: "leakage"
        case .pictures: "pictures"
        }
    }

    /// The data as JSON, as the page's script reads them.
    public var json: JSON {
        let members: [(String, JSON)] =
            switch self {
            case .attention(let atlas): atlas.members
            case .film(let film): film.members
            case .chart(let chart): chart.members
            case .leakage(let table): table.members
            case .pictures(let table): table.members
            }
        return .object(JSONObject([("version", JSON(Self.version)), ("kind", .string(kind))] + members))
    }

    /// Returns a PNG file that carries the data; the file as it is where they are too large.
    public func embedded(in png: [UInt8]) -> [UInt8] {
        let data = Array(json.text().utf8)
        return data.count <= Self.mostBytes ? PNGChunk.setting(Self.chunk, data, in: png) : png
    }

    /// Returns a PNG file without what it carries.
    public static func removed(from png: [UInt8]) -> [UInt8] { PNGChunk.setting(chunk, nil, in: png) }
}

/// Reads the members of an explorable's data, each with its bounds.
struct ExplorableReader {
    let json: JSON
    /// The longest text, in bytes.
    private static let longestText = 400

    init(_ json: JSON) { self.json = json }

    /// Returns a text without control characters; nil for anything else.
    static func text(_ json: JSON?) -> String? {
        guard let text = json?.stringValue, text.utf8.count <= longestText,
            text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0 != "\u{7F}" })
        else { return nil }
        return text
    }

    func text(_ key: String) -> String? { Self.text(json[key]) }

    /// Returns texts, of which there are as many as `count` says.
    func texts(_ key: String, _ count: ClosedRange<Int>) -> [String]? {
        list(key, count) { Self.text($0) }
    }

    func int(_ key: String, _ range: ClosedRange<Int>) -> Int? { json[key]?.intValue.flatMap { range.contains($0) ? $0 : nil } }

    func double(_ key: String, _ range: ClosedRange<Double>) -> Double? {
        json[key]?.doubleValue.flatMap { range.contains($0) ? $0 : nil }
    }

    /// Returns the bytes of a base64 text.
    func bytes(_ key: String) -> [UInt8]? { json[key]?.stringValue.flatMap(Base64.bytes) }

    /// Returns what `read` makes of each item of a list; nil where it makes nothing of one, or where they are too many or too few.
    func list<Item>(_ key: String, _ count: ClosedRange<Int>, _ read: (JSON) -> Item?) -> [Item]? {
        guard let items = json[key]?.arrayValue, count.contains(items.count) else { return nil }
        let read = items.compactMap(read)
        return read.count == items.count ? read : nil
    }

    /// Returns the objects of a list.
    func readers(_ key: String, _ count: ClosedRange<Int>) -> [ExplorableReader]? {
        list(key, count) { $0.objectValue == nil ? nil : ExplorableReader($0) }
    }

    /// Returns a picture's bytes; nil where they are no JPEG file of the size that is told.
    static func picture(_ bytes: [UInt8]?, _ size: PixelSize) -> [UInt8]? {
        let limits = ImageLimits(maximumSide: 1024, maximumBytes: 4 << 20, maximumFileBytes: 256 << 10)
        guard let bytes, bytes.starts(with: [0xFF, 0xD8, 0xFF]), bytes.count <= limits.maximumFileBytes,
            let image = try? Image(data: bytes, limits: limits), image.size == size
        else { return nil }
        return bytes
    }
}

extension ExplorableReader {
    /// Returns a label as it may stand in the data: one line, without control characters, cut where it is too long.
    static func label(_ text: String) -> String {
        let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0 == "\u{7F}" ? " " : $0 }))
        guard line.utf8.count > longestText else { return line }
        var cut = line
        while cut.utf8.count > longestText - 3 { cut.removeLast() }
        return cut + "…"
    }
}
