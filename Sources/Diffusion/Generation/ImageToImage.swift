// Image to image (Meng et al. 2022, https://arxiv.org/abs/2108.01073): a picture is noised part of the way and denoised
// again, as diffusers' StableDiffusionImg2ImgPipeline does it.
import Tensors

public enum ImageToImage {
    /// The place in a sampling of `steps` steps at which a strength of 0…1 begins: 0 for 1 (the whole sampling), `steps` for
    /// 0 (nothing is drawn).
    public static func start(steps: Int, strength: Double) -> Int {
        steps - min(max(Int(Double(steps) * strength), 0), steps)
    }
}

extension DiffusionModel {
    /// What a sampling by `plan` begins with: the latents of a picture [1, H, W, 3] in [−1, 1] at the noise level of the
    /// plan's first step, a sample for each of `noise` [N, h, w, C]; the clean latents where the plan has no step. The
    /// latents are the posterior's mean; diffusers draws them from the posterior, whose deviation is small.
    public func latents(of picture: Tensor, noise: Tensor, at plan: SamplingPlan) -> Tensor {
        let clean = posterior(of: picture).mean.scaled(by: vae.configuration.scalingFactor)
        let all = Tensor.concatenated(Array(repeating: clean, count: noise.shape[0]), axis: 0)
        guard let level = plan.steps.first?.level else { return all }
        return all.combined(level.signal, with: noise, level.noise)
    }
}
