import Autograd
import Diffusion
import Language
import NeuralNetwork
import Tensors

extension MethodCommands {
    static let optimization: [Builtin] = [
        Builtin(
            "grad", family: "method", summary: "The gradient of a number with respect to handles, to a model's parameters, or to a tensor made by leaf.",
            parameters: [
                Parameter("loss", .host("tensor"), doc: "One number."),
                Parameter("of", .oneOf([.list(.host("handle")), .host("parameters"), .host("tensor")]), doc: "model.handles, model.parameters, or a tensor."),
            ],
            result: "gradients, or a tensor", terms: ["backward", "derivative", "autograd"],
            examples: [.init("x = leaf([1, 2]); grad(sum(x * x), x)[1]", shows: "4.0")], run: grad),
        Builtin(
            "leaf", family: "method", summary: "A tensor that grad can be asked for.", parameters: [Parameter("x", Accepts.tensor, doc: "Its values.")],
            result: "tensor", terms: ["requires_grad", "variable"], examples: [.init("leaf([1, 2]).needs_grad", shows: "true")]
        ) { .tensor(Variable.leaf(try $0.tensor("x"))) },
        Builtin(
            "clip", family: "method", summary: "Scales gradients down to a global norm, where they exceed it.",
            parameters: [
                Parameter("gradients", .host("gradients"), doc: "From grad."), Parameter("norm", .number, default: .float(1), range: 0...1e9, doc: "The largest norm."),
            ],
            result: "gradients", terms: ["clip_grad_norm", "norm"],
            examples: [.init("m = add_handles(load_model(\"collage\"), 1); clip(grad(sum(m.handles[0].embedding), m.handles), norm=0.5).norm < 0.501", shows: "true")]
        ) { call in
            .host(try call.host("gradients", as: GradientsValue.self).clipped(to: try call.double("norm")))
        },
        Builtin(
            "adamw", family: "method", summary: "An AdamW optimizer; its moments live in the value.",
            parameters: [
                Parameter("of", .oneOf([.list(.host("handle")), .host("parameters")]), doc: "What it moves: model.handles or model.parameters."),
                Parameter("lr", .number, range: 0...10, doc: "Learning rate.", keywordOnly: true),
                Parameter("beta1", .number, default: .float(0.9), range: 0...0.99999, doc: "Decay of the first moment.", keywordOnly: true),
                Parameter("beta2", .number, default: .float(0.999), range: 0...0.99999, doc: "Decay of the second moment.", keywordOnly: true),
                Parameter("eps", .number, default: .float(1e-8), range: 0...1, doc: "Added to the root of the second.", keywordOnly: true),
                Parameter("weight_decay", .number, default: .float(1e-2), range: 0...1, doc: "Decoupled weight decay.", keywordOnly: true),
            ],
            result: "optimizer", terms: ["adam", "optimizer", "learning rate"],
            examples: [.init("adamw(add_handles(load_model(\"collage\"), 1).handles, lr=5e-4).step", shows: "0")], run: adamw),
        Builtin(
            "update", family: "method", summary: "One step of an optimizer: a new model, and the optimizer after the step.",
            parameters: [
                ModelCommands.model, Parameter("optimizer", .host("optimizer"), doc: "From adamw."), Parameter("gradients", .host("gradients"), doc: "From grad, clipped or not."),
            ],
            result: "[model, optimizer]", terms: ["step", "optimizer", "train"],
            examples: [
                .init("m = add_handles(load_model(\"collage\"), 1); m, o = update(m, adamw(m.handles, lr=5e-4), grad(sum(m.handles[0].embedding), m.handles)); o.step", shows: "1")
            ], run: update),
    ]

    private static let handleName = "text_encoder." + CLIPTextModel.handleEmbeddingName

