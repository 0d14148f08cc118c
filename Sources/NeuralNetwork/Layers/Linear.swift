import Autograd

/// y = x Wᵀ + b for x [..., K]; weight [N, K], bias [N] or none.
public struct Linear: Module {
    public var weight: Variable
    public var bias: Variable?
    /// Present only while it is trained; merged into `weight` after that.
    public var adapter: LowRankAdapter?

    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true) {
        weight = .parameter(outputs, inputs)
        self.bias = bias ? .parameter(outputs) : nil
    }

    public func callAsFunction(_ x: Variable, residual: Variable? = nil) -> Variable {
        let y = x.linear(weight, bias: bias, residual: residual)
        return adapter.map { y + $0(x) } ?? y
    }

    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        if var value = bias {
            try body(path + "bias", &value)
            bias = value
        }
        try adapter.forEachParameter(path, body)
    }
}
