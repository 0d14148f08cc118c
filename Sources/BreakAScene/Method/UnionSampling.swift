import Images
import Tensors

/// The law by which a step's subset of handles is drawn (paper, section 3; Sources/BreakAScene/README.md, "Union
/// sampling").
public enum SamplingLaw: String, Sendable, CaseIterable {
    /// k uniform in 1…N, then k handles in random order: the code's law.
    case union
    /// Every non-empty subset equally often.
    case subset
    /// One handle per step: the paper's ablation.
    case single

    /// Draws a subset of 0..<`count`, at least one, in the order in which the prompt names them.
    func sample(_ count: Int, _ draw: RandomDraw) -> [Int] {
        switch self {
        case .union: return draw.sample(1 + draw.integer(below: count, index: 1), below: count, index: 4)
        case .single: return draw.sample(1, below: count, index: 4)
        case .subset:
            let isChosen = Self.subset(count, draw)
            return draw.sample(count, below: count, index: 4).filter { isChosen[$0] }
        }
    }

    /// Which of `count` belong to the subset: one of the 2^count − 1 that are not empty, each equally often.
    private static func subset(_ count: Int, _ draw: RandomDraw) -> [Bool] {
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

/// The random choices for one photo of a step: the handles that the prompt names, in order, whether photo and masks are
/// flipped, the part of the photo that is seen, and what else the prompt says.
public struct UnionSample: Sendable, Equatable {
    /// The handles by the places of their masks in the scene: `ScenePairing` says where the model has them.
    public let chosen: [Int]
    /// Whether photo and masks are flipped left to right.
    public let isFlipped: Bool
    /// The part of the photo that is seen, in pixels of the scene's detail, before flipping; nil is the whole photo.
    public var part: PixelRect?
    /// The prompt with `*` in the place of the handles, or a whole prompt.
    public var context = PromptContext.plain

    /// A sample of the whole photo with the paper's prompt.
    public init(chosen: [Int], isFlipped: Bool) { (self.chosen, self.isFlipped) = (chosen, isFlipped) }

    /// Draws a subset of `handles` handles by `law`, and a flip with probability `flip`; the whole photo, the paper's
    /// prompt.
    public init(handles: Int, law: SamplingLaw, flip: Double, _ draw: RandomDraw) {
        chosen = law.sample(handles, draw)
        isFlipped = draw.fraction(index: 0) < flip
    }

    /// The prompt, such as "a photo of <asset0> and <asset1>"; `tokens` has one for each mask of the scene.
    public func prompt(_ tokens: [String]) -> String { PromptContext.prompt(context, chosen.map { tokens[$0] }) }

    /// The paper's prompt that names `tokens` in their order.
    public static func prompt(_ tokens: [String]) -> String { PromptContext.prompt(PromptContext.plain, tokens) }
}
