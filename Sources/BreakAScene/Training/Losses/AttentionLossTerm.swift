import Autograd
import Tensors

extension LossTerm {
    /// The cross-attention loss, which keeps a handle's attention inside of its mask (paper, equation 2), by the measure
    /// `TrainingOptions.attentionLoss`: summed over the handles of a photo, averaged over photos.
    public static let attention = LossTerm(
        name: "attention", label: "attn",
        weight: .init(
            standard: 0.01, doc: "Weight of the attention loss, on the maps nearest to the paper's 16×16; 0 leaves it out.")
    ) { input in
        guard let maps = input.maps else { return nil }
        var total = Variable(Tensor(0))
        var parts: [String: [Float]] = [:]
        for (index, union) in input.batch.samples.enumerated() {
            let (sample, view) = (input.batch.priorCount + index, input.views[index])
            let tokens = input.tokens(photo: index)
            if let custom = input.replacing.attentionLoss {
                total = total + (try custom(AttentionLossInput(maps: maps, sample: sample, union: union, view: view, tokens: tokens)))
                continue
            }
            for (place, token) in tokens.enumerated() {
                let loss = input.options.attentionLoss(
                    maps.map(sample: sample, token: token), target: view.attentionTargets[place], input.options.attentionNormalization,
                    input.options.attentionReduction)
                parts[input.pairing.tokens[union.chosen[place]], default: []].append(loss.value.scalar)
                total = total + loss
            }
        }
        return Value(
            loss: total.scaled(by: 1 / Float(input.batch.samples.count)), handles: parts.mapValues { $0.reduce(0, +) / Float($0.count) })
    }
}
