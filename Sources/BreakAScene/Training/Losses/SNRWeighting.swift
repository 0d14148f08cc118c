import Diffusion
import Tensors

/// Weights of timesteps by their ratio of signal to noise: min(SNR, γ) / SNR for models that predict the noise, min(SNR, γ) / (SNR + 1)
/// for the velocity, min(SNR, γ) for the clean latents (Min-SNR, arXiv 2303.09556; `--snr_gamma` in diffusers' scripts). Without, nearly clean latents have
/// by far the largest errors and drown what is learned of a thing's shape.
enum SNRWeighting {
    /// The weight of a timestep; `alpha` is the share of the signal's variance, ᾱ, in (0, 1).
    static func weight(alpha: Float, gamma: Double, _ prediction: PredictionType) -> Float {
        let snr = Double(alpha) / max(1 - Double(alpha), .leastNonzeroMagnitude)
        return switch prediction {
        case .epsilon: Float(snr > gamma ? gamma / snr : 1)
        case .vPrediction: Float(min(snr, gamma) / (snr + 1))
        case .sample: Float(min(snr, gamma))
        }
    }
}

extension LossInput {
    /// A mask [n, h, w, 1] of some samples of the batch with the roots of the timesteps' weights in it, since losses multiply by it before
    /// they square; nil stands for ones, and is the result where nothing is weighed.
    func weighted(_ mask: Tensor?, _ samples: Range<Int>) -> Tensor? {
        guard let gamma = options.snrGamma else { return mask }
        let schedule = model.scheduler.schedule
        let roots = samples.map { sample in
            SNRWeighting.weight(alpha: schedule.alphasCumprod[batch.timesteps[sample]], gamma: gamma, model.scheduler.predictionType)
                .squareRoot()
        }
        let weights = Tensor.make([roots.count, 1, 1, 1]) { out in for (i, root) in roots.enumerated() { out[i] = root } }
        return mask.map { $0 * weights } ?? weights
    }
}
