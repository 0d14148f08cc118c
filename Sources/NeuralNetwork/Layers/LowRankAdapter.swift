import Autograd
import Tensors

/// A low-rank change of a linear layer (LoRA, Hu et al. 2021): y += scale · (x downᵀ) upᵀ, with down [R, K] and
/// up [N, R]. Names on disk are peft's.
public struct LowRankAdapter: Module {
    public var down: Variable
    public var up: Variable
    public let scale: Float

    public init(down: Variable, up: Variable, scale: Float = 1) { (self.down, self.up, self.scale) = (down, up, scale) }

    /// What is added to the layer's output for x [..., K].
    func callAsFunction(_ x: Variable) -> Variable {
        let change = x.linear(down).linear(up)
        return scale == 1 ? change : change.scaled(by: scale)
    }

    /// The change of the weight [N, K].
    public var change: Tensor { up.value.matmul(down.value).scaled(by: scale) }

    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "lora_A.weight", &down)
        try body(path + "lora_B.weight", &up)
    }
}
