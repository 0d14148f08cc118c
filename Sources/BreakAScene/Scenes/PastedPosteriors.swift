import Diffusion
import Images
import Synchronization
import Tensors

/// Keeps the posteriors of pictures that things were pasted on, since the same pictures come again (`CopyPaste`): at most 512, of which
/// each takes as much as two latents.
final class PastedPosteriors: Sendable {
    private struct Key: Hashable {
        let picture: Int
        let things: [Int: PixelRect]
        let isFlipped: Bool
    }

    private struct Known {
        /// The prior pictures that the posteriors belong to.
        var pictures: Tensor?
        var posteriors: [Key: DiagonalGaussian] = [:]
    }

    private let known = Mutex(Known())
    private static let limit = 512

    /// The posterior of a sample's picture, from before or computed now.
    func posterior(of sample: UnionSample, _ prior: PriorSet, encode: () -> DiagonalGaussian) -> DiagonalGaussian {
        guard let collage = sample.collage, case .prior(let picture) = collage.background, let places = collage.places else {
            return encode()
        }
        let key = Key(picture: picture, things: Dictionary(zip(sample.chosen, places)) { first, _ in first }, isFlipped: sample.isFlipped)
        let before = known.withLock { known in
            if known.pictures?.isIdentical(to: prior.pictures) != true { known = Known(pictures: prior.pictures) }
            return known.posteriors[key]
        }
        if let before { return before }
        let posterior = encode()
        if Cancellation.isCancelled { return posterior }
        known.withLock { known in
            if known.posteriors.count >= Self.limit { known.posteriors = [:] }
            known.posteriors[key] = posterior
        }
        return posterior
    }
}

extension PreparedScene {
    /// The autoencoder's posterior of what a sample shows; those of pictures that come again are kept.
    func posterior(of view: SceneView, _ sample: UnionSample, prior: PriorSet?, _ model: DiffusionModel) -> DiagonalGaussian {
        if view.isWhole { return model.posterior(of: view.picture) }
        // Noise outside of the masks is another one at every step.
        guard let prior, sample.degradation == nil else { return model.vae.encode(view.picture) }
        return pasted.posterior(of: sample, prior) { model.vae.encode(view.picture) }
    }
}
