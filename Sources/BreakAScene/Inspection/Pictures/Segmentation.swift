import Glibc

/// Regions of one look each: the graph-based segmentation of Felzenszwalb and Huttenlocher (2004).
///
/// Neighbouring pixels are joined in the order of their difference in colour, two regions only where that difference is
/// not larger than within either of them. A pure function of the picture: no seed, the same whatever the threads.
struct Segmentation: Sendable {
    /// The settings of a segmentation.
    struct Options: Sendable {
        /// How readily regions are joined: the larger, the larger the regions.
        var scale: Float = 60
        /// Regions of fewer pixels are joined to the neighbour that differs least.
        var smallest = 12
        /// The standard deviation of the blur that comes first, in pixels.
        var blur: Float = 0.6
        /// The weight of lightness: shadows change it more than colour, so that it counts less.
        var lightnessWeight: Float = 0.7
    }

    let width: Int
    let height: Int
    /// The region of every pixel, row after row, numbered from 0 in the order in which they are met.
    let labels: [Int]
    /// The number of regions.
    let count: Int
    /// The regions that touch each region, in rising order.
    let neighbours: [[Int]]

    init(_ picture: LabPicture, _ options: Options = Options()) {
        (width, height) = (picture.width, picture.height)
        let edges = Self.edges(picture, options)
        var forest = RegionForest(picture.pixels.count, scale: options.scale)
        for edge in edges { forest.joinAlike(edge.a, edge.b, edge.difference) }
        for edge in edges { forest.joinSmall(edge.a, edge.b, options.smallest) }
        (labels, count) = forest.numbered()
        neighbours = Self.neighbours(labels, count, width, height)
    }

    /// Pairs of neighbouring pixels (eight neighbours), least different first.
    private static func edges(_ picture: LabPicture, _ options: Options) -> [(a: Int, b: Int, difference: Float)] {
        let (width, height) = (picture.width, picture.height)
        let weighted = picture.pixels.map { SIMD3($0.x * options.lightnessWeight, $0.y, $0.z) }
        let pixels = blurred(weighted, width, height, options.blur)
        var edges: [(a: Int, b: Int, difference: Float)] = []
        edges.reserveCapacity(4 * pixels.count)
        for (dx, dy) in [(1, 0), (0, 1), (1, 1), (-1, 1)] {
            for y in 0..<max(0, height - dy) {
                for x in max(0, -dx)..<max(0, -dx, width - max(0, dx)) {
                    let (a, b) = (y * width + x, (y + dy) * width + x + dx)
                    let d = pixels[a] - pixels[b]
                    edges.append((a, b, (d * d).sum().squareRoot()))
                }
            }
        }
        // Ties by place: the order must not depend on how sorting is done.
        return edges.sorted { ($0.difference, $0.a, $0.b) < ($1.difference, $1.a, $1.b) }
    }

    /// The pixels after a Gaussian blur; beyond the border its pixels are repeated.
    private static func blurred(_ pixels: [SIMD3<Float>], _ width: Int, _ height: Int, _ sigma: Float) -> [SIMD3<Float>] {
        guard sigma > 0 else { return pixels }
        let reach = max(1, Int((4 * sigma).rounded()))
        let raw = (-reach...reach).map { expf(-Float($0 * $0) / (2 * sigma * sigma)) }
        let kernel = raw.map { $0 / raw.reduce(0, +) }
        func pass(_ source: [SIMD3<Float>], _ dx: Int, _ dy: Int) -> [SIMD3<Float>] {
            source.indices.map { i in
                let (x, y) = (i % width, i / width)
                return kernel.indices.reduce(SIMD3<Float>.zero) { sum, k in
                    let u = min(max(x + dx * (k - reach), 0), width - 1)
                    let v = min(max(y + dy * (k - reach), 0), height - 1)
                    return sum + kernel[k] * source[v * width + u]
                }
            }
        }
        return pass(pass(pixels, 1, 0), 0, 1)
    }

    /// The regions that touch each of `count` regions, in rising order.
    private static func neighbours(_ labels: [Int], _ count: Int, _ width: Int, _ height: Int) -> [[Int]] {
        var sets = [Set<Int>](repeating: [], count: count)
        for i in labels.indices {
            for other in [i % width + 1 < width ? i + 1 : i, i / width + 1 < height ? i + width : i] where labels[other] != labels[i] {
                sets[labels[i]].insert(labels[other])
                sets[labels[other]].insert(labels[i])
            }
        }
        return sets.map { $0.sorted() }
    }
}

/// Regions while they grow (a union-find forest): each pixel points towards the one that stands for its region.
private struct RegionForest {
    private var parent: [Int]
    private var size: [Int]
    /// The largest difference at which a region still takes another in.
    private var limit: [Float]
    private let scale: Float

    init(_ count: Int, scale: Float) {
        parent = Array(0..<count)
        size = [Int](repeating: 1, count: count)
        limit = [Float](repeating: scale, count: count)
        self.scale = scale
    }

    /// The pixel that stands for a pixel's region; paths are shortened on the way.
    private mutating func root(_ pixel: Int) -> Int {
        var pixel = pixel
        while parent[pixel] != pixel {
            parent[pixel] = parent[parent[pixel]]
            pixel = parent[pixel]
        }
        return pixel
    }

    private mutating func join(_ a: Int, _ b: Int) -> Int {
        let (first, second) = (min(a, b), max(a, b))
        parent[second] = first
        size[first] += size[second]
        return first
    }

    /// Joins the regions of two pixels where `difference` is not larger than within either.
    mutating func joinAlike(_ a: Int, _ b: Int, _ difference: Float) {
        let (a, b) = (root(a), root(b))
        guard a != b, difference <= limit[a], difference <= limit[b] else { return }
        let region = join(a, b)
        limit[region] = difference + scale / Float(size[region])
    }

    /// Joins the regions of two pixels where one has fewer than `smallest` pixels.
    mutating func joinSmall(_ a: Int, _ b: Int, _ smallest: Int) {
        let (a, b) = (root(a), root(b))
        if a != b, size[a] < smallest || size[b] < smallest { _ = join(a, b) }
    }

    /// The region of each pixel, numbered from 0 in the order in which they are met.
    mutating func numbered() -> (labels: [Int], count: Int) {
        var numbers: [Int: Int] = [:]
        let labels = parent.indices.map { pixel -> Int in
            let root = root(pixel)
            if let known = numbers[root] { return known }
            numbers[root] = numbers.count
            return numbers.count - 1
        }
        return (labels, numbers.count)
    }
}
