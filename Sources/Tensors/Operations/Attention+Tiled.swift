import CKernels

// The backward of attention whose probabilities were not kept: they are computed again, some queries at a time, so that
// what is there at once grows with the tokens, not with their square (Dao et al. 2022, without the online softmax: a
// whole row of scores fits into the caches here).
extension Tensor {
    /// Queries at a time: sums of outer products are stored once a tile.
    private static let backwardTile = 128

    /// dq [N, Lq, A·d], dk and dv [N, Lk, A·d] of dy = self, for `Tensor.attention`.
    public func attentionBackward(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, queries wantsQ: Bool, keys wantsK: Bool, values wantsV: Bool
    ) -> (Tensor?, Tensor?, Tensor?) {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(self, q, k, v) }
        let products = 2 + (wantsQ ? 1 : 0) + (wantsK ? 1 : 0) + (wantsV ? 1 : 0)
        let cost = Profile.Cost("attention, gradients", flops: g.n * heads * products * g.flops, floats: 2 * count + 4 * k.count)
        defer { cost.end() }
        func wanted(_ wants: Bool, _ shape: [Int]) -> Tensor? { wants ? Tensor(uninitialized: shape) : nil }
        let (dq, dk, dv) = (wanted(wantsQ, q.shape), wanted(wantsK, k.shape), wanted(wantsV, v.shape))
        let (dy, qp, kp, vp) = (pointer, q.pointer, k.pointer, v.pointer)
        let (dqp, dkp, dvp) = (dq?.writable, dk?.writable, dv?.writable)
        let rows = min(Self.backwardTile, g.queries)
        g.forEachHead(flops: products * g.flops) { _, query, key in
            let (keys, values) = (g.packedTransposed(kp + key), g.packedTransposed(vp + key))
            let (p, dp, sum) = (Storage(count: rows * g.keys), Storage(count: rows * g.keys), Storage(count: g.keys * g.d))
            defer { keepAlive(keys, values, p, dp, sum) }
            for first in stride(from: 0, to: g.queries, by: rows) {
                let (count, at) = (min(rows, g.queries - first), query + first * g.width)
                g.scores(p.pointer, qp + at, rows: count, keys.pointer)
                bas_softmax(p.pointer, p.pointer, count, g.keys, g.scale, -1)
                if let dvp { g.addTransposedWeighted(dvp + key, p.pointer, dy + at, rows: count, sum.pointer, isFirst: first == 0) }
                if dqp == nil && dkp == nil { continue }
                g.scores(dp.pointer, dy + at, rows: count, values.pointer)
                bas_softmax_backward(dp.pointer, dp.pointer, p.pointer, count, g.keys, g.scale)
                if let dqp { g.weighted(dqp + at, dp.pointer, rows: count, kp + key) }
                if let dkp { g.addTransposedWeighted(dkp + key, dp.pointer, qp + at, rows: count, sum.pointer, isFirst: first == 0) }
            }
        }
        return (dq, dk, dv)
    }
}

extension AttentionGeometry {
    /// y [Lk, d] (+)= pᵀ · x for p [rows, Lk], x [rows, d]; `sum` [Lk, d] is room to work in.
    fileprivate func addTransposedWeighted(
        _ y: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, _ sum: UnsafeMutablePointer<Float>,
        isFirst: Bool
    ) {
        if isFirst { return bas_outer_product(y, width, p, keys, x, width, rows, 0, keys, d) }
        bas_outer_product(sum, d, p, keys, x, width, rows, 0, keys, d)
        for row in 0..<keys { bas_axpy(y + row * width, sum + row * d, 1, d) }
    }
}
