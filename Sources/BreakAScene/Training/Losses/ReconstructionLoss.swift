import Autograd
import Tensors

extension LossTerm {
    /// The masked diffusion loss of the photos (paper, equation 1).
    public static let reconstruction = LossTerm(name: "reconstruction", label: "rec", weight: nil) { input in
        let (target, predicted) = (input.target.rows(input.photos), input.predicted.rows(input.photos))
        let mask = input.options.isMasked ? unionMasks(input.views) : nil
        let loss =
            try input.replacing.reconstructionLoss.map { try $0(target, predicted, mask) }
            ?? Variable.meanSquaredError(predicted, target, mask: mask)
        return Value(loss: loss)
    }

    /// Returns the union masks of the photos, [B, h, w, 1].
    private static func unionMasks(_ views: [SceneView]) -> Tensor {
        Tensor.concatenated(views.map { $0.unionMask.reshaped([1] + $0.unionMask.shape + [1]) }, axis: 0)
    }
}
