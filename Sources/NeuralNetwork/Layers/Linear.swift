import Autograd

/// A linear layer y = x Wᵀ + b, [..., K] to [..., N].
public struct Linear: Module {
    /// The weight, [N, K].
    public var weight: Variable
    /// The bias, [N]; nil for none.
    public var bias: Variable?
    /// A low-rank change of the weight; present only while it is trained, and merged into `weight` after that.
    public var adapter: LowRankAdapter?

    /// A layer of `inputs` to `outputs` numbers; its parameters are placeholders until they are loaded.
    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
        weight = .parameter(outputs, inputs)
        self.bias = bias ? .parameter(outputs) : nil
    }

    /// The output [..., N] for x [..., K], plus `residual` of the output's shape.
    public func callAsFunction(_ x: Variable, residual: Variable? = nil) -> Variable {
        let y = x.linear(weight, bias: bias, residual: residual)
        return adapter.map { y + $0(x) } ?? y
    }

    /// Calls `body` for `weight`, `bias` and the adapter's parameters, those that there are.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        if var value = bias {
            try body(path + "bias", &value)
            bias = value
        }
        try adapter.forEachParameter(path, body)
    }
}
