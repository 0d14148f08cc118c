import Images
import Tensors

/// The pictures of a denoising to step through: one row beside the other, all at the same step.
public struct DenoisingFilm: Sendable, Equatable {
    /// One kind of picture, at every step.
    public struct Row: Sendable, Equatable {
        /// What the pictures are.
        public let name: String
        /// A JPEG file for each step.
        public let frames: [[UInt8]]
    }

    /// The names of the steps.
    public let steps: [String]
    /// One to six rows.
    public let rows: [Row]
    /// The size of every picture in pixels.
    public let size: PixelSize

    private static let mostSteps = 32
    private static let mostRows = 6
    /// The most bytes of all pictures.
    private static let mostBytes = 240 << 10
    private static let mostPixels = 256
}

extension DenoisingFilm {
    /// Makes a film of rows of pictures, one a step, all of one size. Where it would be too large, pictures are compressed further, then
    /// steps are left out evenly, never the first and the last. Returns nil where there is nothing to step through. Throws `ImageError`.
    public init?(_ rows: [(name: String, pictures: [Image])], steps: [String]) throws {
        guard let first = rows.first?.pictures.first, rows.count <= Self.mostRows, steps.count > 1,
            rows.allSatisfy({ $0.pictures.count == steps.count && $0.pictures.allSatisfy { $0.size == first.size } })
        else { return nil }
        let scale = min(1, Double(Self.mostPixels) / Double(max(first.width, first.height)))
        let size = PixelSize(width: max(1, Int(Double(first.width) * scale)), height: max(1, Int(Double(first.height) * scale)))
        var count = min(steps.count, Self.mostSteps)
        while count > 1 {
            let kept = (0..<count).map { $0 * (steps.count - 1) / (count - 1) }
            for quality in [85, 70] {
                let made = try rows.map { row in
                    Row(
                        name: row.name,
                        frames: try kept.map {
                            try (size == first.size ? row.pictures[$0] : row.pictures[$0].resized(to: size, .lanczos)).jpegData(
                                quality: quality)
                        })
                }
                guard made.reduce(0, { $1.frames.reduce($0) { $0 + $1.count } }) <= Self.mostBytes else { continue }
                self.init(steps: kept.map { steps[$0] }, rows: made, size: size)
                return
            }
            count = count * 3 / 4
        }
        return nil
    }

    init?(_ reader: ExplorableReader) {
        let side = 1...Self.mostPixels
        guard let steps = reader.texts("steps", 2...Self.mostSteps), let width = reader.int("width", side),
            let height = reader.int("height", side), let rows = reader.readers("rows", 1...Self.mostRows)
        else { return nil }
        let size = PixelSize(width: width, height: height)
        let read = rows.compactMap { row -> Row? in
            guard let name = row.text("name"),
                let frames = row.list(
                    "frames", steps.count...steps.count, { ExplorableReader.picture($0.stringValue.flatMap(Base64.bytes), size) })
            else { return nil }
            return Row(name: name, frames: frames)
        }
        guard read.count == rows.count else { return nil }
        (self.steps, self.rows, self.size) = (steps, read, size)
    }

    var members: [(String, JSON)] {
        [
            ("steps", .array(steps.map { .string(ExplorableReader.label($0)) })), ("width", JSON(size.width)),
            ("height", JSON(size.height)),
            (
                "rows",
                .array(
                    rows.map { row in
                        [
                            "name": .string(ExplorableReader.label(row.name)),
                            "frames": .array(row.frames.map { .string(Base64.text(of: $0)) }),
                        ]
                    })
            ),
        ]
    }
}
