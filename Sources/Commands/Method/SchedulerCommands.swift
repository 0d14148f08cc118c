import Autograd
import Diffusion
import Language
import NeuralNetwork
import Tensors

/// The builtins for schedulers: one for each row of the registry, and what a sampling loop of one's own needs.
enum SchedulerCommands {
    static let all: [Builtin] =
        SchedulerRegistry.schedulers.indices.map(builtin) + [
            Builtin(
                "step", family: .method, summary: "One step of a scheduler: from latents at t to those at the next lower timestep.",
                parameters: stepping, result: .tensor, terms: ["denoise", "ddim", "scheduler"],
                examples: [
                    .init(
                        "step(ddim(load_model(\"collage\"), steps=2), zeros([1, 2, 2, 8]), 501, zeros([1, 2, 2, 8])).shape",
                        shows: "[1, 2, 2, 8]")
                ], seeAlso: ["advance"], randomness: .draws(SchedulerType.draws), run: step),
            Builtin(
                "advance", family: .method,
                summary:
                    "One step of a scheduler that goes on from earlier predictions: the next latents, and the scheduler that has seen them.",
                parameters: stepping, result: ResultType("list [latents, scheduler]", infer: SchedulerType.advanced),
                terms: ["denoise", "multistep", "pndm", "dpmsolver", "step"],
                examples: [
                    .init(
                        "x, s = advance(dpmsolver(load_model(\"collage\"), steps=2), ones([1, 2, 2, 8]), 667, ones([1, 2, 2, 8])); s.next",
                        shows: "334")
                ], randomness: .draws(SchedulerType.draws), run: advance),
        ]

    /// The parameter `scheduler=` of builtins that draw.
    static let choice = Key<Value?>(
        "scheduler", .oneOf([.string, SchedulerValue.rule]), allowed: names,
        doc: "\(SchedulerRegistry.names.joined(separator: ", ")), or a value; the model's own without.", keywordOnly: true)
    /// The number of steps, of every builtin that makes a scheduler or draws; `generate` and `attention` may say more of theirs.
    static let steps = Key<Int>("steps", default: 30, range: 1...1000, unit: "steps", doc: "Denoising steps.", keywordOnly: true)
    /// The settings of a scheduler in place of the model's.
    static let settings = Key<Record>(
        "settings", defaultValue: .record(Record([])),
        doc: "Keys of scheduler_config.json in place of the model's; a wrong one lists them.",
        keywordOnly: true)
    /// The scheduler of which a step is taken.
    static let scheduler = Key<SchedulerValue>("scheduler", doc: "From ddim(…), euler(…) or their like.")
    private static let prediction = Key<Tensor>("noise", doc: "What the model predicts.")
    private static let timestep = Key<Double>("t", doc: "A timestep of the scheduler.")
    private static let stepping: [any Declaring] = [scheduler, prediction, timestep, MethodCommands.latents, SeedState.key]

    /// The schedulers' names, and those of their builtins.
    private static let names =
        SchedulerRegistry.names + SchedulerRegistry.schedulers.map(function).filter { !SchedulerRegistry.names.contains($0) }

    /// Returns the name of a scheduler's builtin: "dpmsolver" for "dpmsolver++".
    private static func function(_ type: any Scheduler.Type) -> String { String(type.name.filter { $0 != "+" }) }

    /// Returns the builtin of a scheduler by its place in the registry.
    private static func builtin(_ place: Int) -> Builtin {
        let type = SchedulerRegistry.schedulers[place]
        return Builtin(
            function(type), family: .method, summary: type.summary, parameters: [ModelCommands.model, steps, settings],
            result: .host(SchedulerValue.self).inferred(SchedulerType.rule(type)),
            terms: ["sampler", "scheduler", "timesteps", type.name, type.className],
            examples: [.init("\(function(type))(load_model(\"collage\"), steps=4).timesteps[0] > 700", shows: "true")],
            seeAlso: (place == 0 ? ["step", "advance"] : []) + SchedulerRegistry.schedulers.dropFirst(place + 1).map(function)
        ) { call in
            let model = try call[ModelCommands.model].model
            return .host(try value(call, type, model, steps: try call[steps], settings: try given(call, type)))
        }
    }

    private static func value(
        _ call: Call, _ type: any Scheduler.Type, _ model: DiffusionModel, steps: Int, settings: [(key: String, value: JSON)] = []
    ) throws -> SchedulerValue {
        let scheduler = try call.mapped(settings.isEmpty ? ModelCommands.model.name : Self.settings.name) {
            try type.init(try model.scheduler.replacing(settings))
        }
        return try call.mapped(Self.steps) { try SchedulerValue(schedule: model.scheduler, scheduler, steps: steps) }
    }

    /// Returns the settings that a call gives. Throws `.badArgument` for one that the scheduler does not have.
    private static func given(_ call: Call, _ type: any Scheduler.Type) throws -> [(key: String, value: JSON)] {
        let (record, known) = (try call[settings], type.settings + SchedulerConfiguration.sharedSettings)
        return try record.keys.map { key in
            guard known.contains(key) else {
                throw Problem(
                    .badArgument, "\(type.name) has no setting \"\(key)\"", argument: settings.name,
                    notes: ["it has \(known.joined(separator: ", "))"],
                    help: nearestName(key, among: known).map { "did you mean \"\($0)\"?" })
            }
            return (key, try json(record[key] ?? .none, key))
        }
    }

