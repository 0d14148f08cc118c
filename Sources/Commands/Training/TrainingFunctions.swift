import Autograd
import BreakAScene
import Diffusion
import Language
import Synchronization
import Tensors

/// Functions of the user that replace parts of the method: losses, the law of sampling, the set of parameters that move.
struct TrainingFunctions {
    /// The call whose arguments the functions are.
    let call: Call

    /// Reads the functions of a call.
    init(_ call: Call) { self.call = call }

    /// The parameters that take a loss.
    static let parameters: [Parameter] = [
        Parameter(
            "attention_loss", .function, doc: "A function of (out, pick) that takes the place of the attention loss; gradients follow.",
            keywordOnly: true, optional: true),
        Parameter(
            "reconstruction_loss", .function,
            doc: "A function of (target, predicted, mask), [B, h, w, C], in the place of the masked loss.",
            keywordOnly: true, optional: true),
        Parameter(
            "prior_loss", .function, doc: "A function of (target, predicted) in the place of prior preservation's.", keywordOnly: true,
            optional: true),
    ]

    /// The laws of a step as functions only, as `resume` takes them; the phases' own parameters of these names take plain values as well.
    static let laws: [Parameter] = ["sampling", "zoom", "contexts"].map {
        Parameter($0, .function, doc: "That law of the training, where it was a function.", keywordOnly: true, optional: true)
    }

    /// Returns what the call's functions replace. Throws `.badArgument` for a function of too few parameters; what it gives is checked at
    /// every step.
    func replacements(_ model: DiffusionModel, _ scene: PreparedScene) throws -> TrainingReplacements {
        var result = TrainingReplacements()
        let pairing = try model.pairing(with: scene.scene)
        let warnings = LossWarnings()
        if let function = try function("attention_loss", of: 2, "fn(out, pick) { attention_loss(out.attention, pick) }") {
            result.attentionLoss = { input in
                let pick = try PickValue(model: model, scene: scene, pairing: pairing, union: input.union, view: input.view)
                let maps = SampleAttention(maps: input.maps, sample: input.sample, prompt: pick.prompt, model: model)
                let out = PredictionValue(noise: nil, attention: [maps])
                let loss = try number("attention_loss", function, [.host(out), .host(pick)])
                warnings.check("attention_loss", loss, call)
                return loss
            }
        }
        let reconstruction = "fn(target, predicted, mask) { mean(((target - predicted) * mask) ** 2) }"
        if let function = try function("reconstruction_loss", of: 3, reconstruction) {
            result.reconstructionLoss = { target, predicted, mask in
                let mask = mask.map { Value.host(TensorValue($0)) } ?? .int(1)
                let loss = try number("reconstruction_loss", function, [.host(TensorValue(target)), .host(TensorValue(predicted)), mask])
                warnings.check("reconstruction_loss", loss, call)
                return loss
            }
        }
        if let function = try function("prior_loss", of: 2, "fn(target, predicted) { mse(target, predicted) }") {
            result.priorLoss = { target, predicted in
                try number("prior_loss", function, [.host(TensorValue(target)), .host(TensorValue(predicted))])
            }
        }
        if case .function(let function)? = call.optional("sampling") {
            try check(function, "sampling", of: 2, "fn(step, count) { [step % count] }")
            result.sampling = { step, count in try places(function, step, count) }
        }
        if case .function(let function)? = call.optional("zoom") {
            try check(function, "zoom", of: 2, "fn(step, pick) { if step < 100 { 0 } else { 0.5 } }")
            result.zoom = { step, sample in
                let pick = try PickValue(model: model, scene: scene, union: sample)
                return try ViewLaws.choice(call.invoke(function, arguments: [.int(step), .host(pick)]), "zoom")
            }
        }
        if case .function(let function)? = call.optional("contexts") {
            try check(function, "contexts", of: 2, "fn(step, pick) { \"an oil painting of *\" }")
            result.contexts = { step, sample in
                let pick = try PickValue(model: model, scene: scene, union: sample)
                let text = try call.invoke(function, arguments: [.int(step), .host(pick)])
                guard case .string(let context) = text else {
                    throw Problem(
                        .wrongType, "contexts gives a string, a step's prompt; this gave \(text.describedType)", argument: "contexts",
                        help: ViewLaws.contextHelp)
                }
                return try ViewLaws.checked(context, pick, "contexts")
            }
        }
        return result
    }

