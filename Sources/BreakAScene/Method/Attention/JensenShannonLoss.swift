import Autograd
import Glibc
import Tensors

extension AttentionLoss {
    /// ½ KL(P ‖ R) + ½ KL(Q ‖ R) with R = (P + Q) / 2, the Jensen–Shannon divergence of map and mask as distributions
    /// (P = A / Σ A, Q = M / Σ M), in bits: 0 where they are equal, 1 where they share no cell. AttenCraft's loss (arXiv
    /// 2405.17965). 0 for a mask without a cell.
    public static let jensenShannon = AttentionLoss(
        name: "jsd", doc: "Jensen–Shannon divergence of map and mask as distributions (AttenCraft)", isNormalized: false,
        isMeanOfCells: false
    ) { input in
        guard let (map, mask) = input.distributions else { return Variable(Tensor(0)) }
        let other = Variable(mask)
        let middle = (map + other).scaled(by: 0.5).log(plus: tiny)
        let sum = map * (map.log(plus: tiny) - middle) + other * (other.log(plus: tiny) - middle)
        return sum.sum().scaled(by: Float(0.5 / M_LN2))
    }

    /// Keeps the logarithm of an empty cell finite; it is multiplied by that cell's 0.
    private static let tiny: Float = 1e-12
}

extension Variable {
    /// ln(x + offset).
    fileprivate func log(plus offset: Float) -> Variable { scaled(by: 1, plus: offset).log() }
}
