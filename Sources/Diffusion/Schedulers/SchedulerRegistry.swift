import Tensors

/// The schedulers by their names. A new one is one file and one row.
public enum SchedulerRegistry {
    public static let schedulers: [any Scheduler.Type] = [
        DDIMScheduler.self, DDPMScheduler.self, PNDMScheduler.self, EulerDiscreteScheduler.self, EulerAncestralDiscreteScheduler.self,
        DPMSolverMultistepScheduler.self,
    ]

    /// Schedulers of diffusers whose settings DDIM can take over (`DDIMScheduler.from_config`).
    static let readAsDDIM = [
        "LMSDiscreteScheduler", "HeunDiscreteScheduler", "DPMSolverSinglestepScheduler", "DPMSolverSDEScheduler", "KDPM2DiscreteScheduler",
        "KDPM2AncestralDiscreteScheduler", "DEISMultistepScheduler", "UniPCMultistepScheduler", "DDIMInverseScheduler",
    ]

    public static var names: [String] { schedulers.map { $0.name } }

    /// By what people write ("euler") or by diffusers' class; nil where there is none.
    public static func scheduler(named name: String) -> (any Scheduler.Type)? {
        schedulers.first { $0.name == name || $0.className == name }
    }

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
        return (try DDIMScheduler(configuration), note)
    }
}