    @Sendable private static func grad(_ call: Call) throws -> Value {
        let loss = try call.variable("loss")
        guard loss.value.count == 1 else {
            throw Problem(.shapeMismatch, "a gradient starts from one number", argument: "loss", label: "this is \(Shape.text(loss.shape))", help: "sum(…) or mean(…) makes one of it")
        }
        guard loss.needsGrad else {
            throw Problem(
                .noGradient, "this number does not depend on anything that takes a gradient", argument: "loss",
                notes: ["handles of add_handles take one; require_grad(model) opens the rest"])
        }
        // Values are immutable: the same loss may be differentiated again.
        let gradients = Gradients(of: loss, retainsTape: true)
        switch try call.value("of") {
        case .host(let value as ParametersValue):
            var result: [(name: String, gradient: Tensor)] = []
            for (prefix, parameters) in [("unet.", value.model.unet.parameters()), ("text_encoder.", value.model.textEncoder.parameters())] {
                for (name, variable) in parameters { if let gradient = gradients[variable] { result.append((prefix + name, gradient)) } }
            }
            guard !result.isEmpty else {
                throw Problem(
                    .noGradient, "this number depends on no parameter of this model that takes a gradient", argument: "of",
                    help: "require_grad(model, \"all\") opens them, before the prediction is made")
            }
            return .host(GradientsValue(result))
        case .list(let items):
            guard let handle = items.first?.host(as: HandleValue.self), let table = handle.model.textEncoder.handleEmbedding else {
                throw Problem(.badArgument, "there is no handle to differentiate with respect to", argument: "of")
            }
            guard let gradient = gradients[table] else {
                throw Problem(.noGradient, "this number does not depend on these handles", argument: "of", notes: ["were they taken from the model that made the prediction?"])
            }
            return .host(GradientsValue([(handleName, gradient)]))
        default:
            let leaf = try call.variable("of")
            guard let gradient = gradients[leaf] else {
                throw Problem(.noGradient, "this number does not depend on that tensor", argument: "of", notes: ["leaf(x) makes a tensor that takes a gradient"])
            }
            return .tensor(gradient)
        }
    }

    @Sendable private static func adamw(_ call: Call) throws -> Value {
        let options = AdamW.Options(
            lr: try call.double("lr"), beta1: try call.double("beta1"), beta2: try call.double("beta2"), eps: try call.double("eps"),
            weightDecay: try call.double("weight_decay"))
        var shapes: [String: [Int]] = [:]
        if case .host(let value as ParametersValue) = try call.value("of") {
            for (name, variable) in value.model.unet.parameters() where variable.needsGrad { shapes["unet." + name] = variable.shape }
            for (name, variable) in value.model.textEncoder.parameters() where variable.needsGrad { shapes["text_encoder." + name] = variable.shape }
            guard !shapes.isEmpty else {
                throw Problem(.noGradient, "no parameter of this model takes a gradient", argument: "of", help: "model = require_grad(model, \"all\") opens them")
            }
        } else {
            let handle = try call.list("of").first?.host(as: HandleValue.self)
            guard let table = handle?.model.textEncoder.handleEmbedding else {
                throw Problem(.badArgument, "adamw: there is no handle to move", argument: "of", help: "add_handles(model, n) adds handles")
            }
            shapes[handleName] = table.shape
        }
        return .host(OptimizerValue(optimizer: AdamW(options), shapes: shapes))
    }

    @Sendable private static func update(_ call: Call) throws -> Value {
        let (value, state) = (try call.host("model", as: ModelValue.self), try call.host("optimizer", as: OptimizerValue.self))
        let gradients = try call.host("gradients", as: GradientsValue.self)
        var (model, optimizer) = (value.model, state.optimizer)
        var updates: [AdamW.Update] = []
        func collect(_ name: String, _ parameter: inout Variable) {
            guard let gradient = gradients.gradients[name], state.shapes[name] == parameter.shape, gradient.shape == parameter.shape else { return }
            updates.append(.init(name: name, value: parameter.value, gradient: gradient))
        }
        model.unet.forEachParameter("unet.") { collect($0, &$1) }
        model.textEncoder.forEachParameter("text_encoder.") { collect($0, &$1) }
        guard !updates.isEmpty else {
            throw Problem(
                .modelMismatch, "none of these gradients belongs to a parameter of this model that the optimizer moves", argument: "gradients",
                notes: ["the optimizer and the gradients must come from this model, or from the one that it was updated from"])
        }
        guard gradients.norm.isFinite else {
            throw Problem(
                .notFinite, "update: the gradients are not finite (norm \(gradients.norm)): the model would be lost", argument: "gradients",
                help: "a lower lr than \(state.optimizer.options.lr), or clip(gradients) in every step before")
        }
        var changed = updates.map { $0.name }[...]
        var values = optimizer.update(updates, gradientScale: gradients.scale)[...]
        func assign(_ name: String, _ parameter: inout Variable) {
            guard name == changed.first, let new = values.popFirst() else { return }
            changed.removeFirst()
            // A leaf of its own: the model before the step keeps its own gradient.
            parameter = .leaf(new)
        }
        model.unet.forEachParameter("unet.") { assign($0, &$1) }
        model.textEncoder.forEachParameter("text_encoder.") { assign($0, &$1) }
        return .list([.host(value.replacing(model)), .host(OptimizerValue(optimizer: optimizer, shapes: state.shapes))])
    }
}
