// What a scheduler is, and what can be wrong with a sampling.

/// A scheduler: settings in, the steps of a sampling out.
public protocol Scheduler: Sendable {
    /// The class's name in diffusers.
    static var className: String { get }
    /// What people write: "ddim".
    static var name: String { get }
    /// One sentence for the help.
    static var summary: String { get }
    /// The keys of scheduler_config.json that it reads beside ``SchedulerConfiguration/sharedSettings``.
    static var settings: [String] { get }
    var configuration: SchedulerConfiguration { get }
    /// Throws ``ConfigurationError`` where a setting is not supported by this scheduler.
    init(_ configuration: SchedulerConfiguration) throws
    /// The steps of a sampling in `steps` steps. Throws ``SchedulerError``.
    func plan(steps: Int) throws(SchedulerError) -> SamplingPlan
    /// Those of them from the place `start` on, as a sampling that begins there makes them: image to image begins with a
    /// picture that is noised to the level of the first. Throws ``SchedulerError``.
    func plan(steps: Int, from start: Int) throws(SchedulerError) -> SamplingPlan
}

extension Scheduler {
    /// Where steps need nothing of earlier ones.
    public func plan(steps: Int, from start: Int) throws(SchedulerError) -> SamplingPlan { try plan(steps: steps).dropping(start) }
}

extension Scheduler {
    public var schedule: NoiseSchedule { configuration.schedule }
    public var predictionType: PredictionType { configuration.predictionType }
}

/// Why a sampling cannot be planned, as data.
public enum SchedulerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer than one step, or more than there are training timesteps.
    case stepCount(Int, most: Int)
    /// It cannot begin in the middle.
    case beginsWithRungeKutta
    /// Fewer than the method needs to begin.
    case tooFewSteps(Int, least: Int)
    /// Spacing and offset lead past the last training timestep.
    case timestepOutOfRange(Int, trainTimesteps: Int)
    /// At this timestep the model's output does not say what the clean sample is.
    case undetermined(timestep: Int, PredictionType)

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
