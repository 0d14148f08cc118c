import Tensors

extension Variable {
    /// The sum with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func + (a: Variable, b: Variable) -> Variable {
        record("add", a.value + b.value, [a, b]) { [sa = a.shape, sb = b.shape] dy, needs in
            [needs[0] ? dy.summed(to: sa) : nil, needs[1] ? dy.summed(to: sb) : nil]
        }
    }

    /// The difference with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func - (a: Variable, b: Variable) -> Variable {
        record("subtract", a.value - b.value, [a, b]) { [sa = a.shape, sb = b.shape] dy, needs in
            [needs[0] ? dy.summed(to: sa) : nil, needs[1] ? dy.summed(to: sb).scaled(by: -1) : nil]
        }
    }

    /// The elementwise product with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func * (a: Variable, b: Variable) -> Variable {
        let (va, vb) = (a.value(if: b.needsGrad), b.value(if: a.needsGrad))
        return record("multiply", a.value * b.value, [a, b]) { [sa = a.shape, sb = b.shape] dy, _ in
            [vb.map { (dy * $0).summed(to: sa) }, va.map { (dy * $0).summed(to: sb) }]
        }
    }

    /// The elementwise quotient with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func / (a: Variable, b: Variable) -> Variable {
        let y = a.value / b.value
        return record("divide", y, [a, b]) { [sa = a.shape, vb = b.value] dy, needs in
            let da = dy / vb
            return [needs[0] ? da.summed(to: sa) : nil, needs[1] ? (da * y).scaled(by: -1).summed(to: vb.shape) : nil]
        }
    }

    /// The smaller of two elements, with broadcasting; where they are equal each gets half the gradient, as in PyTorch.
    public static func minimum(_ a: Variable, _ b: Variable) -> Variable { extreme("minimum", .minimum, a, b) }
    /// The larger of two elements, with broadcasting; where they are equal each gets half the gradient, as in PyTorch.
    public static func maximum(_ a: Variable, _ b: Variable) -> Variable { extreme("maximum", .maximum, a, b) }

    private static func extreme(_ name: StaticString, _ operation: BinaryOperation, _ a: Variable, _ b: Variable) -> Variable {
        let y = Tensor.binary(operation, a.value, b.value)
        return record(name, y, [a, b]) { [a = a.value, b = b.value] dy, needs in
            let tie = Tensor.binary(.equal, a, b).scaled(by: 0.5)
            func part(_ x: Tensor) -> Tensor { (dy * (Tensor.binary(.equal, x, y) - tie)).summed(to: x.shape) }
            return [needs[0] ? part(a) : nil, needs[1] ? part(b) : nil]
        }
    }

    /// scale · x + offset of every element x.
    public func scaled(by scale: Float, plus offset: Float = 0) -> Variable {
        Self.record("scale", value.scaled(by: scale, plus: offset), [self]) { dy, _ in [dy.scaled(by: scale)] }
    }

    /// a · x + b · z in one pass, for x = self and z of the same shape: adding noise, guidance.
    public func combined(_ a: Float, with z: Variable, _ b: Float) -> Variable {
        Self.record("combine", value.combined(a, with: z.value, b), [self, z]) { dy, needs in
            [needs[0] ? dy.scaled(by: a) : nil, needs[1] ? dy.scaled(by: b) : nil]
        }
    }

    /// Every element to a constant power.
    public func power(_ exponent: Float) -> Variable {
        if exponent == 2 { return square() }
        let y = Tensor.binary(.power, value, Tensor(exponent))
        return Self.record("power", y, [self]) { [value] dy, _ in
            // 0 · x⁻¹ would be NaN where x is 0.
            if exponent == 0 { return [Tensor.zeros(value.shape)] }
            return [dy * Tensor.binary(.power, value, Tensor(exponent - 1)).scaled(by: exponent)]
        }
    }
}
