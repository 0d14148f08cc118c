import Autograd
import Tensors

/// Which cross-attention maps a pass through the U-Net keeps.
public enum AttentionRecording: Sendable, Equatable {
    case none
    /// The maps of the down and up blocks at this many places, 16×16 in the paper (method.md §1.3).
    case resolution(Int)
    /// Every cross-attention.
    case all

    func wants(_ layer: String, height: Int, width: Int) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .resolution(let size): height == size && width == size && !layer.hasPrefix("mid_block")
        }
    }
}

/// One recorded cross-attention: probabilities [N, A, H·W, L] over the prompt's L tokens.
public struct CrossAttentionMap: Sendable {
    /// "up_blocks.2.attentions.0.transformer_blocks.0.attn2".
    public let layer: String
    public let height: Int
    public let width: Int
    public let probabilities: Variable

    public init(layer: String, height: Int, width: Int, probabilities: Variable) {
        (self.layer, self.height, self.width, self.probabilities) = (layer, height, width, probabilities)
    }
}

/// The text's keys and values in every cross-attention, in the order of the layers: the same at every sampling step
/// of a prompt, so they are computed once.
public struct TextProjections: Sendable {
    var layers: [(keys: Variable, values: Variable)] = []
}

/// What goes into one pass through the U-Net beside the latents, and what comes out beside the prediction.
public struct UNetPass: Sendable {
    /// [N, L, D], the text encoder's last hidden state.
    let encoderHiddenStates: Variable
    let recording: AttentionRecording
    /// Maps in the order of the layers.
    public internal(set) var maps: [CrossAttentionMap] = []
    /// Filled by the first pass, used by later ones where given back.
    public private(set) var textProjections: TextProjections
    private let isReusing: Bool
    private var next = 0

    public init(_ encoderHiddenStates: Variable, recording: AttentionRecording = .none, reusing projections: TextProjections? = nil) {
        self.encoderHiddenStates = encoderHiddenStates
        self.recording = recording
        textProjections = projections ?? TextProjections()
        isReusing = projections != nil
    }

    mutating func projections(_ compute: (Variable) -> (Variable, Variable)) -> (Variable, Variable) {
        defer { next += 1 }
        if isReusing { return textProjections.layers[next] }
        let projected = compute(encoderHiddenStates)
        textProjections.layers.append(projected)
        return projected
    }
}
