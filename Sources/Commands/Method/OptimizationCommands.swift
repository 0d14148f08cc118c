import Autograd
import Diffusion
import Language
import NeuralNetwork
import Tensors

extension MethodCommands {
    private static let loss = Key<Variable>("loss", TensorValue.rule, doc: "One number.")
    private static let source = Key<Value>(
        "of", .oneOf([.listOrSingle(HandleValue.rule), ParametersValue.rule, TensorValue.rule]),
        doc: "Handles of a model, all or some; model.parameters or model.parameters[\"unet.conv_in\"]; or a tensor.")
    private static let values = Key<Tensor>("x", doc: "Its values.")
    private static let unclipped = Key<GradientsValue>("gradients", doc: "From grad.")
    private static let norm = Key<Double>("norm", defaultValue: .float(1), range: 0...1e9, doc: "The largest norm.")
    private static let movable = Key<Value>(
        "of", .oneOf([.listOrSingle(HandleValue.rule), ParametersValue.rule]),
        doc: "What it moves, and nothing else: handles of one model, or model.parameters or a part of them.")
    private static let lr = Key<Double>("lr", range: 0...10, doc: "Learning rate.", keywordOnly: true)
    private static let beta1 = Key<Double>("beta1", default: 0.9, range: 0...0.99999, doc: "Decay of the first moment.", keywordOnly: true)
    private static let beta2 = Key<Double>(
        "beta2", default: 0.999, range: 0...0.99999, doc: "Decay of the second moment.", keywordOnly: true)
    private static let eps = Key<Double>("eps", default: 1e-8, range: 0...1, doc: "Added to the root of the second.", keywordOnly: true)
    private static let weightDecay = Key<Double>(
        "weight_decay", default: 1e-2, range: 0...1, doc: "Decoupled weight decay.", keywordOnly: true)
    private static let optimizer = Key<OptimizerValue>("optimizer", doc: "From adamw.")
    private static let gradients = Key<GradientsValue>("gradients", doc: "From grad, clipped or not.")

