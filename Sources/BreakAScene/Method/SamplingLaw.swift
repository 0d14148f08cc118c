import Tensors

/// The law by which a step's subset of handles is drawn (paper, section 3; Sources/BreakAScene/README.md, "Union
/// sampling"): a row of the table `all`, which the option `sampling` chooses from.
public struct SamplingLaw: TableRow {
    /// The word that chooses it.
    public let name: String
    /// What help says of it.
    public let doc: String
    private let draw: @Sendable (SamplingInput, RandomDraw) -> [Int]

    /// Every law; the first is the code's.
    public static let all = [union, subset, single, biased, adaptive, everything]

    /// A row of the table. `draw` gives different handles of 0..<count, at least one, in the order of the prompt. Word 0 of a
    /// draw is the flip's.
    init(name: String, doc: String, draw: @escaping @Sendable (SamplingInput, RandomDraw) -> [Int]) {
        (self.name, self.doc, self.draw) = (name, doc, draw)
    }

    /// Draws a subset of 0..<`count`, at least one, in the order in which the prompt names them.
    func sample(_ input: SamplingInput, _ random: RandomDraw) -> [Int] { draw(input, random) }
}

/// What a law may go by.
public struct SamplingInput: Sendable {
    /// The number of handles, at least 1.
    public let count: Int
    /// The share of steps with one handle, of the law `biased`.
    public var singleShare: Double
    /// The running loss of each handle, of the law `adaptive`; nil for a handle that no step has named yet.
    public var losses: [Float?]

    /// The input of a draw; `losses` is empty where none are known.
    public init(count: Int, singleShare: Double = TrainingOptions().singleShare, losses: [Float?] = []) {
        self.count = count
        self.singleShare = singleShare
        self.losses = losses.isEmpty ? Array(repeating: nil, count: count) : losses
    }
}

// MARK: laws whose subsets do not depend on the training

extension SamplingLaw {
    /// k uniform in 1…N, then k handles in random order: the code's law.
    public static let union = SamplingLaw(name: "union", doc: "a uniform number of them (the code)") { input, draw in
        draw.sample(1 + draw.integer(below: input.count, index: 1), below: input.count, index: 4)
    }

    /// Every non-empty subset equally often.
    public static let subset = SamplingLaw(name: "subset", doc: "every subset equally often") { input, draw in
        let isChosen = chosen(input.count, draw)
        return draw.sample(input.count, below: input.count, index: 4).filter { isChosen[$0] }
    }

    /// One handle per step: the paper's ablation.
    public static let single = SamplingLaw(name: "single", doc: "one a step") { input, draw in
        draw.sample(1, below: input.count, index: 4)
    }

    /// One handle with the probability `singleShare`, else k uniform in 2…N: the paper's appendix A.2, where one thing alone is
    /// made more probable. It is `union` for a share of 1/N and `single` for 1.
    public static let biased = SamplingLaw(name: "biased", doc: "one with the probability single_share, else a uniform number") {
        input, draw in
        let isSingle = input.count == 1 || draw.fraction(index: 2) < input.singleShare
        let count = isSingle ? 1 : 2 + draw.integer(below: input.count - 1, index: 1)
        return draw.sample(count, below: input.count, index: 4)
    }

    /// All handles at every step, in random order: what a photo without masks shows.
    public static let everything = SamplingLaw(name: "all", doc: "all of them") { input, draw in
        draw.sample(input.count, below: input.count, index: 4)
    }

    /// Which of `count` belong to the subset: one of the 2^count − 1 that are not empty, each equally often.
    private static func chosen(_ count: Int, _ draw: RandomDraw) -> [Bool] {
        if count <= 31 {
            let bits = 1 + draw.integer(below: (1 << count) - 1, index: 1)
            return (0..<count).map { bits >> $0 & 1 == 1 }
        }
        // A bit each, behind the words of the order; drawn again while none is set.
        let words = (count + 31) / 32
        for attempt in 0..<64 {
            let first = 4 + count + attempt * words
            let chosen = (0..<count).map { draw.word(first + $0 / 32) >> ($0 % 32) & 1 == 1 }
            if chosen.contains(true) { return chosen }
        }
        return (0..<count).map { _ in true }
    }
}
