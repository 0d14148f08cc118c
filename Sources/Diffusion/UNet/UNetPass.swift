import Autograd
import Tensors

/// A choice of cross-attention maps that are kept in a pass through the U-Net.
public enum AttentionRecording: Sendable, Equatable {
    /// No map.
    case none
    /// The maps of this size in the down and up blocks (`AttentionLevel`).
    case size(height: Int, width: Int)
    /// The maps of every cross-attention.
    case all

    /// Whether the map of a layer is kept.
    func wants(_ layer: String, height: Int, width: Int) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .size(let rows, let columns): height == rows && width == columns && !layer.hasPrefix("mid_block")
        }
    }
}

/// The recorded map of one cross-attention.
public struct CrossAttentionMap: Sendable {
    /// The layer's name, such as "up_blocks.2.attentions.0.transformer_blocks.0.attn2".
    public let layer: String
    /// The height H of the map, in cells.
    public let height: Int
    /// The width W of the map, in cells.
    public let width: Int
    /// The probabilities [N, A, H·W, L] over the prompt's L tokens.
    public let probabilities: Variable

    /// A map of these probabilities.
    public init(layer: String, height: Int, width: Int, probabilities: Variable) {
        (self.layer, self.height, self.width, self.probabilities) = (layer, height, width, probabilities)
    }
}

/// The recorded map of one self-attention: how much every place of the picture looks at every other one.
public struct SelfAttentionMap: Sendable {
    /// The layer's name, such as "up_blocks.2.attentions.0.transformer_blocks.0.attn1".
    public let layer: String
    /// The height H of the map, in cells.
    public let height: Int
    /// The width W of the map, in cells.
    public let width: Int
    /// The mean over the heads of the probabilities, [N, H·W, H·W]; each row sums to 1.
    public let probabilities: Tensor
}

/// The text's keys and values in every cross-attention, in the order of the layers. They are the same at every sampling
/// step of a prompt, so they are computed once.
public struct TextProjections: Sendable {
    var layers: [(keys: Variable, values: Variable)] = []
    /// Those of the local features, by the layer's name.
    var local: [String: (keys: Variable, values: Variable)] = [:]
}

/// The inputs of a pass through the U-Net beside the latents, and its outputs beside the prediction.
public struct UNetPass: Sendable {
    /// What the text encoder made of the prompts.
    let text: TextStates
    let recording: AttentionRecording
    /// The local features that cross-attentions look at beside the text; nil for none.
    let local: LocalFeatures?
    /// Whether layers keep only their inputs, and are computed again in the backward pass.
    let isCheckpointing: Bool
    /// The most cells of a self-attention whose map is recorded; 0 records none.
    private let mostSelfCells: Int
    /// The recorded maps of self-attention, in the order of the layers.
    public internal(set) var selfMaps: [SelfAttentionMap] = []
    /// The recorded maps of cross-attention, in the order of the layers.
    public internal(set) var maps: [CrossAttentionMap] = []
    /// The text's keys and values: computed in the first pass, and used again by passes that are made with them.
    public private(set) var textProjections: TextProjections
    private let isReusing: Bool
    private var next = 0

    /// A pass with the states of N prompts. `projections`: those of an earlier pass with the same text, for sampling. `local`: what
    /// `DiffusionModel.localFeatures` gives for the prompts' tokens.
    /// `checkpointing`: gradient checkpointing, layer by layer as in diffusers, for training. `selfAttention`: the maps of
    /// self-attentions with at most so many cells H·W are recorded too, without gradients; a map has (H·W)² numbers. Traps where
    /// `checkpointing` is combined with either.
    public init(
        _ text: TextStates, recording: AttentionRecording = .none, reusing projections: TextProjections? = nil,
        checkpointing: Bool = false, selfAttention mostCells: Int = 0, local: LocalFeatures? = nil
    ) {
        precondition(!(checkpointing && projections != nil), "projections are for sampling, checkpointing for training")
        precondition(!(checkpointing && mostCells > 0), "a pass with checkpointing records no self-attention")
        self.text = text
        self.recording = recording
        self.local = local
        isCheckpointing = checkpointing
        mostSelfCells = mostCells
        textProjections = projections ?? TextProjections()
        isReusing = projections != nil
    }

    /// The text's keys and values of the next cross-attention: those of the earlier pass, or computed now.
    mutating func projections(_ compute: (Variable) -> (Variable, Variable)) -> (Variable, Variable) {
        defer { next += 1 }
        if isReusing, next < textProjections.layers.count { return textProjections.layers[next] }
        let projected = compute(text[layer: next])
        textProjections.layers.append(projected)
        return projected
    }

    /// The states that the next `count` cross-attentions get, which are computed apart.
    mutating func states(ofNext count: Int) -> TextStates {
        defer { next += count }
        return text.isShared ? text : TextStates(layers: (next..<next + count).map { text[layer: $0] })
    }

    /// The keys and values of the local features in a layer; nil where it has none.
    mutating func localProjections(_ layer: String) -> (keys: Variable, values: Variable)? {
        guard let local else { return nil }
        if let known = textProjections.local[layer] { return known }
        let projected = local.projected(layer)
        textProjections.local[layer] = projected
        return projected
    }

    /// Whether the map of a self-attention with so many cells is kept.
    func wantsSelfAttention(cells: Int) -> Bool { cells <= mostSelfCells }

    /// A pass of some of the samples, with the same settings.
    func part(_ samples: Range<Int>) -> UNetPass {
        let layers = textProjections.layers.map { (keys: $0.keys.rows(samples), values: $0.values.rows(samples)) }
        let reused = isReusing ? TextProjections(layers: layers, local: textProjections.local) : nil
        return UNetPass(
            text.rows(samples), recording: recording, reusing: reused, selfAttention: mostSelfCells, local: local?.part(samples))
    }

    /// Takes over the maps of passes that together have all samples; text projections only for sampling.
    mutating func join(_ parts: [UNetPass]) {
        maps = parts[0].maps.indices.map { index in
            let map = parts[0].maps[index]
            return CrossAttentionMap(
                layer: map.layer, height: map.height, width: map.width,
                probabilities: .concatenated(parts.map { $0.maps[index].probabilities }, axis: 0))
        }
        selfMaps = parts[0].selfMaps.indices.map { index in
            let map = parts[0].selfMaps[index]
            return SelfAttentionMap(
                layer: map.layer, height: map.height, width: map.width,
                probabilities: .concatenated(parts.map { $0.selfMaps[index].probabilities }, axis: 0))
        }
        guard !isReusing, !text.needsGrad else { return }
        textProjections.local = parts.map(\.textProjections.local).first { !$0.isEmpty } ?? [:]
        textProjections.layers = parts[0].textProjections.layers.indices.map { index in
            let layers = parts.map { $0.textProjections.layers[index] }
            return (.concatenated(layers.map(\.keys), axis: 0), .concatenated(layers.map(\.values), axis: 0))
        }
    }

    /// Adds the recorded maps of a layer that was computed apart, such as a checkpointed one.
    mutating func record(_ maps: [CrossAttentionMap]) { self.maps += maps }
}
