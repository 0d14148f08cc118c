import Autograd
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// A scheduler as a value: the steps of one sampling, and how far it is. `advance` gives another one.
struct SchedulerValue: HostValue {
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

    var typeName: String { "scheduler" }
    var inlineText: String { "\(plan.scheduler), \(requestedSteps) steps" + (state.index > 0 ? ", \(state.index) passes done" : "") }
    var fieldNames: [String] { ["name", "timesteps", "next", "previous", "init_noise_sigma", "scale_model_input", "add_noise"] }

    func field(_ name: String) throws -> Value? {
        switch name {
        case "name": .string(plan.scheduler)
        case "timesteps": .list(plan.timesteps.map(Self.value))
        case "next": state.index < plan.steps.count ? Self.value(plan.steps[state.index].timestep) : Value.none
        case "previous": .function(FunctionValue(previous))
        case "init_noise_sigma": .float(Double(plan.initNoiseSigma))
        case "scale_model_input": .function(FunctionValue(scaleModelInput))
        case "add_noise": .function(FunctionValue(addNoise))
        default: nil
        }
    }

    /// Returns a timestep as an int where it is whole, else as a float.
    private static func value(_ timestep: Float) -> Value { Int(exactly: timestep).map(Value.int) ?? .float(Double(timestep)) }

    /// Returns the state in which a step from `t` is the next. A scheduler that keeps no memory may step in any order. Throws
    /// `.badArgument`.
    func state(at t: Float, _ call: Call) throws -> SamplingState {
        if state.index < plan.steps.count, plan.steps[state.index].timestep == t { return state }
        func texts(_ values: [Float]) -> String { values.map { Self.value($0).inlineText }.joined(separator: ", ") }
        guard let index = plan.index(of: t) else {
            throw Problem(
                .badArgument, "\(texts([t])) is no timestep of this scheduler", argument: "t", notes: ["they are \(texts(plan.timesteps))"])
        }
        guard plan.keepsMemory else { return SamplingState.start(at: index) }
        let next = state.index < plan.steps.count ? "its next is \(texts([plan.steps[state.index].timestep]))" : "it is at its end"
        throw Problem(
            .badArgument, "\(plan.scheduler) goes on from what earlier steps predicted: it takes its timesteps in order, and \(next)",
            argument: "t",
            help: state.index == 0 ? "x, scheduler = advance(scheduler, noise, t, x)  gives the scheduler for the next step" : nil)
    }

    // MARK: Functions among the fields

    private static let timestep = Parameter("t", .number, range: 0...1_000_000, doc: "A timestep of the scheduler.")

    private func step(_ call: Call) throws -> SamplingStep {
        let t = Float(try call.double("t"))
        if state.index < plan.steps.count, plan.steps[state.index].timestep == t { return plan.steps[state.index] }
        guard let index = plan.index(of: t) else {
            throw Problem(.badArgument, "\(Self.value(t).inlineText) is no timestep of this scheduler", argument: "t")
        }
        return plan.steps[index]
    }

    /// The function `scheduler.previous(t)`: the timestep after t, 0 at the end.
    private var previous: Builtin {
        Builtin(
            "previous", family: "method", summary: "The timestep that a step from t leads to; 0 at the end.",
            parameters: [Self.timestep], result: "number"
        ) { [plan] call in Self.value(plan.previous(Float(try call.double("t"))) ?? 0) }
    }

    private var scaleModelInput: Builtin {
        Builtin(
            "scale_model_input", family: "method", summary: "Latents as the model is to see them at t; euler scales, others leave them.",
            parameters: [MethodCommands.latents, Self.timestep], result: "tensor"
        ) { call in
            let scale = try step(call).inputScale
            let latents = try call.tensor("latents")
            return .tensor(scale == 1 ? latents : latents.scaled(by: scale))
        }
    }

    private var addNoise: Builtin {
        Builtin(
            "add_noise", family: "method", summary: "Clean latents with as much noise as this scheduler's samples have at t.",
            parameters: [
                MethodCommands.latents, Parameter("noise", Accepts.tensor, doc: "Standard normal, as large as the latents."), Self.timestep,
            ], result: "tensor"
        ) { call in
            let (latents, noise, level) = (try call.tensor("latents"), try call.tensor("noise"), try step(call).level)
            guard latents.count == noise.count else {
                throw Problem(
                    .shapeMismatch, "add_noise: latents and noise have different shapes", argument: "noise",
                    label: "\(Shape.text(noise.shape)), the latents are \(Shape.text(latents.shape))")
            }
            return .tensor(latents.combined(level.signal, with: noise.reshaped(latents.shape), level.noise))
        }
    }
}
