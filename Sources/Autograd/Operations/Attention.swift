import Tensors

extension Variable {
    /// The attention probabilities softmax(q kᵀ / √d), [N, A, Lq, Lk], of q = self [N, Lq, A·d] and k [N, Lk, A·d]. With
    /// `causal`, query i sees keys 0...i. They are a variable of their own, since the cross-attention loss needs their
    /// gradient.
    public func attentionProbabilities(keys k: Variable, heads: Int, causal: Bool = false) -> Variable {
        let p = Tensor.attentionProbabilities(value, k.value, heads: heads, causal: causal)
        return Self.record("attention_probabilities", p, [self, k]) { [value, k = k.value] dp, needs in
            let (dq, dk) = dp.attentionProbabilitiesBackward(p, value, k, heads: heads, queries: needs[0], keys: needs[1])
            return [dq, dk]
        }
    }

    /// The values weighted by probabilities p = self [N, A, Lq, Lk]: [N, Lq, A·d] for v [N, Lk, A·d].
    public func attentionValues(_ v: Variable) -> Variable {
        Self.record("attention_values", value.attentionValues(v.value), [self, v]) { [value, v = v.value] dy, needs in
            let (dp, dv) = dy.attentionValuesBackward(value, v, probabilities: needs[0], values: needs[1])
            return [dp, dv]
        }
    }

    /// Multi-head attention, [N, Lq, A·d], of q = self [N, Lq, A·d], k and v [N, Lk, A·d]. Probabilities are only stored
    /// where a gradient is needed and a head has at most `mostProbabilities` of them.
    public func attention(keys k: Variable, values v: Variable, heads: Int) -> Variable {
        if !needsGrad && !k.needsGrad && !v.needsGrad {
            return Variable(Tensor.attention(value, k.value, v.value, heads: heads))
        }
        if shape[1] * k.shape[1] <= Self.mostProbabilities {
            return attentionProbabilities(keys: k, heads: heads).attentionValues(v)
        }
        return tiledAttention(keys: k, values: v, heads: heads)
    }

    /// Multi-head attention that stores no probabilities: backward computes them again, tile by tile.
    public func tiledAttention(keys k: Variable, values v: Variable, heads: Int) -> Variable {
        let (y, logSums) = Tensor.attentionForBackward(value, k.value, v.value, heads: heads)
        return Self.record("attention", y, [self, k, v]) { [value, k = k.value, v = v.value] dy, needs in
            dy.attentionBackward(y, logSums: logSums, value, k, v, heads: heads, wanted: needs)
        }
    }

    /// The probabilities of 32×32 places attending to each other: up to this number storing them is cheaper than computing
    /// them again.
    public static let mostProbabilities = 1 << 20
}
