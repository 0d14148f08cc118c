import Autograd
import NeuralNetwork
import Tensors

/// One layer of CLIP's encoders of text and of pictures: self-attention and two linear layers, each with layer norm before it.
package struct CLIPEncoderLayer: Module {
    var layerNorm1: LayerNorm
    var qProj: Linear
    var kProj: Linear
    var vProj: Linear
    var outProj: Linear
    var layerNorm2: LayerNorm
    var fc1: Linear
    var fc2: Linear
    let heads: Int
    let activation: CLIPTextModelConfiguration.Activation
    /// Whether a place sees only those before it and itself, as text does; a picture's patches see all.
    let isCausal: Bool

    init(_ c: CLIPTextModelConfiguration) {
        self.init(
            width: c.hiddenSize, inner: c.intermediateSize, heads: c.attentionHeads, activation: c.activation, eps: c.layerNormEpsilon,
            isCausal: true)
    }

    /// A layer whose parameters are placeholders until they are loaded. `inner`: the width between the two linear layers.
    package init(
        width: Int, inner: Int, heads: Int, activation: CLIPTextModelConfiguration.Activation, eps: Float, isCausal: Bool
    ) {
        (layerNorm1, layerNorm2) = (LayerNorm(width, eps: eps), LayerNorm(width, eps: eps))
        (qProj, kProj, vProj, outProj) = (Linear(width, width), Linear(width, width), Linear(width, width), Linear(width, width))
        (fc1, fc2) = (Linear(width, inner), Linear(inner, width))
        (self.heads, self.activation, self.isCausal) = (heads, activation, isCausal)
    }

    /// The output [N, L, D] for x [N, L, D].
    package func callAsFunction(_ x: Variable) -> Variable {
        let y = layerNorm1(x)
        let attended = qProj(y).attentionProbabilities(keys: kProj(y), heads: heads, causal: isCausal).attentionValues(vProj(y))
        let h = outProj(attended, residual: x)
        let inner = fc1(layerNorm2(h))
        return fc2(activation == .gelu ? inner.gelu() : inner.quickGELU(), residual: h)
    }

    package mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try kProj.forEachParameter(path + "self_attn.k_proj.", body)
        try vProj.forEachParameter(path + "self_attn.v_proj.", body)
        try qProj.forEachParameter(path + "self_attn.q_proj.", body)
        try outProj.forEachParameter(path + "self_attn.out_proj.", body)
        try layerNorm1.forEachParameter(path + "layer_norm1.", body)
        try fc1.forEachParameter(path + "mlp.fc1.", body)
        try fc2.forEachParameter(path + "mlp.fc2.", body)
        try layerNorm2.forEachParameter(path + "layer_norm2.", body)
    }
}

/// CLIP's text encoder (transformers' `CLIPTextModel`). The embeddings of handles are a table of their own below the
/// vocabulary's, so that phase one trains exactly these (Sources/Diffusion/README.md, "Handles").
///
/// Legend: N prompts, L tokens, D width, V vocabulary, K handles, A cross-attention layers of the U-Net.
public struct CLIPTextModel: Module {
    /// The settings; the vocabulary's size is that without handles.
    public internal(set) var configuration: CLIPTextModelConfiguration
    /// The embeddings of the vocabulary, [V, D].
    public var tokenEmbedding: Variable
    /// The embeddings of the handles, which are the tokens V, V + 1, …: [K, D], or [K, A, D] where each has one for each layer; nil
    /// without handles.
    public var handleEmbedding: Variable?
    /// The number A of layers that each handle has an embedding for; nil where one embedding serves all.
    public var handleLayers: Int? { handleEmbedding.flatMap { $0.shape.count == 3 ? $0.shape[1] : nil } }
    var positionEmbedding: Variable
    var layers: [CLIPEncoderLayer]
    var finalLayerNorm: LayerNorm
    private let cache = TextStateCache()

