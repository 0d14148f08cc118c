import Autograd

extension LossTerm {
    /// Prior preservation: the diffusion loss of pictures that the base model drew (the code; not in the paper).
    public static let prior = LossTerm(
        name: "prior", label: "prior", weight: .init(standard: 1, doc: "Weight of prior preservation; 0 leaves it out.")
    ) { input in
        guard !input.priorPictures.isEmpty else { return nil }
        let (target, predicted) = (input.target.rows(input.priorPictures), input.predicted.rows(input.priorPictures))
        return Value(
            loss: try input.replacing.priorLoss.map { try $0(target, predicted) }
                ?? Variable.meanSquaredError(predicted, target, mask: input.weighted(nil, input.priorPictures)))
    }
}
