import Tensors

/// The schedulers by their names. A new one is one file and one row here.
public enum SchedulerRegistry {
    /// All schedulers, in the order of the help.
    public static let schedulers: [any Scheduler.Type] = [
        DDIMScheduler.self, DDPMScheduler.self, PNDMScheduler.self, EulerDiscreteScheduler.self, EulerAncestralDiscreteScheduler.self,
        DPMSolverMultistepScheduler.self,
    ]

    /// Schedulers of diffusers whose settings DDIM can use (`DDIMScheduler.from_config`).
    static let readAsDDIM = [
        "LMSDiscreteScheduler", "HeunDiscreteScheduler", "DPMSolverSinglestepScheduler", "DPMSolverSDEScheduler", "KDPM2DiscreteScheduler",
        "KDPM2AncestralDiscreteScheduler", "DEISMultistepScheduler", "UniPCMultistepScheduler", "DDIMInverseScheduler",
    ]

    /// The names of all schedulers in the language.
    public static var names: [String] { schedulers.map { $0.name } }

    /// The scheduler by its name in the language ("euler"), or by its class in diffusers; nil where there is none.
    public static func scheduler(named name: String) -> (any Scheduler.Type)? {
        schedulers.first { $0.name == name || $0.className == name }
    }

    /// The scheduler that a file names. For a scheduler of diffusers that is not implemented here it is DDIM with the same
    /// settings, and `fallback` says so in words.
    ///
    /// Throws ``ConfigurationError`` for other classes, and where a setting is not supported.
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
        return (try DDIMScheduler(configuration), note)
    }
}
