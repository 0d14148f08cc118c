import Images
import Tensors

/// What scenes need of a file of COCO annotations, instances or panoptic: which pictures may make one, and the segments of these. The file is
/// read piece by piece; memory holds the list of pictures and the numbers of segments that are large enough.
public struct COCOAnnotations {
    /// A picture that the file names.
    struct Picture {
        let id: Int
        let file: String
        let size: PixelSize
    }

    /// A segment that is large enough and of a class that counts.
    struct Segment {
        /// The class's name.
        let name: String
        let area: Double
        /// The annotation's place in the file; for panoptic files, with the segment's colour number in the picture of segments.
        let place: Int
        let color: Int?
    }

    /// What makes a segment count.
    public struct Rule: Sendable {
        /// The least share of the square crop.
        public var share: Double
        /// The names of classes that do not count.
        public var excluded: Set<String>

        /// Creates a rule.
        public init(share: Double, excluded: Set<String>) { (self.share, self.excluded) = (share, excluded) }

        /// The classes that the paper leaves out.
        public static let paperExclusions = ["orange", "banana", "broccoli", "carrot", "zebra", "giraffe"]
    }

    let path: String
    /// The pictures that have large segments of two classes at least, in the order of their numbers.
    let candidates: [(picture: Picture, segments: [Segment], map: String?)]
    /// Whether the segments are in pictures, as in panoptic files.
    let isPanoptic: Bool

    /// The number of pictures that may make a scene.
    public var count: Int { candidates.count }

    /// Reads what pictures and segments there are. Throws `COCOError`, `FileError` and `CancellationError`.
    public init(_ path: String, rule: Rule) throws {
        self.path = path
        var reading = Reading(rule: rule)
        do {
            var file = try JSONElementFile(path)
            // Files list pictures and classes before or after annotations: the latter are looked at when the former are known.
            try file.forEach(of: ["images", "categories"]) { key, _, json in
                if key == "images" { reading.addPicture(json) } else { reading.addClass(json) }
            }
            guard !reading.pictures.isEmpty, !reading.names.isEmpty else { throw COCOError.notCOCO(path: path) }
            try file.forEach(of: ["annotations"], omitting: ["segmentation"]) { _, place, json in reading.addAnnotation(json, place) }
        } catch let fault as JSONElementFile.Fault {
            throw COCOError.damaged(path: path, fault.description)
        }
        guard reading.annotations > 0 else { throw COCOError.notCOCO(path: path) }
        isPanoptic = !reading.maps.isEmpty
        candidates = reading.segments.keys.sorted().compactMap { id in
            guard let picture = reading.pictures[id], let segments = reading.segments[id], Set(segments.map(\.name)).count > 1 else {
                return nil
            }
            return (picture, segments, reading.maps[id])
        }
    }

    /// Returns the outlines of the annotations at these places of the file.
    func shapes(_ places: Set<Int>) throws -> [Int: COCOShape] {
        guard let last = places.max() else { return [:] }
        var shapes: [Int: COCOShape] = [:]
        struct Done: Error {}
        do {
            var file = try JSONElementFile(path)
            try file.forEach(of: ["annotations"], isWanted: { _, place in places.contains(place) }) { _, place, json in
                shapes[place] = json["segmentation"].flatMap(COCOShape.init)
                // What follows need not be read.
                if place == last { throw Done() }
            }
        } catch is Done {
        } catch let fault as JSONElementFile.Fault {
            throw COCOError.damaged(path: path, fault.description)
        }
        return shapes
    }

    /// What is gathered while the file is read.
    private struct Reading {
        let rule: Rule
        var pictures: [Int: Picture] = [:]
        /// The names of the classes that count.
        var names: [Int: String] = [:]
        var segments: [Int: [Segment]] = [:]
        var maps: [Int: String] = [:]
        var annotations = 0

        mutating func addPicture(_ json: JSON) {
            guard let id = json["id"]?.intValue, let file = json["file_name"]?.stringValue, let width = json["width"]?.intValue,
                let height = json["height"]?.intValue, (1...COCOShape.sideLimit).contains(width), (1...COCOShape.sideLimit).contains(height)
            else { return }
            pictures[id] = Picture(id: id, file: file, size: PixelSize(width: width, height: height))
        }

        /// Panoptic files say which classes are things; in files of instances all are.
        mutating func addClass(_ json: JSON) {
            guard let id = json["id"]?.intValue, let name = json["name"]?.stringValue, json["isthing"]?.intValue ?? 1 != 0,
                !rule.excluded.contains(name)
            else { return }
            names[id] = name
        }

        mutating func addAnnotation(_ json: JSON, _ place: Int) {
            annotations += 1
            guard let image = json["image_id"]?.intValue, let picture = pictures[image] else { return }
            if let list = json["segments_info"]?.arrayValue {
                maps[image] = json["file_name"]?.stringValue
                for item in list { add(item, picture, place, color: item["id"]?.intValue) }
            } else {
                add(json, picture, place, color: nil)
            }
        }

        private mutating func add(_ json: JSON, _ picture: Picture, _ place: Int, color: Int?) {
            let side = Double(min(picture.size.width, picture.size.height))
            // A part of a segment is no larger than the whole; the slack is for areas that were computed otherwise than pixels are counted.
            guard let category = json["category_id"]?.intValue, let name = names[category], let area = json["area"]?.doubleValue,
                json["iscrowd"]?.intValue ?? 0 == 0, area >= 0.98 * rule.share * side * side
            else { return }
            segments[picture.id, default: []].append(Segment(name: name, area: area, place: place, color: color))
        }
    }
}

/// What keeps COCO annotations from becoming scenes.
public enum COCOError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file at `path` has no list of images, categories or annotations.
    case notCOCO(path: String)
    /// The file at `path` is no JSON, or is cut short.
    case damaged(path: String, String)

    /// The error as a message, without a full stop.
    public var description: String {
        switch self {
        case .notCOCO(let path): "\(path) is not a file of COCO annotations: it needs lists images, categories and annotations"
        case .damaged(let path, let why): "\(path) is damaged: \(why)"
        }
    }
}
