import Synchronization
import Tensors

/// Caches posteriors: training needs those of the photo, its flip and the prior pictures at every step, and the autoencoder
/// never changes. It holds at most 256 pictures, and drops the oldest quarter when it is full.
final class PosteriorCache: Sendable {
    private struct Entry: Sendable {
        let picture: Tensor
        let posterior: DiagonalGaussian
    }
    private let entries = Mutex<[Entry]>([])
    private let limit = 256

    /// The posterior of pictures [N, H, W, 3], each cached or computed by itself.
    func posterior(of pictures: Tensor, by vae: AutoencoderKL) -> DiagonalGaussian {
        let parts = (0..<pictures.shape[0]).map { posterior(ofOne: pictures.rows($0..<$0 + 1), by: vae) }
        if parts.count == 1 { return parts[0] }
        return DiagonalGaussian(
            mean: .concatenated(parts.map(\.mean), axis: 0), std: .concatenated(parts.map(\.std), axis: 0))
    }

    private func posterior(ofOne picture: Tensor, by vae: AutoencoderKL) -> DiagonalGaussian {
        if let known = entries.withLock({ $0.last { $0.picture.isIdentical(to: picture) } }) { return known.posterior }
        let posterior = vae.encode(picture)
        if Cancellation.isCancelled { return posterior }
        entries.withLock { entries in
            if entries.count >= limit { entries.removeFirst(limit / 4) }
            entries.append(Entry(picture: picture, posterior: posterior))
        }
        return posterior
    }
}
