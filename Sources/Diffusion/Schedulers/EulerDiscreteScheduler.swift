// Euler's method on the probability flow (Karras et al. 2022, https://arxiv.org/abs/2206.00364, algorithm 1), as
// diffusers' EulerDiscreteScheduler computes it. A sample is x₀ + σ·ε here, and scaled on its way into the model.
import Glibc

/// Euler's method, deterministic.
public struct EulerDiscreteScheduler: Scheduler {
    /// The class's name in diffusers.
    public static let className = "EulerDiscreteScheduler"
    /// The name in the language.
    public static let name = "euler"
    /// One sentence for the help.
    public static let summary = "Euler's method: one step after another, the same picture from the same noise."
    /// The scheduler's own settings.
    public static let settings = [
        "use_karras_sigmas", "use_exponential_sigmas", "interpolation_type", "sigma_min", "sigma_max", "final_sigmas_type", "timestep_type",
    ]
    enum Interpolation: String, CaseIterable { case linear, logLinear = "log_linear" }

    /// The settings.
    public let configuration: SchedulerConfiguration
    let spacing: SigmaSpacing
    let interpolation: Interpolation
    let sigmaMin: Double?
    let sigmaMax: Double?
    let final: FinalSigma

    /// Throws ``ConfigurationError`` where a setting is not supported.
    public init(_ configuration: SchedulerConfiguration) throws {
        let reader = configuration.reader
        try reader.require("timestep_type", "discrete", nil)
        self.configuration = configuration
        spacing = try SigmaSpacing(reader, allowed: [("use_karras_sigmas", .karras), ("use_exponential_sigmas", .exponential)])
        interpolation = try reader.choice("interpolation_type", default: .linear)
        sigmaMin = try reader.optionalDouble("sigma_min", in: 1e-6...1e6)
        sigmaMax = try reader.optionalDouble("sigma_max", in: 1e-6...1e6)
        final = try reader.choice("final_sigmas_type", default: .zero)
    }

    /// The steps of a sampling. Throws ``SchedulerError``.
    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan {
        var timesteps = try configuration.exactTimesteps(steps: steps)
        let table = SigmaTable(schedule)
        var sigmas = timesteps.map { table.sigma(at: $0) }
        if interpolation == .logLinear {
            let (most, least) = (Double(table.sigmas[table.sigmas.count - 1]), Double(table.sigmas[0]))
            sigmas = SigmaSpacing.exponential.sigmas(from: most, to: least, count: steps + 1)
        }
        if spacing != .timesteps {
            sigmas = spacing.sigmas(from: sigmaMax ?? sigmas[0], to: sigmaMin ?? sigmas[sigmas.count - 1], count: steps)
            timesteps = sigmas.map { table.timestep(at: $0) }
        }
        sigmas.append(final == .zero ? 0 : Double(table.sigmas[0]))
        return .inSigmas(self, timesteps, sigmas) { from, to in
            .sample + ((to - from) / from) * (.sample - Prediction.original(predictionType, sigma: from))
        }
    }
}

extension SamplingPlan {
    /// Steps between samples x₀ + σ·ε; `next` gives the next sample of a step from one σ to another.
    static func inSigmas(
        _ scheduler: some Scheduler, _ timesteps: [Double], _ sigmas: [Double], _ next: (_ from: Double, _ to: Double) -> LinearForm
    ) -> SamplingPlan {
        let steps = timesteps.indices.map { index in
            let sigma = Double(Float(sigmas[index]))
            return SamplingStep(
                timestep: Float(timesteps[index]), previous: index + 1 < timesteps.count ? Float(timesteps[index + 1]) : nil,
                level: NoiseLevel(signal: 1, noise: Float(sigma)), inputScale: Float(1 / sqrt(sigma * sigma + 1)),
                next: next(sigma, Double(Float(sigmas[index + 1]))))
        }
        let most = Double(Float(sigmas.max() ?? 1))
        let isLeading = (scheduler.configuration.timestepSpacing ?? .linspace) == .leading
        return SamplingPlan(
            scheduler: type(of: scheduler).name, steps: steps, initNoiseSigma: Float(isLeading ? sqrt(most * most + 1) : most))
    }
}
