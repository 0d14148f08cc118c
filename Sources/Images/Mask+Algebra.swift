import Tensors

extension Mask {
    /// Union: the larger of both. Throws `ImageError` (badArgument) where sizes differ, as do all operators
    /// here.
    public static func | (a: Mask, b: Mask) throws -> Mask { try a.combined(b, "|") { max($0, $1) } }

    /// Intersection: the smaller of both.
    public static func & (a: Mask, b: Mask) throws -> Mask { try a.combined(b, "&") { min($0, $1) } }

    /// Difference, `a` without `b`: min(a, 1 - b).
    public static func - (a: Mask, b: Mask) throws -> Mask { try a.combined(b, "-") { min($0, 1 - $1) } }

    /// Complement: 1 - a.
    public static prefix func ! (a: Mask) -> Mask {
        let values = a.values
        return Mask(
            a.size,
            clean: Parallel.array(values.count) { out, part in
                for i in part { out[i] = 1 - values[i] }
            })
    }

    /// Union of all. Throws `ImageError` (badArgument) for no masks or differing sizes.
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

// What a mask measures.
extension Mask {
    /// In pixels, soft ones counted by their value.
    public var area: Double {
        var sum = 0.0
        Parallel.eachRow(0..<height) { y in
            for i in y * width..<(y + 1) * width { sum += Double(values[i]) }
        }
        return sum
    }

    /// Of the whole picture, 0…1.
    public var areaFraction: Double { area / Double(width * height) }

    /// No pixel belongs to it at all.
    public var isEmpty: Bool { values.allSatisfy { $0 == 0 } }

    /// The smallest rectangle holding all values above `level`; nil where there are none.
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

    /// Soft intersection over union, Σ min / Σ max: 0 apart, 1 equal; 0 where both are empty.
    /// Throws `ImageError` (badArgument) where sizes differ.
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

    /// The pixel-weighted middle; nil for an empty mask.
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
