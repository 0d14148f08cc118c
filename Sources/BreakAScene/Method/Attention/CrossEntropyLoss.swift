import Autograd
import Tensors

extension AttentionLoss {
    /// The margin by which a map is kept from 0 and 1, where the logarithm has no end.
    static let crossEntropyMargin: Float = 1e-4

    /// −mean(M ln a' + (1 − M) ln(1 − a')), the binary cross-entropy of every cell in nats, with a' = ε + (1 − 2ε) a and
    /// ε = 1e-4: at most 9.2, and 1e-4 for a map that is its mask. The margin is a mapping and not a clamp, so that no cell
    /// loses its gradient.
    public static let crossEntropy = AttentionLoss(
        name: "bce", doc: "binary cross-entropy of every cell", isNormalized: true, isMeanOfCells: true
    ) { input in
        let map = input.normalized.scaled(by: 1 - 2 * crossEntropyMargin, plus: crossEntropyMargin)
        let (inside, outside) = (Variable(input.target), Variable(input.target.scaled(by: -1, plus: 1)))
        let cells = inside * map.log() + outside * map.scaled(by: -1, plus: 1).log()
        let weighted = input.weights.map { cells * Variable($0) } ?? cells
        return weighted.mean().scaled(by: -1)
    }
}
