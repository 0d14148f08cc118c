/// Arithmetic on shapes (sizes from the outermost axis in) as the tensors and the language's messages need it.
public enum Shape {
    /// How many numbers a tensor of this shape holds. Of shapes that exist; those that a program asks for go through
    /// `checkedCount`.
    @inlinable public static func count(_ shape: [Int]) -> Int { shape.reduce(1, *) }

    /// The same for sizes that anyone may have written: nil where one is negative, or where the sizes other than 0 have a
    /// product that cannot be counted, also beside a size of 0.
    public static func checkedCount(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    /// Row-major strides in elements.
    public static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in stride(from: shape.count - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// NumPy's rule: aligned from the right, sizes are equal or one of them is 1. `nil` where they do not broadcast.
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

    /// Strides with which a tensor of `shape` is read as `target` (0 along the axes it is repeated over).
    static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
        let own = strides(shape)
        let missing = target.count - shape.count
        return target.indices.map { $0 < missing || shape[$0 - missing] == 1 ? 0 : own[$0 - missing] }
    }

    /// An axis counted from the end where negative; traps outside: callers check what users enter.
    public static func axis(_ axis: Int, rank: Int) -> Int {
        let result = axis < 0 ? axis + rank : axis
        precondition(result >= 0 && result < rank, "axis \(axis) of a tensor of rank \(rank)")
        return result
    }

    /// "[1, 16, 16, 8]".
    public static func text(_ shape: [Int]) -> String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
}
