import Autograd
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// A scheduler as a value: the steps of one sampling, and how far it is. `advance` gives another one.
struct SchedulerValue: DeclaredValue {
    /// The noise schedule of the model that it was made for.
    let schedule: SchedulerConfiguration
    let scheduler: any Scheduler
    let plan: SamplingPlan
    let requestedSteps: Int
    private(set) var state = SamplingState.start

    /// Creates a scheduler at its start. Throws `SchedulerError`.
    init(schedule: SchedulerConfiguration, _ scheduler: any Scheduler, steps: Int) throws {
        (self.schedule, self.scheduler, requestedSteps) = (schedule, scheduler, steps)
        plan = try scheduler.plan(steps: steps)
    }

    func at(_ state: SamplingState) -> SchedulerValue {
        var copy = self
        copy.state = state
        return copy
    }

    static let declaration = HostDeclaration<SchedulerValue>(
        "scheduler", "The timesteps of one sampling and how far it is; step and advance take its steps.",
        fields: [
            .init("name", .string, "The scheduler's name.") { .string($0.plan.scheduler) },
            .init("timesteps", "The timesteps in the order in which they are sampled.") { .list($0.plan.timesteps.map(value)) },
            .init("next", "The timestep of the next step, or none at the end.") {
                $0.state.index < $0.plan.steps.count ? value($0.plan.steps[$0.state.index].timestep) : Value.none
            },
            .init("previous", .function(.opaque), "previous(t) is the timestep that a step from t leads to.") {
                .function(FunctionValue($0.previous))
            },
            .init("init_noise_sigma", .float, "The deviation of the noise that sampling begins with.") {
                .float(Double($0.plan.initNoiseSigma))
            },
            .init("scale_model_input", .function(.opaque), "scale_model_input(latents, t) is the latents as the model is to see them.") {
                .function(FunctionValue($0.scaleModelInput))
            },
            .init("add_noise", .function(.opaque), "add_noise(latents, noise, t) is clean latents with the noise of t.") {
                .function(FunctionValue($0.addNoise))
            },
        ], element: nil, operators: false)

    /// The type before a run, which knows of no scheduler whether it draws.
    static var valueType: StaticType { .host(SchedulerType()) }

    var inlineText: String { "\(plan.scheduler), \(requestedSteps) steps" + (state.index > 0 ? ", \(state.index) passes done" : "") }

    /// Returns a timestep as an int where it is whole, else as a float.
    private static func value(_ timestep: Float) -> Value { Int(exactly: timestep).map(Value.int) ?? .float(Double(timestep)) }

    /// Returns the state in which a step from `t` is the next. A scheduler that keeps no memory may step in any order. Throws
    /// `.badArgument`, at an argument.
    func state(at t: Float, _ argument: String) throws -> SamplingState {
        if state.index < plan.steps.count, plan.steps[state.index].timestep == t { return state }
        func texts(_ values: [Float]) -> String { values.map { Self.value($0).inlineText }.joined(separator: ", ") }
        guard let index = plan.index(of: t) else {
            throw Problem(
                .badArgument, "\(texts([t])) is no timestep of this scheduler", argument: argument,
                notes: ["they are \(texts(plan.timesteps))"])
        }
        guard plan.keepsMemory else { return SamplingState.start(at: index) }
        let next = state.index < plan.steps.count ? "its next is \(texts([plan.steps[state.index].timestep]))" : "it is at its end"
        throw Problem(
            .badArgument, "\(plan.scheduler) goes on from what earlier steps predicted: it takes its timesteps in order, and \(next)",
            argument: argument,
            help: state.index == 0 ? "x, scheduler = advance(scheduler, noise, t, x)  gives the scheduler for the next step" : nil)
    }

    // MARK: Functions among the fields

    private static let timestep = Key<Double>("t", range: 0...1_000_000, doc: "A timestep of the scheduler.")
    private static let noise = Key<Tensor>("noise", doc: "Standard normal, as large as the latents.")

    private func step(_ call: Call) throws -> SamplingStep {
        let t = Float(try call[Self.timestep])
        if state.index < plan.steps.count, plan.steps[state.index].timestep == t { return plan.steps[state.index] }
        guard let index = plan.index(of: t) else {
            throw Problem(.badArgument, "\(Self.value(t).inlineText) is no timestep of this scheduler", argument: Self.timestep.name)
        }
        return plan.steps[index]
    }

    /// The function `scheduler.previous(t)`: the timestep after t, 0 at the end.
    private var previous: Builtin {
        Builtin(
            "previous", family: .method, summary: "The timestep that a step from t leads to; 0 at the end.",
            parameters: [Self.timestep], result: .number
        ) { [plan] call in Self.value(plan.previous(Float(try call[Self.timestep])) ?? 0) }
    }

    private var scaleModelInput: Builtin {
        Builtin(
            "scale_model_input", family: .method, summary: "Latents as the model is to see them at t; euler scales, others leave them.",
            parameters: [MethodCommands.latents, Self.timestep], result: .tensor
        ) { call in
            let scale = try step(call).inputScale
            let latents = try call[MethodCommands.latents].value
            return .tensor(scale == 1 ? latents : latents.scaled(by: scale))
        }
    }

    private var addNoise: Builtin {
        Builtin(
            "add_noise", family: .method, summary: "Clean latents with as much noise as this scheduler's samples have at t.",
            parameters: [MethodCommands.latents, Self.noise, Self.timestep], result: .tensor
        ) { call in
            let (latents, noise, level) = (try call[MethodCommands.latents].value, try call[Self.noise], try step(call).level)
            guard latents.count == noise.count else {
                throw Problem(
                    .shapeMismatch, "add_noise: latents and noise have different shapes", argument: Self.noise.name,
                    label: "\(Shape.text(noise.shape)), the latents are \(Shape.text(latents.shape))")
            }
            return .tensor(latents.combined(level.signal, with: noise.reshaped(latents.shape), level.noise))
        }
    }
}
