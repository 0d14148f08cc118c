// One step of sampling as data: which numbers to multiply sample, output, noise and memory with. A new scheduler is a
// formula that gives these; applying them is the same code for all.
import Tensors

/// How noisy a sample is: `signal`·x₀ + `noise`·ε.
public struct NoiseLevel: Sendable, Equatable {
    public let signal: Float
    public let noise: Float

    static let clean = NoiseLevel(signal: 1, noise: 0)
}

/// One step from a timestep to the next lower one.
public struct SamplingStep: Sendable, Equatable {
    /// A predicted clean sample that is clamped to ±`range` and added with `weight`.
    struct Clipped: Sendable, Equatable {
        let original: LinearForm
        let weight: Double
        let range: Float
    }

    /// What the model is told. Some schedulers stop between the training timesteps.
    public let timestep: Float
    /// Where the step goes; nil for the clean sample.
    public let previous: Float?
    /// Of the samples that this step takes.
    public let level: NoiseLevel
    /// What the sample is multiplied with on its way into the model (`scale_model_input` in diffusers).
    public let inputScale: Float
    /// The next sample, where nothing is clipped.
    public let next: LinearForm
    let clipped: Clipped?
    /// What the next step finds in the memory.
    public let memory: [LinearForm]

    init(
        timestep: Float, previous: Float?, level: NoiseLevel, inputScale: Float = 1, next: LinearForm, clipped: Clipped? = nil,
        memory: [LinearForm] = []
    ) {
        (self.timestep, self.previous, self.level, self.inputScale) = (timestep, previous, level, inputScale)
        (self.next, self.clipped, self.memory) = (next, clipped, memory)
    }

    public var addsNoise: Bool { next.noise != 0 }
    public var clipsSample: Bool { clipped != nil }
}

/// How far a sampling is: a value, a step gives another one.
public struct SamplingState: Sendable {
    /// The step that comes next.
    public let index: Int
    /// What earlier steps have left.
    let memory: [Tensor]

    public static let start = SamplingState(index: 0, memory: [])

    /// At a step of a scheduler that keeps nothing.
    public static func start(at index: Int) -> SamplingState { SamplingState(index: index, memory: []) }
}

/// The steps of one sampling, from the noisiest timestep on.
public struct SamplingPlan: Sendable, Equatable {
    /// The scheduler's name: "ddim".
    public let scheduler: String
    public let steps: [SamplingStep]
    /// What standard normal noise is multiplied with to start from.
    public let initNoiseSigma: Float

    init(scheduler: String, steps: [SamplingStep], initNoiseSigma: Float = 1) {
        (self.scheduler, self.steps, self.initNoiseSigma) = (scheduler, steps, initNoiseSigma)
    }

    /// Without the first `count` steps; it begins with samples as noisy as the first that is left says.
    func dropping(_ count: Int) -> SamplingPlan {
        count == 0 ? self : SamplingPlan(scheduler: scheduler, steps: Array(steps.dropFirst(count)))
    }

    /// With no step at all.
    public var empty: SamplingPlan { dropping(steps.count) }

    public var timesteps: [Float] { steps.map(\.timestep) }
    public var addsNoise: Bool { steps.contains(where: \.addsNoise) }
    /// Whether a step needs what earlier ones have left.
    public var keepsMemory: Bool { steps.contains { !$0.memory.isEmpty } }

    /// The first step at a timestep; nil where sampling does not pass it.
    public func index(of timestep: Float) -> Int? { steps.firstIndex { $0.timestep == timestep } }

    /// The timestep after `timestep`; nil at the end, and where sampling does not pass it.
    public func previous(_ timestep: Float) -> Float? { index(of: timestep).flatMap { steps[$0].previous } }

    /// The next sample and state. All tensors have the sample's shape; `noise` is only read where the step adds noise.
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
