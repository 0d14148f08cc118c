import Autograd
import NeuralNetwork
import Tensors

/// Self-attention, cross-attention and a GEGLU feed-forward layer, each with layer norm before it and its input added after
/// it.
struct BasicTransformerBlock: Module {
    var norm1: LayerNorm
    var attn1: Attention
    var norm2: LayerNorm
    var attn2: Attention
    var norm3: LayerNorm
    var feedForwardIn: Linear
    var feedForwardOut: Linear

    init(_ width: Int, context: Int, heads: Int, name: String) {
        norm1 = LayerNorm(width)
        attn1 = Attention(width, heads: heads, name: name + "attn1")
        norm2 = LayerNorm(width)
        attn2 = Attention(width, context: context, heads: heads, name: name + "attn2")
        norm3 = LayerNorm(width)
        feedForwardIn = Linear(width, 8 * width)
        feedForwardOut = Linear(4 * width, width)
    }

    /// The output [N, HW, D] for x [N, HW, D] of height and width `size`.
    func callAsFunction(_ x: Variable, size: (height: Int, width: Int), _ pass: inout UNetPass) -> Variable {
        let x = attn1.toItself(norm1(x), size: size, &pass, residual: x)
        let y = attn2(norm2(x), size: size, &pass, residual: x)
        return feedForwardOut(feedForwardIn(norm3(y)).geglu(), residual: y)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try norm1.forEachParameter(path + "norm1.", body)
        try attn1.forEachParameter(path + "attn1.", body)
        try norm2.forEachParameter(path + "norm2.", body)
        try attn2.forEachParameter(path + "attn2.", body)
        try norm3.forEachParameter(path + "norm3.", body)
        try feedForwardIn.forEachParameter(path + "ff.net.0.proj.", body)
        try feedForwardOut.forEachParameter(path + "ff.net.2.", body)
    }
}

/// Transformer blocks over the places of a picture, between a group norm and two projections. In NHWC, projections by a
/// linear layer and by a 1×1 convolution are the same product; only their shape on disk differs.
struct Transformer2DModel: Module {
    enum Projection: Module {
        case linear(Linear)
        case convolution(Conv2d)

        init(_ width: Int, isLinear: Bool) {
            self = isLinear ? .linear(Linear(width, width)) : .convolution(.pointwise(width, width))
        }

        func callAsFunction(_ x: Variable, residual: Variable? = nil) -> Variable {
            switch self {
            case .linear(let layer): layer(x, residual: residual)
            case .convolution(let layer): x.linear(layer.weight, bias: layer.bias, residual: residual)
            }
        }

        mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
            switch self {
            case .linear(var layer):
                try layer.forEachParameter(path, body)
                self = .linear(layer)
            case .convolution(var layer):
                try layer.forEachParameter(path, body)
                self = .convolution(layer)
            }
        }
    }

    var norm: GroupNorm
    var projIn: Projection
    var transformerBlocks: [BasicTransformerBlock]
    var projOut: Projection

    init(_ width: Int, context: Int, heads: Int, layers: Int, groups: Int, isLinear: Bool, name: String) {
        norm = GroupNorm(groups, width, eps: 1e-6)
        projIn = Projection(width, isLinear: isLinear)
        transformerBlocks = (0..<layers).map {
            BasicTransformerBlock(width, context: context, heads: heads, name: "\(name)transformer_blocks.\($0).")
        }
        projOut = Projection(width, isLinear: isLinear)
    }

    /// The full names of the cross-attentions, in order.
    var crossAttentionNames: [String] { transformerBlocks.compactMap(\.attn2.name) }

    /// The output [N, H, W, C] for x [N, H, W, C]; the pass gets the recorded maps. In a pass with gradient checkpointing only the
    /// inputs are kept, and the layer is computed again in the backward pass.
    func callAsFunction(_ x: Variable, _ pass: inout UNetPass) -> Variable {
        guard pass.isCheckpointing else { return computed(x, &pass) }
        let (recording, local, height, width) = (pass.recording, pass.local, x.shape[1], x.shape[2])
        let text = pass.states(ofNext: transformerBlocks.count)
        let outputs = Variable.checkpointed([x] + text.layers, parameters: parameters().map(\.value)) { inputs in
            var inner = UNetPass(TextStates(layers: Array(inputs.dropFirst())), recording: recording, local: local)
            let output = computed(inputs[0], &inner)
            return [output] + inner.maps.map(\.probabilities)
        }
        let recorded = crossAttentionNames.filter { recording.wants($0, height: height, width: width) }
        pass.record(
            zip(recorded, outputs.dropFirst()).map { CrossAttentionMap(layer: $0, height: height, width: width, probabilities: $1) })
        return outputs[0]
    }

    private func computed(_ x: Variable, _ pass: inout UNetPass) -> Variable {
        let (n, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        var tokens = projIn(norm(x).reshaped([n, height * width, channels]))
        for block in transformerBlocks { tokens = block(tokens, size: (height, width), &pass) }
        return projOut(tokens.reshaped(x.shape), residual: x)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try norm.forEachParameter(path + "norm.", body)
        try projIn.forEachParameter(path + "proj_in.", body)
        try transformerBlocks.forEachParameter(path + "transformer_blocks.", body)
        try projOut.forEachParameter(path + "proj_out.", body)
    }

    /// Calls `body` for the projections of all attentions.
    mutating func forEachProjection(_ path: String, _ body: (String, inout Linear) -> Void) {
        for index in transformerBlocks.indices {
            transformerBlocks[index].attn1.forEachProjection("\(path)transformer_blocks.\(index).attn1.", body)
            transformerBlocks[index].attn2.forEachProjection("\(path)transformer_blocks.\(index).attn2.", body)
        }
    }
}
