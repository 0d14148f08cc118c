// A step of a sampling as data: the numbers that sample, output, noise and memory are multiplied by. A new scheduler is a
// formula for these; applying them is the same code for all.
import Tensors

/// A noise level: a sample at it is `signal`·x₀ + `noise`·ε.
public struct NoiseLevel: Sendable, Equatable {
    /// The coefficient of the clean sample.
    public let signal: Float
    /// The coefficient of the noise.
    public let noise: Float

    static let clean = NoiseLevel(signal: 1, noise: 0)

    /// Returns the clean sample that a model's output says is in a sample at this level: x₀ where the sample is signal·x₀ + noise·ε. The
    /// velocity is that of the sample scaled to signal² + noise² = 1. Both tensors have one shape. Where nothing of the clean sample is left
    /// (signal 0), noise alone does not determine it, and the sample comes back.
    public func original(_ type: PredictionType, sample: Tensor, output: Tensor) -> Tensor {
        switch type {
        case .sample: return output
        case .epsilon:
            guard signal != 0 else { return sample }
            return sample.combined(1 / signal, with: output, -noise / signal)
        case .vPrediction:
            let square = signal * signal + noise * noise
            return sample.combined(signal / square, with: output, -noise / square.squareRoot())
        }
    }
}

/// A step from a timestep to the next lower one.
public struct SamplingStep: Sendable, Equatable {
    /// A predicted clean sample that is clamped to ±`range` and added with `weight`.
    struct Clipped: Sendable, Equatable {
        let original: LinearForm
        let weight: Double
        let range: Float
    }

    /// The timestep that the model is given. Some schedulers use timesteps between those of training.
    public let timestep: Float
    /// The timestep that the step leads to; nil for the clean sample.
    public let previous: Float?
    /// The noise level of the sample that the step starts from.
    public let level: NoiseLevel
    /// The factor of the sample where it enters the model (`scale_model_input` in diffusers).
    public let inputScale: Float
    /// The next sample; where the clean sample is clipped, without its part.
    public let next: LinearForm
    let clipped: Clipped?
    /// The memory that the step leaves for the next one.
    public let memory: [LinearForm]

    init(
        timestep: Float, previous: Float?, level: NoiseLevel, inputScale: Float = 1, next: LinearForm, clipped: Clipped? = nil,
        memory: [LinearForm] = []
    ) {
        (self.timestep, self.previous, self.level, self.inputScale) = (timestep, previous, level, inputScale)
        (self.next, self.clipped, self.memory) = (next, clipped, memory)
    }

    /// Whether the step needs noise.
    public var addsNoise: Bool { next.noise != 0 }
    /// Whether the step clips the predicted clean sample.
    public var clipsSample: Bool { clipped != nil }
}

/// The progress of a sampling: a value, of which each step returns another one.
public struct SamplingState: Sendable {
    /// The number of the next step.
    public let index: Int
    /// The memory that earlier steps left.
    let memory: [Tensor]

    /// Before the first step.
    public static let start = SamplingState(index: 0, memory: [])

    /// Before the step `index` of a scheduler that keeps nothing in memory.
    public static func start(at index: Int) -> SamplingState { SamplingState(index: index, memory: []) }
}

/// The steps of one sampling, beginning at the noisiest timestep.
public struct SamplingPlan: Sendable, Equatable {
    /// The scheduler's name, such as "ddim".
    public let scheduler: String
    /// The steps in order.
    public let steps: [SamplingStep]
    /// The factor of the standard normal noise that a sampling starts from.
    public let initNoiseSigma: Float

    init(scheduler: String, steps: [SamplingStep], initNoiseSigma: Float = 1) {
        (self.scheduler, self.steps, self.initNoiseSigma) = (scheduler, steps, initNoiseSigma)
    }

    /// The plan without its first `count` steps; it starts from samples of the noise level of the first one that is left.
    func dropping(_ count: Int) -> SamplingPlan {
        count == 0 ? self : SamplingPlan(scheduler: scheduler, steps: Array(steps.dropFirst(count)))
    }

    /// The plan without any step.
    public var empty: SamplingPlan { dropping(steps.count) }

    /// The timesteps that the model is given, in order.
    public var timesteps: [Float] { steps.map(\.timestep) }
    /// Whether any step needs noise.
    public var addsNoise: Bool { steps.contains(where: \.addsNoise) }
    /// Whether any step needs what earlier ones left in the memory.
    public var keepsMemory: Bool { steps.contains { !$0.memory.isEmpty } }

    /// The first step at a timestep; nil where there is none.
    public func index(of timestep: Float) -> Int? { steps.firstIndex { $0.timestep == timestep } }

    /// The timestep that follows `timestep`; nil at the end, and where there is no such step.
    public func previous(_ timestep: Float) -> Float? { index(of: timestep).flatMap { steps[$0].previous } }

    /// Does the step of `state`: returns the next sample and state. All tensors have the sample's shape; `noise`, standard
    /// normal, is only used where the step adds noise. Traps after the last step.
    public func advance(
        _ state: SamplingState, sample: Tensor, output: Tensor, noise: Tensor? = nil
    ) -> (sample: Tensor, state: SamplingState) {
        let step = steps[state.index]
        var next = step.next(sample: sample, output: output, noise: noise, memory: state.memory)
        if let clipped = step.clipped {
            let clean = clipped.original(sample: sample, output: output, noise: nil, memory: state.memory)
            let bound = Tensor(clipped.range)
            let inside = Tensor.binary(.minimum, .binary(.maximum, clean, bound.scaled(by: -1)), bound)
            next = next.combined(1, with: inside, Float(clipped.weight))
        }
        let memory = step.memory.map { $0(sample: sample, output: output, noise: noise, memory: state.memory) }
        return (next, SamplingState(index: state.index + 1, memory: memory))
    }
}
