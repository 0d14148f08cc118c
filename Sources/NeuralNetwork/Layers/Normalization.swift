import Autograd

/// Group norm over [N, ..., C], optionally followed by SiLU in the same pass.
public struct GroupNorm: Module {
    /// The scale of every channel, [C].
    public var weight: Variable
    /// The offset of every channel, [C].
    public var bias: Variable
    /// The number of groups, which divides the number of channels.
    public let groups: Int
    /// The epsilon that is added to the variance.
    public let eps: Float

    /// A group norm; its parameters are placeholders until they are loaded.
    public init(_ groups: Int, _ channels: Int, eps: Float) {
        (weight, bias) = (.parameter(channels), .parameter(channels))
        (self.groups, self.eps) = (groups, eps)
    }

    /// The output for x [N, ..., C]; with `silu`, SiLU of it.
    public func callAsFunction(_ x: Variable, silu: Bool = false) -> Variable {
        x.groupNorm(groups: groups, gamma: weight, beta: bias, eps: eps, silu: silu)
    }

    /// Calls `body` for `weight` and `bias`.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        try body(path + "bias", &bias)
    }
}

/// Layer norm over the last axis of [..., D].
public struct LayerNorm: Module {
    /// The scale of every element, [D].
    public var weight: Variable
    /// The offset of every element, [D].
    public var bias: Variable
    /// The epsilon that is added to the variance.
    public let eps: Float

    /// A layer norm over `width` elements; its parameters are placeholders until they are loaded.
    public init(_ width: Int, eps: Float = 1e-5) {
        (weight, bias) = (.parameter(width), .parameter(width))
        self.eps = eps
    }

    /// The output for x [..., D].
    public func callAsFunction(_ x: Variable) -> Variable { x.layerNorm(gamma: weight, beta: bias, eps: eps) }

    /// Calls `body` for `weight` and `bias`.
    public mutating func forEachParameter(_ path: String, _ body: (String, inout Variable) throws -> Void) rethrows {
        try body(path + "weight", &weight)
        try body(path + "bias", &bias)
    }
}
