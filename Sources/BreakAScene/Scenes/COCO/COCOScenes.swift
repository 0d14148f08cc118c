import Images
import Tensors

/// Scenes of COCO annotations by the paper's rule (B.2): a square crop in which two segments of distinct classes or more each cover at least
/// a share of it.
public struct COCOScenes {
    private let annotations: COCOAnnotations
    private let rule: COCOAnnotations.Rule
    /// The folders of the photos, and of the pictures of segments of a panoptic file.
    private let photos: String, maps: String
    /// The candidates whose photo is not in the folder, and those whose photo or segments do not fit what the file says.
    public private(set) var missing: [String] = [], unfit: [String] = []

    /// Prepares the making of scenes.
    public init(_ annotations: COCOAnnotations, rule: COCOAnnotations.Rule, photos: String, maps: String) {
        (self.annotations, self.rule, self.photos, self.maps) = (annotations, rule, photos, maps)
    }

    /// Calls `body` with scenes of pictures drawn at random, until there are `count`. Returns how many there were. Candidates are tried in
    /// groups, for each of which the file of annotations is read once. Throws `COCOError`, `FileError`, and what `body` throws.
    public mutating func forEach(_ count: Int, seed: Int, _ body: (Scene) throws -> Void) throws -> Int {
        let draw = RandomDraw(seed: UInt64(bitPattern: Int64(seed)), stream: "coco", step: 0)
        let order = draw.sample(annotations.count, below: annotations.count)
        var (made, next) = (0, 0)
        while made < count, next < order.count {
            // Photos that are not there cost no reading of the annotations.
            var group: [Int] = []
            while group.count < max(16, 2 * (count - made)), next < order.count {
                if isThere(order[next]) { group.append(order[next]) }
                next += 1
            }
            let places = Set(group.flatMap { annotations.candidates[$0].segments.map(\.place) })
            let shapes = annotations.isPanoptic ? [:] : try annotations.shapes(places)
            for candidate in group where made < count {
                try Cancellation.check()
                guard let scene = try scene(candidate, shapes) else { continue }
                try body(scene)
                made += 1
            }
        }
        return made
    }

    private mutating func isThere(_ index: Int) -> Bool {
        let candidate = annotations.candidates[index]
        guard let photo = Self.path(candidate.picture.file, in: photos), FileSystem.exists(photo) else {
            missing.append(candidate.picture.file)
            return false
        }
        return true
    }

    /// Returns the path of a file below a folder; nil for names that lead out of it.
    private static func path(_ name: String, in folder: String) -> String? {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.utf8.contains(0), !name.split(separator: "/").contains("..") else { return nil }
        return "\(folder)/\(name)"
    }

    /// Returns the scene of a candidate; nil where its crop has no two large segments, or its files do not fit.
    private mutating func scene(_ index: Int, _ shapes: [Int: COCOShape]) throws -> Scene? {
        let (picture, segments, map) = annotations.candidates[index]
        guard let path = Self.path(picture.file, in: photos), let photo = try? Image(contentsOf: path), photo.size == picture.size else {
            unfit.append(picture.file)
            return nil
        }
        let colors = try map.flatMap { try segmentColors($0, picture.size) }
        var things: [Thing] = []
        for segment in segments {
            let mask: Mask?
            if let color = segment.color {
                mask = colors.map { Self.mask($0, color, picture.size) }
            } else {
                mask = shapes[segment.place]?.mask(picture.size)
            }
            if let mask { things.append(Thing(name: segment.name, mask: mask)) }
        }
        if things.count < segments.count { unfit.append(picture.file) }
        guard let found = Self.crop(picture.size, things, rule.share) else { return nil }
        let name = picture.file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "\(picture.id)"
        let masks = try found.things.map { try $0.mask.cropped(to: found.rect) }
        do {
            return try Scene(image: photo.cropped(to: found.rect), masks: masks, names: found.things.map(\.name), title: "coco " + name)
        } catch SceneError.masksIdentical {
            unfit.append(picture.file)
            return nil
        }
    }

    /// Returns the numbers of the segments by pixel, which the file at `name` has as colours; nil where it is missing or of another size.
    private func segmentColors(_ name: String, _ size: PixelSize) throws -> [Int]? {
        guard let path = Self.path(name, in: maps), FileSystem.exists(path) else {
            throw COCOError.damaged(path: annotations.path, "the picture of segments \(maps)/\(name) is missing")
        }
        guard let map = try? Image(contentsOf: path), map.size == size else { return nil }
        return stride(from: 0, to: map.pixels.count, by: 3).map {
            Int(map.pixels[$0]) | Int(map.pixels[$0 + 1]) << 8 | Int(map.pixels[$0 + 2]) << 16
        }
    }

    private static func mask(_ colors: [Int], _ color: Int, _ size: PixelSize) -> Mask {
        Mask(width: size.width, height: size.height, values: colors.map { $0 == color ? 1 : 0 })
    }

    // MARK: the crop

    struct Thing {
        let name: String
        let mask: Mask
    }

    /// Returns the square of the picture's shorter side and the things in it: of each class the largest segment that covers `share` of the
    /// square. Of the squares along the longer side, at sixteenths, it is the one with the most such things, then with the largest smallest
    /// one, then the one nearest to the middle. Nil where no square has two.
    static func crop(_ size: PixelSize, _ things: [Thing], _ share: Double) -> (rect: PixelRect, things: [Thing])? {
        let side = min(size.width, size.height)
        let (room, isWide) = (max(size.width, size.height) - side, size.width > size.height)
        let profiles = things.map { profile($0.mask, isWide: isWide) }
        var best: (start: Int, chosen: [Int], smallest: Double)?
        let starts = Set((0...16).map { room * $0 / 16 }).sorted { (abs(2 * $0 - room), $0) < (abs(2 * $1 - room), $1) }
        for start in starts {
            let areas = profiles.map { ($0[start + side] - $0[start]) / Double(side * side) }
            var largest: [String: Int] = [:]
            for (place, thing) in things.enumerated() where areas[place] >= share {
                if let other = largest[thing.name], areas[other] >= areas[place] { continue }
                largest[thing.name] = place
            }
            let chosen = largest.values.sorted()
            let smallest = chosen.map { areas[$0] }.min() ?? 0
            if chosen.count > 1, best.map({ (chosen.count, smallest) > ($0.chosen.count, $0.smallest) }) ?? true {
                best = (start, chosen, smallest)
            }
        }
        guard let best else { return nil }
        let (x, y) = isWide ? (best.start, 0) : (0, best.start)
        return (PixelRect(x0: x, y0: y, x1: x + side, y1: y + side), best.chosen.map { things[$0] })
    }

    /// Returns the pixels of a mask in all columns (rows) before each, for every place along the longer side.
    private static func profile(_ mask: Mask, isWide: Bool) -> [Double] {
        let (length, width) = (isWide ? mask.width : mask.height, mask.width)
        var counts = [Double](repeating: 0, count: length + 1)
        for (index, value) in mask.values.enumerated() { counts[(isWide ? index % width : index / width) + 1] += Double(value) }
        for place in 1...length { counts[place] += counts[place - 1] }
        return counts
    }
}
