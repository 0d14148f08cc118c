import Autograd
import Diffusion
import Language
import Tensors

/// The handles of one model, or parameters of it, on which `grad` and `adamw` act.
struct NamedParts {
    struct Part {
        /// A handle's token, or a parameter's full name.
        let name: String
        /// The parameter, or the table, [K, D] or [K, A, D], of which the handle has a row.
        let variable: Variable
        let row: Int?

        var shape: [Int] { row == nil ? variable.shape : Array(variable.shape.dropFirst()) }

        /// Returns the gradient, or nil where the loss does not depend on the parameter or on any row of the table.
        func gradient(in gradients: Gradients) -> Tensor? {
            guard let gradient = gradients[variable] else { return nil }
            return row.map(gradient.row) ?? gradient
        }
    }

    let parts: [Part]
    /// The tokens of all handles of the model.
    let handles: [String]

    /// Takes handles in the order given. Throws `.badArgument` where there is none or one twice, and `.modelMismatch` where they are of
    /// different models.
    init(_ values: [HandleValue], argument: String, command: String, purpose: String) throws {
        guard let first = values.first, let table = first.model.textEncoder.handleEmbedding else {
            throw Problem(
                .badArgument, "\(command): there is no handle to \(purpose)", argument: argument, help: "add_handles(model, n) adds handles"
            )
        }
        for (place, value) in values.enumerated() {
            guard value.model.handles == first.model.handles,
                value.model.textEncoder.handleEmbedding?.value.isIdentical(to: table.value) == true
            else {
                throw Problem(
                    .modelMismatch, "\(command): \(first.token) and \(value.token) are handles of different models", argument: argument,
                    help: "handles of one model: [model.handles[0], model.handles[1]]")
            }
            guard !values[..<place].contains(where: { $0.index == value.index }) else {
                throw Problem(.badArgument, "\(command): \(value.token) is named twice", argument: argument)
            }
        }
        handles = first.model.handles
        parts = values.compactMap { value in
            value.model.textEncoder.handleEmbedding.map { Part(name: value.token, variable: $0, row: value.index) }
        }
    }

    /// Takes all parameters that `value` stands for, with each handle by itself.
    init(_ value: ParametersValue) {
        handles = value.model.handles
        parts = value.parts
    }

    /// Takes what an argument names, or returns nil where it is a tensor. Throws as the initializer for handles does.
    init?(_ call: Call, _ key: Key<Value>, purpose: String) throws {
        switch try call[key] {
        case .host(let value as ParametersValue): self.init(value)
        case .list(let items):
            try self.init(
                [HandleValue].read(.list(items), call, key.name), argument: key.name, command: call.builtin.name, purpose: purpose)
        default: return nil
        }
    }
}

/// The parameters of a model that an optimizer may move: those of U-Net and text encoder, or of a part of them.
public struct ParametersValue: DeclaredValue {
    let model: DiffusionModel
    /// The name of a parameter, or of the layer below which the parameters lie; nil for all.
    let scope: String?

    init(_ model: DiffusionModel, scope: String? = nil) { (self.model, self.scope) = (model, scope) }

    var parts: [NamedParts.Part] {
        var parts = model.namedParameters.map { NamedParts.Part(name: $0.name, variable: $0.value, row: nil) }
        if let table = model.textEncoder.handleEmbedding {
            parts += model.handles.indices.map { NamedParts.Part(name: model.handles[$0], variable: table, row: $0) }
        }
        guard let scope else { return parts }
        return parts.filter { $0.name == scope || NamedTensors.lies($0.name, below: scope) }
    }

    /// The type of parameters and its field.
    public static let declaration = HostDeclaration<ParametersValue>(
        "parameters", "What grad differentiates with respect to and adamw moves; m.parameters[\"unet.conv_in\"] is a part of them.",
        makers: "model.parameters, or a part of them: model.parameters[\"unet.down_blocks.0\"]",
        fields: [.init("names", .listOf(.string), "The name of each, in order.") { .list($0.parts.map { .string($0.name) }) }])

    /// The number of parameters, in which each handle counts.
    public var count: Int? { parts.count }
    /// The text "parameters of collage".
    public var inlineText: String { "parameters of \(scope.map { "\($0) of " } ?? "")\(model.name)" }

    /// Returns the number of parameters and of their numbers.
    public func display(_ context: DisplayContext) -> Display {
        let numbers = parts.reduce(0) { $0 + $1.shape.reduce(1, *) }
        return Display("\(parts.count) \(inlineText), \(numbers) numbers")
    }

    /// Returns the parameters below a layer's name, or the one of a name. Throws a `Problem` where there is none.
    public func index(_ subscripts: [Subscript]) throws -> Value {
        guard subscripts.count == 1, case .at(.string(let name)) = subscripts[0] else {
            throw Problem(
                .badIndex, "parameters are chosen by a name", help: "m.parameters[\"unet.down_blocks.0\"]; for handles write [m.handles[0]]"
            )
        }
        let known = parts
        guard known.contains(where: { $0.name == name || NamedTensors.lies($0.name, below: name) }) else {
            throw Problem(
                .unknownField, "there is no parameter and no layer \"\(name)\" among these",
                notes: ["they are \(NamedTensors.title(known.map(\.name)))"],
                help: nearestName(name, among: known.map(\.name)).map { "did you mean \"\($0)\"?" })
        }
        return .host(ParametersValue(model, scope: name))
    }
}
