// Image to image (Meng et al. 2022, https://arxiv.org/abs/2108.01073): noise is added to a picture up to some noise level,
// and removed again, as diffusers' StableDiffusionImg2ImgPipeline does.
import Tensors

/// The arithmetic of image to image.
public enum ImageToImage {
    /// The first step of a sampling of `steps` steps for a strength of 0…1: 0 for strength 1 (the whole sampling), `steps`
    /// for strength 0 (nothing is drawn).
    public static func start(steps: Int, strength: Double) -> Int {
        steps - min(max(Int(Double(steps) * strength), 0), steps)
    }
}

extension DiffusionModel {
    /// The latents that a sampling by `plan` begins with: those of a picture [1, H, W, 3] in [−1, 1] at the noise level of
    /// the plan's first step, one sample for each of `noise` [N, h, w, C]; the clean latents where the plan has no step.
    /// The latents are the posterior's mean; diffusers draws them from the posterior, whose deviation is small.
    public func latents(of picture: Tensor, noise: Tensor, at plan: SamplingPlan) -> Tensor {
        let clean = posterior(of: picture).mean.scaled(by: vae.configuration.scalingFactor)
        let all = Tensor.concatenated(Array(repeating: clean, count: noise.shape[0]), axis: 0)
        guard let level = plan.steps.first?.level else { return all }
        return all.combined(level.signal, with: noise, level.noise)
    }
}
