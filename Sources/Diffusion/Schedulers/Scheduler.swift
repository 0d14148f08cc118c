// What a scheduler is, which there are, and which timesteps sampling takes.
import Tensors

/// A scheduler: noise for training, steps for sampling.
public protocol Scheduler: Sendable {
    /// The class's name in diffusers.
    static var className: String { get }
    var configuration: SchedulerConfiguration { get }
    /// Throws ``ConfigurationError`` where a setting is not supported by this scheduler.
    init(_ configuration: SchedulerConfiguration) throws
    /// The steps of a sampling in `steps` steps. Throws ``SchedulerError``.
    func plan(steps: Int) throws(SchedulerError) -> SamplingPlan
}

extension Scheduler {
    public var schedule: NoiseSchedule { configuration.schedule }
    public var predictionType: PredictionType { configuration.predictionType }
}

/// Why a sampling cannot be planned, as data.
public enum SchedulerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer than one step, or more than there are training timesteps.
    case stepCount(Int, most: Int)
    /// Spacing and offset lead past the last training timestep.
    case timestepOutOfRange(Int, trainTimesteps: Int)
    /// At this timestep the model's output does not say what the clean sample is.
    case undetermined(timestep: Int, PredictionType)

    public var description: String {
        switch self {
        case .stepCount(let count, let most): "\(count) steps: there can be 1 to \(most)"
        case .timestepOutOfRange(let timestep, let count):
            "sampling would start at timestep \(timestep), the model knows 0 to \(count - 1); "
                + "take fewer steps"
        case .undetermined(let timestep, let type):
            "at timestep \(timestep) there is only noise, and a model that predicts \(type.rawValue) "
                + "cannot say what is behind it"
        }
    }
}

/// The schedulers by their names in diffusers. A new one is one file and one row.
public enum SchedulerRegistry {
    public static let schedulers: [any Scheduler.Type] = [DDIMScheduler.self, DDPMScheduler.self]

    /// Schedulers of diffusers whose settings DDIM can take over (`DDIMScheduler.from_config`).
    static let readAsDDIM = [
        "PNDMScheduler", "LMSDiscreteScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler",
        "HeunDiscreteScheduler", "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler",
        "DPMSolverSDEScheduler", "KDPM2DiscreteScheduler", "KDPM2AncestralDiscreteScheduler",
        "DEISMultistepScheduler", "UniPCMultistepScheduler", "DDIMInverseScheduler",
    ]

    /// The scheduler that a file names. Where it is one of diffusers' that is not implemented here, DDIM with
    /// the same settings, and `fallback` says so.
    ///
    /// Throws ``ConfigurationError`` for classes that are something else.
    public static func make(_ configuration: SchedulerConfiguration) throws -> (
        scheduler: any Scheduler, fallback: String?
    ) {
        let name = configuration.className
        if let type = schedulers.first(where: { $0.className == name }) {
            return (try type.init(configuration), nil)
        }
        guard readAsDDIM.contains(name) else {
            let problem =
                name.isEmpty
                ? ConfigurationError.Problem.missing
                : .unsupported(value: name, supported: schedulers.map { $0.className } + readAsDDIM)
            throw ConfigurationError(configuration.file, key: "_class_name", problem)
        }
        let note = "\(configuration.file): \(name) is not implemented; its settings are used for DDIM"
        return (DDIMScheduler(configuration), note)
    }
}

extension SchedulerConfiguration {
    /// The timesteps of a sampling, falling; numpy's rounding, to even.
    func timesteps(steps: Int) throws(SchedulerError) -> [Int] {
        guard (1...trainTimesteps).contains(steps) else {
            throw .stepCount(steps, most: trainTimesteps)
        }
        let timesteps =
            switch timestepSpacing {
            case .leading: leading(steps)
            case .linspace: linspace(steps)
            case .trailing: trailing(steps)
            }
        for timestep in timesteps where !(0..<trainTimesteps).contains(timestep) {
            throw .timestepOutOfRange(timestep, trainTimesteps: trainTimesteps)
        }
        return timesteps
    }

    private func leading(_ steps: Int) -> [Int] {
        (0..<steps).reversed().map { $0 * (trainTimesteps / steps) + stepsOffset }
    }

    private func linspace(_ steps: Int) -> [Int] {
        guard steps > 1 else { return [0] }
        let step = Double(trainTimesteps - 1) / Double(steps - 1)
        return (0..<steps).reversed().map { Int((Double($0) * step).rounded(.toNearestOrEven)) }
    }

    private func trailing(_ steps: Int) -> [Int] {
        let ratio = Double(trainTimesteps) / Double(steps)
        let count = Int((Double(trainTimesteps) / ratio).rounded(.up))
        return (0..<count).map {
            Int((Double(trainTimesteps) - Double($0) * ratio).rounded(.toNearestOrEven)) - 1
        }
    }
}
