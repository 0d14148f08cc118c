import CKernels

/// Multi-head attention on projections as the layers leave them: q [N, Lq, A·d], k and v [N, Lk, A·d]; heads are read
/// in place by strides, nothing is permuted. A heads of width d; scores are scaled by 1/√d.
public struct AttentionGeometry: Sendable {
    let n: Int, queries: Int, keys: Int, heads: Int, width: Int
    var d: Int { width / heads }
    var scale: Float { 1 / Float(d).squareRoot() }

    /// The geometry of q [N, Lq, A·d] and k [N, Lk, A·d]; traps where these shapes do not fit.
    init(_ q: Tensor, _ k: Tensor, heads: Int) {
        precondition(
            q.rank == 3 && k.rank == 3 && q.shape[0] == k.shape[0] && q.shape[2] == k.shape[2] && q.shape[2] % heads == 0,
            "attention of \(Shape.text(q.shape)) and \(Shape.text(k.shape)) with \(heads) heads")
        (n, queries, keys, self.heads, width) = (q.shape[0], q.shape[1], k.shape[1], heads, q.shape[2])
    }

    /// Calls `body(probabilities row offset, q offset, k offset)` for every sample and head, over the threads.
    func forEachHead(flops: Int, _ body: (_ probabilities: Int, _ query: Int, _ key: Int) -> Void) {
        let tasks = Parallel.tasks(work: n * heads * flops, limit: n * heads)
        Parallel.run(tasks: tasks) { task in
            for i in Parallel.range(task, of: tasks, count: n * heads) {
                body(i * queries * keys, query(i), key(i))
            }
        }
    }

    /// The offset of a head's queries; `index` counts over samples and heads.
    func query(_ index: Int) -> Int { index / heads * queries * width + index % heads * d }
    /// The offset of a head's keys, and of its values.
    func key(_ index: Int) -> Int { index / heads * keys * width + index % heads * d }

    /// Floating-point operations of one product of a head.
    var flops: Int { 2 * queries * keys * d }

    /// The number of queries that are taken at once: what lies between two products stays in the first or second cache.
    static let tile = Int(BAS_ATTENTION_TILE)

    /// The keys (or values) [Lk, d] of one head, packed as `scores` reads them.
    func packedTransposed(_ keys: UnsafePointer<Float>) -> Storage {
        let packed = Storage(count: bas_packed_count(d, self.keys))
        bas_pack_transposed(packed.pointer, keys, width, d, self.keys, 0, bas_panels(self.keys))
        return packed
    }

    /// y [rows, Lk] = q [rows, d] · kᵀ.
    func scores(_ y: UnsafeMutablePointer<Float>, _ q: UnsafePointer<Float>, rows: Int, _ packed: UnsafePointer<Float>) {
        bas_product(y, keys, q, width, rows, d, packed, 0, keys, 0, bas_panels(keys), nil, nil)
    }

    /// y [rows, d] = p [rows, Lk] · v [Lk, d].
    func weighted(_ y: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, rows: Int, _ v: UnsafePointer<Float>) {
        bas_product(y, width, p, keys, rows, keys, v, width, d, 0, bas_panels(d), nil, nil)
    }

    /// y [Lk, d] = pᵀ · x for p [Lq, Lk], x [Lq, d].
    func transposedWeighted(_ y: UnsafeMutablePointer<Float>, _ p: UnsafePointer<Float>, _ x: UnsafePointer<Float>) {
        bas_outer_product(y, width, p, keys, x, width, queries, 0, keys, d)
    }
}

