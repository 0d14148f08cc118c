import Tensors

/// Positions of a grid of patches for a grid of another size, as PyTorch's `interpolate(mode="bicubic", align_corners=False)` computes
/// them: Keys' cubic with a = −0.75, without antialiasing; beyond the border its values are repeated.
enum PositionInterpolation {
    /// The positions [1, 1 + rows·columns, D] from [1, 1 + side², D]; the class token's, which is the first, stays.
    static func resized(_ positions: Tensor, side: Int, rows: Int, columns: Int) -> Tensor {
        guard rows != side || columns != side else { return positions }
        let (width, values) = (positions.shape[2], positions.values)
        var result = Array(values.prefix(width))
        result.reserveCapacity((1 + rows * columns) * width)
        let (down, across) = ((0..<rows).map { taps($0, from: side, to: rows) }, (0..<columns).map { taps($0, from: side, to: columns) })
        for vertical in down {
            for horizontal in across {
                var sums = [Double](repeating: 0, count: width)
                for (y, wy) in vertical {
                    for (x, wx) in horizontal {
                        let start = (1 + y * side + x) * width
                        for d in 0..<width { sums[d] += wy * wx * Double(values[start + d]) }
                    }
                }
                result += sums.map { Float($0) }
            }
        }
        return Tensor(result, shape: [1, 1 + rows * columns, width])
    }

    /// The four places along one axis that an output is made of, with their weights.
    private static func taps(_ index: Int, from count: Int, to outCount: Int) -> [(place: Int, weight: Double)] {
        let centre = (Double(index) + 0.5) * Double(count) / Double(outCount) - 0.5
        let first = Int(centre.rounded(.down))
        return (-1...2).map { step in
            (min(max(first + step, 0), count - 1), cubic(abs(centre - Double(first + step))))
        }
    }

    private static func cubic(_ x: Double) -> Double {
        let a = -0.75
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    }
}
