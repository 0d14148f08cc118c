import CKernels

/// Multi-head attention on projections as the layers leave them: q [N, Lq, A·d], k and v [N, Lk, A·d]; heads are read
/// in place by strides, nothing is permuted. A heads of width d; scores are scaled by 1/√d.
public struct AttentionGeometry: Sendable {
    let n: Int, queries: Int, keys: Int, heads: Int, width: Int
    var d: Int { width / heads }
    var scale: Float { 1 / Float(d).squareRoot() }

    init(_ q: Tensor, _ k: Tensor, heads: Int) {
        precondition(q.rank == 3 && k.rank == 3 && q.shape[0] == k.shape[0] && q.shape[2] == k.shape[2] && q.shape[2] % heads == 0,
            "attention of \(Shape.text(q.shape)) and \(Shape.text(k.shape)) with \(heads) heads")
        (n, queries, keys, self.heads, width) = (q.shape[0], q.shape[1], k.shape[1], heads, q.shape[2])
    }

    /// Calls `body(probabilities row offset, q offset, k offset)` for every sample and head, over the threads.
    func forEachHead(flops: Int, _ body: (_ probabilities: Int, _ query: Int, _ key: Int) -> Void) {
        let tasks = Parallel.tasks(work: n * heads * flops, limit: n * heads)
        Parallel.run(tasks: tasks) { task in
            for i in Parallel.range(task, of: tasks, count: n * heads) {
                let (sample, head) = (i / heads, i % heads)
                body(i * queries * keys, sample * queries * width + head * d, sample * keys * width + head * d)
            }
        }
    }

    var flops: Int { 2 * queries * keys * d }
}

extension Tensor {
    /// softmax(q kᵀ / √d): probabilities [N, A, Lq, Lk]. With `causal`, query i sees keys 0...i (the text encoder).
    public static func attentionProbabilities(_ q: Tensor, _ k: Tensor, heads: Int, causal: Bool = false) -> Tensor {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(q, k) }
        let result = Tensor(uninitialized: [g.n, heads, g.queries, g.keys])
        let (p, a, b) = (result.writable, q.pointer, k.pointer)
        g.forEachHead(flops: g.flops) { at, query, key in
            product(
                MatrixView(a + query, stride: g.width), MatrixView(b + key, stride: g.width, isTransposed: true), m: g.queries, n: g.keys, k: g.d,
                into: p + at, stride: g.keys)
            bas_softmax(p + at, p + at, g.queries, g.keys, g.scale, causal ? 0 : -1)
        }
        return result
    }

    /// dq and dk of dp = self.
    public func attentionProbabilitiesBackward(
        _ p: Tensor, _ q: Tensor, _ k: Tensor, heads: Int, queries wantsQ: Bool, keys wantsK: Bool
    ) -> (Tensor?, Tensor?) {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(self, p, q, k) }
        let (dq, dk) = (wantsQ ? Tensor(uninitialized: q.shape) : nil, wantsK ? Tensor(uninitialized: k.shape) : nil)
        let (dp, pp, qp, kp) = (pointer, p.pointer, q.pointer, k.pointer)
        let (dqp, dkp) = (dq?.writable, dk?.writable)
        g.forEachHead(flops: 3 * g.flops) { at, query, key in
            let ds = Storage(count: g.queries * g.keys)
            bas_softmax_backward(ds.pointer, dp + at, pp + at, g.queries, g.keys, g.scale)
            if let dqp {
                product(
                    MatrixView(ds.pointer, stride: g.keys), MatrixView(kp + key, stride: g.width), m: g.queries, n: g.d, k: g.keys, into: dqp + query,
                    stride: g.width)
            }
            if let dkp {
                product(
                    MatrixView(ds.pointer, stride: g.keys, isTransposed: true), MatrixView(qp + query, stride: g.width), m: g.keys, n: g.d,
                    k: g.queries, into: dkp + key, stride: g.width)
            }
        }
        return (dq, dk)
    }

    /// p v: [N, Lq, A·d] of probabilities p = self [N, A, Lq, Lk].
    public func attentionValues(_ v: Tensor) -> Tensor {
        let (heads, queries) = (shape[1], shape[2])
        let result = Tensor(uninitialized: [shape[0], queries, v.shape[2]])
        let g = AttentionGeometry(result, v, heads: heads)
        defer { keepAlive(self, v) }
        let (p, b, y) = (pointer, v.pointer, result.writable)
        g.forEachHead(flops: g.flops) { at, query, key in
            product(
                MatrixView(p + at, stride: g.keys), MatrixView(b + key, stride: g.width), m: queries, n: g.d, k: g.keys, into: y + query,
                stride: g.width)
        }
        return result
    }

    /// dp and dv of dy = self.
    public func attentionValuesBackward(_ p: Tensor, _ v: Tensor, probabilities: Bool, values: Bool) -> (Tensor?, Tensor?) {
        let g = AttentionGeometry(self, v, heads: p.shape[1])
        defer { keepAlive(self, p, v) }
        let (dp, dv) = (probabilities ? Tensor(uninitialized: p.shape) : nil, values ? Tensor(uninitialized: v.shape) : nil)
        let (dy, pp, vp, dpp, dvp) = (pointer, p.pointer, v.pointer, dp?.writable, dv?.writable)
        g.forEachHead(flops: 2 * g.flops) { at, query, key in
            if let dpp {
                product(
                    MatrixView(dy + query, stride: g.width), MatrixView(vp + key, stride: g.width, isTransposed: true), m: g.queries, n: g.keys,
                    k: g.d, into: dpp + at, stride: g.keys)
            }
            if let dvp {
                product(
                    MatrixView(pp + at, stride: g.keys, isTransposed: true), MatrixView(dy + query, stride: g.width), m: g.keys, n: g.d,
                    k: g.queries, into: dvp + key, stride: g.width)
            }
        }
        return (dp, dv)
    }

    /// Attention without keeping probabilities, for inference: queries in tiles whose scores stay in cache.
    public static func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int) -> Tensor {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(q, k, v) }
        let result = Tensor(uninitialized: q.shape)
        let (qp, kp, vp, y) = (q.pointer, k.pointer, v.pointer, result.writable)
        let tile = max(16, min(g.queries, (1 << 16) / g.keys))
        let tiles = (g.queries + tile - 1) / tile
        let tasks = Parallel.tasks(work: 2 * g.n * heads * g.flops, limit: min(64, g.n * heads * tiles))
        Parallel.run(tasks: tasks) { task in
            let scores = Storage(count: tile * g.keys)
            for i in Parallel.range(task, of: tasks, count: g.n * heads * tiles) {
                let (sample, head, first) = (i / tiles / heads, i / tiles % heads, i % tiles * tile)
                let rows = min(tile, g.queries - first)
                let query = (sample * g.queries + first) * g.width + head * g.d
                let key = sample * g.keys * g.width + head * g.d
                product(
                    MatrixView(qp + query, stride: g.width), MatrixView(kp + key, stride: g.width, isTransposed: true), m: rows, n: g.keys, k: g.d,
                    into: scores.pointer, stride: g.keys)
                bas_softmax(scores.pointer, scores.pointer, rows, g.keys, g.scale, -1)
                product(
                    MatrixView(scores.pointer, stride: g.keys), MatrixView(vp + key, stride: g.width), m: rows, n: g.d, k: g.keys, into: y + query,
                    stride: g.width)
            }
        }
        return result
    }
}
