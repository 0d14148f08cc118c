// Euler's method with new noise at every step, as diffusers' EulerAncestralDiscreteScheduler computes it (k-diffusion's
// `sample_euler_ancestral`). A sample is x₀ + σ·ε here, and scaled on its way into the model.
import Glibc

/// Euler's method with new noise at every step.
public struct EulerAncestralDiscreteScheduler: Scheduler {
    /// The class's name in diffusers.
    public static let className = "EulerAncestralDiscreteScheduler"
    /// The name in the language.
    public static let name = "euler_ancestral"
    /// One sentence for the help.
    public static let summary = "Euler's method with new noise at every step; never settles, another number of steps is another picture."
    /// The scheduler's own settings: none.
    public static let settings: [String] = []
    /// The settings.
    public let configuration: SchedulerConfiguration

    /// Throws ``ConfigurationError`` for models that predict the clean sample.
    public init(_ configuration: SchedulerConfiguration) throws {
        self.configuration = configuration
        guard configuration.predictionType != .sample else {
            throw configuration.reader.fail("prediction_type", .unsupported(value: "sample", supported: ["epsilon", "v_prediction"]))
        }
    }

    /// The steps of a sampling. Throws ``SchedulerError``.
    public func plan(steps: Int) throws(SchedulerError) -> SamplingPlan {
        let timesteps = try configuration.exactTimesteps(steps: steps)
        let table = SigmaTable(schedule)
        return .inSigmas(self, timesteps, timesteps.map { table.sigma(at: $0) } + [0]) { from, to in
            let up = sqrt(to * to * (from * from - to * to) / (from * from))
            let down = sqrt(to * to - up * up)
            return .sample + ((down - from) / from) * (.sample - Prediction.original(predictionType, sigma: from)) + up * .noise
        }
    }
}
