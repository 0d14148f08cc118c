import Diffusion
import Language

/// The type of a scheduler: whether its steps draw random numbers, as far as that is known.
struct SchedulerType: HostType {
    /// True where they do on some way through the program; nil where the scheduler is not known, or its settings decide.
    var draws: Bool?

    var typeName: String { SchedulerValue.declaration.name.text }
    let element: StaticType? = nil

    var fieldNames: [String]? { SchedulerValue.declaration.type.fieldNames }
    func field(_ name: String) -> StaticType? { SchedulerValue.declaration.type.field(name) }
    func unary(_ op: UnaryOperator) -> StaticType? { nil }
    func binary(_ op: BinaryOperator, _ other: StaticType, isLeft: Bool) throws -> StaticType? { nil }

    func joined(_ other: any HostType) -> (any HostType)? {
        guard let other = other as? SchedulerType else { return nil }
        if draws == true || other.draws == true { return SchedulerType(draws: true) }
        return SchedulerType(draws: draws == other.draws ? draws : nil)
    }

    /// Returns the rule of a builtin that makes schedulers of one kind: with the usual settings, whether they draw is known.
    static func rule(_ type: any Scheduler.Type) -> @Sendable (StaticCall) throws -> StaticType {
        { call in
            let isUsual = !call.has(SchedulerCommands.settings)
            let usual = try? type.init(SchedulerConfiguration(["_class_name": .string(type.className)], file: "")).plan(steps: 4).addsNoise
            return .host(SchedulerType(draws: isUsual ? usual : nil))
        }
    }

    /// Returns whether a call draws because it takes a step of a scheduler that does.
    static func draws(_ call: StaticCall) -> Bool {
        guard case .host(let host) = call.type(SchedulerCommands.scheduler), let type = host as? SchedulerType else { return false }
        return type.draws == true
    }

    /// Returns the type of `[latents, scheduler]` after a step, in which the scheduler keeps its type.
    static func advanced(_ call: StaticCall) -> StaticType {
        var next = SchedulerType()
        if case .host(let host) = call.type(SchedulerCommands.scheduler), let known = host as? SchedulerType { next = known }
        return .list([TensorType.of(nil), .host(next)])
    }
}

extension SchedulerValue: StaticallyTyped {
    var staticType: StaticType { .host(SchedulerType(draws: plan.addsNoise)) }
}
