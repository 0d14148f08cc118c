import Images
import Tensors

/// Where the attention of handles goes on a photo: the shares, and the maps and masks that they are of.
public struct LeakageTable: Sendable, Equatable {
    /// The handles, and what they are looked for in: the masks, the background last.
    public let rows, columns: [String]
    /// The shares of each row in each column, row after row; those of a map that is the same everywhere.
    public let shares, chance: [Double]
    /// The rows and columns of a map.
    public let height, width: Int
    /// The maps of the rows and the masks of the columns but the last, as bytes; a map's 255 is its largest value.
    public let maps, masks: [UInt8]
    /// The photo.
    public let picture: AttentionAtlas.Picture

    private static let most = 1...32
    private static let cells = 1...AttentionAtlas.mostCells

    /// Makes a table of maps and masks [height, width] as values. Returns nil where they do not fit together or are too large. Throws
    /// `ImageError`.
    public init?(
        rows: [String], columns: [String], shares: [[Double]], chance: [Double], maps: [Tensor], masks: [Tensor], photo: Image
    ) throws {
        guard let shape = maps.first?.shape, shape.count == 2, Self.cells.contains(shape[0]), Self.cells.contains(shape[1]),
            Self.most.contains(rows.count), Self.most.contains(columns.count), maps.count == rows.count, masks.count == columns.count - 1,
            (maps + masks).allSatisfy({ $0.shape == shape }), shares.count == rows.count, chance.count == columns.count,
            shares.allSatisfy({ $0.count == columns.count }), (rows.count + columns.count) * shape[0] * shape[1] <= AttentionAtlas.mostBytes
        else { return nil }
        func bytes(_ tensor: Tensor, top: Float) -> [UInt8] {
            tensor.values.map { $0.isFinite && top > 0 ? UInt8(max(0, min(255, ($0 / top * 255).rounded()))) : 0 }
        }
        (self.rows, self.columns, height, width) = (rows, columns, shape[0], shape[1])
        (self.shares, self.chance) = (shares.flatMap { $0 }.map(Self.rounded), chance.map(Self.rounded))
        self.maps = maps.flatMap { map in bytes(map, top: map.values.reduce(0) { $1.isFinite ? max($0, $1) : $0 }) }
        self.masks = masks.flatMap { bytes($0, top: 1) }
        picture = try AttentionAtlas.Picture(photo)
    }

    private static func rounded(_ share: Double) -> Double { share.isFinite ? (share * 1e6).rounded() / 1e6 : 0 }

    init?(_ reader: ExplorableReader) {
        func share(_ json: JSON) -> Double? { json.doubleValue.flatMap { (0...1).contains($0) ? $0 : nil } }
        guard let rows = reader.texts("rows", Self.most), let columns = reader.texts("columns", Self.most),
            let height = reader.int("height", Self.cells), let width = reader.int("width", Self.cells),
            let shares = reader.list("shares", rows.count * columns.count...rows.count * columns.count, share),
            let chance = reader.list("chance", columns.count...columns.count, share),
            let maps = reader.bytes("maps"), maps.count == rows.count * height * width,
            let masks = reader.bytes("masks"), masks.count == (columns.count - 1) * height * width,
            maps.count + masks.count <= AttentionAtlas.mostBytes, case .some(.some(let picture)) = AttentionAtlas.Picture.read(reader)
        else { return nil }
        (self.rows, self.columns, self.shares, self.chance, self.height, self.width) = (rows, columns, shares, chance, height, width)
        (self.maps, self.masks, self.picture) = (maps, masks, picture)
    }

    var members: [(String, JSON)] {
        func texts(_ items: [String]) -> JSON { .array(items.map { .string(ExplorableReader.label($0)) }) }
        return [
            ("colors", AttentionAtlas.colors), ("rows", texts(rows)), ("columns", texts(columns)),
            ("shares", .array(shares.map { JSON($0) })), ("chance", .array(chance.map { JSON($0) })), ("height", JSON(height)),
            ("width", JSON(width)), ("maps", .string(Base64.text(of: maps))), ("masks", .string(Base64.text(of: masks))),
        ] + picture.members
    }
}
