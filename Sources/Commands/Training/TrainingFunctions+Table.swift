import Autograd
import BreakAScene
import Language
import Tensors

extension TrainingFunctions {
    /// Every part of the method that a function may replace.
    static let all = [attentionLoss] + losses + [sampling, zoom, contexts]
    /// The losses whose parameters take functions alone. The phases' parameters of all other names take plain values as well, as
    /// `TrainingSetting` has them; `resume` takes functions only.
    static let losses = [reconstructionLoss, priorLoss]

    // MARK: losses

    static let attentionLoss = loss(
        "attention_loss", "A function of (out, pick) that takes the place of the attention loss; gradients follow.", of: 2,
        "fn(out, pick) { attention_loss(out.attention, pick) }"
    ) { name, function, training, result in
        result.attentionLoss = { input in
            let (model, scene) = (training.model, training.scene)
            let pick = try PickValue(model: model, scene: scene, pairing: training.pairing, union: input.union, view: input.view)
            let maps = SampleAttention(maps: input.maps, sample: input.sample, prompt: pick.prompt, model: model)
            let loss = try training.number(name, function, [.host(PredictionValue(noise: nil, attention: [maps])), .host(pick)])
            training.warnings.check(name, loss, training.call)
            return loss
        }
    }

    static let reconstructionLoss = loss(
        "reconstruction_loss", "A function of (target, predicted, mask), [B, h, w, C], in the place of the masked loss.", of: 3,
        "fn(target, predicted, mask) { mean(((target - predicted) * mask) ** 2) }"
    ) { name, function, training, result in
        result.reconstructionLoss = { target, predicted, mask in
            let mask = mask.map { Value.host(TensorValue($0)) } ?? .int(1)
            let loss = try training.number(name, function, [.host(TensorValue(target)), .host(TensorValue(predicted)), mask])
            training.warnings.check(name, loss, training.call)
            return loss
        }
    }

    static let priorLoss = loss(
        "prior_loss", "A function of (target, predicted) in the place of prior preservation's.", of: 2,
        "fn(target, predicted) { mse(target, predicted) }"
    ) { name, function, training, result in
        result.priorLoss = { target, predicted in
            try training.number(name, function, [.host(TensorValue(target)), .host(TensorValue(predicted))])
        }
    }

    private static func loss(
        _ name: String, _ doc: String, of arity: Int, _ example: String,
        install: @escaping @Sendable (String, FunctionValue, Training, inout TrainingReplacements) -> Void
    ) -> Row {
        Row(
            key: Key(name, doc: doc, keywordOnly: true), arity: arity, example: example, prepare: { _ in },
            install: { install(name, $0, $1, &$2) })
    }

    // MARK: laws

    private static let sampling = law("sampling", "fn(step, count) { [step % count] }") { function, training, result in
        result.sampling = { step, count in try training.places(function, step, count) }
    }

    /// A function may zoom at every step, and a plan counts that many.
    private static let zoom = law("zoom", "fn(step, pick) { if step < 100 { 0 } else { 0.5 } }", prepare: { $0.zoom = 1 }) {
        function, training, result in
        result.zoom = { step, sample in
            let pick = try PickValue(model: training.model, scene: training.scene, union: sample)
            return try ViewLaws.choice(training.call.invoke(function, arguments: [.int(step), .host(pick)]), "zoom")
        }
    }

    private static let contexts = law("contexts", "fn(step, pick) { \"an oil painting of *\" }", prepare: { $0.contexts = [] }) {
        function, training, result in
        result.contexts = { step, sample in
            let pick = try PickValue(model: training.model, scene: training.scene, union: sample)
            let text = try training.call.invoke(function, arguments: [.int(step), .host(pick)])
            guard case .string(let context) = text else {
                throw Problem(
                    .wrongType, "contexts gives a string, a step's prompt; this gave \(text.describedType)", argument: "contexts",
                    help: ViewLaws.contextHelp)
            }
            return try ViewLaws.checked(context, pick, "contexts")
        }
    }

    private static func law(
        _ name: String, _ example: String, prepare: @escaping @Sendable (inout TrainingOptions) -> Void = { _ in },
        install: @escaping @Sendable (FunctionValue, Training, inout TrainingReplacements) -> Void
    ) -> Row {
        Row(
            key: Key(name, doc: "That law of the training, where it was a function.", keywordOnly: true), arity: 2, example: example,
            prepare: prepare, install: install)
    }
}

extension TrainingFunctions.Training {
    /// Calls a loss and returns its result as a scalar. Throws `.wrongType` or `.shapeMismatch` where it is not one number.
    func number(_ name: String, _ function: FunctionValue, _ arguments: [Value]) throws -> Variable {
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
    func places(_ function: FunctionValue, _ step: Int, _ count: Int) throws -> [Int] {
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