extension Tensor {
    /// The probabilities softmax(q kᵀ / √d), [N, A, Lq, Lk]. With `causal`, query i sees keys 0...i (the text encoder).
    public static func attentionProbabilities(_ q: Tensor, _ k: Tensor, heads: Int, causal: Bool = false) -> Tensor {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(q, k) }
        let cost = Profile.Cost("attention", flops: g.n * heads * g.flops, floats: q.count + k.count + g.n * heads * g.queries * g.keys)
        defer { cost.end() }
        let result = Tensor(uninitialized: [g.n, heads, g.queries, g.keys])
        let (p, a, b) = (result.writable, q.pointer, k.pointer)
        g.forEachHead(flops: g.flops) { at, query, key in
            let (packed, workspace) = (g.packedTransposed(b + key), Storage(count: bas_attention_probabilities_workspace(g.keys)))
            defer { keepAlive(packed, workspace) }
            bas_attention_probabilities(
                p + at, a + query, g.width, g.queries, packed.pointer, g.keys, g.d, g.scale, causal ? 1 : 0, workspace.pointer)
        }
        return result
    }

    /// The gradients dq and dk for p = attentionProbabilities(q, k), where self is dp; nil where they are not wanted.
    public func attentionProbabilitiesBackward(
        _ p: Tensor, _ q: Tensor, _ k: Tensor, heads: Int, queries wantsQ: Bool, keys wantsK: Bool
    ) -> (Tensor?, Tensor?) {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(self, p, q, k) }
        let cost = Profile.Cost(
            "attention, gradients", flops: g.n * heads * ((wantsQ ? 1 : 0) + (wantsK ? 1 : 0)) * g.flops,
            floats: 2 * count + 2 * (q.count + k.count))
        defer { cost.end() }
        let (dq, dk) = (wantsQ ? Tensor(uninitialized: q.shape) : nil, wantsK ? Tensor(uninitialized: k.shape) : nil)
        let (dp, pp, qp, kp) = (pointer, p.pointer, q.pointer, k.pointer)
        let (dqp, dkp) = (dq?.writable, dk?.writable)
        g.forEachHead(flops: 3 * g.flops) { at, query, key in
            let ds = Storage(count: g.queries * g.keys)
            defer { keepAlive(ds) }
            bas_softmax_backward(ds.pointer, dp + at, pp + at, g.queries, g.keys, g.scale)
            if let dqp { g.weighted(dqp + query, ds.pointer, rows: g.queries, kp + key) }
            if let dkp { g.transposedWeighted(dkp + key, ds.pointer, qp + query) }
        }
        return (dq, dk)
    }

    /// The values p v, [N, Lq, A·d], weighted by the probabilities p = self [N, A, Lq, Lk]; v is [N, Lk, A·d].
    public func attentionValues(_ v: Tensor) -> Tensor {
        let (heads, queries) = (shape[1], shape[2])
        let result = Tensor(uninitialized: [shape[0], queries, v.shape[2]])
        let g = AttentionGeometry(result, v, heads: heads)
        defer { keepAlive(self, v) }
        let cost = Profile.Cost("attention", flops: g.n * heads * g.flops, floats: count + v.count + result.count)
        defer { cost.end() }
        let (p, b, y) = (pointer, v.pointer, result.writable)
        g.forEachHead(flops: g.flops) { at, query, key in
            g.weighted(y + query, p + at, rows: queries, b + key)
        }
        return result
    }

    /// The gradients dp and dv for y = p.attentionValues(v), where self is dy; nil where they are not wanted.
    public func attentionValuesBackward(_ p: Tensor, _ v: Tensor, probabilities: Bool, values: Bool) -> (Tensor?, Tensor?) {
        let g = AttentionGeometry(self, v, heads: p.shape[1])
        defer { keepAlive(self, p, v) }
        let cost = Profile.Cost(
            "attention, gradients", flops: g.n * g.heads * ((probabilities ? 1 : 0) + (values ? 1 : 0)) * g.flops,
            floats: count + 2 * p.count + 2 * v.count)
        defer { cost.end() }
        let (dp, dv) = (probabilities ? Tensor(uninitialized: p.shape) : nil, values ? Tensor(uninitialized: v.shape) : nil)
        let (dy, pp, vp, dpp, dvp) = (pointer, p.pointer, v.pointer, dp?.writable, dv?.writable)
        g.forEachHead(flops: 2 * g.flops) { at, query, key in
            if let dpp {
                let packed = g.packedTransposed(vp + key)
                g.scores(dpp + at, dy + query, rows: g.queries, packed.pointer)
                keepAlive(packed)
            }
            if let dvp { g.transposedWeighted(dvp + key, pp + at, dy + query) }
        }
        return (dp, dv)
    }
}
