import Glibc
import TestSupport
import Testing

@testable import Tensors

/// Elementwise arithmetic under every way to broadcast, and reductions.
@Suite struct TensorOperationTests {
    private func numbers(_ shape: [Int], _ seed: String, in range: ClosedRange<Double> = -1...1) -> Tensor {
        var numbers = SeededNumbers(seed: seed)
        return numbers.tensor(shape, in: range)
    }

    static let broadcasts: [([Int], [Int])] = [
        ([], []), ([3], []), ([], [2, 3]), ([3, 5], [3, 5]), ([3, 5], [5]), ([5], [3, 5]), ([3, 1], [1, 5]),
        ([2, 3, 5], [3, 1]), ([2, 1, 5], [3, 1]), ([2, 3, 4, 5], [2, 1, 1, 5]),
        ([2, 1, 4, 1], [1, 3, 1, 5]),
        ([1, 1], [1]), ([0, 3], [3]), ([0, 3], [1]), ([7, 1, 1], [7, 6, 5]), ([2, 3, 5, 4], [3, 5, 1]),
        ([4, 1, 3], [4, 2, 3]),
    ]

    @Test(arguments: broadcasts)
    func broadcasting(a: [Int], b: [Int]) throws {
        let (x, y) = (numbers(a, "x"), numbers(b, "y", in: 0.5...2))
        let (p, q) = (Reference(x), Reference(y))
        #expect(try #require(Shape.broadcast(a, b)) == Reference.broadcast(a, b))
        expectClose(x + y, p + q, within: 1e-7)
        expectClose(x - y, p - q, within: 1e-7)
        expectClose(x * y, p * q, within: 1e-7)
        expectClose(x / y, p / q, within: 1e-7)
        expectClose(.binary(.less, x, y), .combine(p, q) { $0 < $1 ? 1 : 0 }, within: 0)
        // The backward of broadcasting: the sum over what was repeated.
        let sum = numbers(Reference.broadcast(a, b), "sum")
        let expected = Reference(sum)
        let missing = sum.rank - a.count
        let axes = sum.shape.indices.filter { $0 < missing || (a[$0 - missing] == 1 && sum.shape[$0] != 1) }
        expectClose(sum.summed(to: a), expected.sum(axes, keepsAxes: true).reshaped(a), within: 1e-6)
    }

    @Test func shapesThatDoNotBroadcast() {
        #expect(Shape.broadcast([3], [4]) == nil)
        #expect(Shape.broadcast([2, 3], [2]) == nil)
        #expect(Shape.broadcast([2, 3, 1], [4, 1, 5]) == nil)
        #expect(Shape.broadcast([0], [3]) == nil)
        #expect(Shape.broadcast([0], [1]) == [0])
    }

    static let reductions: [([Int], [Int]?)] = [
        ([3, 5, 7], nil), ([3, 5, 7], [0]), ([3, 5, 7], [1]), ([3, 5, 7], [2]), ([3, 5, 7], [-1, 0]),
        ([3, 5, 7], [0, 1, 2]),
        ([3, 5, 7], []), ([6], [0]), ([1, 4, 1], [0, 2]), ([], nil), ([2, 700, 3], [1]), ([2, 3, 700], [2]),
    ]

    @Test(arguments: reductions)
    func sumsAndMeans(shape: [Int], axes: [Int]?) {
        let x = numbers(shape, "reduce")
        for keeps in [false, true] {
            expectClose(x.sum(axes, keepsAxes: keeps), Reference(x).sum(axes, keepsAxes: keeps), within: 2e-6)
            expectClose(
                x.mean(axes, keepsAxes: keeps), Reference(x).mean(axes, keepsAxes: keeps), within: 2e-6)
        }
    }

    @Test func extremesAndTotals() {
        let x = numbers([6, 7], "extremes")
        #expect(x.maximum == x.values.max() && x.minimum == x.values.min())
        #expect(abs(x.mean - x.values.reduce(0) { $0 + Double($1) } / 42) < 1e-7)
        #expect(abs(x.dot(x) - x.sumOfSquares) < 1e-6)
    }

