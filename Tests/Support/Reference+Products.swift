extension Reference {
    /// Returns the product [..., m, k] · [..., k, n] with broadcast leading axes.
    public func matmul(_ other: Reference) -> Reference {
        let (m, k, n) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
        let batch = Self.broadcast(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)))
        let (a, b) = (broadcast(to: batch + [m, k]).values, other.broadcast(to: batch + [k, n]).values)
        var result = Reference(repeating: 0, shape: batch + [m, n])
        for s in 0..<batch.reduce(1, *) {
            for i in 0..<m {
                for l in 0..<k {
                    let x = a[(s * m + i) * k + l]
                    for j in 0..<n { result.values[(s * m + i) * n + j] += x * b[(s * k + l) * n + j] }
                }
            }
        }
        return result
    }

    /// Returns x Wᵀ + bias (+ residual) with a weight of [N, K].
    public func linear(_ weight: Reference, bias: Reference? = nil, residual: Reference? = nil) -> Reference {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        let product = reshaped([count / k, k]).matmul(weight.reshaped([n, k]).permuted([1, 0]))
        var result = product.reshaped(shape.dropLast() + [n])
        if let bias { result = result + bias }
        if let residual { result = result + residual }
        return result
    }

    /// Returns the convolution of [N, H, W, Cin] by [Cout, kernelH, kernelW, Cin] with zero padding on each side.
    public func conv2d(
        _ weight: Reference, bias: Reference? = nil, residual: Reference? = nil, stride: Int = 1,
        top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0
    ) -> Reference {
        let (h, w, c) = (shape[1], shape[2], shape[3])
        let (outputs, kernelH, kernelW) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let (oh, ow) = ((h + top + bottom - kernelH) / stride + 1, (w + left + right - kernelW) / stride + 1)
        var result = Reference(repeating: 0, shape: [shape[0], oh, ow, outputs])
        Self.forEachIndex(result.shape) { i in
            var sum = bias?.values[i[3]] ?? 0
            for ky in 0..<kernelH {
                for kx in 0..<kernelW {
                    let (y, x) = (i[1] * stride + ky - top, i[2] * stride + kx - left)
                    guard y >= 0, y < h, x >= 0, x < w else { continue }
                    let (source, tap) = (
                        ((i[0] * h + y) * w + x) * c, ((i[3] * kernelH + ky) * kernelW + kx) * c
                    )
                    for channel in 0..<c { sum += values[source + channel] * weight.values[tap + channel] }
                }
            }
            result.values[((i[0] * oh + i[1]) * ow + i[2]) * outputs + i[3]] = sum
        }
        return residual.map { result + $0 } ?? result
    }

    /// Returns [N, L, A·d] as [N, A, L, d].
    func heads(_ count: Int) -> Reference {
        reshaped([shape[0], shape[1], count, shape[2] / count]).permuted([0, 2, 1, 3])
    }

    /// Returns softmax(q kᵀ / √d), [N, A, Lq, Lk], of projections [N, L, A·d].
    public func attentionProbabilities(keys: Reference, heads count: Int, causal: Bool = false) -> Reference {
        let scores = heads(count).matmul(keys.heads(count).permuted([0, 1, 3, 2]))
        return scores.softmax(scale: 1 / Double(shape[2] / count).squareRoot(), causal: causal)
    }

    /// Returns these probabilities applied to `v`, [N, Lq, A·d].
    public func attentionValues(_ v: Reference) -> Reference {
        let y = matmul(v.heads(shape[1])).permuted([0, 2, 1, 3])
        return y.reshaped([shape[0], shape[2], v.shape[2]])
    }
}
