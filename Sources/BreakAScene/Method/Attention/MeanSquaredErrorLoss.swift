import Autograd
import Tensors

extension AttentionLoss {
    /// mean((a − M)²): equation 2. With the normalization `max` it is the code's, with `minmax` the paper's.
    public static let meanSquaredError = AttentionLoss(
        name: "mse", doc: "mean squared difference, the paper and its code", isNormalized: true, isMeanOfCells: true
    ) { .meanSquaredError($0.normalized, Variable($0.target), mask: $0.weights.map { $0.map(.sqrt) }) }
}
