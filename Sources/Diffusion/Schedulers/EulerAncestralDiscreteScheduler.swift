// Euler's method with new noise at every step, as diffusers' EulerAncestralDiscreteScheduler computes it (k-diffusion's
// `sample_euler_ancestral`). A sample is x₀ + σ·ε here, and scaled on its way into the model.
import Glibc

public struct EulerAncestralDiscreteScheduler: Scheduler {
    public static let className = "EulerAncestralDiscreteScheduler"
    public static let name = "euler_ancestral"
    public static let summary = "Euler's method with new noise at every step; never settles, another number of steps is another picture."
    public static let settings: [String] = []
    public let configuration: SchedulerConfiguration

    public init(_ configuration: SchedulerConfiguration) throws {
        self.configuration = configuration
        guard configuration.predictionType != .sample else {
            throw configuration.reader.fail("prediction_type", .unsupported(value: "sample", supported: ["epsilon", "v_prediction"]))
        }
    }

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
