import Autograd
import Diffusion
import Tensors

/// Functions of the user's that replace parts of the method; nil is the method's own part. Gradients flow through the
/// losses that they return. Legend: B photos, P prior pictures, h w C latents.
public struct TrainingReplacements: Sendable {
    /// Equation 2, which keeps a handle's attention inside of its mask: one photo's loss, a scalar.
    public var attentionLoss: (@Sendable (AttentionLossInput) throws -> Variable)?
    /// Equation 1: the loss of what was to be predicted and what was, [B, h, w, C], under the union masks [B, h, w, 1] (nil
    /// where the loss is not to be masked); a scalar.
    public var reconstructionLoss: (@Sendable (_ target: Variable, _ predicted: Variable, _ mask: Tensor?) throws -> Variable)?
    /// Prior preservation: the loss of the same for the prior pictures, [P, h, w, C]; a scalar.
    public var priorLoss: (@Sendable (_ target: Variable, _ predicted: Variable) throws -> Variable)?
    /// The handles of a prompt in their order, as places below `count`; `step` counts from 1.
    public var sampling: (@Sendable (_ step: Int, _ count: Int) throws -> [Int])?

    /// The part of a photo that a step sees; `step` counts from 1, `sample` has the handles that were drawn.
    public var zoom: (@Sendable (_ step: Int, _ sample: UnionSample) throws -> Zoom.Choice)?
    /// The context of a prompt, or a whole prompt; `step` and `sample` as for `zoom`.
    public var contexts: (@Sendable (_ step: Int, _ sample: UnionSample) throws -> String)?

    /// No replacements: the method as it is.
    public init() {}

    /// The laws of one step, counted from 1.
    func laws(step: Int, handles: Int) -> StepLaws {
        StepLaws(
            sampling: sampling.map { law in { try law(step, handles) } }, zoom: zoom.map { law in { try law(step, $0) } },
            contexts: contexts.map { law in { try law(step, $0) } })
    }

    /// The names of what is replaced, as the commands of the language have them.
    public var names: [String] {
        [
            ("attention_loss", attentionLoss != nil), ("reconstruction_loss", reconstructionLoss != nil), ("prior_loss", priorLoss != nil),
            ("sampling", sampling != nil), ("zoom", zoom != nil), ("contexts", contexts != nil),
        ].filter(\.1).map(\.0)
    }
}

/// The argument of an attention loss of the user's: one photo's maps and targets, and the handles that its prompt names.
public struct AttentionLossInput: Sendable {
    /// The maps of the whole batch.
    public let maps: AttentionMaps
    /// The photo's place in the batch.
    public let sample: Int
    /// The handles that the prompt names, and whether the photo is flipped.
    public let union: UnionSample
    /// The photo's picture and masks, and the targets of its maps.
    public let view: SceneView
    /// The place of each chosen handle in the prompt's tokens.
    public let tokens: [Int]
}