    /// Returns what the functions of these parameters do: their texts and the values that they read.
    func contents(of names: [String]) -> [TrainingIdentity.FunctionPart] {
        names.flatMap { name -> [TrainingIdentity.FunctionPart] in
            guard case .function(let function)? = call.optional(name) else { return [] }
            return FunctionContents<EngineDigest>(function, named: name).parts.map {
                .init(name: $0.name, text: $0.text, kind: $0.kind.rawValue)
            }
        }
    }

    /// Returns the names of the parameters for which the function says true. Throws `.wrongType` where it gives no bool and `.badArgument`
    /// where it chooses none.
    func names(_ model: DiffusionModel, chosenBy argument: String) throws -> Set<String> {
        let function = try call.function(argument)
        try check(function, argument, of: 1, "fn(name) { \".attn2.\" in name }")
        var names: Set<String> = []
        let all = model.unet.parameters().map { "unet." + $0.name } + model.textEncoder.parameters().map { "text_encoder." + $0.name }
        for name in all {
            guard case .bool(let moves) = try call.invoke(function, arguments: [.string(name)]) else {
                throw Problem(.wrongType, "\(argument) says true or false of a parameter's name", argument: argument)
            }
            if moves { names.insert(name) }
        }
        guard !names.isEmpty else {
            throw Problem(
                .badArgument, "\(argument) chose no parameter", argument: argument,
                notes: ["names are \(all.prefix(2).joined(separator: ", ")), … \(all.last ?? "")"])
        }
        return names
    }

    // MARK: calling

    /// Returns the function of an argument, or nil where it is absent. Throws `.badArgument` where it takes fewer than `count` arguments.
    private func function(_ name: String, of count: Int, _ example: String) throws -> FunctionValue? {
        guard call.optional(name) != nil else { return nil }
        let function = try call.function(name)
        try check(function, name, of: count, example)
        return function
    }

    /// Throws `.badArgument` where a function takes fewer than `count` arguments; `example` is the advice.
    private func check(_ function: FunctionValue, _ name: String, of count: Int, _ example: String) throws {
        guard function.parameterNames.count < count else { return }
        let takes = function.parameterNames.isEmpty ? "nothing" : function.parameterNames.joined(separator: ", ")
        throw Problem(
            .badArgument, "\(name) is a function of \(count); this one takes \(takes)", argument: name, help: example)
    }

    /// Calls a loss and returns its result as a scalar. Throws `.wrongType` or `.shapeMismatch` where it is not one number.
    private func number(_ name: String, _ function: FunctionValue, _ arguments: [Value]) throws -> Variable {
        let result = try call.invoke(function, arguments: arguments)
        guard let loss = try? TensorReading.variable(result) else {
            throw Problem(.wrongType, "\(name) is one number; this gave \(result.describedType)", argument: name)
        }
        guard loss.value.count == 1 else {
            throw Problem(.shapeMismatch, "\(name) is one number; this gave \(Shape.text(loss.shape))", argument: name)
        }
        return loss.reshaped([])
    }

    /// Calls the law of sampling. Throws `.badArgument` unless it gives different places of handles, at least one.
    private func places(_ function: FunctionValue, _ step: Int, _ count: Int) throws -> [Int] {
        let result = try call.invoke(function, arguments: [.int(step), .int(count)])
        let items = try result.elements ?? []
        let places = items.compactMap { if case .int(let place) = $0 { place } else { nil } }
        guard !places.isEmpty, places.count == items.count, Set(places).count == places.count,
            places.allSatisfy({ 0..<count ~= $0 })
        else {
            throw Problem(
                .badArgument, "sampling gives a list of different handles by their places, 0 to \(count - 1)", argument: "sampling",
                label: "this gave \(result.inlineText.prefix(60))")
        }
        return places
    }
}

/// Warns once in a training of a user's loss that has no gradient.
private final class LossWarnings: Sendable {
    /// The names of the losses that were warned of.
    private let told = Mutex<Set<String>>([])

    /// Warns of a loss that has no gradient; a loss of 0 may have nothing to say of a step.
    func check(_ name: String, _ loss: Variable, _ call: Call) {
        guard !loss.needsGrad, loss.value.scalar != 0, loss.value.scalar.isFinite, told.withLock({ $0.insert(name).inserted }) else {
            return
        }
        call.context.warn(
            .noGradient, "\(name): what it gives has no gradient, so it moves nothing", argument: name,
            help: "detach, item, tolist, comparisons and numbers cut the way back to the model")
    }
}
