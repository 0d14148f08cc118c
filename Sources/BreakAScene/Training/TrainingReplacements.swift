import Autograd
import Diffusion
import Tensors

/// Parts of the method that a user has put functions in the place of; nil is the method's own. Gradients flow through the
/// losses that the functions give. Legend: B photos, P prior pictures, h w C latents.
public struct TrainingReplacements: Sendable {
    /// Equation 2: what keeps a handle's attention inside of its mask; one photo's, a scalar.
    public var attentionLoss: (@Sendable (AttentionLossInput) throws -> Variable)?
    /// Equation 1, of what was to be predicted and what was, [B, h, w, C], and the union masks [B, h, w, 1] (nil where the
    /// loss is not to be masked); a scalar.
    public var reconstructionLoss: (@Sendable (_ target: Variable, _ predicted: Variable, _ mask: Tensor?) throws -> Variable)?
    /// Prior preservation, of the same for the prior pictures, [P, h, w, C]; a scalar.
    public var priorLoss: (@Sendable (_ target: Variable, _ predicted: Variable) throws -> Variable)?
    /// The handles of a step's prompt, in its order, as their places among `count`; from the step, from 1.
    public var sampling: (@Sendable (_ step: Int, _ count: Int) throws -> [Int])?

    /// How near a photo of a step is seen; from the step, from 1, and the handles drawn for it.
    public var zoom: (@Sendable (_ step: Int, _ sample: UnionSample) throws -> Zoom.Choice)?
    /// A context or a whole prompt, from the same.
    public var contexts: (@Sendable (_ step: Int, _ sample: UnionSample) throws -> String)?

    public init() {}

    /// Those of a step, counted from 1.
    func laws(step: Int, handles: Int) -> StepLaws {
        StepLaws(
            sampling: sampling.map { law in { try law(step, handles) } }, zoom: zoom.map { law in { try law(step, $0) } },
            contexts: contexts.map { law in { try law(step, $0) } })
    }

    /// What is replaced, as the commands name it.
    public var names: [String] {
        [
            ("attention_loss", attentionLoss != nil), ("reconstruction_loss", reconstructionLoss != nil), ("prior_loss", priorLoss != nil),
            ("sampling", sampling != nil), ("zoom", zoom != nil), ("contexts", contexts != nil),
        ].filter(\.1).map(\.0)
    }
}

/// What an attention loss of the user's sees: one photo's prediction and maps, and which handles it was asked for.
public struct AttentionLossInput: Sendable {
    public let maps: AttentionMaps
    /// The photo's place in the batch.
    public let sample: Int
    public let union: UnionSample
    /// What the photo shows.
    public let view: SceneView
    /// Where each chosen handle stands in the prompt.
    public let tokens: [Int]
}
