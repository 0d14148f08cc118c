import Images
import Tensors

/// The law by which a step's subset of handles is drawn (paper §3; method.md §1.2).
public enum SamplingLaw: String, Sendable, CaseIterable {
    /// k uniform in 1…N, then k handles in random order: the code's law.
    case union
    /// Every non-empty subset equally often.
    case subset
    /// One handle a step: the paper's ablation.
    case single

    /// Handles in the order of the prompt.
    func sample(_ count: Int, _ draw: RandomDraw) -> [Int] {
        switch self {
        case .union: draw.sample(1 + draw.integer(below: count, index: 1), below: count, index: 4)
        case .single: draw.sample(1, below: count, index: 4)
        case .subset:
            draw.sample(count, below: count, index: 4).filter { [bits = 1 + draw.integer(below: (1 << min(count, 31)) - 1, index: 1)] in bits >> ($0 % 31) & 1 == 1 }
        }
    }
}

/// What one photo of a step asks for: which handles the prompt names, in order, whether photo and masks are flipped (union
/// sampling), which part of the photo is seen, and what else the prompt says.
public struct UnionSample: Sendable, Equatable {
    /// The handles by the places of their masks in the scene: `ScenePairing` says where the model has them.
    public let chosen: [Int]
    public let isFlipped: Bool
    /// In pixels of the scene's detail, before flipping; nil is the whole photo.
    public var part: PixelRect?
    /// With `*` in the place of the handles, or a whole prompt.
    public var context = PromptContext.plain

    public init(chosen: [Int], isFlipped: Bool) { (self.chosen, self.isFlipped) = (chosen, isFlipped) }

    public init(handles: Int, law: SamplingLaw, flip: Double, _ draw: RandomDraw) {
        chosen = law.sample(handles, draw)
        isFlipped = draw.fraction(index: 0) < flip
    }

    /// "a photo of <asset0> and <asset1>", from the token of every mask of the scene.
    public func prompt(_ tokens: [String]) -> String { PromptContext.prompt(context, chosen.map { tokens[$0] }) }

    public static func prompt(_ tokens: [String]) -> String { PromptContext.prompt(PromptContext.plain, tokens) }
}
