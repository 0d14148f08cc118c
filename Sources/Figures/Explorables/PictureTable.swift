import Images
import Tensors

/// A table of counts, and the pictures that each of them counts.
public struct PictureTable: Sendable, Equatable {
    /// A count: which pictures it is of, and in which of them it found what it counts, by their places.
    public struct Cell: Sendable, Equatable {
        /// All pictures that qualify.
        public let counted: [Int]
        /// Those of them that count.
        public let found: [Int]

        /// A cell from its pictures.
        public init(counted: [Int], found: [Int]) { (self.counted, self.found) = (counted, found) }
    }

    /// The names of rows and columns.
    public let rows, columns: [String]
    /// The cells, row after row.
    public let cells: [Cell]
    /// The pictures as JPEG files, and what each is of.
    public let pictures: [[UInt8]]
    /// What each picture is of.
    public let labels: [String]
    /// The size of every picture in pixels.
    public let size: PixelSize

    private static let most = 1...32
    private static let mostPictures = 1...64
    private static let mostBytes = 200 << 10
    private static let mostPixels = 256
}

extension PictureTable {
    /// Makes a table. Pictures that are too many for their room are compressed further, then reduced. Returns nil where they still do not
    /// fit, have several sizes, or where the parts do not fit together. Throws `ImageError`.
    public init?(rows: [String], columns: [String], cells: [Cell], pictures: [Image], labels: [String]) throws {
        guard Self.most.contains(rows.count), Self.most.contains(columns.count), cells.count == rows.count * columns.count,
            Self.mostPictures.contains(pictures.count), labels.count == pictures.count, let first = pictures.first,
            pictures.allSatisfy({ $0.size == first.size }), cells.allSatisfy({ Self.isRight($0, pictures.count) })
        else { return nil }
        for (side, quality) in [(160, 80), (128, 70), (96, 65), (64, 60)] {
            let scale = min(1, Double(side) / Double(max(first.width, first.height)))
            let size = PixelSize(width: max(1, Int(Double(first.width) * scale)), height: max(1, Int(Double(first.height) * scale)))
            let files = try pictures.map { try (size == first.size ? $0 : $0.resized(to: size, .lanczos)).jpegData(quality: quality) }
            guard files.reduce(0, { $0 + $1.count }) <= Self.mostBytes else { continue }
            self.init(rows: rows, columns: columns, cells: cells, pictures: files, labels: labels, size: size)
            return
        }
        return nil
    }

    private static func isRight(_ cell: Cell, _ pictures: Int) -> Bool {
        cell.counted.allSatisfy { (0..<pictures).contains($0) } && Set(cell.found).isSubset(of: cell.counted)
            && cell.counted.count <= pictures && cell.found.count <= pictures
    }

    init?(_ reader: ExplorableReader) {
        let side = 1...Self.mostPixels
        guard let rows = reader.texts("rows", Self.most), let columns = reader.texts("columns", Self.most),
            let labels = reader.texts("labels", Self.mostPictures), let width = reader.int("width", side),
            let height = reader.int("height", side),
            let cells = reader.readers("cells", rows.count * columns.count...rows.count * columns.count)
        else { return nil }
        let size = PixelSize(width: width, height: height)
        let read = cells.compactMap { cell -> Cell? in
            guard let counted = cell.list("counted", 0...labels.count, \.intValue),
                let found = cell.list("found", 0...labels.count, \.intValue)
            else { return nil }
            let read = Cell(counted: counted, found: found)
            return Self.isRight(read, labels.count) ? read : nil
        }
        guard read.count == cells.count,
            let pictures = reader.list(
                "pictures", labels.count...labels.count, { ExplorableReader.picture($0.stringValue.flatMap(Base64.bytes), size) })
        else { return nil }
        self.init(rows: rows, columns: columns, cells: read, pictures: pictures, labels: labels, size: size)
    }

    var members: [(String, JSON)] {
        func texts(_ items: [String]) -> JSON { .array(items.map { .string(ExplorableReader.label($0)) }) }
        func numbers(_ items: [Int]) -> JSON { .array(items.map { JSON($0) }) }
        return [
            ("rows", texts(rows)), ("columns", texts(columns)), ("labels", texts(labels)), ("width", JSON(size.width)),
            ("height", JSON(size.height)), ("cells", .array(cells.map { ["counted": numbers($0.counted), "found": numbers($0.found)] })),
            ("pictures", .array(pictures.map { .string(Base64.text(of: $0)) })),
        ]
    }
}
