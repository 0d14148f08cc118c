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
        precondition(input.count == 4 && kernel.count == 4 && kernel[3] == input[3], "convolution \(Shape.text(kernel)) of \(Shape.text(input))")
        let height = (input[1] + top + bottom - kernel[1]) / stride + 1
        let width = (input[2] + left + right - kernel[2]) / stride + 1
        return bas_convolution(
            H: input[1], W: input[2], C: input[3], OH: height, OW: width, kernelH: kernel[1], kernelW: kernel[2], stride: stride,
            padTop: top, padLeft: left)
    }

    var isPointwise: Bool { self == ConvolutionGeometry() }
}

extension Tensor {
    /// y [N, H', W', Cout] of x [N, H, W, Cin]; im2col and a product, tile by tile, so that patches stay in cache.
    public func conv2d(_ weight: Tensor, bias: Tensor? = nil, residual: Tensor? = nil, _ geometry: ConvolutionGeometry) -> Tensor {
        if geometry.isPointwise && weight.shape[1] == 1 && weight.shape[2] == 1 { return linear(weight, bias: bias, residual: residual) }
        var g = geometry.resolve(shape, kernel: weight.shape)
        let (n, pixels, k, outputs) = (shape[0], g.OH * g.OW, weight.count / weight.shape[0], weight.shape[0])
        let result = Tensor(uninitialized: [n, g.OH, g.OW, outputs])
        defer { keepAlive(self, weight, bias, residual) }
        let (x, y, w) = (pointer, result.writable, weight.pointer)
        let (start, added) = (bias?.pointer, residual?.pointer)
        let tiles = Self.tiles(rows: pixels, flopsPerRow: 2 * k * outputs, bytesPerRow: 4 * k)
        Parallel.run(tasks: n * tiles) { task in
            let (sample, range) = (task / tiles, Parallel.range(task % tiles, of: tiles, count: pixels, alignment: 16))
            if range.isEmpty { return }
            let patches = Storage(count: range.count * k)
            let rows = sample * pixels + range.lowerBound..<sample * pixels + range.upperBound
            bas_patches(patches.pointer, x + sample * g.H * g.W * g.C, &g, range.lowerBound, range.count)
            fillRows(y, stride: outputs, rows, 0..<outputs, bias: start, residual: added)
            product(
                MatrixView(patches.pointer, stride: k), MatrixView(w, stride: k, isTransposed: true), m: range.count, n: outputs, k: k,
                into: y + rows.lowerBound * outputs, stride: outputs, beta: start == nil && added == nil ? 0 : 1)
        }
        return result
    }

    /// dx [N, H, W, Cin] of dy [N, H', W', Cout]: the transposed product, and patches added back.
    public func conv2dInputGradient(_ weight: Tensor, input: [Int], _ geometry: ConvolutionGeometry) -> Tensor {
        if geometry.isPointwise && weight.shape[1] == 1 && weight.shape[2] == 1 { return linearInputGradient(weight) }
        var g = geometry.resolve(input, kernel: weight.shape)
        let (n, pixels, k, outputs) = (input[0], g.OH * g.OW, weight.count / weight.shape[0], weight.shape[0])
        let result = Tensor.zeros(input)
        defer { keepAlive(self, weight) }
        let (dy, dx, w) = (pointer, result.writable, weight.pointer)
        let block = max(64, min(pixels, (1 << 18) / k))
        Parallel.run(tasks: n) { sample in
            let patches = Storage(count: block * k)
            for first in stride(from: 0, to: pixels, by: block) {
                let count = min(block, pixels - first)
                product(
                    MatrixView(dy + (sample * pixels + first) * outputs, stride: outputs), MatrixView(w, stride: k), m: count, n: k, k: outputs,
                    into: patches.pointer, stride: k)
                bas_patches_add(dx + sample * g.H * g.W * g.C, patches.pointer, &g, first, count)
            }
        }
        return result
    }

    /// dW [Cout, kernelH, kernelW, Cin] = dyᵀ · patches, for dy = self and the input x.
    public func conv2dWeightGradient(input x: Tensor, kernel: [Int], _ geometry: ConvolutionGeometry) -> Tensor {
        if geometry.isPointwise && kernel[1] == 1 && kernel[2] == 1 { return linearWeightGradient(input: x).reshaped(kernel) }
        var g = geometry.resolve(x.shape, kernel: kernel)
        let (n, pixels, k, outputs) = (x.shape[0], g.OH * g.OW, Shape.count(kernel) / kernel[0], kernel[0])
        let result = Tensor(uninitialized: kernel)
        defer { keepAlive(self, x) }
        let (dy, source) = (pointer, x.pointer)
        // Samples in groups whose patches fit a budget of 16 MiB, each group one product added to the last.
        let group = max(1, min(n, (4 << 20) / (pixels * k)))
        let patches = Storage(count: group * pixels * k)
        for first in stride(from: 0, to: n, by: group) {
            let count = min(group, n - first)
            let tiles = Self.tiles(rows: pixels, flopsPerRow: 64 * k, bytesPerRow: 4 * k)
            Parallel.run(tasks: count * tiles) { task in
                let (sample, range) = (task / tiles, Parallel.range(task % tiles, of: tiles, count: pixels, alignment: 16))
                bas_patches(
                    patches.pointer + (sample * pixels + range.lowerBound) * k, source + (first + sample) * g.H * g.W * g.C, &g,
                    range.lowerBound, range.count)
            }
            parallelProduct(
                MatrixView(dy + first * pixels * outputs, stride: outputs, isTransposed: true), MatrixView(patches.pointer, stride: k), m: outputs,
                n: k, k: count * pixels, into: result.writable, stride: k, beta: first == 0 ? 0 : 1)
        }
        return result
    }

    /// Tiles of output rows: about 50 µs of work each and patches of at most half a MiB.
    private static func tiles(rows: Int, flopsPerRow: Int, bytesPerRow: Int) -> Int {
        let byWork = Parallel.tasks(work: rows * flopsPerRow, limit: 64)
        let byCache = (rows * bytesPerRow + (1 << 19) - 1) >> 19
        return max(1, min(max(byWork, byCache), (rows + 15) / 16))
    }
}

extension Tensor {
    /// dx [..., K] = dy [..., N] · W.
    public func linearInputGradient(_ weight: Tensor) -> Tensor {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        precondition(shape.last == n)
        defer { keepAlive(self, weight) }
        let result = Tensor(uninitialized: shape.dropLast() + [k])
        parallelProduct(
            MatrixView(pointer, stride: n), MatrixView(weight.pointer, stride: k), m: count / n, n: k, k: n, into: result.writable, stride: k)
        return result
    }

    /// dW [N, K] = dyᵀ · x.
    public func linearWeightGradient(input x: Tensor) -> Tensor {
        let (n, k) = (shape[rank - 1], x.shape[x.rank - 1])
        precondition(count / n == x.count / k)
        defer { keepAlive(self, x) }
        let result = Tensor(uninitialized: [n, k])
        parallelProduct(
            MatrixView(pointer, stride: n, isTransposed: true), MatrixView(x.pointer, stride: k), m: n, n: k, k: count / n,
            into: result.writable, stride: k)
        return result
    }

    /// Sum over all rows: the bias's gradient, [N].
    public var sumOfRows: Tensor {
        let n = shape[rank - 1]
        defer { keepAlive(self) }
        let result = Tensor.zeros([n])
        bas_sum_rows(result.writable, pointer, count / n, n)
        return result
    }
}
