import Autograd
import BreakAScene
import Diffusion
import Images
import Language
import Tensors

/// A draw of union sampling: the picture, masks, handles and prompt of a step.
public struct PickValue: DeclaredValue {
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

    /// The type of picks and its fields.
    public static let declaration = HostDeclaration<PickValue>(
        "pick", "What one step of training sees: a picture, the masks of its things, their handles, and the prompt that names them.",
        fields: [
            .init("image", TensorType.of(nil), "The picture as the model takes it, [1, H, W, 3].") { .tensor($0.view.picture) },
            .init("masks", .listOf(MaskValue.valueType), "The mask of each handle's thing, as large as the picture.") {
                .list($0.view.masks.map { .mask($0) })
            },
            .init("handles", .listOf(HandleValue.valueType), "The drawn handles, in the order of the prompt.") { pick in
                .list(pick.union.chosen.map { .host(HandleValue(pick.model, index: pick.pairing.handles[$0])) })
            },
            .init("prompt", .string, "The prompt, which names each of the handles.") { .string($0.prompt) },
            .init("flipped", .bool, "Whether photo and masks are mirrored.") { .bool($0.union.isFlipped) },
            .init("part", "The part of the photo that is seen, [top, left, side] in shares of its sides; none for all of it.") { pick in
                guard let part = pick.union.part else { return .none }
                let (top, left, side) = pick.scene.shares(part)
                return [.float(top), .float(left), .float(side)]
            },
        ], element: nil, operators: false)

    /// The prompt, and whether the photo is flipped or seen in part.
    public var inlineText: String {
        let notes = (union.isFlipped ? ["flipped"] : []) + (union.part == nil ? [] : ["a part of the photo"])
        return prompt + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
    }
    /// Returns the pick in one line.
    public func display(_ context: DisplayContext) -> Display { Display("pick: \(inlineText)") }
}

/// The cross-attention of one sample of a batch, averaged over layers and heads.
struct SampleAttention: DeclaredValue {
    let maps: AttentionMaps
    let sample: Int
    let prompt: String
    let model: DiffusionModel

    static let declaration = HostDeclaration<SampleAttention>(
        "recorded attention", "Where the model looked for each token of one sample's prompt; attention_map and attention_loss read it.")

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
struct PredictionValue: DeclaredValue {
    let noise: Variable?
    let attention: [SampleAttention]

    static let declaration = HostDeclaration<PredictionValue>(
        "prediction", "What the U-Net says of noised latents, and where it looked for each token of the prompts.",
        fields: [
            .init("noise", TensorType.of(nil), "What the U-Net predicts, as large as the latents.") {
                guard let noise = $0.noise else {
                    throw Problem(.unknownField, "an attention loss sees the attention only, not the prediction")
                }
                return .tensor(noise)
            },
            // The attention of a single sample is no list, so that a loss need not index it.
            .init("attention", "The recorded attention of the sample, or a list with that of each sample of a batch.") {
                $0.attention.count == 1 ? .host($0.attention[0]) : .list($0.attention.map { .host($0) })
            },
        ], element: nil, operators: false)

    var inlineText: String { "prediction" + (noise.map { " " + Shape.text($0.shape) } ?? "") }
    func display(_ context: DisplayContext) -> Display { Display(inlineText + ", fields noise and attention") }
}
