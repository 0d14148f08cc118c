import Tensors

extension SamplingLaw {
    /// k uniform in 1…N as in `union`, then k handles one after another with probabilities that follow their running attention
    /// losses, so that handles which lag behind come more often: the idea of AttenCraft's adaptive ratio (arXiv 2405.17965) and
    /// of MagicTailor's balancing (2410.13370). A handle's weight is half an even share plus half its share of the losses
    /// (`AdaptiveSampling`), so that none is forgotten. The order of the prompt is random.
    public static let adaptive = SamplingLaw(name: "adaptive", doc: "a uniform number, those with a high attention loss more often") {
        input, draw in
        let count = 1 + draw.integer(below: input.count, index: 1)
        let chosen = AdaptiveSampling.pick(count, weights: AdaptiveSampling.weights(input.losses), draw, index: 4)
        return draw.sample(count, below: count, index: 4 + input.count).map { chosen[$0] }
    }
}

/// The numbers of the law `adaptive`. They follow from the history of the phase, and so a checkpoint that has the history goes on
/// bit for bit.
enum AdaptiveSampling {
    /// What remains of a running loss when a step adds its own.
    static let decay: Float = 0.9

    /// The running loss of each of `tokens`: an exponential average of its attention loss over the steps that name it; nil for
    /// one that none has named. `entries` are the steps of the phase so far.
    static func losses(_ entries: some Sequence<History.Entry>, _ tokens: [String]) -> [Float?] {
        var running: [String: Float] = [:]
        for entry in entries {
            for (token, loss) in entry.handleLosses { running[token] = running[token].map { decay * $0 + (1 - decay) * loss } ?? loss }
        }
        return tokens.map { running[$0] }
    }

    /// The probability of each handle to be drawn first: ½ · 1/N + ½ · Lᵢ / Σ L. A handle without a loss yet counts as the one
    /// with the highest; without any all are equal.
    static func weights(_ losses: [Float?]) -> [Double] {
        let highest = losses.compactMap { $0 }.max() ?? 1
        let values = losses.map { Double(max(0, $0 ?? highest)) }
        let sum = values.reduce(0, +)
        let even = 1 / Double(losses.count)
        return values.map { sum > 0 && sum.isFinite ? 0.5 * even + 0.5 * $0 / sum : even }
    }

    /// `count` different places drawn one after another in proportion to their weights, from the words `index` on.
    static func pick(_ count: Int, weights: [Double], _ draw: RandomDraw, index: Int) -> [Int] {
        var (left, chosen) = (Array(weights.indices), [Int]())
        while chosen.count < count, let last = left.indices.last {
            var rest = draw.fraction(index: index + chosen.count) * left.reduce(0) { $0 + weights[$1] }
            let place = left.indices.first { place in
                rest -= weights[left[place]]
                return rest < 0
            }
            chosen.append(left.remove(at: place ?? last))
        }
        return chosen
    }
}
