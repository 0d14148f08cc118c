import Autograd
import Diffusion
import Tensors

/// The way in which a handle's map is brought to [0, 1] before it is compared with its mask (Sources/BreakAScene/README.md,
/// "Paper and code").
public enum AttentionNormalization: String, Sendable, CaseIterable {
    /// Divided by its maximum: the code.
    case max
    /// Minimum subtracted, divided by the range: "normalized to [0, 1]" in the paper.
    case minmax

    /// Brings a map to [0, 1]; a map of zeros stays one.
    func callAsFunction(_ map: Variable) -> Variable {
        switch self {
        case .max: return map / map.maximum().scaled(by: 1, plus: Self.tiny)
        case .minmax:
            let low = map.scaled(by: -1).maximum().scaled(by: -1)
            return (map - low) / (map.maximum() - low).scaled(by: 1, plus: Self.tiny)
        }
    }

    /// An epsilon, which the paper's code lacks: a map of zeros must not give NaN.
    private static let tiny: Float = 1e-12
}

/// The way in which the differences of a map and its mask, cell by cell, become one number.
public enum AttentionReduction: String, Sendable, CaseIterable {
    /// Their mean over all cells: the code. The few cells of a small thing then hardly count.
    case mean
    /// Half the mean inside of the mask plus half the mean outside, so that small things count as much as large ones.
    case balanced

    /// Weights of the cells with mean 1; nil where all count the same, as for `.balanced` with a `target` that is 0 or 1
    /// everywhere.
    func weights(_ target: Tensor) -> Tensor? {
        let (cells, inside) = (Double(target.count), target.sum)
        guard self == .balanced, inside > 0, inside < cells else { return nil }
        let (within, without) = (Float(cells / (2 * inside)), Float(cells / (2 * (cells - inside))))
        return target.scaled(by: within - without, plus: without)
    }
}

/// The recorded cross-attention of a pass, averaged as the loss wants it.
public struct AttentionMaps: Sendable {
    /// [N, H·W, L]: mean over layers and heads, every head counting the same.
    public let mean: Variable
    /// The size of the maps, H and W.
    public let size: (height: Int, width: Int)

    /// Averages the maps of a pass, all of one size; nil where nothing was recorded, as for a model without cross-attention
    /// in its down and up blocks.
    public init?(_ maps: [CrossAttentionMap]) {
        guard let first = maps.first else { return nil }
        let heads = maps.reduce(0) { $0 + $1.probabilities.shape[1] }
        let sums = maps.map { $0.probabilities.sum([1]) }
        mean = sums.dropFirst().reduce(sums[0], +).scaled(by: 1 / Float(heads))
        size = (first.height, first.width)
    }

    /// The map of one token of one sample, [H, W].
    public func map(sample: Int, token: Int) -> Variable {
        let places = mean.shape[1]
        return mean.sliced([.init(start: sample, count: 1), .init(start: 0, count: places), .init(start: token, count: 1)])
            .reshaped([size.height, size.width])
    }
}
