import Autograd
import Diffusion
import Tensors

/// A term of the loss that a training step minimizes, which is the sum of all terms times their weights.
///
/// The option `NAME_weight` with its help and its place in checkpoints, the column of histories and tables, the curve, and the
/// number beside the progress bar follow from a row of `all`. A new term is a file with a `LossTerm`, and its row there.
public struct LossTerm: Sendable {
    /// The name in histories, plots and options: `attention` has the option `attention_weight`.
    public let name: String
    /// A short name for the progress bar.
    public let label: String
    /// The weight; nil for a term that always counts once.
    public let weight: Weight?
    /// Passes of the U-Net and the text encoder that the term takes for each photo, beside the one of all terms; they need no
    /// gradient.
    var extraPasses = 0
    /// Computes the term of a step; nil where the step has nothing for it.
    let value: @Sendable (LossInput) throws -> Value?

    /// A weight as an option of training, at least 0.
    public struct Weight: Sendable {
        /// The weight where nothing is said: the authors' code's, and so 0 for a term that it does not have.
        public let standard: Double
        /// What the option's help says.
        public let doc: String
    }

    /// A term of one step.
    struct Value {
        /// The term before its weight, a scalar.
        var loss: Variable
        /// The part of each handle in it, by the handle's token; empty for terms that are not sums over handles.
        var handles: [String: Float] = [:]
    }

    /// Every term, in the order in which they are added and shown.
    public static let all = [reconstruction, prior, attention, overlap, contrast, nullOutside]

    /// Whether the paper's code has the term. Such a term is computed with the weight 0 as well, so that histories show it;
    /// any other only where its weight says so.
    public var isStandard: Bool { weight?.standard != 0 }

    /// The name of the weight's option; nil without a weight.
    public var weightName: String? { weight.map { _ in name + "_weight" } }
}

/// What the terms of a step are computed from. Legend: P prior pictures come first in a batch, then B photos.
struct LossInput {
    let model: DiffusionModel
    let batch: TrainingBatch
    let options: TrainingOptions
    let replacing: TrainingReplacements
    /// The noised latents, [P + B, h, w, C].
    let noisy: Tensor
    /// What was to be predicted, and what was, [P + B, h, w, C].
    let target, predicted: Variable
    /// What each photo shows.
    let views: [SceneView]
    /// The recorded cross-attention; nil where the model has none of the level.
    let maps: AttentionMaps?
    /// Which handles belong to which masks.
    let pairing: ScenePairing

    /// The samples that are photos.
    var photos: Range<Int> { batch.priorCount..<predicted.shape[0] }
    /// The samples that are prior pictures.
    var priorPictures: Range<Int> { 0..<batch.priorCount }

    /// The union masks of the photos at the latents' size, [B, h, w, 1].
    var unionMasks: Tensor { .concatenated(views.map { $0.unionMask.reshaped([1] + $0.unionMask.shape + [1]) }, axis: 0) }

    /// The places of a photo's handles in the tokens of its prompt, in the prompt's order; `photo` counts from 0.
    func tokens(photo: Int) -> [Int] {
        batch.samples[photo].chosen.map { batch.ids[batch.priorCount + photo].firstIndex(of: model.handleID(pairing.handles[$0])) ?? 0 }
    }
}
