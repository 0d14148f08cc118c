// One step of sampling as numbers, so that the engine applies it in one pass over memory.
import Glibc

/// Next sample = `sample`·x + `output`·model output + `noise`·ε.
public struct StepCoefficients: Sendable, Equatable {
    public let sample: Float
    public let output: Float
    /// 0 where the step adds no noise.
    public let noise: Float
}

/// One step from a timestep to the next lower one. It predicts the clean sample, x₀, linearly from sample and
/// model output, clips it where the configuration says so, and mixes it with sample, output and new noise.
public struct SamplingStep: Sendable, Equatable {
    /// How much of sample and model output.
    struct Mix: Sendable, Equatable {
        var sample: Double
        var output: Double
    }

    public let timestep: Int
    /// Where the step goes; nil for the clean sample.
    public let previous: Int?
    let original: Mix
    let originalWeight: Double
    let rest: Mix
    let noise: Double
    let clipRange: Float?

    /// The step in one linear combination; nil where x₀ is clipped, which is not linear.
    public var coefficients: StepCoefficients? {
        guard clipRange == nil else { return nil }
        return StepCoefficients(
            sample: Float(originalWeight * original.sample + rest.sample),
            output: Float(originalWeight * original.output + rest.output), noise: Float(noise))
    }

    public var addsNoise: Bool { noise != 0 }

    /// The next sample, element by element; the reference for the engine's fused pass, and the way where x₀
    /// is clipped. All arrays have one length; `noise` is only read where the step adds noise, and nil is
    /// none.
    public func apply(modelOutput: [Float], sample: [Float], noise: [Float]? = nil) -> [Float] {
        zip(sample, modelOutput).enumerated().map { index, pair in
            let (x, output) = (Double(pair.0), Double(pair.1))
            var clean = original.sample * x + original.output * output
            if let clipRange { clean = min(max(clean, -Double(clipRange)), Double(clipRange)) }
            let added = addsNoise ? self.noise * Double(noise?[index] ?? 0) : 0
            return Float(originalWeight * clean + rest.sample * x + rest.output * output + added)
        }
    }
}

/// The steps of one sampling, from the noisiest timestep on.
public struct SamplingPlan: Sendable, Equatable {
    public let steps: [SamplingStep]

    public var timesteps: [Int] { steps.map(\.timestep) }

    /// The step at a timestep; nil where sampling does not pass it.
    public func step(at timestep: Int) -> SamplingStep? { steps.first { $0.timestep == timestep } }

    /// The timestep after `timestep`; nil at the end, and where sampling does not pass it.
    public func previous(_ timestep: Int) -> Int? { step(at: timestep)?.previous }
}

/// What clean sample and noise are, given sample and model output.
struct Prediction {
    let original: SamplingStep.Mix
    let epsilon: SamplingStep.Mix

    /// At a timestep with this ᾱ. At ᾱ = 0 nothing of the sample is left, and ε says nothing of x₀: nil.
    init?(_ type: PredictionType, alphaCumprod: Double) {
        let (signal, noise) = (sqrt(alphaCumprod), sqrt(1 - alphaCumprod))
        switch type {
        case .epsilon:
            guard signal > 0 else { return nil }
            original = SamplingStep.Mix(sample: 1 / signal, output: -noise / signal)
            epsilon = SamplingStep.Mix(sample: 0, output: 1)
        case .sample:
            guard noise > 0 else { return nil }
            original = SamplingStep.Mix(sample: 0, output: 1)
            epsilon = SamplingStep.Mix(sample: 1 / noise, output: -signal / noise)
        case .vPrediction:
            original = SamplingStep.Mix(sample: signal, output: -noise)
            epsilon = SamplingStep.Mix(sample: noise, output: signal)
        }
    }
}
