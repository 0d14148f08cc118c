import Autograd
import Tensors

/// The local features at which the samples of one pass through the U-Net look (`LocalAttention`).
///
/// Legend: N samples, A heads, H·W places, C width of a cross-attention, L tokens of a prompt, T mentions.
public struct LocalFeatures: Sendable {
    /// A handle in a sample's prompt.
    struct Mention: Sendable, Equatable {
        /// The sample's place in the batch.
        var sample: Int
        /// The place of the handle's token in the prompt.
        let token: Int
        /// The row of `features`.
        let row: Int
    }

    let mentions: [Mention]
    /// The features of the handles that are mentioned, [rows, P, E].
    let features: Variable
    let attention: LocalAttention

    /// The keys and values [rows, P, C] of a layer; nil where the layer has no projections.
    func projected(_ layer: String) -> (keys: Variable, values: Variable)? {
        attention.projections[layer].map { (features.linear(Variable($0.toK)), features.linear(Variable($0.toV))) }
    }

    /// Those of some of the samples; nil where these mention no handle.
    func part(_ samples: Range<Int>) -> LocalFeatures? {
        let own = mentions.filter { samples.contains($0.sample) }
            .map { Mention(sample: $0.sample - samples.lowerBound, token: $0.token, row: $0.row) }
        return own.isEmpty ? nil : LocalFeatures(mentions: own, features: features, attention: attention)
    }

    /// What the local features add to a cross-attention's output, [N, HW, C], for its queries [N, HW, C] and probabilities
    /// [N, A, HW, L]. `projected`: what `projected` gave for the layer.
    func attended(_ query: Variable, _ probabilities: Variable, _ projected: (keys: Variable, values: Variable), heads: Int) -> Variable {
        let (n, cells, width) = (query.shape[0], query.shape[1], query.shape[2])
        func gathered(_ table: Variable, _ rows: [Int]) -> Variable {
            let (first, second, third) = (table.shape[0], table.shape[1], table.shape[2])
            return Variable.embedding(rows, of: [table.reshaped([first, second * third])]).reshaped([rows.count, second, third])
        }
        let (samples, rows) = (mentions.map(\.sample), mentions.map(\.row))
        let near = gathered(query, samples).attention(
            keys: gathered(projected.keys, rows), values: gathered(projected.values, rows), heads: heads)
        let gated = near * Variable(gates(probabilities.value, width: width))
        // Each mention is added to its own sample.
        var places = [Float](repeating: 0, count: n * samples.count)
        for (index, sample) in samples.enumerated() { places[sample * samples.count + index] = 1 }
        let sums = Variable(Tensor(places, shape: [n, samples.count])).matmul(gated.reshaped([samples.count, cells * width]))
        return sums.reshaped([n, cells, width])
    }

    /// The gate of each mention times the scale, [T, HW, C].
    private func gates(_ probabilities: Tensor, width: Int) -> Tensor {
        let (heads, cells) = (probabilities.shape[1], probabilities.shape[2])
        let perHead = width / heads
        return .concatenated(
            mentions.map { mention in
                let attention = probabilities.sliced([
                    .init(start: mention.sample, count: 1), .init(start: 0, count: heads), .init(start: 0, count: cells),
                    .init(start: mention.token, count: 1),
                ]).values
                let factor = self.attention.scale / max(attention.max() ?? 0, .leastNormalMagnitude)
                return Tensor.make([1, cells, width]) { gate in
                    for cell in 0..<cells {
                        for channel in 0..<width {
                            gate[cell * width + channel] = attention[channel / perHead * cells + cell] * factor
                        }
                    }
                }
            }, axis: 0)
    }
}
