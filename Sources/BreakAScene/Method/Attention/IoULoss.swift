import Autograd
import Tensors

extension AttentionLoss {
    /// 1 − (Σ a·M + 1) / (Σ a + Σ M − Σ a·M + 1), one minus the intersection over union with products in the place of
    /// minima, in [0, 1): DisenDiff's binding loss (arXiv 2403.18551, with the ones of its code), which has a class word's
    /// map where this has the mask.
    public static let iou = AttentionLoss(
        name: "iou", doc: "1 − intersection over union, by products (DisenDiff)", isNormalized: true, isMeanOfCells: false
    ) { input in
        let map = input.normalized
        let inside = (map * Variable(input.target)).sum()
        let union = map.sum().scaled(by: 1, plus: Float(input.target.sum)) - inside
        return (inside.scaled(by: 1, plus: 1) / union.scaled(by: 1, plus: 1)).scaled(by: -1, plus: 1)
    }
}
