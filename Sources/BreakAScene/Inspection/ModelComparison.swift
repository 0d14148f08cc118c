import Autograd
import Diffusion
import NeuralNetwork
import Tensors

/// The change of one block of a model.
public struct BlockChange: Sendable, Equatable {
    /// The block's name: "unet.up_blocks.2.attentions", "unet.conv_in", "handle <asset0>".
    public let block: String
    /// The L2 norm of the change of its parameters.
    public let norm: Double
    /// The norm of the change as a share of the norm of the parameters before it.
    public let relative: Double
}

extension DiffusionModel {
    /// The blocks that differ, largest change first; nil where the models have different parameters. Handles are compared
    /// one by one; one that this model lacks is compared with its start, or with zeros.
    public func changes(to other: DiffusionModel) -> [BlockChange]? {
        var (order, squares, norms) = ([String](), [String: Double](), [String: Double]())
        func add(_ block: String, _ a: Tensor, _ b: Tensor) {
            if squares[block] == nil { order.append(block) }
            norms[block, default: 0] += a.sumOfSquares
            squares[block, default: 0] += a.isIdentical(to: b) ? 0 : (a - b).sumOfSquares
        }
        // [D] against [A, D]: one embedding stands for all layers.
        func addHandle(_ token: String, _ a: Tensor, _ b: Tensor) {
            let shape = a.rank > b.rank ? a.shape : b.shape
            func whole(_ x: Tensor) -> Tensor { x.shape == shape ? x : x + .zeros(shape) }
            add("handle \(token)", whole(a), whole(b))
        }
        for (part, old, new) in [
            ("unet", unet.parameters(), other.unet.parameters()),
            ("text_encoder", textEncoder.parameters(), other.textEncoder.parameters()),
        ] {
            let known = Dictionary(new.map { ($0.name, $0.value.value) }) { first, _ in first }
            for (name, value) in old where name != CLIPTextModel.handleEmbeddingName {
                guard let after = known[name], after.shape == value.shape, !Cancellation.isCancelled else { return nil }
                add(Self.block(of: "\(part).\(name)"), value.value, after)
            }
        }
        for (index, token) in other.handles.enumerated() {
            let after = other.textEncoder.handleEmbedding?.value.row(index)
            let before = handles.firstIndex(of: token).flatMap { textEncoder.handleEmbedding?.value.row($0) }
            if let after { addHandle(token, before ?? other.handleStarts?.row(index) ?? .zeros(after.shape), after) }
        }
        return order.map {
            BlockChange(
                block: $0, norm: (squares[$0] ?? 0).squareRoot(), relative: ((squares[$0] ?? 0) / max(norms[$0] ?? 0, 1e-30)).squareRoot())
        }
        .filter { $0.norm > 0 }.sorted { $0.norm > $1.norm }
    }

    /// The block that a parameter is counted to, by its full name: "unet.up_blocks.2.attentions". A layer's weight and bias
    /// belong together.
    public static func block(of name: String) -> String {
        let path = name.split(separator: ".").map(String.init).prefix(4)
        return (["weight", "bias"].contains(path.last) ? path.dropLast() : path).joined(separator: ".")
    }

    /// Counts the differences from `base`: the tensors with other elements (handles among them), all tensors, and the bytes
    /// of those that differ.
    public func difference(from base: DiffusionModel) -> (tensors: Int, of: Int, bytes: Int) {
        let old = base.unet.parameters() + base.textEncoder.parameters()
        let known = Dictionary(old.map { ($0.name, $0.value.value) }) { first, _ in first }
        let new = unet.parameters() + textEncoder.parameters()
        let changed = new.filter { name, variable in !Cancellation.isCancelled && !(known[name]?.isIdentical(to: variable.value) ?? false) }
        return (changed.count, new.count, changed.reduce(0) { $0 + $1.value.value.count * MemoryLayout<Float>.stride })
    }
}

extension TrainableParts {
    /// Whether a parameter ("unet.…", "text_encoder.…") belongs to these.
    public var includes: @Sendable (String) -> Bool {
        let handles = "text_encoder." + CLIPTextModel.handleEmbeddingName
        let table = "text_encoder." + CLIPTextModel.tokenEmbeddingName
        return switch self {
        case .all: { _ in true }
        case .unet: { $0.hasPrefix("unet.") || $0 == handles }
        case .unetAndTokens: { $0.hasPrefix("unet.") || $0 == handles || $0 == table }
        case .attention: { $0.contains(".attn1.") || $0.contains(".attn2.") || $0 == handles }
        case .kv: { $0.contains(".attn2.to_k.") || $0.contains(".attn2.to_v.") || $0 == handles }
        case .lora: { $0.contains(".lora_") || $0 == handles }
        case .handles: { $0 == handles }
        }
    }

    /// Whether a parameter's gradient is measured and clipped.
    func clips(_ name: String) -> Bool { self == .unetAndTokens ? name.hasPrefix("unet.") : true }
}
