import CKernels

/// A 2-D convolution's stride and padding. Weights are [Cout, kernelH, kernelW, Cin] in memory ([Cout, Cin, kernelH,
/// kernelW] on disk).
public struct ConvolutionGeometry: Sendable, Equatable {
    /// Steps between outputs, the same in both directions.
    public var stride: Int
    /// Rows and columns of zeros around the input; the autoencoder's encoder pads right and bottom only.
    public var top: Int, left: Int, bottom: Int, right: Int

    /// The same padding on all sides.
    public init(stride: Int = 1, padding: Int = 0) {
        self.init(stride: stride, top: padding, left: padding, bottom: padding, right: padding)
    }

    /// A padding for each side.
    public init(stride: Int, top: Int, left: Int, bottom: Int, right: Int) {
        (self.stride, self.top, self.left, self.bottom, self.right) = (stride, top, left, bottom, right)
    }

    /// Sizes of the input [N, H, W, C] and output under `kernel` [Cout, kernelH, kernelW, C]; traps where the channels
    /// differ.
    func resolve(_ input: [Int], kernel: [Int]) -> bas_convolution {
        precondition(
            input.count == 4 && kernel.count == 4 && kernel[3] == input[3], "convolution \(Shape.text(kernel)) of \(Shape.text(input))")
        let height = (input[1] + top + bottom - kernel[1]) / stride + 1
        let width = (input[2] + left + right - kernel[2]) / stride + 1
        return bas_convolution(
            H: input[1], W: input[2], C: input[3], OH: height, OW: width, kernelH: kernel[1], kernelW: kernel[2], stride: stride,
            padTop: top, padLeft: left)
    }

    /// Whether a 1×1 kernel with this geometry is a linear layer.
    var isPointwise: Bool { self == ConvolutionGeometry() }
}

extension Tensor {
    /// The convolution y [N, H', W', Cout] of x = self [N, H, W, Cin] by `weight`, plus `bias` [Cout] and `residual` (y's
    /// shape). `weightChanges`: the weight is trained, so its packed forms are not worth keeping.
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

    /// The gradient dx [N, H, W, Cin], where self is dy [N, H', W', Cout]. With stride 1 it is a convolution by the turned
    /// kernel.
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

    /// The convolution by a packed weight, in the way that suits its shape and the current precision.
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

    /// The gradient dW [Cout, kernelH, kernelW, Cin], where self is dy. Tasks take taps of the kernel and parts of the
    /// outputs.
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

    /// The same, tap by tap. In bfloat16 each part rounds the input anew, so that parts are wider.
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
    /// Floating-point operations of the plain algorithm.
    func flops(samples: Int, outputs: Int) -> Int { 2 * samples * OH * OW * outputs * kernelH * kernelW * C }

    /// Whether the input can be read through pointers to pixels, without patches.
    fileprivate var isDirect: Bool { C <= Int(BAS_MAXIMUM_CHANNELS) && kernelH * kernelW <= Int(BAS_MAXIMUM_TAPS) }

    /// Whether there are too few pixels for packing the weight to be worth it.
    fileprivate func isThin(samples: Int, outputs: Int) -> Bool {
        samples * OH * OW <= Tensor.thinRows && !suitsWinograd(samples: samples, outputs: outputs, weightChanges: true)
            && !suitsWinogradAnew(samples: samples, outputs: outputs, weightChanges: true)
    }

    /// The convolution that takes dy to dx, for stride 1; nil where there is none that reads without patches.
    fileprivate func turned(outputs: Int) -> bas_convolution? {
        guard stride == 1, padTop < kernelH, padLeft < kernelW else { return nil }
        let result = bas_convolution(
            H: OH, W: OW, C: outputs, OH: H, OW: W, kernelH: kernelH, kernelW: kernelW, stride: 1,
            padTop: kernelH - 1 - padTop, padLeft: kernelW - 1 - padLeft)
        return result.isDirect ? result : nil
    }
}
