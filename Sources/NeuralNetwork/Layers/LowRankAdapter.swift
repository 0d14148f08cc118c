import Autograd
import Tensors

/// A low-rank change of a linear layer (LoRA, Hu et al. 2021): y += scale · (x downᵀ) upᵀ. Parameters have the names of
/// Hugging Face's peft on disk.
public struct LowRankAdapter: Module {
    /// The first factor, [R, K] (`lora_A`).
    public var down: Variable
    /// The second factor, [N, R] (`lora_B`).
    public var up: Variable
    /// The scale of the change: α / R in the paper's terms.
    public let scale: Float

    /// A change by these factors.
    public init(down: Variable, up: Variable, scale: Float = 1) { (self.down, self.up, self.scale) = (down, up, scale) }

    /// The change of the layer's output for x [..., K], which is added to it: [..., N].
    func callAsFunction(_ x: Variable) -> Variable {
        let change = x.linear(down).linear(up)
        return scale == 1 ? change : change.scaled(by: scale)
    }

    /// The change of the layer's weight, [N, K].
    public var change: Tensor { up.value.matmul(down.value).scaled(by: scale) }

    /// Calls `body` for `down` and `up`.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "lora_A.weight", &down)
        try body(path + "lora_B.weight", &up)
    }
}
