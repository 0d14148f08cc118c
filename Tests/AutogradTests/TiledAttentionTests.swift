import TestSupport
import Testing

@testable import Autograd
@testable import Tensors

/// Attention whose probabilities are computed again in backward, beside the one that keeps them.
@Suite struct TiledAttentionTests {
    private static func numbers(_ shape: [Int], seed: Int) -> Tensor {
        RandomDraw(seed: UInt64(seed), stream: "test", step: 0).normal(shape)
    }

    /// Tiles that divide the queries and tiles that do not; more and fewer keys than queries.
    @Test(arguments: [(256, 256, 2), (300, 77, 3), (50, 400, 1)]) func gradientsAreThoseOfKeptProbabilities(
        _ queries: Int, _ keys: Int, _ heads: Int
    ) {
        let width = heads * 20
        let (q, k, v) = (
            Self.numbers([2, queries, width], seed: 1), Self.numbers([2, keys, width], seed: 2), Self.numbers([2, keys, width], seed: 3)
        )
        let dy = Self.numbers([2, queries, width], seed: 4)
        let p = Tensor.attentionProbabilities(q, k, heads: heads)
        let (dp, dv) = dy.attentionValuesBackward(p, v, probabilities: true, values: true)
        let (dq, dk) = dp!.attentionProbabilitiesBackward(p, q, k, heads: heads, queries: true, keys: true)
        let (y, logSums) = Tensor.attentionForBackward(q, k, v, heads: heads)
        let tiled = dy.attentionBackward(y, logSums: logSums, q, k, v, heads: heads, wanted: [true, true, true])
        for (mine, kept) in zip(tiled, [dq, dk, dv]) {
            let (a, b) = (mine!.values, kept!.values)
            let largest = b.map(abs).max() ?? 0
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 * largest })
        }
        let part = dy.attentionBackward(y, logSums: logSums, q, k, v, heads: heads, wanted: [false, false, true])
        #expect(part[0] == nil && part[1] == nil && part[2]!.isIdentical(to: tiled[2]!))
    }

    /// Above 32×32 tokens nothing that grows with their square is kept, and the gradient is there.
    @Test func largeSelfAttentionKeepsNoProbabilities() {
        let tokens = 1296
        let x = Variable.leaf(Self.numbers([1, tokens, 8], seed: 5))
        let before = MemoryPool.shared.usedBytes
        MemoryPool.shared.resetPeak()
        let y = x.attention(keys: x, values: x, heads: 1)
        #expect(MemoryPool.shared.usedBytes - before < tokens * tokens)
        let gradients = Gradients(of: y, seed: Self.numbers(y.shape, seed: 6))
        #expect(gradients[x]?.shape == x.shape)
        #expect(MemoryPool.shared.peakBytes - before < 4 * tokens * tokens)
    }
}
