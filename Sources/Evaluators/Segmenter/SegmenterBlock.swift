import Autograd
import Diffusion
import NeuralNetwork

/// Attention of the picture to itself, its attention to the reference, and two linear layers, each with layer norm before it and its input
/// added after it.
struct SegmenterBlock: Module {
    var norm1: LayerNorm
    var attn1: Attention
    var norm2: LayerNorm
    var attn2: Attention
    var norm3: LayerNorm
    var fc1: Linear
    var fc2: Linear

    init(_ width: Int, heads: Int) {
        (norm1, norm2, norm3) = (LayerNorm(width), LayerNorm(width), LayerNorm(width))
        (attn1, attn2) = (Attention(width, heads: heads, bias: true), Attention(width, heads: heads, bias: true))
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
