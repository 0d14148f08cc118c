import Synchronization
import Tensors

/// Posteriors of pictures that the autoencoder has seen already: the photo, its flip and the prior pictures are asked
/// for at every training step, and the autoencoder never changes. The last 256 pictures are kept.
final class PosteriorCache: Sendable {
    private struct Entry: Sendable {
        let picture: Tensor
        let posterior: DiagonalGaussian
    }
    private let entries = Mutex<[Entry]>([])
    private let limit = 256

    /// Posterior of pictures [N, H, W, 3], each found or computed by itself.
    func posterior(of pictures: Tensor, by vae: AutoencoderKL) -> DiagonalGaussian {
        let parts = (0..<pictures.shape[0]).map { posterior(ofOne: pictures.rows($0..<$0 + 1), by: vae) }
        if parts.count == 1 { return parts[0] }
        return DiagonalGaussian(
            mean: .concatenated(parts.map(\.mean), axis: 0), std: .concatenated(parts.map(\.std), axis: 0))
    }

    private func posterior(ofOne picture: Tensor, by vae: AutoencoderKL) -> DiagonalGaussian {
        if let known = entries.withLock({ $0.last { $0.picture.isIdentical(to: picture) } }) { return known.posterior }
        let posterior = vae.encode(picture)
        if Parallel.isAbandoned { return posterior }
        entries.withLock { entries in
            if entries.count >= limit { entries.removeFirst(limit / 4) }
            entries.append(Entry(picture: picture, posterior: posterior))
        }
        return posterior
    }
}
