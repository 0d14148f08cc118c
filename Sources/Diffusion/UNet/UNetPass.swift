import Autograd
import Tensors

/// Which cross-attention maps a pass through the U-Net keeps.
public enum AttentionRecording: Sendable, Equatable {
    case none
    /// The maps of the down and up blocks that have this size (`AttentionLevel`).
    case size(height: Int, width: Int)
    /// Every cross-attention.
    case all

    func wants(_ layer: String, height: Int, width: Int) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .size(let rows, let columns): height == rows && width == columns && !layer.hasPrefix("mid_block")
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
    /// Layers keep their inputs only and are computed again in backward.
    let isCheckpointing: Bool
    /// Maps in the order of the layers.
    public internal(set) var maps: [CrossAttentionMap] = []
    /// Filled by the first pass, used by later ones where given back.
    public private(set) var textProjections: TextProjections
    private let isReusing: Bool
    private var next = 0

    /// `checkpointing`: gradient checkpointing, layer by layer as in diffusers; for training.
    public init(
        _ encoderHiddenStates: Variable, recording: AttentionRecording = .none, reusing projections: TextProjections? = nil,
        checkpointing: Bool = false
    ) {
        precondition(!(checkpointing && projections != nil), "projections are for sampling, checkpointing for training")
        self.encoderHiddenStates = encoderHiddenStates
        self.recording = recording
        isCheckpointing = checkpointing
        textProjections = projections ?? TextProjections()
        isReusing = projections != nil
    }

    mutating func projections(_ compute: (Variable) -> (Variable, Variable)) -> (Variable, Variable) {
        defer { next += 1 }
        if isReusing, next < textProjections.layers.count { return textProjections.layers[next] }
        let projected = compute(encoderHiddenStates)
        textProjections.layers.append(projected)
        return projected
    }

    /// The pass of some of the samples.
    func part(_ samples: Range<Int>) -> UNetPass {
        let reused =
            isReusing ? TextProjections(layers: textProjections.layers.map { ($0.keys.rows(samples), $0.values.rows(samples)) }) : nil
        return UNetPass(encoderHiddenStates.rows(samples), recording: recording, reusing: reused)
    }

    /// Takes over what the passes of all samples kept; text projections for sampling only.
    mutating func join(_ parts: [UNetPass]) {
        maps = parts[0].maps.indices.map { index in
            let map = parts[0].maps[index]
            return CrossAttentionMap(
                layer: map.layer, height: map.height, width: map.width,
                probabilities: .concatenated(parts.map { $0.maps[index].probabilities }, axis: 0))
        }
        guard !isReusing, !encoderHiddenStates.needsGrad else { return }
        textProjections.layers = parts[0].textProjections.layers.indices.map { index in
            let layers = parts.map { $0.textProjections.layers[index] }
            return (.concatenated(layers.map(\.keys), axis: 0), .concatenated(layers.map(\.values), axis: 0))
        }
    }

    func apply(_ block: ResnetBlock2D, _ x: Variable, time: Variable) -> Variable {
        guard isCheckpointing else { return block(x, time: time) }
        return Variable.checkpointed([x, time], parameters: block.parameters().map(\.value)) { [block($0[0], time: $0[1])] }[0]
    }

    mutating func apply(_ block: Transformer2DModel, _ x: Variable) -> Variable {
        guard isCheckpointing else { return block(x, &self) }
        let (recording, height, width) = (recording, x.shape[1], x.shape[2])
        let outputs = Variable.checkpointed([x, encoderHiddenStates], parameters: block.parameters().map(\.value)) { inputs in
            var inner = UNetPass(inputs[1], recording: recording)
            let output = block(inputs[0], &inner)
            return [output] + inner.maps.map(\.probabilities)
        }
        let recorded = block.crossAttentionNames.filter { recording.wants($0, height: height, width: width) }
        maps += zip(recorded, outputs.dropFirst()).map { CrossAttentionMap(layer: $0, height: height, width: width, probabilities: $1) }
        return outputs[0]
    }
}
