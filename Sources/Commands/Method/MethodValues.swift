import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// One draw of union sampling: picture, masks, handles and prompt of a step.
public struct PickValue: HostValue {
    let model: DiffusionModel
    let scene: PreparedScene
    let union: UnionSample

    public var typeName: String { "pick" }
    var prompt: String { union.prompt(model.handles) }

    private static let fields: [(name: String, value: @Sendable (PickValue) -> Value)] = [
        ("image", { .tensor($0.scene.pictures[$0.union.isFlipped ? 1 : 0]) }),
        ("masks", { pick in .list(pick.union.chosen.map { .mask(pick.union.isFlipped ? pick.scene.masks[$0].flipped() : pick.scene.masks[$0]) }) }),
        ("handles", { pick in .list(pick.union.chosen.map { .host(HandleValue(pick.model, index: $0)) }) }),
        ("prompt", { .string($0.prompt) }),
        ("flipped", { .bool($0.union.isFlipped) }),
    ]

    public var fieldNames: [String] { Self.fields.map(\.name) }
    public func field(_ name: String) throws -> Value? { Self.fields.first { $0.name == name }?.value(self) }
    public var inlineText: String { prompt + (union.isFlipped ? " (flipped)" : "") }
    public func display(_ context: DisplayContext) -> Display { Display("pick: \(inlineText)") }
}

/// The cross-attention of one sample of a batch, averaged over layers and heads.
struct SampleAttention: HostValue {
    let maps: AttentionMaps
    let sample: Int
    let prompt: String
    let model: DiffusionModel

    var typeName: String { "recorded attention" }
    var inlineText: String { "attention of \"\(prompt)\"" }
    func display(_ context: DisplayContext) -> Display { Display("recorded cross-attention of \"\(prompt)\", \(maps.size.height)×\(maps.size.width)") }

    /// The map [H, W] of a token of the prompt.
    func map(token id: Int) throws -> Variable? {
        try model.tokenize([prompt])[0].firstIndex(of: id).map { maps.map(sample: sample, token: $0) }
    }
}

/// What `predict_noise` gives: the prediction, and the cross-attention of every sample.
struct PredictionValue: HostValue {
    let noise: Variable?
    let attention: [SampleAttention]

    var typeName: String { "prediction" }
    var fieldNames: [String] { ["noise", "attention"] }

    func field(_ name: String) throws -> Value? {
        switch name {
        case "noise":
            guard let noise else { throw Problem(.unknownField, "an attention loss sees the attention only, not the prediction") }
            return .tensor(noise)
        // One sample's attention is itself, so that a loss need not count.
        case "attention": return attention.count == 1 ? .host(attention[0]) : .list(attention.map { .host($0) })
        default: return nil
        }
    }

    var inlineText: String { "prediction" + (noise.map { " " + Shape.text($0.shape) } ?? "") }
    func display(_ context: DisplayContext) -> Display { Display(inlineText + ", fields noise and attention") }
}
