import Autograd
import Tensors

/// What the text encoder makes of N prompts, for each cross-attention of the U-Net: the same for all of them, or, where prompts name
/// handles with an embedding for each layer, of each layer its own (P+, Voynov et al. 2023, https://arxiv.org/abs/2303.09522).
///
/// Legend: N prompts, L tokens, D width.
public struct TextStates: Sendable {
    /// The states [N, L, D] of the layers, in the order of `DiffusionModel.crossAttentionLayers`; a single entry holds for all of them.
    let layers: [Variable]

    /// The states [N, L, D] that all layers have.
    public init(_ states: Variable) { layers = [states] }

    /// States for each layer, all of one shape; traps for none.
    init(layers: [Variable]) {
        precondition(!layers.isEmpty)
        self.layers = layers
    }

    /// Whether all layers have the same states.
    public var isShared: Bool { layers.count == 1 }

    /// The states [N, L, D] of a layer, by its place in `DiffusionModel.crossAttentionLayers`; traps for a place that is none where
    /// layers differ.
    public subscript(layer place: Int) -> Variable { isShared ? layers[0] : layers[place] }

    /// The same numbers as constants.
    public var detached: TextStates { TextStates(layers: layers.map(\.detached)) }

    /// Whether a gradient flows to any of them.
    public var needsGrad: Bool { layers.contains(where: \.needsGrad) }

    /// The states of some of the prompts.
    func rows(_ prompts: Range<Int>) -> TextStates { TextStates(layers: layers.map { $0.rows(prompts) }) }

    /// The same prompts `count` times, one after another, as constants.
    public func repeated(_ count: Int) -> TextStates {
        TextStates(layers: layers.map { Variable(.concatenated(Array(repeating: $0.value, count: count), axis: 0)) })
    }

    /// The states of several lists of prompts as one list; traps for none.
    static func concatenated(_ parts: [TextStates]) -> TextStates {
        guard parts.count > 1 else { return parts[0] }
        let count = parts.map(\.layers.count).max() ?? 1
        return TextStates(layers: (0..<count).map { layer in .concatenated(parts.map { $0[layer: layer] }, axis: 0) })
    }
}
