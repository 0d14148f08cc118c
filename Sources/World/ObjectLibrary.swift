import Files
import Images
import Synchronization

/// What is known of a thing: its names, where it comes from, and from where it was drawn.
public struct WorldObject: Sendable, Equatable {
    /// The way in which a thing's pictures were made.
    public enum Kind: String, Sendable {
        /// A 3-D model, drawn in several poses and lights.
        case model
        /// A flat photographic cut-out, seen from one side, in a light that nobody knows.
        case cutOut = "cut-out"
    }

    /// The identifier, by which one thing among several of the same name is meant.
    public let id: String
    /// The plain word for it: "mug".
    public let name: String
    /// The class that it belongs to ("dish"); nil where it has none.
    public let className: String?
    /// Whether it is held out: no model was trained on it.
    public let isHeldOut: Bool
    /// Whether it is drawn and not photographed.
    public let isCartoon: Bool
    /// How its pictures were made.
    public let kind: Kind
    /// The poses that it was drawn in; empty for a flat cut-out.
    public let poses: [Pose]
    /// The names of the lights that it was drawn under; empty for a flat cut-out.
    public let lights: [String]
    /// The licence, as in "GPL-2".
    public let license: String
    /// Who made it.
    public let attribution: String
    /// The name of its files, without an extension.
    let file: String
}

/// From where a thing is seen: degrees around it to the right, from its front, and above the ground.
public struct Pose: Sendable, Equatable {
    /// Degrees around the thing.
    public let azimuth: Double
    /// Degrees above the ground.
    public let elevation: Double
}

/// Things that scenes are made of, in a folder: `index.json`, and for each thing `objects/FILE.jpg`, a grid of colours (a
/// column a pose, a row a light), and `objects/FILE.png`, one row with the coverage of each pose. `make setup-world` draws
/// such a folder; a small one ships.
public final class ObjectLibrary: Sendable {
    /// The folder.
    public let path: String
    /// The things.
    public let objects: [WorldObject]
    private let places: [String: Int]
    /// Decoded files, the latest last.
    private let decoded = Mutex<[(id: String, grid: CutOut)]>([])
    private static let mostDecoded = 24

    /// Opens a library. `isCache` makes the message of a missing one name the command that draws it. Throws `WorldError`,
    /// `FileError`.
    public init(_ path: String, isCache: Bool = false) throws {
        let index = path + "/index.json"
        guard FileSystem.exists(index) else { throw WorldError.noLibrary(path: path, isCache: isCache) }
        let json: JSON
        do { json = try JSON.parse(try ReadableFile.contents(index, limit: 1 << 26)) } catch let error as JSONError {
            throw WorldError.badFile(path: index, "\(error)")
        }
        guard let entries = json["objects"]?.arrayValue else { throw WorldError.badFile(path: index, "it has no list \"objects\"") }
        let objects = try entries.map { entry in
            guard let object = WorldObject(entry) else { throw WorldError.badFile(path: index, "an entry is not a thing: \(entry.text())") }
            return object
        }
        self.path = path
        self.objects = objects
        places = Dictionary(objects.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        guard places.count == objects.count else { throw WorldError.badFile(path: index, "two things have one identifier") }
    }

    /// The thing of this identifier. Throws `WorldError.unknownThing`.
    public func object(_ id: String) throws -> WorldObject {
        guard let place = places[id] else { throw WorldError.unknownThing(id, nearest: []) }
        return objects[place]
    }

    /// The picture of a thing in a pose and a light, trimmed to what is covered. A flat cut-out has one picture only. Throws
    /// `ImageError`, `FileError`, and `WorldError.badFile` where the file does not fit the index.
    func cutOut(_ object: WorldObject, pose: Int, light: String) throws -> CutOut {
        let grid = try grid(object)
        let (columns, rows) = (max(1, object.poses.count), max(1, object.lights.count))
        let (width, height) = (grid.image.width / columns, grid.image.height / rows)
        let file = "\(path)/objects/\(object.file)"
        guard grid.cover.width == grid.image.width, grid.cover.height == height, width * columns == grid.image.width,
            height * rows == grid.image.height
        else { throw WorldError.badFile(path: file + ".jpg", "\(grid.image.size) pixels are not \(columns)×\(rows) equal cells") }
        let column = min(max(pose, 0), columns - 1)
        let row = object.lights.firstIndex(of: light) ?? 0
        let cell = PixelRect(x0: column * width, y0: row * height, x1: (column + 1) * width, y1: (row + 1) * height)
        let covered = PixelRect(x0: cell.x0, y0: 0, x1: cell.x1, y1: height)
        let whole = CutOut(image: try grid.image.cropped(to: cell), cover: try grid.cover.cropped(to: covered))
        guard let trimmed = try whole.trimmed() else { throw WorldError.badFile(path: file + ".png", "nothing is covered") }
        return trimmed
    }

    /// The longer side of a thing's cells in pixels: how fine its pictures are. Throws as `cutOut`.
    func cellSide(_ object: WorldObject) throws -> Int {
        let grid = try grid(object)
        return max(grid.image.width / max(1, object.poses.count), grid.image.height / max(1, object.lights.count))
    }

    private func grid(_ object: WorldObject) throws -> CutOut {
        if let found = decoded.withLock({ $0.first { $0.id == object.id } }) { return found.grid }
        let file = "\(path)/objects/\(object.file)"
        let grid = CutOut(image: try Image(contentsOf: file + ".jpg"), cover: try Mask(contentsOf: file + ".png"))
        decoded.withLock { kept in
            kept.removeAll { $0.id == object.id }
            if kept.count >= Self.mostDecoded { kept.removeFirst() }
            kept.append((object.id, grid))
        }
        return grid
    }
}

extension WorldObject {
    /// Reads an entry of the index; nil where it is none.
    fileprivate init?(_ entry: JSON) {
        guard let id = entry["id"]?.stringValue, let file = entry["file"]?.stringValue, let name = entry["name"]?.stringValue,
            let kind = entry["kind"]?.stringValue.flatMap(Kind.init(rawValue:)), let license = entry["license"]?.stringValue,
            // The file's name stays within the folder.
            !file.isEmpty,
            file.utf8.allSatisfy({
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        let poses = (entry["poses"]?.arrayValue ?? []).map { $0.arrayValue?.compactMap(\.doubleValue) ?? [] }
        guard poses.allSatisfy({ $0.count == 2 }), poses.count <= 360 else { return nil }
        (self.id, self.file, self.name, self.kind, self.license) = (id, file, name, kind, license)
        className = entry["class"]?.stringValue
        isHeldOut = entry["held"]?.boolValue ?? false
        isCartoon = entry["cartoon"]?.boolValue ?? false
        self.poses = poses.map { Pose(azimuth: $0[0], elevation: $0[1]) }
        lights = (entry["lights"]?.arrayValue ?? []).compactMap(\.stringValue)
        attribution = entry["attribution"]?.stringValue ?? ""
    }
}