    /// The name of `tokenEmbedding` in `forEachParameter`.
    public static let tokenEmbeddingName = "embeddings.token_embedding.weight"
    /// The name of `handleEmbedding` in `forEachParameter`.
    public static let handleEmbeddingName = "embeddings.handle_embedding.weight"

    /// A text encoder whose parameters are placeholders until they are loaded.
    public init(_ configuration: CLIPTextModelConfiguration) {
        let c = configuration
        self.configuration = c
        tokenEmbedding = .parameter(c.vocabularySize, c.hiddenSize)
        positionEmbedding = .parameter(c.maxPositionEmbeddings, c.hiddenSize)
        layers = (0..<c.layers).map { _ in CLIPEncoderLayer(c) }
        finalLayerNorm = LayerNorm(c.hiddenSize, eps: c.layerNormEpsilon)
    }

    /// The last hidden states, after the final layer norm, of N prompts of L token ids each. Handles with an embedding for each layer
    /// make a state for each layer; what names none is encoded once for all of them. While only handles are trained, prompts without
    /// one are encoded apart and cached: their rows of the result are constants.
    public func callAsFunction(_ ids: [[Int]]) -> TextStates {
        let others = parameters().filter { $0.name != Self.handleEmbeddingName }
        let isCached = handleEmbedding?.needsGrad == true && !others.contains(where: \.value.needsGrad)
        guard isCached || handleLayers != nil else { return TextStates(encode(ids, handleEmbedding)) }
        return .concatenated(
            ids.indices.runs(of: { namesHandle(ids[$0]) }).map { run in
                let prompts = Array(ids[run])
                if namesHandle(prompts[0]) { return encodeHandles(prompts) }
                guard isCached else { return TextStates(encode(prompts, nil)) }
                return TextStates(Variable(cache.states(of: prompts, parameters: others.map(\.value.value.mark)) { encode($0, nil).value }))
            })
    }

    private func namesHandle(_ prompt: [Int]) -> Bool { prompt.contains { $0 >= configuration.vocabularySize } }

    /// The states of prompts with handles. Those of all layers are computed in one call, with the layers' embeddings as a table
    /// [K·A, D] in which row k·A + a is handle k's in layer a.
    private func encodeHandles(_ ids: [[Int]]) -> TextStates {
        guard let count = handleLayers, let table = handleEmbedding else { return TextStates(encode(ids, handleEmbedding)) }
        let first = configuration.vocabularySize
        let prompts = (0..<count).flatMap { layer in
            ids.map { prompt in prompt.map { $0 < first ? $0 : first + ($0 - first) * count + layer } }
        }
        let all = encode(prompts, table.reshaped([table.shape[0] * count, table.shape[2]]))
        return TextStates(layers: (0..<count).map { all.rows($0 * ids.count..<($0 + 1) * ids.count) })
    }

    /// The states [N, L, D] of prompts whose tokens are rows of the vocabulary's table and of one of handles below it.
    private func encode(_ ids: [[Int]], _ handles: Variable?) -> Variable {
        let (n, length, width) = (ids.count, ids[0].count, configuration.hiddenSize)
        precondition(length <= configuration.maxPositionEmbeddings && ids.allSatisfy { $0.count == length })
        let tables = [tokenEmbedding] + (handles.flatMap { ids.contains(where: namesHandle) ? [$0] : nil } ?? [])
        let tokens = Variable.embedding(ids.flatMap { $0 }, of: tables).reshaped([n, length, width])
        var h = tokens + positionEmbedding.rows(0..<length)
        for layer in layers { h = layer(h) }
        return finalLayerNorm(h)
    }

    /// Calls `body` for the parameters, by transformers' names without "text_model.".
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + Self.tokenEmbeddingName, &tokenEmbedding)
        if var handles = handleEmbedding {
            try body(path + Self.handleEmbeddingName, &handles)
            handleEmbedding = handles
        }
        try body(path + "embeddings.position_embedding.weight", &positionEmbedding)
        try layers.forEachParameter(path + "encoder.layers.", body)
        try finalLayerNorm.forEachParameter(path + "final_layer_norm.", body)
    }
}
