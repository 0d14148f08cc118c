import Autograd
import Language
import NeuralNetwork
import Tensors

/// Gradients of handles or parameters: by name, as one vector where a tensor is wanted, and added or scaled as a whole.
struct GradientsValue: DeclaredValue, NamedTensorsReadable {
    /// The gradients as they were computed; the language sees these times `scale`.
    let unscaled: NamedTensors
    let scale: Double
    /// The tokens of all handles of the model in which they were computed.
    let handles: [String]
    /// The norm before scaling, measured once, in the order of the names, so that it is the same in every run.
    private let ownNorm: Double

    init(_ tensors: NamedTensors, handles: [String]) {
        (unscaled, self.handles, scale) = (tensors, handles, 1)
        ownNorm = GradientClipping.norm(tensors.entries.compactMap(\.tensor))
    }

    private init(_ other: GradientsValue, scale: Double) {
        (unscaled, handles, ownNorm, self.scale) = (other.unscaled, other.handles, other.ownNorm, scale)
    }

    /// Returns the gradients scaled down where their norm exceeds `limit`.
    func clipped(to limit: Double) -> GradientsValue {
        GradientsValue(self, scale: scale * GradientClipping.scale(norm: norm, limit: limit))
    }

    var norm: Double { ownNorm * abs(scale) }
    var tensors: NamedTensors { scale == 1 ? unscaled : unscaled.map { $0.tensor?.scaled(by: Float(scale)) } }
    var variable: Variable { Variable(tensors.flattened) }

    // MARK: parts

    static let declaration = HostDeclaration<GradientsValue>(
        "gradients",
        "Gradients by name: g[handle], g[\"unet.conv_in.weight\"], g[\"unet.down_blocks.0\"]; a vector for cosine, dot and tensor.",
        makers: "grad(loss, model.handles)",
        fields: [
            .init("norm", .float, "The norm of all of them together.") { .float($0.norm) },
            .init("names", .listOf(.string), "The handle or parameter of each.") { .list($0.unscaled.names.map { .string($0) }) },
        ])

    func index(_ subscripts: [Subscript]) throws -> Value {
        try Cancellable.operation {
            switch try unscaled.chosen(subscripts, from: typeName) {
            case .one(let tensor): .tensor(scale == 1 ? tensor : tensor.scaled(by: Float(scale)))
            case .several(let part): .host(GradientsValue(GradientsValue(part, handles: handles), scale: scale))
            }
        }
    }

    var count: Int? { unscaled.entries.count }
    var elements: [Value]? { tensors.entries.map { .tensor(tensors.tensor(of: $0)) } }

    /// Returns whether there is a gradient of this handle, or of the parameter with this name.
    func contains(_ item: Value) throws -> Bool? {
        if case .string(let name) = item { return unscaled.names.contains(name) }
        return item.host(as: HandleValue.self).map { unscaled.names.contains($0.token) } ?? false
    }

    // MARK: operators

    /// Returns gradients for sums and differences of gradients of the same things, and for multiples; other operators take the gradients as
    /// one vector.
    func binary(_ op: BinaryOperator, _ other: Value, isLeft: Bool) throws -> Value? {
        if let number = other.number {
            switch op {
            case .multiply: return .host(GradientsValue(self, scale: scale * number))
            case .divide where isLeft && number != 0: return .host(GradientsValue(self, scale: scale / number))
            default: break
            }
        }
        if let other = other.host(as: GradientsValue.self), op == .add || op == .subtract {
            return try Cancellable.operation { .host(try isLeft ? sum(other, op == .add ? 1 : -1) : other.sum(self, op == .add ? 1 : -1)) }
        }
        if op == .equal || op == .notEqual { return nil }
        let own = Value.tensor(variable)
        return try TensorOperators.apply(op, isLeft ? own : other, isLeft ? other : own)
    }

    func unary(_ op: UnaryOperator) throws -> Value? { op == .negate ? .host(GradientsValue(self, scale: -scale)) : nil }

    /// Returns these gradients and `factor` times the others. Throws `.modelMismatch` where they are of different things.
    private func sum(_ other: GradientsValue, _ factor: Double) throws -> GradientsValue {
        guard unscaled.names == other.unscaled.names, unscaled.entries.map(\.shape) == other.unscaled.entries.map(\.shape) else {
            throw Problem(
                .modelMismatch, "these gradients are of different things", left: "of \(unscaled.title)",
                right: "of \(other.unscaled.title)",
                help: "ask grad for the same handles or parameters")
        }
        let (a, b) = (Float(scale), Float(other.scale * factor))
        var others = other.unscaled.entries.map(\.tensor)[...]
        return GradientsValue(
            unscaled.map { entry in
                switch (entry.tensor, others.removeFirst()) {
                case (let x?, let y?): x.scaled(by: a) + y.scaled(by: b)
                case (let x?, nil): x.scaled(by: a)
                case (nil, let y?): y.scaled(by: b)
                case (nil, nil): nil
                }
            }, handles: handles)
    }

    func isEqual(to other: any HostValue) -> Bool {
        guard let other = other as? GradientsValue, other.unscaled.names == unscaled.names else { return false }
        return Cancellable.answer {
            let (a, b) = (tensors, other.tensors)
            return zip(a.entries, b.entries).allSatisfy { $0.shape == $1.shape && a.tensor(of: $0).isEqual(to: b.tensor(of: $1)) }
        }
    }

    // MARK: text

    var shapeText: String? { nil }
    var byteCount: Int { unscaled.byteCount }
    var inlineText: String { "gradients of \(unscaled.title), norm \(NumberText.significant(norm))" }

    func display(_ context: DisplayContext) -> Display {
        Cancellable.answer {
            let head = TextLines.wrapped(inlineText, width: context.width, rest: "  ")
            return Display((head + unscaled.table(scale: scale, width: context.width)).joined(separator: "\n"))
        }
    }
}
