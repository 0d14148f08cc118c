import Autograd
import Tensors

/// The measure by which the cross-attention loss compares a handle's map with its mask (paper, equation 2): a row of the
/// table `all`, which the option `attention_loss` chooses from. Every measure is 0 or next to it for a map that is its mask.
///
/// Legend: A is the map [h, w], at least 0 and 16×16 in the paper; M the mask, [h, w] in 0…1; a is A brought to 0…1.
public struct AttentionLoss: TableRow {
    /// The word that chooses it.
    public let name: String
    /// What help says of it.
    public let doc: String
    /// Whether it compares a map in 0…1, and so whether `AttentionNormalization` changes it.
    public let isNormalized: Bool
    /// Whether it is a mean over cells, and so whether `AttentionReduction` changes it.
    public let isMeanOfCells: Bool
    private let compare: @Sendable (AttentionComparison) -> Variable

    /// Every measure; the first is the paper's and the code's.
    public static let all = [meanSquaredError, iou, crossEntropy, jensenShannon, slicedWasserstein]

    /// A row of the table. `compare` gets a mask in which some cell is not 0.
    init(
        name: String, doc: String, isNormalized: Bool, isMeanOfCells: Bool,
        compare: @escaping @Sendable (AttentionComparison) -> Variable
    ) {
        (self.name, self.doc, self.isNormalized, self.isMeanOfCells, self.compare) = (name, doc, isNormalized, isMeanOfCells, compare)
    }

    /// The loss of one handle, a scalar: its `map` [h, w], at least 0, against its mask `target` of the same shape, in 0…1.
    /// A measure that does not use `normalization` or `reduction` ignores it.
    public func callAsFunction(
        _ map: Variable, target: Tensor, _ normalization: AttentionNormalization = .max, _ reduction: AttentionReduction = .mean
    ) -> Variable {
        compare(AttentionComparison(map: map, target: target, normalization: normalization, reduction: reduction))
    }
}

/// A handle's map and its mask, with the ways in which they are compared.
struct AttentionComparison {
    /// A, [h, w].
    let map: Variable
    /// M, [h, w].
    let target: Tensor
    let normalization: AttentionNormalization
    let reduction: AttentionReduction

    /// a, [h, w] in 0…1.
    var normalized: Variable { normalization(map) }
    /// Weights of the cells with mean 1; nil where all count the same.
    var weights: Tensor? { reduction.weights(target) }

    /// Map and mask as distributions over the cells, each with the sum 1; nil where the mask has no cell.
    var distributions: (map: Variable, mask: Tensor)? {
        let inside = target.sum
        guard inside > 0 else { return nil }
        return (map / map.sum().scaled(by: 1, plus: 1e-12), target.scaled(by: Float(1 / inside)))
    }
}
