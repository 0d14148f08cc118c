import Autograd
import Tensors

/// The number by which the masked diffusion loss divides the sum of its squares.
public enum MaskNormalization: String, Sendable, CaseIterable {
    /// The number of all elements of the latents, so that the loss grows with the masks' area: the code.
    case mean
    /// The weight of the elements inside the masks, so that small things count as much as large ones.
    case byArea = "by_area"
}

extension LossTerm {
    /// The masked diffusion loss of the photos (paper, equation 1).
    public static let reconstruction = LossTerm(name: "reconstruction", label: "rec", weight: nil) { input in
        let (target, predicted) = (input.target.rows(input.photos), input.predicted.rows(input.photos))
        let mask = input.options.isMasked ? input.unionMasks : nil
        if let custom = input.replacing.reconstructionLoss { return Value(loss: try custom(target, predicted, mask)) }
        let weights = input.options.maskNormalization == .byArea ? mask.map(scaledByArea) : mask
        return Value(loss: .meanSquaredError(predicted, target, mask: input.weighted(weights, input.photos)))
    }

    /// Masks [B, h, w, 1] whose squares have the mean 1, each by itself: a mean of squares weighted by them is the mean
    /// inside. A mask of zeros stays one.
    private static func scaledByArea(_ masks: Tensor) -> Tensor {
        let parts = (0..<masks.shape[0]).map { index in
            let mask = masks.rows(index..<index + 1)
            let share = mask.sumOfSquares / Double(mask.count)
            return share > 0 ? mask.scaled(by: Float(1 / share.squareRoot())) : mask
        }
        return .concatenated(parts, axis: 0)
    }
}
