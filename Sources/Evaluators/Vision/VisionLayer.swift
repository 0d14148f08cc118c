import Autograd
import NeuralNetwork
import Tensors

/// One layer of a `ViTModel` or a `Dinov2Model`: self-attention and two linear layers, each with layer norm before it.
struct VisionLayer: VisionTowerLayer {
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
    let layout: VisionConfiguration.Layout

    init(_ c: VisionConfiguration) {
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
