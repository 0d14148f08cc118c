import Autograd
import BreakAScene
import Diffusion
import Language
import Synchronization
import Tensors

/// Functions of the user's in the place of parts of the method: losses, the law of sampling, the set of parameters.
struct TrainingFunctions {
    let call: Call

    init(_ call: Call) { self.call = call }

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

    /// Laws of a step as functions, which `resume` takes again; the phases' own parameters of these names take values, too.
    static let laws: [Parameter] = ["sampling", "zoom", "contexts"].map {
        Parameter($0, .function, doc: "That law of the training, where it was a function.", keywordOnly: true, optional: true)
    }

    /// What the call's arguments replace.
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

    /// What the functions in the place of these parts do: their texts and what they read.
    func contents(of names: [String]) -> [TrainingIdentity.FunctionPart] {
        names.flatMap { name -> [TrainingIdentity.FunctionPart] in
            guard case .function(let function)? = call.optional(name) else { return [] }
            return FunctionContents<EngineDigest>(function, named: name).parts.map {
                .init(name: $0.name, text: $0.text, kind: $0.kind.rawValue)
            }
        }
    }

    /// The parameters of a model that a function of their names chooses.
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

    private func function(_ name: String, of count: Int, _ example: String) throws -> FunctionValue? {
        guard call.optional(name) != nil else { return nil }
        let function = try call.function(name)
        try check(function, name, of: count, example)
        return function
    }

    private func check(_ function: FunctionValue, _ name: String, of count: Int, _ example: String) throws {
        guard function.parameterNames.count < count else { return }
        let takes = function.parameterNames.isEmpty ? "nothing" : function.parameterNames.joined(separator: ", ")
        throw Problem(
            .badArgument, "\(name) is a function of \(count); this one takes \(takes)", argument: name, help: example)
    }

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

/// Says once a training that a loss of the user's moves nothing.
private final class LossWarnings: Sendable {
    private let told = Mutex<Set<String>>([])

    /// A loss that is 0 may have nothing to say of a step.
    func check(_ name: String, _ loss: Variable, _ call: Call) {
        guard !loss.needsGrad, loss.value.scalar != 0, loss.value.scalar.isFinite, told.withLock({ $0.insert(name).inserted }) else {
            return
        }
        call.context.warn(
            .noGradient, "\(name): what it gives has no gradient, so it moves nothing", argument: name,
            help: "detach, item, tolist, comparisons and numbers cut the way back to the model")
    }
}
