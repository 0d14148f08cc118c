import Autograd
import NeuralNetwork
import Tensors

/// One layer of a vision transformer: self-attention and two linear layers, each with layer norm before it.
struct VisionLayer: Module {
    var norm1: LayerNorm
    var query: Linear
    var key: Linear
    var value: Linear
    var output: Linear
    var norm2: LayerNorm
    var fc1: Linear
    var fc2: Linear
    /// Factors of what attention and feed-forward layers add, [D] each; DINOv2's only.
    var scales: [Variable]
    let heads: Int
    let layout: VisionTransformerConfiguration.Layout

    init(_ c: VisionTransformerConfiguration) {
        let (width, bias) = (c.hiddenSize, c.hasQKVBias)
        (norm1, norm2) = (LayerNorm(width, eps: c.layerNormEpsilon), LayerNorm(width, eps: c.layerNormEpsilon))
        (query, key) = (Linear(width, width, bias: bias), Linear(width, width, bias: bias))
        (value, output) = (Linear(width, width, bias: bias), Linear(width, width))
        (fc1, fc2) = (Linear(width, c.intermediateSize), Linear(c.intermediateSize, width))
        scales = c.layout == .dinov2 ? [.parameter(width), .parameter(width)] : []
        (heads, layout) = (c.attentionHeads, c.layout)
    }

    /// The output [N, L, D] for x [N, L, D].
    func callAsFunction(_ x: Variable) -> Variable {
        let y = norm1(x)
        let attended = query(y).attention(keys: key(y), values: value(y), heads: heads)
        guard scales.count == 2 else {
            let h = output(attended, residual: x)
            return fc2(fc1(norm2(h)).gelu(), residual: h)
        }
        let h = x + output(attended) * scales[0]
        return h + fc2(fc1(norm2(h)).gelu()) * scales[1]
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        let isFirst = layout == .vit
        try norm1.forEachParameter(path + (isFirst ? "layernorm_before." : "norm1."), body)
        try query.forEachParameter(path + "attention.attention.query.", body)
        try key.forEachParameter(path + "attention.attention.key.", body)
        try value.forEachParameter(path + "attention.attention.value.", body)
        try output.forEachParameter(path + "attention.output.dense.", body)
        for index in scales.indices { try body(path + "layer_scale\(index + 1).lambda1", &scales[index]) }
        try norm2.forEachParameter(path + (isFirst ? "layernorm_after." : "norm2."), body)
        try fc1.forEachParameter(path + (isFirst ? "intermediate.dense." : "mlp.fc1."), body)
        try fc2.forEachParameter(path + (isFirst ? "output.dense." : "mlp.fc2."), body)
    }
}

/// A vision transformer (Dosovitskiy et al. 2021) with the names of transformers' `ViTModel` or `Dinov2Model`.
///
/// Legend: N pictures, D width, L tokens: the class token, then the patches row after row.
struct VisionTransformer: Module {
    let configuration: VisionTransformerConfiguration
    var classToken: Variable
    var positions: Variable
    var patches: PatchEmbedding
    var layers: [VisionLayer]
    var norm: LayerNorm

    init(_ c: VisionTransformerConfiguration) {
        configuration = c
        let side = c.imageSize / c.patchSize
        classToken = .parameter(1, 1, c.hiddenSize)
        positions = .parameter(1, side * side + 1, c.hiddenSize)
        patches = PatchEmbedding(width: c.hiddenSize, side: c.patchSize, bias: true)
        layers = (0..<c.layers).map { _ in VisionLayer(c) }
        norm = LayerNorm(c.hiddenSize, eps: c.layerNormEpsilon)
    }

    /// The last hidden states [N, L, D], after the last layer norm, of pictures [N, H, W, 3] that are preprocessed.
    func callAsFunction(_ pictures: Variable) -> Variable {
        let (rows, columns) = (pictures.shape[1] / configuration.patchSize, pictures.shape[2] / configuration.patchSize)
        let places = PositionInterpolation.resized(
            positions.value, side: configuration.imageSize / configuration.patchSize, rows: rows, columns: columns)
        var h = patches(pictures, first: classToken) + Variable(places)
        for layer in layers { h = layer(h) }
        return norm(h)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "embeddings.cls_token", &classToken)
        try body(path + "embeddings.position_embeddings", &positions)
        try patches.forEachParameter(path + "embeddings.patch_embeddings.projection.", body)
        try layers.forEachParameter(path + "encoder.layer.", body)
        try norm.forEachParameter(path + "layernorm.", body)
    }
}
