import Images
import Tensors

/// The outline of a segment as COCO's annotations have it, and its pixels. Run-length codes and polygons give the pixels that `pycocotools`
/// gives.
public enum COCOShape: Sendable, Equatable {
    /// Lengths of runs, alternately outside and inside, down the columns from the left.
    case runs([Int], size: PixelSize)
    /// Polygons of x, y, x, y, …; the segment is their union.
    case polygons([[Double]])

    /// The largest side of a picture, and the largest coordinate of a polygon.
    static let sideLimit = 16_384

    /// Reads a `segmentation`: polygons, or counts as a list or as COCO's compressed string. Returns nil where it is neither, or holds what
    /// cannot be right: sides beyond 16 384, negative runs, coordinates far outside.
    public init?(_ json: JSON) {
        if let list = json.arrayValue {
            var polygons: [[Double]] = []
            for item in list {
                guard let numbers = item.arrayValue?.map({ $0.doubleValue ?? .nan }), numbers.count >= 6, numbers.count % 2 == 0,
                    numbers.allSatisfy({ abs($0) <= Double(Self.sideLimit) })
                else { return nil }
                polygons.append(numbers)
            }
            guard !polygons.isEmpty else { return nil }
            self = .polygons(polygons)
            return
        }
        guard let sides = json["size"]?.arrayValue?.compactMap(\.intValue), sides.count == 2,
            sides.allSatisfy({ (1...Self.sideLimit).contains($0) }), let counts = json["counts"]
        else { return nil }
        let size = PixelSize(width: sides[1], height: sides[0])
        let runs: [Int]?
        if let list = counts.arrayValue {
            let numbers = list.compactMap(\.intValue)
            runs = numbers.count == list.count ? numbers : nil
        } else {
            runs = counts.stringValue.flatMap { Self.decoded(Array($0.utf8)) }
        }
        guard let runs, Self.sum(runs) == size.width * size.height else { return nil }
        self = .runs(runs, size: size)
    }

    /// Returns the sum of run lengths; nil where one is negative or the sum has no end.
    private static func sum(_ runs: [Int]) -> Int? {
        var sum = 0
        for run in runs {
            guard run >= 0, run <= sideLimit * sideLimit else { return nil }
            sum += run
            guard sum <= sideLimit * sideLimit else { return nil }
        }
        return sum
    }

    /// Returns the runs of COCO's compressed string: groups of five bits, the lowest first, 48 added to each; bit 5 says that more follow, and
    /// bit 4 of the last is the sign. From the fourth run on, a number is the difference to the run two before. Nil for other strings.
    static func decoded(_ bytes: [UInt8]) -> [Int]? {
        var (runs, place) = ([Int](), 0)
        while place < bytes.count {
            var (value, shift, more) = (0, 0, true)
            while more {
                guard place < bytes.count, (48..<112).contains(bytes[place]), shift <= 35 else { return nil }
                let bits = Int(bytes[place]) - 48
                value |= (bits & 0x1f) << shift
                more = bits & 0x20 != 0
                shift += 5
                place += 1
                if !more, bits & 0x10 != 0 { value |= -1 << shift }
            }
            if runs.count > 2 { value += runs[runs.count - 2] }
            guard (0...sideLimit * sideLimit).contains(value) else { return nil }
            runs.append(value)
        }
        return runs
    }

    /// Returns the segment in a picture of this size, 1 inside and 0 outside. Returns nil where runs are of a picture of another size.
    public func mask(_ size: PixelSize) -> Mask? {
        // Whether an inside begins or ends at a pixel, counted down the columns.
        var inside = [Bool](repeating: false, count: size.width * size.height)
        switch self {
        case .runs(let runs, let own):
            guard own == size else { return nil }
            var (place, isInside) = (0, false)
            for run in runs {
                if isInside { for index in place..<place + run { inside[index] = true } }
                place += run
                isInside.toggle()
            }
        case .polygons(let polygons):
            for polygon in polygons {
                var isInside = false
                for (index, crosses) in COCOPolygon.crossings(polygon, size).enumerated() {
                    if crosses { isInside.toggle() }
                    if isInside { inside[index] = true }
                }
            }
        }
        var values = [Float](repeating: 0, count: inside.count)
        for x in 0..<size.width {
            for y in 0..<size.height where inside[x * size.height + y] { values[y * size.width + x] = 1 }
        }
        return Mask(width: size.width, height: size.height, values: values)
    }
}

/// The pixels of a polygon, by the rule of `pycocotools` (`rleFrPoly`): the boundary is walked at five times the resolution.
enum COCOPolygon {
    private static let scale = 5.0

    /// Returns for each pixel, counted down the columns, whether the boundary is crossed before it an odd number of times. Coordinates are at
    /// most `COCOShape.sideLimit` in size.
    static func crossings(_ polygon: [Double], _ size: PixelSize) -> [Bool] {
        var crosses = [Bool](repeating: false, count: size.width * size.height)
        let points = stride(from: 0, to: polygon.count - 1, by: 2).map { place in
            (x: Int(scale * polygon[place] + 0.5), y: Int(scale * polygon[place + 1] + 0.5))
        }
        var last: (x: Int, y: Int)?
        for (place, from) in points.enumerated() {
            walk(from, points[(place + 1) % points.count]) { point in
                if let before = last, before.x != point.x { cross(before, point, size, &crosses) }
                last = point
            }
        }
        return crosses
    }

    /// Visits the points of a line.
    private static func walk(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), _ visit: ((x: Int, y: Int)) -> Void) {
        let (dx, dy) = (abs(to.x - from.x), abs(to.y - from.y))
        let isFlat = dx >= dy
        let isBackward = isFlat ? from.x > to.x : from.y > to.y
        let (start, end) = isBackward ? (to, from) : (from, to)
        let length = isFlat ? dx : dy
        let slope = length == 0 ? 0 : Double(isFlat ? end.y - start.y : end.x - start.x) / Double(length)
        for step in 0...length {
            let t = isBackward ? length - step : step
            visit(
                isFlat
                    ? (start.x + t, Int(Double(start.y) + slope * Double(t) + 0.5))
                    : (Int(Double(start.x) + slope * Double(t) + 0.5), start.y + t))
        }
    }

    /// Notes that the boundary goes from one column of points to the next, where that is the middle of a column of pixels.
    private static func cross(_ before: (x: Int, y: Int), _ point: (x: Int, y: Int), _ size: PixelSize, _ crosses: inout [Bool]) {
        let x = (Double(point.x < before.x ? point.x : point.x - 1) + 0.5) / scale - 0.5
        guard x == x.rounded(.down), x >= 0, x <= Double(size.width - 1) else { return }
        let y = (Double(min(point.y, before.y)) + 0.5) / scale - 0.5
        let row = min(max(y, 0), Double(size.height)).rounded(.up)
        let index = Int(x) * size.height + Int(row)
        if index < crosses.count { crosses[index].toggle() }
    }
}
