import Images
import Tensors

/// Attention maps to explore: one model's, or two models' side by side.
public struct AttentionAtlas: Sendable, Equatable {
    /// The maps of one model and prompt, over one picture.
    public struct Panel: Sendable, Equatable {
        /// What stands over the picture.
        public var title: String
        /// The tokens of the prompt, in order; those of the padding are left out.
        public let words: [String]
        /// The places among `words` that the value itself is about.
        public let chosen: [Int]
        /// The names of timesteps (or of groups of them), layers and heads, at least one each.
        public let timesteps, layers, heads: [String]
        /// The number of timesteps in each group, for means.
        public let weights: [Int]
        /// The rows and columns of a map.
        public let height, width: Int
        /// The largest value of each map, as probability; a map's byte 255 stands for it.
        public let tops: [Float]
        /// The maps as bytes, [words, timesteps, layers, heads, height, width].
        public let maps: [UInt8]
        /// The picture under the maps as a JPEG file, with its size; nil where there is none.
        public let picture: Picture?
    }

    /// A JPEG file and its size.
    public struct Picture: Sendable, Equatable {
        /// The file.
        public let jpeg: [UInt8]
        /// The size in pixels.
        public let size: PixelSize
    }

    /// One panel, or two.
    public let panels: [Panel]

    /// The most bytes of one panel's maps. What does not fit is reduced (`AttentionReduction`).
    static let mostBytes = 96 << 10
    /// The largest side of a map.
    static let mostCells = 64

    /// An atlas of panels; nil where there are none or more than two.
    public init?(_ panels: [Panel]) {
        guard (1...2).contains(panels.count) else { return nil }
        self.panels = panels
    }
}

// MARK: reading and writing

extension AttentionAtlas {
    init?(_ reader: ExplorableReader) {
        guard let panels = reader.readers("panels", 1...2)?.map(Panel.init), !panels.contains(where: { $0 == nil }) else { return nil }
        self.init(panels.compactMap(\.self))
    }

    var members: [(String, JSON)] {
        [("colors", Self.colors), ("panels", .array(panels.map(\.json)))]
    }

    /// The colours of maps in still pictures, at 33 even steps from 0 to the largest value.
    static let colors = JSON.array((0...32).map { .string(ColorMap.inferno(Float($0) / 32).hexadecimal) })
}

extension AttentionAtlas.Panel {
    init?(_ reader: ExplorableReader) {
        let cells = 1...AttentionAtlas.mostCells
        guard let title = reader.text("title"), let words = reader.texts("words", 1...256),
            let chosen = reader.list("chosen", 0...words.count, { $0.intValue.flatMap { words.indices.contains($0) ? $0 : nil } }),
            let timesteps = reader.texts("timesteps", 1...1000), let layers = reader.texts("layers", 1...256),
            let heads = reader.texts("heads", 1...256), let height = reader.int("height", cells), let width = reader.int("width", cells),
            let weights = reader.list(
                "weights", timesteps.count...timesteps.count, { $0.intValue.flatMap { (1...1000).contains($0) ? $0 : nil } })
        else { return nil }
        // None of the factors is beyond 1000, and words times axes are checked before cells: no product overflows.
        let count = words.count * timesteps.count * layers.count * heads.count
        guard count <= AttentionAtlas.mostBytes, count * height * width <= AttentionAtlas.mostBytes,
            let tops = reader.list("tops", count...count, { $0.doubleValue.flatMap { (0...1e6).contains($0) ? Float($0) : nil } }),
            let maps = reader.bytes("maps"), maps.count == count * height * width
        else { return nil }
        guard let picture = AttentionAtlas.Picture.read(reader) else { return nil }
        self.init(
            title: title, words: words, chosen: chosen, timesteps: timesteps, layers: layers, heads: heads, weights: weights,
            height: height,
            width: width, tops: tops, maps: maps, picture: picture)
    }

    var json: JSON {
        func texts(_ items: [String]) -> JSON { .array(items.map { .string(ExplorableReader.label($0)) }) }
        var members: [(String, JSON)] = [
            ("title", .string(ExplorableReader.label(title))), ("words", texts(words)), ("chosen", .array(chosen.map { JSON($0) })),
            ("timesteps", texts(timesteps)), ("weights", .array(weights.map { JSON($0) })), ("layers", texts(layers)),
            ("heads", texts(heads)), ("height", JSON(height)), ("width", JSON(width)),
            ("tops", .array(tops.map { JSON((Double($0) * 1e6).rounded() / 1e6) })), ("maps", .string(Base64.text(of: maps))),
        ]
        members += picture?.members ?? []
        return .object(JSONObject(members))
    }
}

extension AttentionAtlas.Picture {
    /// The longest side, in pixels.
    private static let mostPixels = 256

    /// Makes a file of a picture, reduced where it is large. Throws `ImageError`.
    public init(_ image: Image) throws {
        let scale = min(1, Double(Self.mostPixels) / Double(max(image.width, image.height)))
        let size = PixelSize(width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)))
        self.init(jpeg: try (size == image.size ? image : image.resized(to: size, .lanczos)).jpegData(quality: 90), size: size)
    }

    /// Reads a picture; nil within where there is none, nil where it is not right.
    static func read(_ reader: ExplorableReader) -> AttentionAtlas.Picture?? {
        guard reader.json["picture"] != nil else { return .some(nil) }
        let side = 1...mostPixels
        guard let high = reader.int("pictureHeight", side), let wide = reader.int("pictureWidth", side) else { return nil }
        let size = PixelSize(width: wide, height: high)
        return ExplorableReader.picture(reader.bytes("picture"), size).map { AttentionAtlas.Picture(jpeg: $0, size: size) }
    }

    var members: [(String, JSON)] {
        [
            ("pictureWidth", JSON(size.width)), ("pictureHeight", JSON(size.height)), ("picture", .string(Base64.text(of: jpeg))),
        ]
    }
}
