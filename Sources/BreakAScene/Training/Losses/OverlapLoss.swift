import Autograd
import Tensors

extension LossTerm {
    /// The overlap of the handles' attention: the soft intersection over union Σ min(a, b) / Σ max(a, b) of their maps, each
    /// divided by its maximum, averaged over the pairs of handles in a photo's prompt and over the photos that have pairs; in
    /// [0, 1]. It keeps handles apart where their masks leave room, as DisenDiff's loss between class words does (arXiv
    /// 2403.18551). A step of one handle a photo has none.
    public static let overlap = LossTerm(
        name: "overlap", label: "over",
        weight: .init(standard: 0, doc: "Weight of the overlap (soft IoU) between the attention maps of a prompt's handles.")
    ) { input in
        guard let maps = input.maps else { return nil }
        let photos = input.batch.samples.indices.compactMap { photo -> Variable? in
            let tokens = input.tokens(photo: photo)
            let all = tokens.map { AttentionNormalization.max(maps.map(sample: input.batch.priorCount + photo, token: $0)) }
            let pairs = all.indices.flatMap { second in (0..<second).map { softIoU(all[$0], all[second]) } }
            return mean(pairs)
        }
        return mean(photos).map { Value(loss: $0) }
    }

    /// The soft intersection over union of two maps of one shape in [0, 1], a scalar.
    static func softIoU(_ a: Variable, _ b: Variable) -> Variable {
        Variable.minimum(a, b).sum() / Variable.maximum(a, b).sum().scaled(by: 1, plus: 1e-12)
    }

    /// The mean of scalars; nil for none.
    private static func mean(_ scalars: [Variable]) -> Variable? {
        guard let first = scalars.first else { return nil }
        return scalars.dropFirst().reduce(first, +).scaled(by: 1 / Float(scalars.count))
    }
}
