import Glibc

extension Reference {
    /// Returns the group norm over all places and the groups' channels of [N, ..., C], optionally followed by SiLU.
    public func groupNorm(
        groups: Int, gamma: Reference, beta: Reference, eps: Double, silu: Bool = false
    ) -> Reference {
        let (n, channels) = (shape[0], shape[rank - 1])
        let (places, per) = (count / n / channels, channels / groups)
        var result = self
        for sample in 0..<n {
            for group in 0..<groups {
                let members = (0..<places).flatMap { place in
                    (group * per..<(group + 1) * per).map { (sample * places + place) * channels + $0 }
                }
                let mean = members.reduce(0) { $0 + values[$1] } / Double(members.count)
                let squares = members.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) }
                let deviation = (squares / Double(members.count) + eps).squareRoot()
                for i in members {
                    let c = i % channels
                    let z = (values[i] - mean) / deviation * gamma.values[c] + beta.values[c]
                    result.values[i] = silu ? Self.silu(z) : z
                }
            }
        }
        return result
    }

    /// Returns the layer norm over the last axis, which is the group norm of every row by itself.
    public func layerNorm(gamma: Reference, beta: Reference, eps: Double) -> Reference {
        let width = shape[rank - 1]
        return reshaped([count / width, 1, width]).groupNorm(groups: 1, gamma: gamma, beta: beta, eps: eps)
            .reshaped(shape)
    }

    /// Returns softmax(scale · x) over the last axis; with `causal`, place i of the last axis but one sees places 0...i of the last.
    public func softmax(scale: Double = 1, causal: Bool = false) -> Reference {
        let width = shape[rank - 1]
        var result = self
        for row in 0..<count / width {
            let seen = causal ? row % shape[rank - 2] + 1 : width
            let scores = (0..<seen).map { scale * values[row * width + $0] }
            let top = scores.max() ?? 0
            let total = scores.reduce(0) { $0 + exp($1 - top) }
            for i in 0..<width {
                result.values[row * width + i] = i < seen ? exp(scores[i] - top) / total : 0
            }
        }
        return result
    }

    /// Returns value · gelu(gate) of [..., 2D].
    public func geglu() -> Reference {
        let width = shape[rank - 1] / 2
        var result = Reference(repeating: 0, shape: shape.dropLast() + [width])
        for i in 0..<result.count {
            let at = i / width * 2 * width + i % width
            result.values[i] = values[at] * Self.gelu(values[at + width])
        }
        return result
    }

    /// Returns mean(((a − b) · mask)²) over all elements.
    public static func meanSquaredError(_ a: Reference, _ b: Reference, mask: Reference? = nil) -> Reference {
        let difference = mask.map { (a - b) * $0 } ?? (a - b)
        return difference.map { $0 * $0 }.mean()
    }
}
