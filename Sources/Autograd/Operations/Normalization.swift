import Tensors

extension Variable {
    /// Group norm of x = self [N, ..., C] over all places and a group's channels, optionally followed by SiLU in the same
    /// pass; `gamma` and `beta` are [C].
    public func groupNorm(groups: Int, gamma: Variable, beta: Variable, eps: Float, silu: Bool = false) -> Variable {
        let (y, statistics) = value.groupNorm(groups: groups, gamma: gamma.value, beta: beta.value, eps: eps, silu: silu)
        return Self.record("group_norm", y, [self, gamma, beta]) { [value, gamma = gamma.value, beta = beta.value] dy, needs in
            let (dx, dgamma, dbeta) = dy.groupNormBackward(
                input: value, groups: groups, gamma: gamma, beta: beta, statistics: statistics, silu: silu)
            return [needs[0] ? dx : nil, needs[1] ? dgamma : nil, needs[2] ? dbeta : nil]
        }
    }

    /// Layer norm over the last axis; `gamma` and `beta` have its size.
    public func layerNorm(gamma: Variable, beta: Variable, eps: Float) -> Variable {
        let (y, statistics) = value.layerNorm(gamma: gamma.value, beta: beta.value, eps: eps)
        return Self.record("layer_norm", y, [self, gamma, beta]) { [value, gamma = gamma.value] dy, needs in
            let (dx, dgamma, dbeta) = dy.layerNormBackward(
                input: value, gamma: gamma, statistics: statistics, weights: needs[1] || needs[2])
            return [needs[0] ? dx : nil, needs[1] ? dgamma : nil, needs[2] ? dbeta : nil]
        }
    }

    /// softmax(scale · x) over the last axis.
    public func softmax(scale: Float = 1) -> Variable {
        let y = value.softmax(scale: scale)
        return Self.record("softmax", y, [self]) { dy, _ in [dy.softmaxBackward(probabilities: y, scale: scale)] }
    }

    /// GEGLU: value · gelu(gate) of x = self [..., 2D], value first: [..., D].
    public func geglu() -> Variable {
        Self.record("geglu", value.geglu(), [self]) { [value] dy, _ in [dy.gegluBackward(input: value)] }
    }
}
