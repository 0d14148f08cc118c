import Tensors

// Functions of one element. Each derivative is computed from what is cheapest to save: the input or the output.
extension Variable {
    /// x².
    public func square() -> Variable {
        Self.record("square", value.map(.square), [self]) { [value] dy, _ in [(dy * value).scaled(by: 2)] }
    }

    /// eˣ.
    public func exp() -> Variable {
        let y = value.map(.exp)
        return Self.record("exp", y, [self]) { dy, _ in [dy * y] }
    }

    /// The natural logarithm; NaN for negative numbers.
    public func log() -> Variable {
        Self.record("log", value.map(.log), [self]) { [value] dy, _ in [dy / value] }
    }

    /// The square root; its gradient is infinite at 0.
    public func sqrt() -> Variable {
        let y = value.map(.sqrt)
        return Self.record("sqrt", y, [self]) { dy, _ in [(dy / y).scaled(by: 0.5)] }
    }

    /// The magnitude; its gradient is 0 at 0.
    public func abs() -> Variable {
        Self.record("abs", value.map(.abs), [self]) { [value] dy, _ in [dy * value.map(.sign)] }
    }

    /// The sine.
    public func sin() -> Variable {
        Self.record("sin", value.map(.sin), [self]) { [value] dy, _ in [dy * value.map(.cos)] }
    }

    /// The cosine.
    public func cos() -> Variable {
        Self.record("cos", value.map(.cos), [self]) { [value] dy, _ in [(dy * value.map(.sin)).scaled(by: -1)] }
    }

    /// The hyperbolic tangent.
    public func tanh() -> Variable { activation("tanh", .tanh) }
    /// σ(x) = 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Variable { activation("sigmoid", .sigmoid) }
    /// x · σ(x).
    public func silu() -> Variable { activation("silu", .silu) }
    /// x · Φ(x), by erf.
    public func gelu() -> Variable { activation("gelu", .gelu) }
    /// x · σ(1.702 x): the approximation that CLIP ViT-L's text encoder was trained with.
    public func quickGELU() -> Variable { activation("quick_gelu", .quickGELU) }

    private func activation(_ name: StaticString, _ operation: UnaryOperation) -> Variable {
        Self.record(name, value.map(operation), [self]) { [value] dy, _ in [dy.activationBackward(operation, input: value)] }
    }
}
