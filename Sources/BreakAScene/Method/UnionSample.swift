import Images
import Tensors

/// The random choices for one photo of a step: the handles that the prompt names, in order, whether photo and masks are
/// flipped, the part of the photo that is seen or what is seen instead, and what else the prompt says.
public struct UnionSample: Sendable, Equatable {
    /// The handles by the places of their masks in the scene: `ScenePairing` says where the model has them.
    public let chosen: [Int]
    /// Whether photo and masks are flipped left to right.
    public let isFlipped: Bool
    /// The part of the photo that is seen, in pixels of the scene's detail, before flipping; nil is the whole photo.
    public var part: PixelRect?
    /// The chosen things on another background instead of a part of the photo; nil where the photo's own background is seen.
    public var collage: Collage?
    /// The noise outside of the masks; nil for none.
    public var degradation: OutsideDegradation?
    /// The prompt with `*` in the place of the handles, or a whole prompt.
    public var context = PromptContext.plain

    /// A sample of the whole photo with the paper's prompt.
    public init(chosen: [Int], isFlipped: Bool) { (self.chosen, self.isFlipped) = (chosen, isFlipped) }

    /// Draws a subset of handles by `law`, and a flip with probability `flip`; the whole photo, the paper's prompt.
    public init(_ input: SamplingInput, law: SamplingLaw, flip: Double, _ draw: RandomDraw) {
        chosen = law.sample(input, draw)
        isFlipped = draw.fraction(index: 0) < flip
    }

    /// The prompt, such as "a photo of <asset0> and <asset1>"; `tokens` has one for each mask of the scene.
    public func prompt(_ tokens: [String]) -> String { PromptContext.prompt(context, chosen.map { tokens[$0] }) }

    /// The paper's prompt that names `tokens` in their order.
    public static func prompt(_ tokens: [String]) -> String { PromptContext.prompt(PromptContext.plain, tokens) }
}
