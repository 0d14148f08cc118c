// The protocol of schedulers, and what can be wrong with a sampling.

/// A scheduler: it turns settings into the steps of a sampling.
public protocol Scheduler: Sendable {
    /// The class's name in diffusers.
    static var className: String { get }
    /// The name in the language, such as "ddim".
    static var name: String { get }
    /// One sentence for the help.
    static var summary: String { get }
    /// The keys of scheduler_config.json that it reads beside ``SchedulerConfiguration/sharedSettings``.
    static var settings: [String] { get }
    /// The settings.
    var configuration: SchedulerConfiguration { get }
    /// A scheduler with these settings. Throws ``ConfigurationError`` where it does not support one.
    init(_ configuration: SchedulerConfiguration) throws
    /// The steps of a sampling in `steps` steps. Throws ``SchedulerError``.
    func plan(steps: Int) throws(SchedulerError) -> SamplingPlan
    /// The steps from the place `start` on, for a sampling that begins there: image to image begins with a picture at the
    /// noise level of the first of them. Throws ``SchedulerError``.
    func plan(steps: Int, from start: Int) throws(SchedulerError) -> SamplingPlan
}

extension Scheduler {
    /// The steps from the place `start` on, for schedulers whose steps need nothing of earlier ones.
    public func plan(steps: Int, from start: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps).dropping(start) }
}

extension Scheduler {
    /// The noise schedule of training.
    public var schedule: NoiseSchedule { configuration.schedule }
    /// The kind of prediction that the model makes.
    public var predictionType: PredictionType { configuration.predictionType }
}

/// An error that keeps a sampling from being planned.
public enum SchedulerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There are fewer than one step, or more than training timesteps.
    case stepCount(Int, most: Int)
    /// PNDM with Runge-Kutta steps cannot begin in the middle.
    case beginsWithRungeKutta
    /// There are fewer steps than the method needs to begin.
    case tooFewSteps(Int, least: Int)
    /// Spacing and offset lead beyond the last training timestep.
    case timestepOutOfRange(Int, trainTimesteps: Int)
    /// At this timestep the model's output does not determine the clean sample.
    case undetermined(timestep: Int, PredictionType)

    /// The error as a message for the user, without a full stop.
    public var description: String {
        switch self {
        case .stepCount(let count, let most): "\(count) steps: there can be 1 to \(most)"
        case .tooFewSteps(let count, let least):
            "\(count) steps: this scheduler begins with Runge-Kutta steps and needs \(least) or more (skip_prk_steps: true does without)"
        case .beginsWithRungeKutta:
            "this scheduler begins with Runge-Kutta steps and cannot begin in the middle (skip_prk_steps: true can)"
        case .timestepOutOfRange(let timestep, let count):
            "sampling would start at timestep \(timestep), the model knows 0 to \(count - 1); "
                + "take fewer steps"
        case .undetermined(let timestep, let type):
            "at timestep \(timestep) there is only noise, and a model that predicts \(type.rawValue) "
                + "cannot say what is behind it"
        }
    }
}