    static let optimization: [Builtin] = [
        Builtin(
            "grad", family: .method,
            summary: "The gradient of a number with respect to handles, to a model's parameters, or to a tensor made by leaf.",
            parameters: [loss, source],
            result: "gradients (by handle or name: g[handle], g[\"unet.conv_in\"]; a vector for cosine and dot), or a tensor",
            terms: ["backward", "derivative", "autograd", "conflict", "cosine"],
            examples: [
                .init("x = leaf([1, 2]); grad(sum(x * x), x)[1]", shows: "4.0"),
                .init(
                    "m = add_handles(load_model(\"collage\"), 2); a, b = m.handles; l = sum(a.embedding * 3); [max(grad(l, m.handles)[a]), grad(l, [b]).norm]",
                    shows: "[3.0, 0.0]"),
                .init(
                    "m = add_handles(load_model(\"collage\"), 1); e = m.handles[0].embedding; cosine(grad(sum(e), m.handles), grad(sum(2 * e), m.handles)) > 0.999",
                    shows: "true"),
            ], seeAlso: ["adamw", "update", "leaf", "detach", "no_grad", "clip"], run: grad),
        Builtin(
            "leaf", family: .method, summary: "A tensor that grad can be asked for.",
            parameters: [values], result: .tensor, terms: ["requires_grad", "variable"],
            examples: [.init("leaf([1, 2]).needs_grad", shows: "true")], seeAlso: ["detach", "no_grad"]
        ) { .tensor(Variable.leaf(try $0[values])) },
        Builtin(
            "clip", family: .method, summary: "Scales gradients down to a global norm, where they exceed it.",
            parameters: [unclipped, norm], result: .host(GradientsValue.self), terms: ["clip_grad_norm", "norm"],
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 1); clip(grad(sum(m.handles[0].embedding), m.handles), norm=0.5).norm < 0.501",
                    shows: "true")
            ], seeAlso: ["adamw", "update"]
        ) { .host(try $0[unclipped].clipped(to: try $0[norm])) },
        Builtin(
            "adamw", family: .method, summary: "An AdamW optimizer of what is named; its moments live in the value: o.first[handle].",
            parameters: [movable, lr, beta1, beta2, eps, weightDecay],
            result: .host(OptimizerValue.self), terms: ["adam", "optimizer", "learning rate"],
            examples: [.init("adamw(add_handles(load_model(\"collage\"), 1).handles, lr=5e-4).step", shows: "0")],
            seeAlso: ["update"], run: adamw),
        Builtin(
            "update", family: .method,
            summary: "One step of an optimizer: a new model, and the optimizer after the step. What both it and the gradients name moves.",
            parameters: [model, optimizer, gradients],
            result: ResultType("[model, optimizer]", .list([ModelValue.valueType, OptimizerValue.valueType])),
            terms: ["step", "optimizer", "train"],
            examples: [
                .init(
                    "m = add_handles(load_model(\"collage\"), 1); m, o = update(m, adamw(m.handles, lr=5e-4), grad(sum(m.handles[0].embedding), m.handles)); o.step",
                    shows: "1")
            ], trains: true, run: update),
    ]

    @Sendable private static func grad(_ call: Call) throws -> Value {
        let loss = try call[Self.loss]
        guard loss.value.count == 1 else {
            throw Problem(
                .shapeMismatch, "a gradient starts from one number", argument: Self.loss.name, label: "this is \(Shape.text(loss.shape))",
                help: "sum(…) or mean(…) makes one of it")
        }
        guard loss.needsGrad else {
            throw Problem(
                .noGradient, "this number does not depend on anything that takes a gradient", argument: Self.loss.name,
                notes: [
                    "handles of add_handles take one; require_grad(model, \"handles\") opens those of a trained model, \"all\" every parameter"
                ])
        }
        let named = try NamedParts(call, source, purpose: "differentiate with respect to")
        // Values are immutable: the same loss may be differentiated again.
        let gradients = Gradients(of: loss, retainsTape: true)
        guard let named else {
            guard let gradient = gradients[try Variable.read(call[source], call, source.name)] else {
                throw Problem(
                    .noGradient, "this number does not depend on that tensor", argument: source.name,
                    notes: ["leaf(x) makes a tensor that takes a gradient; for a handle's embedding give the handle: grad(loss, handle)"])
            }
            return .tensor(gradient)
        }
        let entries = named.parts.map { NamedTensors.Entry(name: $0.name, shape: $0.shape, tensor: $0.gradient(in: gradients)) }
        guard entries.contains(where: { $0.tensor != nil }) else {
            guard case .list = try call[source] else {
                throw Problem(
                    .noGradient, "this number depends on no parameter of this model that takes a gradient", argument: source.name,
                    help: "require_grad(model, \"all\") opens them, before the prediction is made")
            }
            throw Problem(
                .noGradient, "this number does not depend on these handles", argument: source.name,
                notes: ["were they taken from the model that made the prediction?"])
        }
        return .host(GradientsValue(NamedTensors(entries: entries), handles: named.handles))
    }

    @Sendable private static func adamw(_ call: Call) throws -> Value {
        let options = AdamW.Options(
            lr: try call[lr], beta1: try call[beta1], beta2: try call[beta2], eps: try call[eps], weightDecay: try call[weightDecay])
        guard let named = try NamedParts(call, movable, purpose: "move") else {
            throw Problem(.badArgument, "adamw: there is no handle to move", argument: movable.name)
        }
        let isList = if case .list = try call[movable] { true } else { false }
        let parts = named.parts.filter { isList || $0.variable.needsGrad }
        guard !parts.isEmpty else {
            throw Problem(
                .noGradient, "none of these parameters takes a gradient", argument: movable.name,
                help: "model = require_grad(model, \"all\") opens them")
        }
        return .host(OptimizerValue(optimizer: AdamW(options), parts: parts.map { ($0.name, $0.shape) }, handles: named.handles))
    }

    @Sendable private static func update(_ call: Call) throws -> Value {
        let (value, state, gradients) = (try call[Self.model], try call[Self.optimizer], try call[Self.gradients])
        let current = Dictionary(ParametersValue(value.model).parts.map { ($0.name, $0) }) { first, _ in first }
        let moved = Set(state.parts.map(\.name))
        var updates: [AdamW.Update] = []
        for entry in gradients.unscaled.entries where moved.contains(entry.name) {
            guard let gradient = entry.tensor else { continue }
            guard state.handles == value.model.handles, gradients.handles == value.model.handles, let part = current[entry.name],
                part.shape == entry.shape
            else {
                throw mismatch(["\(value.model.name) has the handles \(value.model.handles.joined(separator: ", "))"])
            }
            updates.append(.init(name: entry.name, value: part.row.map(part.variable.value.row) ?? part.variable.value, gradient: gradient))
        }
        guard !updates.isEmpty else {
            throw mismatch([
                "the optimizer moves \(NamedTensors.title(state.parts.map(\.name)))", "the gradients are of \(gradients.unscaled.title)",
            ])
        }
        guard gradients.norm.isFinite else {
            throw Problem(
                .notFinite, "update: the gradients are not finite (norm \(gradients.norm)): the model would be lost",
                argument: Self.gradients.name,
                help: "a lower lr than \(state.optimizer.options.lr), or clip(gradients) in every step before")
        }
        var optimizer = state.optimizer
        let names = updates.map(\.name)
        let values = optimizer.update(updates, gradientScale: gradients.scale)
        let model = value.model.replacing(Dictionary(zip(names, values)) { first, _ in first })
        return .list([
            .host(value.replacing(model)), .host(OptimizerValue(optimizer: optimizer, parts: state.parts, handles: state.handles)),
        ])
    }

    private static func mismatch(_ notes: [String]) -> Problem {
        Problem(
            .modelMismatch, "none of these gradients belongs to a parameter of this model that the optimizer moves",
            argument: gradients.name,
            notes: notes + ["the optimizer and the gradients must come from this model, or from the one that it was updated from"])
    }
}

extension DiffusionModel {
    /// Returns the model with other values of parameters and of handles, by name (`NamedTensors`). Each changed parameter is a leaf of its
    /// own: the model before keeps its own gradient.
    fileprivate func replacing(_ values: [String: Tensor]) -> DiffusionModel {
        var model = self
        func assign(_ name: String, _ parameter: inout Variable) {
            if let new = values[name] { parameter = .leaf(new) }
        }
        model.unet.forEachParameter("unet.") { assign($0, &$1) }
        model.textEncoder.forEachParameter("text_encoder.") { assign($0, &$1) }
        guard let table = textEncoder.handleEmbedding, handles.contains(where: { values[$0] != nil }) else { return model }
        let rows = handles.indices.map { (values[handles[$0]] ?? table.value.row($0)).reshaped([1] + table.shape.dropFirst()) }
        model.textEncoder.handleEmbedding = .leaf(.concatenated(rows, axis: 0))
        return model
    }
}