    private static func json(_ value: Value, _ key: String) throws -> JSON {
        switch value {
        case .none: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): JSON.number(JSONNumber(number))
        case .float(let number): JSON.number(JSONNumber(number))
        case .string(let text): .string(text)
        case .list(let items): .array(try items.map { try json($0, key) })
        default:
            throw Problem(
                .wrongType, "\(key) is a number, a string, true, false or none", argument: settings.name,
                label: "this is \(value.describedType)")
        }
    }

    /// Returns the plan that `scheduler=`, `steps=` and the strength of a drawing builtin ask for.
    static func plan(_ call: Call, _ model: DiffusionModel, strength: Double = 1) throws -> (SamplingPlan, steps: Int) {
        let value = try chosen(call, model)
        let start = ImageToImage.start(steps: value.requestedSteps, strength: strength)
        if start == 0 { return (value.plan, value.requestedSteps) }
        // A strength so low that no step is left gives none here; diffusers still makes one with PNDM, whose second timestep counts twice.
        if start == value.requestedSteps { return (value.plan.empty, value.requestedSteps) }
        return (try call.mapped(choice) { try value.scheduler.plan(steps: value.requestedSteps, from: start) }, value.requestedSteps)
    }

    /// Returns what the scheduler of a drawing builtin takes the model's output for.
    static func predictionType(_ call: Call, _ model: DiffusionModel) throws -> PredictionType {
        try chosen(call, model).scheduler.predictionType
    }

    private static func chosen(_ call: Call, _ model: DiffusionModel) throws -> SchedulerValue {
        let steps = try call[Self.steps]
        switch try call[choice] {
        case .string(let name):
            guard let type = SchedulerRegistry.scheduler(named: name) ?? SchedulerRegistry.schedulers.first(where: { function($0) == name })
            else {
                throw Problem(.badArgument, "there is no scheduler \"\(name)\"", argument: choice.name)
            }
            return try value(call, type, model, steps: steps)
        case .host(let given as SchedulerValue):
            guard given.schedule.schedule == model.scheduler.schedule, given.schedule.predictionType == model.scheduler.predictionType
            else {
                throw Problem(.modelMismatch, "this scheduler was made for a model with another noise schedule", argument: choice.name)
            }
            guard !call.has(Self.steps) || steps == given.requestedSteps else {
                throw Problem(
                    .badArgument, "steps=\(steps), but the scheduler was made for \(given.requestedSteps)", argument: Self.steps.name)
            }
            return given
        default:
            return try call.mapped(Self.steps) {
                try SchedulerValue(schedule: model.scheduler, SchedulerRegistry.make(model.scheduler).scheduler, steps: steps)
            }
        }
    }

    // MARK: Steps

    @Sendable private static func step(_ call: Call) throws -> Value {
        let scheduler = try call[Self.scheduler]
        guard !scheduler.plan.keepsMemory else {
            throw Problem(
                .badArgument, "\(scheduler.plan.scheduler) goes on from what earlier steps predicted, and step gives the latents only",
                argument: Self.scheduler.name,
                help: "x, scheduler = advance(scheduler, noise, t, x)")
        }
        return .tensor(try stepped(call, scheduler).sample)
    }

    @Sendable private static func advance(_ call: Call) throws -> Value {
        let scheduler = try call[Self.scheduler]
        let (sample, state) = try stepped(call, scheduler)
        return .list([.tensor(sample), .host(scheduler.at(state))])
    }

    private static func stepped(_ call: Call, _ scheduler: SchedulerValue) throws -> (sample: Tensor, state: SamplingState) {
        let (noise, latents) = (try call[prediction], try call[MethodCommands.latents].value)
        let state = try scheduler.state(at: Float(try call[timestep]), timestep.name)
        guard noise.count == latents.count else {
            throw Problem(
                .shapeMismatch, "\(call.builtin.name): noise and latents have different shapes", argument: prediction.name,
                label: "\(Shape.text(noise.shape)), the latents are \(Shape.text(latents.shape))")
        }
        var drawn: Tensor?
        if scheduler.plan.steps[state.index].addsNoise { drawn = try self.noise(call, state.index, latents.shape) }
        return scheduler.plan.advance(state, sample: latents, output: noise.reshaped(latents.shape), noise: drawn)
    }

    /// Returns new noise; with `seed=` what `generate` draws at this step for pictures with this seed and those after it.
    private static func noise(_ call: Call, _ index: Int, _ shape: [Int]) throws -> Tensor {
        guard let seed = try call[SeedState.key] else { return try SeedState.draw(call, stream: "step").normal(shape) }
        let n = shape.first ?? 1
        guard n > 0 else { return .zeros(shape) }
        let batch = shape.isEmpty ? [1] : shape
        return DiffusionModel.stepNoise(seeds: (0..<n).map { seed &+ $0 }, step: index, batch).reshaped(shape)
    }
}
