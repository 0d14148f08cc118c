// DDPM (Ho et al. 2020, https://arxiv.org/abs/2006.11239), as diffusers' DDPMScheduler computes it.
import Glibc

/// DDPM: ancestral sampling, with new noise at every step.
public struct DDPMScheduler: Scheduler {
    /// The class's name in diffusers.
    public static let className = "DDPMScheduler"
    /// The name in the language.
    public static let name = "ddpm"
    /// One sentence for the help.
    public static let summary = "DDPM: ancestral sampling, new noise at every step; wants many steps."
    /// The scheduler's own settings.
    public static let settings = ["variance_type"]
    /// The settings.
    public let configuration: SchedulerConfiguration

    /// A scheduler with these settings.
    public init(_ configuration: SchedulerConfiguration) { self.configuration = configuration }

    /// The steps of a sampling. Throws ``SchedulerError``.
    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan {
        let timesteps = try configuration.timesteps(steps: steps)
        var list: [SamplingStep] = []
        for (index, timestep) in timesteps.enumerated() {
            let previous = index + 1 < timesteps.count ? timesteps[index + 1] : nil
            list.append(try step(timestep, to: previous))
        }
        return SamplingPlan(scheduler: Self.name, steps: list)
    }

    /// One step, by formula (7) of the paper.
    private func step(_ timestep: Int, to previous: Int?) throws(SchedulerError) -> SamplingStep {
        let alpha = Double(schedule.alphasCumprod[timestep])
        let previousAlpha = previous.map { Double(schedule.alphasCumprod[$0]) } ?? 1
        guard let prediction = Prediction(predictionType, alphaCumprod: alpha) else {
            throw .undetermined(timestep: timestep, predictionType)
        }
        let currentAlpha = alpha / previousAlpha
        let currentBeta = 1 - currentAlpha
        let noise = timestep > 0 ? deviation(alpha, previousAlpha, currentBeta) : 0
        return configuration.step(
            timestep, to: previous, original: prediction.original, weight: sqrt(previousAlpha) * currentBeta / (1 - alpha),
            rest: (sqrt(currentAlpha) * (1 - previousAlpha) / (1 - alpha)) * .sample + noise * .noise)
    }

    /// The standard deviation of the noise that a step adds.
    private func deviation(_ alpha: Double, _ previousAlpha: Double, _ currentBeta: Double) -> Double {
        switch configuration.varianceType {
        case .fixedSmall, .fixedSmallLog:  // The same number by another way.
            sqrt(max(1e-20, (1 - previousAlpha) / (1 - alpha) * currentBeta))
        case .fixedLarge: sqrt(currentBeta)
        }
    }
}

extension SchedulerConfiguration {
    /// A step to `weight`·x₀ + `rest`, with x₀ clipped where the settings say so: DDIM and DDPM share it.
    func step(_ timestep: Int, to previous: Int?, original: LinearForm, weight: Double, rest: LinearForm) -> SamplingStep {
        let (signal, noise) = schedule.addNoiseCoefficients(timestep)
        return SamplingStep(
            timestep: Float(timestep), previous: previous.map(Float.init), level: NoiseLevel(signal: signal, noise: noise),
            next: clipSampleRange == nil ? weight * original + rest : rest,
            clipped: clipSampleRange.map { SamplingStep.Clipped(original: original, weight: weight, range: $0) })
    }
}
