/// Arithmetic on shapes: lists of sizes, the outermost axis first.
public enum Shape {
    /// The number of elements of a tensor of this shape, which must be countable; `checkedCount` is for shapes that a
    /// program asks for.
    @inlinable public static func count(_ shape: [Int]) -> Int { shape.reduce(1, *) }

    /// The same for sizes of any origin: nil where one is negative, or where the product of the sizes other than 0 cannot
    /// be counted, also if there is a size of 0.
    public static func checkedCount(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    /// Row-major strides in elements: the distance between neighbours along each axis.
    public static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in stride(from: shape.count - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// The shape of two operands broadcast by NumPy's rule: aligned from the right, sizes are equal or one of them is 1.
    /// nil where they do not broadcast.
    public static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
        var result = [Int](repeating: 1, count: max(a.count, b.count))
        for i in 0..<result.count {
            let p = i < a.count ? a[a.count - 1 - i] : 1
            let q = i < b.count ? b[b.count - 1 - i] : 1
            guard p == q || p == 1 || q == 1 else { return nil }
            result[result.count - 1 - i] = p == 1 ? q : p
        }
        return result
    }

    /// The strides with which a tensor of `shape` is read as `target`: 0 along the axes that it is repeated over.
    static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
        let own = strides(shape)
        let missing = target.count - shape.count
        return target.indices.map { $0 < missing || shape[$0 - missing] == 1 ? 0 : own[$0 - missing] }
    }

    /// The axis, counted from the end where it is negative; traps outside of −rank..<rank. Callers check what users enter.
    public static func axis(_ axis: Int, rank: Int) -> Int {
        let result = axis < 0 ? axis + rank : axis
        precondition(result >= 0 && result < rank, "axis \(axis) of a tensor of rank \(rank)")
        return result
    }

    /// The shape as text: "[1, 16, 16, 8]".
    public static func text(_ shape: [Int]) -> String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
}
