import Tensors

extension Mask {
    /// The union: the larger of both values. Throws `ImageError` (badArgument) where the sizes differ.
    public static func | (a: Mask, b: Mask) throws -> Mask { try a.combined(b, "|") { max($0, $1) } }

    /// The intersection: the smaller of both values. Throws `ImageError` (badArgument) where the sizes differ.
    public static func & (a: Mask, b: Mask) throws -> Mask { try a.combined(b, "&") { min($0, $1) } }

    /// The difference, `a` without `b`: min(a, 1 − b). Throws `ImageError` (badArgument) where the sizes differ.
    public static func - (a: Mask, b: Mask) throws -> Mask { try a.combined(b, "-") { min($0, 1 - $1) } }

    /// The complement: 1 − a.
    public static prefix func ! (a: Mask) -> Mask {
        let values = a.values
        return Mask(
            a.size,
            clean: Parallel.array(values.count) { out, part in
                for i in part { out[i] = 1 - values[i] }
            })
    }

    /// The union of all masks. Throws `ImageError` (badArgument) where there are none, or their sizes differ.
    public static func union(_ masks: [Mask]) throws -> Mask {
        guard let first = masks.first else { throw ImageError.argument("a union needs at least one mask") }
        return try masks.dropFirst().reduce(first) { try $0 | $1 }
    }

    private func combined(_ other: Mask, _ sign: String, _ rule: (Float, Float) -> Float) throws -> Mask {
        try requireSameSize(other, "mask \(sign) mask")
        return Mask(
            size,
            clean: Parallel.array(values.count) { out, part in
                for i in part { out[i] = rule(values[i], other.values[i]) }
            })
    }

    func requireSameSize(_ other: Mask, _ what: String) throws {
        guard size == other.size else {
            throw ImageError.argument(
                "\(what): the sizes differ, \(size) and \(other.size); resize one of them")
        }
    }
}

// Measures of a mask.
extension Mask {
    /// The area in pixels; each counts by its value.
    public var area: Double {
        var sum = 0.0
        Parallel.eachRow(0..<height) { y in
            for i in y * width..<(y + 1) * width { sum += Double(values[i]) }
        }
        return sum
    }

    /// The area as a share of the whole picture, 0…1.
    public var areaFraction: Double { area / Double(width * height) }

    /// Whether all values are 0.
    public var isEmpty: Bool { values.allSatisfy { $0 == 0 } }

    /// The smallest rectangle that holds all values above `level`; nil where there are none.
    public func boundingBox(above level: Float = 0.5) -> PixelRect? {
        var box: PixelRect?
        Parallel.eachRow(0..<height) { y in
            for x in 0..<width where values[y * width + x] > level {
                let old = box ?? PixelRect(x0: x, y0: y, x1: x, y1: y)
                box = PixelRect(
                    x0: min(old.x0, x), y0: old.y0, x1: max(old.x1, x + 1), y1: max(old.y1, y + 1))
            }
        }
        return box
    }

    /// The soft intersection over union, Σ min / Σ max: 1 for equal masks, 0 for masks that share no pixel, and 0 where
    /// both are empty. Throws `ImageError` (badArgument) where the sizes differ.
    public func overlap(with other: Mask) throws -> Double {
        try requireSameSize(other, "overlap")
        var shared = 0.0
        var either = 0.0
        Parallel.eachRow(0..<height) { y in
            for i in y * width..<(y + 1) * width {
                shared += Double(min(values[i], other.values[i]))
                either += Double(max(values[i], other.values[i]))
            }
        }
        return either == 0 ? 0 : shared / either
    }

    /// The mean place of all pixels, each weighted by its value; nil for an empty mask.
    public var centroid: Point? {
        var (sum, sx, sy) = (0.0, 0.0, 0.0)
        Parallel.eachRow(0..<height) { y in
            for x in 0..<width {
                let value = Double(values[y * width + x])
                sum += value
                sx += value * (Double(x) + 0.5)
                sy += value * (Double(y) + 0.5)
            }
        }
        return sum > 0 ? Point(sx / sum, sy / sum) : nil
    }
}
