import CKernels

/// A 2-D convolution's geometry. Weights are OHWI in memory: [Cout, kernelH, kernelW, Cin] (OIHW on disk).
public struct ConvolutionGeometry: Sendable, Equatable {
    public var stride: Int
    /// Zero padding; the VAE's encoder pads right and bottom only.
    public var top: Int, left: Int, bottom: Int, right: Int

    public init(stride: Int = 1, padding: Int = 0) {
        self.init(stride: stride, top: padding, left: padding, bottom: padding, right: padding)
    }

    public init(stride: Int, top: Int, left: Int, bottom: Int, right: Int) {
        (self.stride, self.top, self.left, self.bottom, self.right) = (stride, top, left, bottom, right)
    }

    /// Geometry of an input [N, H, W, C] under a kernel.
    func resolve(_ input: [Int], kernel: [Int]) -> bas_convolution {
        precondition(
            input.count == 4 && kernel.count == 4 && kernel[3] == input[3], "convolution \(Shape.text(kernel)) of \(Shape.text(input))")
        let height = (input[1] + top + bottom - kernel[1]) / stride + 1
        let width = (input[2] + left + right - kernel[2]) / stride + 1
        return bas_convolution(
            H: input[1], W: input[2], C: input[3], OH: height, OW: width, kernelH: kernel[1], kernelW: kernel[2], stride: stride,
            padTop: top, padLeft: left)
    }

    /// Is a 1×1 kernel with this geometry a linear layer?
    var isPointwise: Bool { self == ConvolutionGeometry() }
}

