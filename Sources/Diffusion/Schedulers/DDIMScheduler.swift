// DDIM (Song et al. 2021, https://arxiv.org/abs/2010.02502), as diffusers' DDIMScheduler computes it.
import Glibc

/// DDIM: deterministic by default, with an optional share of new noise.
public struct DDIMScheduler: Scheduler {
    /// The class's name in diffusers.
    public static let className = "DDIMScheduler"
    /// The name in the language.
    public static let name = "ddim"
    /// One sentence for the help.
    public static let summary = "DDIM: one step after another, the same picture from the same noise."
    /// The scheduler's own settings.
    public static let settings = ["eta"]
    /// The settings.
    public let configuration: SchedulerConfiguration
    /// The share of new noise where `plan` is given none: 0 is deterministic, 1 is as DDPM. diffusers has no such setting.
    let eta: Double

    /// Throws ``ConfigurationError`` where `eta` is not in 0…1.
    public init(_ configuration: SchedulerConfiguration) throws {
        self.configuration = configuration
        eta = try configuration.reader.double("eta", default: 0, in: 0...1)
    }

    /// The steps with the settings' `eta`. Throws ``SchedulerError``.
    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps, eta: eta) }

    /// The steps with a share `eta` of new noise. Throws ``SchedulerError``.
    public func plan(steps: Int, eta: Double) throws(SchedulerError) -> SamplingPlan {
        var list: [SamplingStep] = []
        for timestep in try configuration.timesteps(steps: steps) {
            list.append(try step(timestep, jump: configuration.trainTimesteps / steps, eta: eta))
        }
        return SamplingPlan(scheduler: Self.name, steps: list)
    }

    /// One step, by formulas (12) and (16) of the paper.
    private func step(_ timestep: Int, jump: Int, eta: Double) throws(SchedulerError) -> SamplingStep {
        let previous = timestep - jump
        let alphas = schedule.alphasCumprod
        let alpha = Double(alphas[timestep])
        let final = (configuration.setAlphaToOne ?? true) ? 1 : Double(alphas[0])
        let previousAlpha = previous >= 0 ? Double(alphas[previous]) : final
        guard let prediction = Prediction(predictionType, alphaCumprod: alpha) else {
            throw .undetermined(timestep: timestep, predictionType)
        }
        let variance = (1 - previousAlpha) / (1 - alpha) * (1 - alpha / previousAlpha)
        let deviation = eta * sqrt(max(0, variance))
        let direction = sqrt(max(0, 1 - previousAlpha - deviation * deviation))
        return configuration.step(
            timestep, to: previous >= 0 ? previous : nil, original: prediction.original, weight: sqrt(previousAlpha),
            rest: direction * prediction.epsilon + deviation * .noise)
    }
}
