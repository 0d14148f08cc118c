import Autograd
import NeuralNetwork
import Tensors

/// Two convolutions with group norm and SiLU before each, the time embedding added between them, and the input added at the
/// end (diffusers' `ResnetBlock2D`). The autoencoder's blocks have no time embedding.
public struct ResnetBlock2D: Module {
    var norm1: GroupNorm
    var conv1: Conv2d
    var timeEmbProj: Linear?
    var norm2: GroupNorm
    var conv2: Conv2d
    var convShortcut: Conv2d?

    init(_ inputs: Int, _ outputs: Int, timeEmbedding: Int?, groups: Int, eps: Float) {
        norm1 = GroupNorm(groups, inputs, eps: eps)
        conv1 = Conv2d(inputs, outputs)
        timeEmbProj = timeEmbedding.map { Linear($0, outputs) }
        norm2 = GroupNorm(groups, outputs, eps: eps)
        conv2 = Conv2d(outputs, outputs)
        convShortcut = inputs == outputs ? nil : .pointwise(inputs, outputs)
    }

    /// The output [N, H, W, Cout] for x [N, H, W, Cin] and the time embedding [N, E], to which SiLU was applied.
    func callAsFunction(_ x: Variable, time: Variable? = nil) -> Variable {
        var h = conv1(norm1(x, silu: true))
        if let time, let timeEmbProj {
            let shift = timeEmbProj(time)
            h = h + shift.reshaped([shift.shape[0], 1, 1, shift.shape[1]])
        }
        return conv2(norm2(h, silu: true), residual: convShortcut.map { $0(x) } ?? x)
    }

    /// The same output; in a pass with gradient checkpointing only the inputs are kept, and the block is computed again in the
    /// backward pass.
    func callAsFunction(_ x: Variable, time: Variable, _ pass: UNetPass) -> Variable {
        guard pass.isCheckpointing else { return self(x, time: time) }
        return Variable.checkpointed([x, time], parameters: parameters().map(\.value)) { [self($0[0], time: $0[1])] }[0]
    }

    /// Calls `body` for the parameters, by diffusers' names.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try norm1.forEachParameter(path + "norm1.", body)
        try conv1.forEachParameter(path + "conv1.", body)
        try timeEmbProj.forEachParameter(path + "time_emb_proj.", body)
        try norm2.forEachParameter(path + "norm2.", body)
        try conv2.forEachParameter(path + "conv2.", body)
        try convShortcut.forEachParameter(path + "conv_shortcut.", body)
    }
}
