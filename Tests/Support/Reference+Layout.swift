extension Reference {
    /// Returns the same elements in another shape.
    public func reshaped(_ shape: [Int]) -> Reference { Reference(values, shape: shape) }

    /// Returns the array with its axes in another order.
    public func permuted(_ order: [Int]) -> Reference {
        let own = Self.strides(shape)
        var result: [Double] = []
        let target = order.map { shape[$0] }
        Self.forEachIndex(target) { index in
            result.append(values[zip(index, order).reduce(0) { $0 + $1.0 * own[$1.1] }])
        }
        return Reference(result, shape: target)
    }

    /// Returns `count` elements from `start` in steps of `step`, of every axis.
    public func sliced(_ slices: [(start: Int, count: Int, step: Int)]) -> Reference {
        let own = Self.strides(shape)
        var result: [Double] = []
        let target = slices.map(\.count)
        Self.forEachIndex(target) { index in
            result.append(
                values[
                    index.indices.reduce(0) {
                        $0 + (slices[$1].start + index[$1] * slices[$1].step) * own[$1]
                    }])
        }
        return Reference(result, shape: target)
    }

    /// Returns a range of the first axis.
    public func rows(_ range: Range<Int>) -> Reference {
        let row = count / shape[0]
        return Reference(
            Array(values[range.lowerBound * row..<range.upperBound * row]),
            shape: [range.count] + shape.dropFirst())
    }

    /// Returns the parts joined along an axis.
    public static func concatenated(_ parts: [Reference], axis: Int) -> Reference {
        var shape = parts[0].shape
        shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
        var result: [Double] = []
        forEachIndex(shape) { index in
            var (index, part) = (index, 0)
            while index[axis] >= parts[part].shape[axis] {
                index[axis] -= parts[part].shape[axis]
                part += 1
            }
            let offset = zip(index, strides(parts[part].shape)).reduce(0) { $0 + $1.0 * $1.1 }
            result.append(parts[part].values[offset])
        }
        return Reference(result, shape: shape)
    }

    /// Returns the rows of these indices of a matrix.
    public func gatherRows(_ indices: [Int]) -> Reference {
        let row = count / shape[0]
        return Reference(
            indices.flatMap { values[$0 * row..<($0 + 1) * row] }, shape: [indices.count] + shape.dropFirst())
    }

    /// Returns the sum over `axes`, over all where nil.
    public func sum(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Reference {
        let axes = Set((axes ?? Array(shape.indices)).map { $0 < 0 ? $0 + rank : $0 })
        let kept = shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
        let own = Self.strides(kept)
        var result = Reference(repeating: 0, shape: kept)
        var place = 0
        Self.forEachIndex(shape) { index in
            let target = index.indices.reduce(0) { axes.contains($1) ? $0 : $0 + index[$1] * own[$1] }
            result.values[target] += values[place]
            place += 1
        }
        return keepsAxes
            ? result : result.reshaped(shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
    }

    /// Returns the mean over `axes`, over all where nil.
    public func mean(_ axes: [Int]? = nil, keepsAxes: Bool = false) -> Reference {
        let total = sum(axes, keepsAxes: keepsAxes)
        return total.scaled(by: Double(total.count) / Double(count))
    }

    /// Returns [N, H, W, C] as [N, 2H, 2W, C], with every place four times.
    public func upsampledByTwo() -> Reference {
        let (h, w, c) = (shape[1], shape[2], shape[3])
        var result: [Double] = []
        Self.forEachIndex([shape[0], 2 * h, 2 * w, c]) { i in
            result.append(values[((i[0] * h + i[1] / 2) * w + i[2] / 2) * c + i[3]])
        }
        return Reference(result, shape: [shape[0], 2 * h, 2 * w, c])
    }
}
