import Autograd
import NeuralNetwork

/// Multi-head attention with its four projections.
struct SegmenterAttention: Module {
    var toQ: Linear
    var toK: Linear
    var toV: Linear
    var toOut: Linear
    let heads: Int

    init(_ width: Int, heads: Int) {
        (toQ, toK, toV, toOut) = (Linear(width, width), Linear(width, width), Linear(width, width), Linear(width, width))
        self.heads = heads
    }

    /// The attention of x [N, L, D] to `context` [N, M, D], plus `residual` [N, L, D].
    func callAsFunction(_ x: Variable, context: Variable, residual: Variable) -> Variable {
        toOut(toQ(x).attention(keys: toK(context), values: toV(context), heads: heads), residual: residual)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try toQ.forEachParameter(path + "to_q.", body)
        try toK.forEachParameter(path + "to_k.", body)
        try toV.forEachParameter(path + "to_v.", body)
        try toOut.forEachParameter(path + "to_out.", body)
    }
}

/// Attention of the picture to itself, its attention to the reference, and two linear layers, each with layer norm before it and its input
/// added after it.
struct SegmenterBlock: Module {
    var norm1: LayerNorm
    var attn1: SegmenterAttention
    var norm2: LayerNorm
    var attn2: SegmenterAttention
    var norm3: LayerNorm
    var fc1: Linear
    var fc2: Linear

    init(_ width: Int, heads: Int) {
        (norm1, norm2, norm3) = (LayerNorm(width), LayerNorm(width), LayerNorm(width))
        (attn1, attn2) = (SegmenterAttention(width, heads: heads), SegmenterAttention(width, heads: heads))
        (fc1, fc2) = (Linear(width, 2 * width), Linear(2 * width, width))
    }

    /// The output [N, L, D] for the cells x [N, L, D] of pictures and references [N, M, D].
    func callAsFunction(_ x: Variable, context: Variable) -> Variable {
        let itself = norm1(x)
        let x = attn1(itself, context: itself, residual: x)
        let y = attn2(norm2(x), context: context, residual: x)
        return fc2(fc1(norm3(y)).gelu(), residual: y)
    }

    mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try norm1.forEachParameter(path + "norm1.", body)
        try attn1.forEachParameter(path + "attn1.", body)
        try norm2.forEachParameter(path + "norm2.", body)
        try attn2.forEachParameter(path + "attn2.", body)
        try norm3.forEachParameter(path + "norm3.", body)
        try fc1.forEachParameter(path + "fc1.", body)
        try fc2.forEachParameter(path + "fc2.", body)
    }
}
