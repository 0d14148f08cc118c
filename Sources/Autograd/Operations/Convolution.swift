import Tensors

extension Variable {
    /// Convolution of [N, H, W, Cin] by OHWI weights, with bias and residual added in the same pass.
    public func conv2d(
        _ weight: Variable, bias: Variable? = nil, residual: Variable? = nil, _ geometry: ConvolutionGeometry
    ) -> Variable {
        let y = value.conv2d(weight.value, bias: bias?.value, residual: residual?.value, geometry)
        let none = Variable(Tensor.zeros([0]))
        return Self.record("conv2d", y, [self, weight, bias ?? none, residual ?? none]) { [value] dy, needs in
            [
                needs[0] ? dy.conv2dInputGradient(weight.value, input: value.shape, geometry) : nil,
                needs[1] ? dy.conv2dWeightGradient(input: value, kernel: weight.shape, geometry) : nil,
                needs[2] ? dy.sumOfRows : nil, needs[3] ? dy : nil,
            ]
        }
    }

    /// Nearest-neighbour upsampling by two.
    public func upsampledByTwo() -> Variable {
        Self.record("upsample", value.upsampledByTwo(), [self]) { dy, _ in [dy.upsampledByTwoBackward()] }
    }
}