    @Test(arguments: [0, 1, 2, -1])
    func maximumAlong(axis: Int) {
        let x = numbers([3, 4, 5], "along")
        let place = axis < 0 ? axis + 3 : axis
        let (values, indices) = x.maximum(along: axis)
        var shape = [3, 4, 5]
        let length = shape[place]
        shape[place] = 1
        #expect(values.shape == shape)
        let slices = (0..<length).map { at in
            x.sliced(
                (0..<3).map { $0 == place ? .init(start: at, count: 1) : .init(start: 0, count: x.shape[$0]) }
            ).values
        }
        for (i, value) in values.values.enumerated() {
            #expect(value == slices.map { $0[i] }.max())
            #expect(slices[indices[i]][i] == value)
        }
    }

    @Test func maximumAlongTakesTheFirstOfEquals() {
        #expect(Tensor([2, 5, 5, 1], shape: [4]).maximum(along: 0).indices == [1])
    }

    /// A million times 0.1: partial sums in double keep what float would lose.
    @Test func longSumsAreAccurate() {
        let x = Tensor(repeating: 0.1, shape: [1000, 1000])
        #expect(abs(x.sum - 1e6 * Double(Float(0.1))) < 5e-2)
        #expect(abs(Double(x.sum().scalar) - 1e5) < 1)
    }

    @Test func softmaxAndCausalAttention() {
        let x = numbers([2, 3, 9, 9], "softmax", in: -5...5)
        expectClose(x.softmax(scale: 0.3), Reference(x).softmax(scale: 0.3), within: 1e-6)
        for (length, heads, width) in [(1, 1, 3), (9, 2, 8), (70, 4, 64), (16, 1, 16), (77, 2, 48)] {
            let (q, k) = (numbers([3, length, width], "q", in: -5...5), numbers([3, length, width], "k", in: -5...5))
            expectClose(
                .attentionProbabilities(q, k, heads: heads, causal: true),
                Reference(q).attentionProbabilities(keys: Reference(k), heads: heads, causal: true), within: 5e-6)
        }
    }

    /// Scores that are huge and equal share; what is not a number is seen in its own row, and there alone.
    @Test func attentionAtExtremes() {
        let q = Tensor([1e15, 0, 0, 1, .nan, 1], shape: [1, 3, 2])
        let k = Tensor([1e15, 0, 1e15, 0, 0, 1], shape: [1, 3, 2]), v = Tensor([1, 2, 3, 4, 5, 6], shape: [1, 3, 2])
        let p = Tensor.attentionProbabilities(q, k, heads: 1).values
        #expect(p[0] == 0.5 && p[1] == 0.5 && p[2] < 1e-30)
        #expect(abs(p[3] + p[4] + p[5] - 1) < 1e-6 && p[6...].allSatisfy(\.isNaN))
        let (y, logSums) = Tensor.attentionForBackward(q, k, v, heads: 1)
        #expect(y.values[0] == 2 && y.values[1] == 3 && y.values[2...3].allSatisfy(\.isFinite) && y.values[4...].allSatisfy(\.isNaN))
        let dv = y.rows(0..<1).attentionBackward(y, logSums: logSums, q, k, v, heads: 1, wanted: [false, false, true])[2]
        #expect(dv?.values.allSatisfy(\.isNaN) == true)
    }

    /// Attention in tiles, without keeping probabilities, at sizes on both sides of a tile.
    @Test(arguments: [(1, 1, 1), (2, 16, 77), (1, 300, 5), (2, 65, 130), (1, 40, 5000)])
    func tiledAttention(samples: Int, queries: Int, keys: Int) {
        let q = numbers([samples, queries, 12], "q", in: -2...2)
        let (k, v) = (numbers([samples, keys, 12], "k", in: -2...2), numbers([samples, keys, 12], "v"))
        let expected = Reference(q).attentionProbabilities(keys: Reference(k), heads: 3).attentionValues(
            Reference(v))
        expectClose(Tensor.attention(q, k, v, heads: 3), expected, within: 5e-6)
    }
}
