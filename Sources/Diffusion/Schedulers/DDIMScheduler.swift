// DDIM (Song et al. 2021, https://arxiv.org/abs/2010.02502), as diffusers' DDIMScheduler computes it.
import Glibc

public struct DDIMScheduler: Scheduler {
    public static let className = "DDIMScheduler"
    public let configuration: SchedulerConfiguration

    public init(_ configuration: SchedulerConfiguration) { self.configuration = configuration }

    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps, eta: 0) }

    /// `eta` is the share of new noise: 0 (DDIM, deterministic) to 1 (as DDPM).
    public func plan(steps: Int, eta: Double) throws(SchedulerError) -> SamplingPlan {
        var list: [SamplingStep] = []
        for timestep in try configuration.timesteps(steps: steps) {
            list.append(try step(timestep, jump: configuration.trainTimesteps / steps, eta: eta))
        }
        return SamplingPlan(steps: list)
    }

    /// Formulas (12) and (16) of the paper.
    private func step(_ timestep: Int, jump: Int, eta: Double) throws(SchedulerError) -> SamplingStep {
        let previous = timestep - jump
        let alphas = schedule.alphasCumprod
        let alpha = Double(alphas[timestep])
        let final = configuration.setAlphaToOne ? 1 : Double(alphas[0])
        let previousAlpha = previous >= 0 ? Double(alphas[previous]) : final
        guard let prediction = Prediction(predictionType, alphaCumprod: alpha) else {
            throw .undetermined(timestep: timestep, predictionType)
        }
        let variance = (1 - previousAlpha) / (1 - alpha) * (1 - alpha / previousAlpha)
        let deviation = eta * sqrt(max(0, variance))
        let direction = sqrt(max(0, 1 - previousAlpha - deviation * deviation))
        return SamplingStep(
            timestep: timestep, previous: previous >= 0 ? previous : nil, original: prediction.original,
            originalWeight: sqrt(previousAlpha),
            rest: SamplingStep.Mix(
                sample: direction * prediction.epsilon.sample, output: direction * prediction.epsilon.output),
            noise: deviation, clipRange: configuration.clipSampleRange)
    }
}
