// DDIM (Song et al. 2021, https://arxiv.org/abs/2010.02502), as diffusers' DDIMScheduler computes it.
import Glibc

public struct DDIMScheduler: Scheduler {
    public static let className = "DDIMScheduler"
    public static let name = "ddim"
    public static let summary = "DDIM: one step after another, the same picture from the same noise."
    public static let settings = ["eta"]
    public let configuration: SchedulerConfiguration
    /// The share of new noise, where `plan` is not told another: 0 (deterministic) to 1 (as DDPM). A setting of ours.
    let eta: Double

    public init(_ configuration: SchedulerConfiguration) throws {
        self.configuration = configuration
        eta = try configuration.reader.double("eta", default: 0, in: 0...1)
    }

    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps, eta: eta) }

    public func plan(steps: Int, eta: Double) throws(SchedulerError) -> SamplingPlan {
        var list: [SamplingStep] = []
        for timestep in try configuration.timesteps(steps: steps) {
            list.append(try step(timestep, jump: configuration.trainTimesteps / steps, eta: eta))
        }
        return SamplingPlan(scheduler: Self.name, steps: list)
    }

    /// Formulas (12) and (16) of the paper.
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
