import Autograd

/// Group norm over [N, ..., C], optionally followed by SiLU in the same pass; weight and bias [C].
public struct GroupNorm: Module {
    public var weight: Variable
    public var bias: Variable
    public let groups: Int
    public let eps: Float

    public init(_ groups: Int, _ channels: Int, eps: Float) {
        (weight, bias) = (.parameter(channels), .parameter(channels))
        (self.groups, self.eps) = (groups, eps)
    }

    public func callAsFunction(_ x: Variable, silu: Bool = false) -> Variable {
        x.groupNorm(groups: groups, gamma: weight, beta: bias, eps: eps, silu: silu)
    }

    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        try body(path + "bias", &bias)
    }
}

/// Layer norm over the last axis of [..., D]; weight and bias [D].
public struct LayerNorm: Module {
    public var weight: Variable
    public var bias: Variable
    public let eps: Float

    public init(_ width: Int, eps: Float = 1e-5) {
        (weight, bias) = (.parameter(width), .parameter(width))
        self.eps = eps
    }

    public func callAsFunction(_ x: Variable) -> Variable { x.layerNorm(gamma: weight, beta: bias, eps: eps) }

    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        try body(path + "bias", &bias)
    }
}
