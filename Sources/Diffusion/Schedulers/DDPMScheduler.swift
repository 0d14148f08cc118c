// DDPM (Ho et al. 2020, https://arxiv.org/abs/2006.11239), as diffusers' DDPMScheduler computes it.
import Glibc

public struct DDPMScheduler: Scheduler {
    public static let className = "DDPMScheduler"
    public let configuration: SchedulerConfiguration

    public init(_ configuration: SchedulerConfiguration) { self.configuration = configuration }

    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan {
        let timesteps = try configuration.timesteps(steps: steps)
        var list: [SamplingStep] = []
        for (index, timestep) in timesteps.enumerated() {
            let previous = index + 1 < timesteps.count ? timesteps[index + 1] : nil
            list.append(try step(timestep, to: previous))
        }
        return SamplingPlan(steps: list)
    }

    /// Formula (7) of the paper.
    private func step(_ timestep: Int, to previous: Int?) throws(SchedulerError) -> SamplingStep {
        let alpha = Double(schedule.alphasCumprod[timestep])
        let previousAlpha = previous.map { Double(schedule.alphasCumprod[$0]) } ?? 1
        guard let prediction = Prediction(predictionType, alphaCumprod: alpha) else {
            throw .undetermined(timestep: timestep, predictionType)
        }
        let currentAlpha = alpha / previousAlpha
        let currentBeta = 1 - currentAlpha
        return SamplingStep(
            timestep: timestep, previous: previous, original: prediction.original,
            originalWeight: sqrt(previousAlpha) * currentBeta / (1 - alpha),
            rest: SamplingStep.Mix(sample: sqrt(currentAlpha) * (1 - previousAlpha) / (1 - alpha), output: 0),
            noise: timestep > 0 ? deviation(alpha, previousAlpha, currentBeta) : 0,
            clipRange: configuration.clipSampleRange)
    }

    private func deviation(_ alpha: Double, _ previousAlpha: Double, _ currentBeta: Double) -> Double {
        switch configuration.varianceType {
        case .fixedSmall, .fixedSmallLog:  // The same number by another way.
            sqrt(max(1e-20, (1 - previousAlpha) / (1 - alpha) * currentBeta))
        case .fixedLarge: sqrt(currentBeta)
        }
    }
}