extension Tensor {
    /// y [N, H', W', Cout] of x [N, H, W, Cin], without patches where the kernels can. `weightChanges`: it is trained,
    /// so that nothing is worth keeping for the next time.
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, residual: Tensor? = nil, _ geometry: ConvolutionGeometry, weightChanges: Bool = false
    ) -> Tensor {
        if geometry.isLinear(weight.shape) { return linear(weight, bias: bias, residual: residual, weightChanges: weightChanges) }
        let g = geometry.resolve(shape, kernel: weight.shape)
        let cost = Profile.Cost(
            "convolution", flops: g.flops(samples: shape[0], outputs: weight.shape[0]),
            floats: count + weight.count + shape[0] * g.OH * g.OW * weight.shape[0])
        defer { cost.end() }
        guard g.isDirect else { return conv2dByPatches(weight, bias: bias, residual: residual, g) }
        let isExact = ProductPrecision.current == .float32
        if weightChanges, isExact, g.isThin(samples: shape[0], outputs: weight.shape[0]) {
            return thinConv2d(weight, bias: bias, residual: residual, g)
        }
        return convolved(
            by: weight, .forward(taps: g.kernelH * g.kernelW), outputs: weight.shape[0], bias: bias, residual: residual, g, weightChanges)
    }

    /// dx [N, H, W, Cin] of dy [N, H', W', Cout]. Where the stride is 1 it is a convolution by the turned kernel.
    public func conv2dInputGradient(
        _ weight: Tensor, input: [Int], _ geometry: ConvolutionGeometry, weightChanges: Bool = false
    ) -> Tensor {
        if geometry.isLinear(weight.shape) { return linearInputGradient(weight, weightChanges: weightChanges) }
        let g = geometry.resolve(input, kernel: weight.shape)
        let cost = Profile.Cost(
            "convolution, dx", flops: g.flops(samples: input[0], outputs: weight.shape[0]),
            floats: count + weight.count + Shape.count(input))
        defer { cost.end() }
        guard let turned = g.turned(outputs: weight.shape[0]) else { return conv2dInputGradientByPatches(weight, input: input, g) }
        let isExact = ProductPrecision.current == .float32
        if weightChanges, isExact, turned.isThin(samples: input[0], outputs: g.C) {
            return thinConv2dInputGradient(weight, channels: g.C, turned)
        }
        let use = PackedMatrix.Use.inputGradient(taps: g.kernelH * g.kernelW)
        return convolved(by: weight, use, outputs: g.C, bias: nil, residual: nil, turned, weightChanges)
    }

    private func convolved(
        by weight: Tensor, _ use: PackedMatrix.Use, outputs: Int, bias: Tensor?, residual: Tensor?, _ geometry: bas_convolution,
        _ weightChanges: Bool
    ) -> Tensor {
        if ProductPrecision.current == .bfloat16 {
            return roundedConvolved(by: weight, use, outputs: outputs, bias: bias, residual: residual, geometry, weightChanges)
        }
        var g = geometry
        if g.suitsWinograd(samples: shape[0], outputs: outputs, weightChanges: weightChanges) {
            return winogradConvolved(.of(weight, for: use.winograd), outputs: outputs, bias: bias, residual: residual, g)
        }
        if g.suitsWinogradAnew(samples: shape[0], outputs: outputs, weightChanges: weightChanges) {
            return winogradConvolved(anew: weight, isTurned: !use.isForward, outputs: outputs, bias: bias, residual: residual, g)
        }
        let result = Tensor(uninitialized: [shape[0], g.OH, g.OW, outputs])
        let packed = PackedMatrix.of(weight, for: use)
        defer { keepAlive(self, bias, residual, packed) }
        let (x, y, w, b, r) = (pointer, result.writable, packed.pointer, bias?.pointer, residual?.pointer)
        let pixels = shape[0] * g.OH * g.OW
        let flops = 2 * pixels * outputs * g.kernelH * g.kernelW * g.C
        ProductTasks(rows: pixels, columns: outputs, inner: g.kernelH * g.kernelW * g.C, flops: flops).run { rows, panels in
            bas_convolve(
                y, x, &g, rows.lowerBound, rows.upperBound, w, outputs, panels.lowerBound, panels.upperBound, b, r)
        }
        return result
    }

    /// dW [Cout, kernelH, kernelW, Cin] of dy = self and the input x: tasks are taps and parts of the outputs.
    public func conv2dWeightGradient(input x: Tensor, kernel: [Int], _ geometry: ConvolutionGeometry) -> Tensor {
        if geometry.isLinear(kernel) { return linearWeightGradient(input: x).reshaped(kernel) }
        let g = geometry.resolve(x.shape, kernel: kernel)
        let cost = Profile.Cost(
            "convolution, dW", flops: g.flops(samples: x.shape[0], outputs: kernel[0]), floats: count + x.count + Shape.count(kernel))
        defer { cost.end() }
        let precision = ProductPrecision.current
        if g.suitsWinogradWeights(samples: x.shape[0], outputs: kernel[0]) { return winogradWeightGradient(input: x, g, precision) }
        return directWeightGradient(input: x, kernel: kernel, g, precision)
    }

    /// The same tap by tap. Rounding each part's input anew wants wider parts of the outputs.
    func directWeightGradient(
        input x: Tensor, kernel: [Int], _ geometry: bas_convolution, _ precision: ProductPrecision = .float32
    ) -> Tensor {
        var g = geometry
        let (taps, outputs) = (g.kernelH * g.kernelW, kernel[0])
        let result = Tensor(uninitialized: kernel)
        defer { keepAlive(self, x) }
        let (dy, source, dw, samples) = (pointer, x.pointer, result.writable, x.shape[0])
        let parts = Parallel.tasks(work: 2 * count * g.C, limit: max(1, min(8, outputs / (precision == .float32 ? 16 : 48))))
        Parallel.run(tasks: taps * parts) { task in
            let part = Parallel.range(task % parts, of: parts, count: outputs, alignment: 8)
            if precision == .float32 {
                bas_convolve_weights(dw, dy, source, &g, samples, outputs, task / parts, part.lowerBound, part.upperBound)
            } else if !part.isEmpty {
                let workspace = Storage(count: bas_outer_bfloat16_workspace(part.count, g.C))
                defer { keepAlive(workspace) }
                bas_convolve_weights_bfloat16(
                    dw, dy, source, &g, samples, outputs, task / parts, part.lowerBound, part.upperBound, workspace.pointer)
            }
        }
        return result
    }
}

extension ConvolutionGeometry {
    fileprivate func isLinear(_ kernel: [Int]) -> Bool { isPointwise && kernel[1] == 1 && kernel[2] == 1 }
}

extension bas_convolution {
    /// Of the plain algorithm.
    func flops(samples: Int, outputs: Int) -> Int { 2 * samples * OH * OW * outputs * kernelH * kernelW * C }

    /// Can it be read through pointers to pixels?
    fileprivate var isDirect: Bool { C <= Int(BAS_MAXIMUM_CHANNELS) && kernelH * kernelW <= Int(BAS_MAXIMUM_TAPS) }

    /// Are there too few pixels for a layout of the weight to pay?
    fileprivate func isThin(samples: Int, outputs: Int) -> Bool {
        samples * OH * OW <= Tensor.thinRows && !suitsWinograd(samples: samples, outputs: outputs, weightChanges: true)
            && !suitsWinogradAnew(samples: samples, outputs: outputs, weightChanges: true)
    }

    /// The convolution that takes dy back to dx, for stride 1.
    fileprivate func turned(outputs: Int) -> bas_convolution? {
        guard stride == 1, padTop < kernelH, padLeft < kernelW else { return nil }
        let result = bas_convolution(
            H: OH, W: OW, C: outputs, OH: H, OW: W, kernelH: kernelH, kernelW: kernelW, stride: 1,
            padTop: kernelH - 1 - padTop, padLeft: kernelW - 1 - padLeft)
        return result.isDirect ? result : nil
    }
}
