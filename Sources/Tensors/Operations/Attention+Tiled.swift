import CKernels

// Attention that never stores its probabilities: one tile of queries at a time (attention.c).
// Legend: N batch, A heads, Lq queries, Lk keys, d width of a head.
extension Tensor {
    /// Multi-head attention softmax(q kᵀ / √d) v: q [N, Lq, A·d], k and v [N, Lk, A·d] give [N, Lq, A·d].
    public static func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int) -> Tensor {
        attention(q, k, v, heads: heads, logSums: nil)
    }

    /// The same, with what the backward pass needs: the logarithms of the softmax's sums, [N, A, Lq].
    public static func attentionForBackward(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int) -> (result: Tensor, logSums: Tensor) {
        let logSums = Tensor(uninitialized: [q.shape[0], heads, q.shape[1]])
        return (attention(q, k, v, heads: heads, logSums: logSums), logSums)
    }

    private static func attention(_ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, logSums: Tensor?) -> Tensor {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(q, k, v, logSums) }
        let cost = Profile.Cost("attention", flops: 2 * g.n * heads * g.flops, floats: 2 * q.count + k.count + v.count)
        defer { cost.end() }
        let result = Tensor(uninitialized: q.shape)
        let (qp, kp, vp, y, sums) = (q.pointer, k.pointer, v.pointer, result.writable, logSums?.writable)
        // Heads are cut into parts of at least 128 queries: the keys are packed anew for each part.
        let parts = max(1, min(g.queries / 128, 16 / max(1, g.n * heads)))
        let tasks = Parallel.tasks(work: 2 * g.n * heads * g.flops, limit: g.n * heads * parts)
        Parallel.run(tasks: tasks) { task in
            let workspace = Storage(count: bas_attention_workspace(g.d))
            defer { keepAlive(workspace) }
            for i in Parallel.range(task, of: tasks, count: g.n * heads * parts) {
                let (head, part) = (i / parts, Parallel.range(i % parts, of: parts, count: g.queries, alignment: AttentionGeometry.tile))
                if part.isEmpty { continue }
                let key = g.key(head), query = g.query(head) + part.lowerBound * g.width
                let packed = g.packedTransposed(kp + key)
                defer { keepAlive(packed) }
                bas_attention(
                    y + query, g.width, sums.map { $0 + head * g.queries + part.lowerBound }, qp + query, g.width, part.count,
                    packed.pointer,
                    vp + key, g.width, g.keys, g.d, g.scale, workspace.pointer)
            }
        }
        return result
    }

    /// The gradients dq, dk and dv for y = attention(q, k, v), where self is dy; nil where `wanted` says so. The
    /// probabilities are computed again.
    public func attentionBackward(
        _ y: Tensor, logSums: Tensor, _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, wanted: [Bool]
    ) -> [Tensor?] {
        let g = AttentionGeometry(q, k, heads: heads)
        defer { keepAlive(self, y, logSums, q, k, v) }
        let cost = Profile.Cost(
            "attention, gradients", flops: 5 * g.n * heads * g.flops, floats: 3 * q.count + 2 * (q.count + k.count + v.count))
        defer { cost.end() }
        let results = zip([q, k, v], wanted).map { $1 ? Tensor(uninitialized: $0.shape) : nil }
        let (dq, dk, dv) = (results[0]?.writable, results[1]?.writable, results[2]?.writable)
        let (dyp, yp, sums, qp, kp, vp) = (pointer, y.pointer, logSums.pointer, q.pointer, k.pointer, v.pointer)
        Parallel.run(tasks: g.n * heads) { head in
            let (query, key) = (g.query(head), g.key(head))
            let (keys, values) = (g.packedTransposed(kp + key), g.packedTransposed(vp + key))
            let workspace = Storage(count: bas_attention_backward_workspace(g.keys, g.d))
            defer { keepAlive(keys, values, workspace) }
            bas_attention_backward(
                dq.map { $0 + query }, dk.map { $0 + key }, dv.map { $0 + key }, dyp + query, yp + query, sums + head * g.queries,
                qp + query, kp + key, g.width, g.queries, g.keys, g.d, g.scale, keys.pointer, values.pointer, workspace.pointer)
        }
        return results
    }
}
