import CKernels

// Products of few rows with weights that change at every step: packing such a weight would cost more memory traffic than
// the product itself, so it is read as it lies, and the small operand is packed instead.
extension Tensor {
    /// The number of rows up to which this is faster.
    static let thinRows = 64

    /// y [M, N] = x [M, K] · Wᵀ + bias + residual, where self is x, computed as yᵀ = W · xᵀ.
    func thinLinear(_ weight: Tensor, bias: Tensor?, residual: Tensor?) -> Tensor {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        let m = count / k
        let result = Tensor(uninitialized: shape.dropLast() + [n])
        defer { keepAlive(self) }
        let packed = Storage(count: bas_packed_count(k, m))
        bas_pack_transposed(packed.pointer, pointer, k, k, m, 0, bas_panels(m))
        Self.thinProduct(weight, packed, rows: m, into: result, bias: bias, residual: residual)
        return result
    }

    /// The same for a convolution: y [N, H', W', O] of at most `thinRows` pixels in all; the rows of x are patches.
    func thinConv2d(_ weight: Tensor, bias: Tensor?, residual: Tensor?, _ geometry: bas_convolution) -> Tensor {
        var g = geometry
        let (samples, pixels, k) = (shape[0], g.OH * g.OW, weight.count / weight.shape[0])
        let result = Tensor(uninitialized: [samples, g.OH, g.OW, weight.shape[0]])
        let (patches, packed) = (Storage(count: samples * pixels * k), Storage(count: bas_packed_count(k, samples * pixels)))
        defer { keepAlive(self, patches) }
        let (x, p) = (pointer, patches.pointer)
        Parallel.run(tasks: samples) { sample in
            bas_patches(p + sample * pixels * k, x + sample * g.H * g.W * g.C, &g, 0, pixels)
        }
        let (panels, target, m) = (bas_panels(samples * pixels), packed.pointer, samples * pixels)
        Parallel.run(tasks: panels) { bas_pack_transposed(target, p, k, k, m, $0, $0 + 1) }
        Self.thinProduct(weight, packed, rows: m, into: result, bias: bias, residual: residual)
        return result
    }

    /// The product of a weight [N, K] with a packed [K, M], transposed into `result`, plus bias and residual.
    private static func thinProduct(
        _ weight: Tensor, _ packed: Storage, rows m: Int, into result: Tensor, bias: Tensor?, residual: Tensor?
    ) {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        let weight = weight.widened
        defer { keepAlive(weight, packed, bias, residual) }
        let (w, x, y, b, r) = (weight.pointer, packed.pointer, result.writable, bias?.pointer, residual?.pointer)
        let tasks = Parallel.tasks(work: 2 * m * n * k, limit: max(1, n / 16))
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: n, alignment: 8)
            if part.isEmpty { return }
            let transposed = Storage(count: part.count * m)
            defer { keepAlive(transposed) }
            bas_product(transposed.pointer, m, w + part.lowerBound * k, k, part.count, k, x, 0, m, 0, bas_panels(m), nil, nil)
            bas_transpose(
                y + part.lowerBound, transposed.pointer, m, part.count, n, b.map { $0 + part.lowerBound }, r.map { $0 + part.lowerBound })
        }
    }

    /// The gradient dx [M, K] = dy [M, N] · W, where self is dy.
    func thinLinearInputGradient(_ weight: Tensor) -> Tensor {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        let weight = weight.widened
        let result = Tensor(uninitialized: shape.dropLast() + [k])
        defer { keepAlive(self, weight) }
        let (dy, dx, w) = (pointer, result.writable, weight.pointer)
        ProductTasks(rows: count / n, columns: k, inner: n, flops: 2 * count * k).run { rows, panels in
            bas_product(
                dx + rows.lowerBound * k, k, dy + rows.lowerBound * n, n, rows.count, n, w, k, k, panels.lowerBound, panels.upperBound,
                nil, nil)
        }
        return result
    }

    /// The gradient dx of a convolution of stride 1, where self is dy and `turned` is the convolution that takes dy to dx.
    func thinConv2dInputGradient(_ weight: Tensor, channels: Int, _ turned: bas_convolution) -> Tensor {
        var g = turned
        let weight = weight.widened
        let result = Tensor(uninitialized: [shape[0], g.OH, g.OW, channels])
        defer { keepAlive(self, weight) }
        let (dy, dx, w, pixels) = (pointer, result.writable, weight.pointer, shape[0] * g.OH * g.OW)
        ProductTasks(rows: pixels, columns: channels, inner: weight.count / channels, flops: 2 * pixels * weight.count).run {
            rows, panels in
            bas_convolve_turned(dx, dy, &g, rows.lowerBound, rows.upperBound, w, channels, panels.lowerBound, panels.upperBound)
        }
        return result
    }
}
