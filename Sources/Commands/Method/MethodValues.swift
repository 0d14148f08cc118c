import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// A draw of union sampling: the picture, masks, handles and prompt of a step.
public struct PickValue: HostValue {
    let model: DiffusionModel
    let scene: PreparedScene
    let pairing: ScenePairing
    let union: UnionSample
    let view: SceneView

    /// Creates a pick. `view` is what the sample shows, where that is known. Throws `ImageError` and `PairingError`.
    init(model: DiffusionModel, scene: PreparedScene, pairing: ScenePairing? = nil, union: UnionSample, view: SceneView? = nil) throws {
        (self.model, self.scene, self.union) = (model, scene, union)
        self.pairing = try pairing ?? model.pairing(with: scene.scene)
        self.view = try view ?? scene.view(union)
    }

    /// The name "pick".
    public var typeName: String { "pick" }
    var prompt: String { union.prompt(pairing.tokens) }
    /// The tokens of its handles, in the order of the prompt.
    var tokens: [String] { union.chosen.map { pairing.tokens[$0] } }

    /// Returns this pick with another part of the photo, or in another context.
    func changing(_ body: (inout UnionSample) throws -> Void) throws -> PickValue {
        var other = union
        try body(&other)
        return try PickValue(model: model, scene: scene, pairing: pairing, union: other, view: other.part == union.part ? view : nil)
    }

    /// Returns whether each of its handles occurs once in the prompt that a context makes. Throws `TokenizerError` and `ModelError`.
    func isNamed(in context: String) throws -> Bool {
        let ids = try model.tokenize([PromptContext.prompt(context, tokens)])[0]
        return union.chosen.allSatisfy { handle in ids.count { $0 == model.handleID(pairing.handles[handle]) } == 1 }
    }

    private static let fields: [(name: String, value: @Sendable (PickValue) -> Value)] = [
        ("image", { .tensor($0.view.picture) }),
        ("masks", { pick in .list(pick.view.masks.map { .mask($0) }) }),
        ("handles", { pick in .list(pick.union.chosen.map { .host(HandleValue(pick.model, index: pick.pairing.handles[$0])) }) }),
        ("prompt", { .string($0.prompt) }),
        ("flipped", { .bool($0.union.isFlipped) }),
        (
            "part",
            { pick in
                pick.union.part.map { [pick] part in
                    let (top, left, side) = pick.scene.shares(part)
                    return .list([.float(top), .float(left), .float(side)])
                } ?? .none
            }
        ),
    ]

    /// The names of the fields.
    public var fieldNames: [String] { Self.fields.map(\.name) }
    /// Returns the value of a field.
    public func field(_ name: String) throws -> Value? { Self.fields.first { $0.name == name }?.value(self) }
    /// The prompt, and whether the photo is flipped or seen in part.
    public var inlineText: String {
        let notes = (union.isFlipped ? ["flipped"] : []) + (union.part == nil ? [] : ["a part of the photo"])
        return prompt + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }
    /// Returns the pick in one line.
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
    func display(_ context: DisplayContext) -> Display {
        Display("recorded cross-attention of \"\(prompt)\", \(maps.size.height)×\(maps.size.width)")
    }

    /// Returns the map [H, W] of a token of the prompt, or nil where the prompt does not have it.
    func map(token id: Int) throws -> Variable? {
        try model.tokenize([prompt])[0].firstIndex(of: id).map { maps.map(sample: sample, token: $0) }
    }
}

/// The result of `predict_noise`: the prediction, and the cross-attention of every sample.
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
        // The attention of a single sample is no list, so that a loss need not index it.
        case "attention": return attention.count == 1 ? .host(attention[0]) : .list(attention.map { .host($0) })
        default: return nil
        }
    }

    var inlineText: String { "prediction" + (noise.map { " " + Shape.text($0.shape) } ?? "") }
    func display(_ context: DisplayContext) -> Display { Display(inlineText + ", fields noise and attention") }
}
