import Tensors

extension Variable {
    /// The convolution of x = self [N, H, W, Cin] by weights [Cout, kH, kW, Cin], plus `bias` [Cout] and `residual` (the
    /// output's shape) in the same pass.
    public func conv2d(
        _ weight: Variable, bias: Variable? = nil, residual: Variable? = nil, _ geometry: ConvolutionGeometry
    ) -> Variable {
        let y = value.conv2d(weight.value, bias: bias?.value, residual: residual?.value, geometry, weightChanges: weight.needsGrad)
        let none = Variable(Tensor.zeros([0]))
        let (x, w) = (value(if: weight.needsGrad), weight.value(if: needsGrad))
        let (input, kernel) = (shape, weight.shape)
        return Self.record("conv2d", y, [self, weight, bias ?? none, residual ?? none]) { dy, needs in
            [
                w.map { dy.conv2dInputGradient($0, input: input, geometry, weightChanges: needs[1]) },
                x.map { dy.conv2dWeightGradient(input: $0, kernel: kernel, geometry) },
                needs[2] ? dy.sumOfRows : nil, needs[3] ? dy : nil,
            ]
        }
    }

    /// Nearest-neighbour upsampling by two: [N, H, W, C] to [N, 2H, 2W, C].
    public func upsampledByTwo() -> Variable {
        Self.record("upsample", value.upsampledByTwo(), [self]) { dy, _ in [dy.upsampledByTwoBackward()] }
    }
}
