import Glibc
import Tensors

// Shapes with soft edges: a pixel's value is the share of it that the shape covers. Coordinates may lie outside of the
// picture. All throw `ImageError` (badArgument) for coordinates that are not finite or beyond ±1e6, and for sides outside
// of 1…8192.
extension Mask {
    /// A rectangle with `a` and `b` at opposite corners; coverage is exact.
    public static func box(_ a: Point, _ b: Point, size: PixelSize) throws -> Mask {
        let size = try size.validated()
        try requireFinite([a.x, a.y, b.x, b.y], "box")
        let columns = coverage(from: min(a.x, b.x), to: max(a.x, b.x), count: size.width)
        let rows = coverage(from: min(a.y, b.y), to: max(a.y, b.y), count: size.height)
        return Mask(
            size,
            clean: Parallel.array(size.width * size.height) { out, part in
                for i in part { out[i] = columns[i % size.width] * rows[i / size.width] }
            })
    }

    /// The closed polygon through `points`, at least 3, filled by the even-odd rule: where it crosses itself there are
    /// holes.
    public static func polygon(_ points: [Point], size: PixelSize) throws -> Mask {
        guard points.count >= 3 else {
            throw ImageError.argument("a polygon needs at least 3 points, not \(points.count)")
        }
        try requireFinite(points.flatMap { [$0.x, $0.y] }, "polygon")
        let edges = zip(points, points.dropFirst() + points.prefix(1)).filter { $0.y != $1.y }
        return try scanned(size) { y in
            edges.compactMap { a, b in
                // Half open, so that a corner between two edges counts once.
                guard (a.y <= y) != (b.y <= y) else { return nil }
                return a.x + (b.x - a.x) * ((y - a.y) / (b.y - a.y))
            }.sorted()
        }
    }

    /// An ellipse around `center` with half axes `radii`, in pixels, both above 0.
    public static func ellipse(center: Point, radii: Point, size: PixelSize) throws -> Mask {
        try requireFinite([center.x, center.y, radii.x, radii.y], "ellipse")
        guard radii.x > 0, radii.y > 0 else {
            throw ImageError.argument("an ellipse's radii are above 0, not \(radii.x) and \(radii.y)")
        }
        return try scanned(size) { y in
            let t = (y - center.y) / radii.y
            guard abs(t) < 1 else { return [] }
            let half = radii.x * (1 - t * t).squareRoot()
            return [center.x - half, center.x + half]
        }
    }

    /// The stroke of a round brush of `width` pixels from point to point; one point makes a dot.
    public static func brush(_ points: [Point], width: Double, size: PixelSize) throws -> Mask {
        let size = try size.validated()
        guard let first = points.first else {
            throw ImageError.argument("a brush stroke needs at least one point")
        }
        try requireFinite(points.flatMap { [$0.x, $0.y] } + [width], "brush")
        guard width > 0 else { throw ImageError.argument("a brush is wider than 0 pixels, not \(width)") }
        var values = zeros(size)
        var from = first
        for to in points.count == 1 ? [first] : Array(points.dropFirst()) {
            stroke(from, to, width, size, &values)
            from = to
        }
        return Mask(size, clean: values)
    }

    private static func zeros(_ size: PixelSize) -> [Float] {
        Parallel.array(size.width * size.height) { out, part in (out + part.lowerBound).update(repeating: 0, count: part.count) }
    }

    /// The lines at which each row of pixels is sampled; along a line, coverage is exact.
    private static let linesPerRow = 16

    /// A shape that is filled between the first and second, third and fourth, … crossing of each line; `crossings(y)`
    /// returns them sorted.
    private static func scanned(_ size: PixelSize, _ crossings: (Double) -> [Double]) throws -> Mask {
        let size = try size.validated()
        var values = zeros(size)
        let weight = 1 / Float(linesPerRow)
        Parallel.eachRow(0..<size.height) { row in
            for line in 0..<linesPerRow {
                let xs = crossings(Double(row) + (Double(line) + 0.5) / Double(linesPerRow))
                for pair in stride(from: 0, to: xs.count - 1, by: 2) {
                    addSpan(xs[pair], xs[pair + 1], weight, row * size.width, size.width, &values)
                }
            }
        }
        return Mask(width: size.width, height: size.height, values: values)
    }

    /// Adds `weight` times the share of each pixel of a row that lies between `from` and `to`.
    private static func addSpan(
        _ from: Double, _ to: Double, _ weight: Float, _ row: Int, _ width: Int, _ values: inout [Float]
    ) {
        let (from, to) = (max(from, 0), min(to, Double(width)))
        guard from < to else { return }
        for x in Int(from)..<min(width, Int(to.rounded(.up))) {
            values[row + x] += weight * Float(min(to, Double(x + 1)) - max(from, Double(x)))
        }
    }

    /// The share of each of `count` unit intervals that lies between `from` and `to`.
    private static func coverage(from: Double, to: Double, count: Int) -> [Float] {
        (0..<count).map { Float(max(0, min(to, Double($0 + 1)) - max(from, Double($0)))) }
    }

    /// Draws a straight stroke with round ends; its edge is soft over one pixel.
    private static func stroke(
        _ a: Point, _ b: Point, _ width: Double, _ size: PixelSize, _ values: inout [Float]
    ) {
        let reach = width / 2 + 1
        let columns = pixels(min(a.x, b.x) - reach, max(a.x, b.x) + reach, size.width)
        let rows = pixels(min(a.y, b.y) - reach, max(a.y, b.y) + reach, size.height)
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length2 = dx * dx + dy * dy
        Parallel.eachRow(rows) { y in
            for x in columns {
                let (px, py) = (Double(x) + 0.5 - a.x, Double(y) + 0.5 - a.y)
                let along = length2 > 0 ? max(0, min(1, (px * dx + py * dy) / length2)) : 0
                let distance = hypot(px - along * dx, py - along * dy)
                let value = Float(max(0, min(1, width / 2 - distance + 0.5)))
                values[y * size.width + x] = max(values[y * size.width + x], value)
            }
        }
    }

    private static func pixels(_ from: Double, _ to: Double, _ count: Int) -> Range<Int> {
        let start = Int(max(0, min(from, Double(count))))
        let end = Int(max(0, min(to.rounded(.up), Double(count))))
        return start..<max(start, end)
    }

    private static func requireFinite(_ numbers: [Double], _ what: String) throws {
        // Beyond 1e6 pixels squares would lose the pixel that they are compared with.
        guard let bad = numbers.first(where: { !(abs($0) <= 1e6) }) else { return }
        throw ImageError.argument("\(what): coordinates are numbers of pixels within ±1000000, not \(bad)")
    }
}
