import CKernels

// 3×3 convolutions of stride 1 by Winograd's F(4×4, 3×3), where its quarter of the multiplications pays for the
// transforms: 2.2 to 3.3 times as fast as the direct convolution on AVX2.
extension bas_convolution {
    /// Whether Winograd is worth it with a kernel that is kept in transformed form. That form is four times as large, so it
    /// must be used often enough. Depends on the shape alone and, where the weight is frozen, on one sample's, so that a
    /// sample's result does not depend on those beside it. A kernel that changes at every step is kept for many tiles only.
    func suitsWinograd(samples: Int, outputs: Int, weightChanges: Bool) -> Bool {
        guard hasWholeTiles(outputs), !isLarge(outputs) else { return false }
        return weightChanges ? winogradTiles(samples) > Self.tilesAtOnce : winogradTiles(1) >= 4
    }

    /// Whether it is worth it with a kernel that is transformed anew for every use, part by part: because its transformed
    /// form would fit into no cache, or because the next step changes it.
    func suitsWinogradAnew(samples: Int, outputs: Int, weightChanges: Bool) -> Bool {
        let isKept = !weightChanges && !isLarge(outputs)
        return hasWholeTiles(outputs) && !isKept && winogradTiles(samples) >= (isLarge(outputs) ? 16 : 8)
    }

    /// The tiles that one transformed part of such a kernel is used for.
    static var tilesAtOnce: Int { 128 }

    /// Whether it is a 3×3 kernel of stride 1 whose channels fill whole vectors.
    func hasWholeTiles(_ outputs: Int) -> Bool {
        let lanes = Int(BAS_WINOGRAD_LANES)
        return kernelH == 3 && kernelW == 3 && stride == 1 && OH >= 4 && OW >= 4 && C % lanes == 0 && outputs % lanes == 0
    }

    /// Whether the transformed kernel has more than 8 MiB.
    private func isLarge(_ outputs: Int) -> Bool { 36 * 4 * C * outputs > 8 << 20 }

    /// Whether Winograd is worth it for the gradient of the weights, for which 36 planes are written and read again.
    func suitsWinogradWeights(samples: Int, outputs: Int) -> Bool {
        hasWholeTiles(outputs) && winogradTiles(samples) >= 32
    }

    /// The number of 4×4 tiles of `samples` outputs.
    func winogradTiles(_ samples: Int) -> Int {
        var g = self
        return samples * bas_winograd_tiles(&g)
    }
}

extension Tensor {
    /// The convolution y [N, H', W', O] of x = self by the transformed kernel `u`, which has this precision.
    func winogradConvolved(
        _ u: PackedMatrix, _ precision: ProductPrecision = .float32, outputs: Int, bias: Tensor?, residual: Tensor?,
        _ geometry: bas_convolution
    ) -> Tensor {
        var g = geometry
        let result = Tensor(uninitialized: [shape[0], g.OH, g.OW, outputs])
        defer { keepAlive(self, bias, residual, u) }
        let (x, y, w, b, r) = (pointer, result.writable, u.pointer, bias?.pointer, residual?.pointer)
        let tiles = g.winogradTiles(shape[0])
        let convolve = precision == .float32 ? bas_winograd_convolve : bas_winograd_convolve_bfloat16
        let tasks = Parallel.tasks(work: 72 * tiles * outputs * g.C, limit: max(1, tiles / 4))
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: tiles, alignment: 4)
            if part.isEmpty { return }
            let workspace = Storage(count: bas_winograd_workspace(g.C, outputs))
            defer { keepAlive(workspace) }
            convolve(y, x, &g, part.lowerBound, part.upperBound, w, outputs, b, r, workspace.pointer)
        }
        return result
    }

    /// The same by a kernel that is transformed anew: [O, 3, 3, C] as it lies in memory or, where `isTurned`, [C, 3, 3, O].
    func winogradConvolved(
        anew weight: Tensor, isTurned: Bool, outputs: Int, bias: Tensor?, residual: Tensor?, _ geometry: bas_convolution
    ) -> Tensor {
        let result = Tensor(uninitialized: [shape[0], geometry.OH, geometry.OW, outputs])
        let kernel = isTurned ? weight.widened : weight
        defer { keepAlive(self, kernel, bias, residual) }
        let product = TransformedAnew(
            x: pointer, y: result.writable, kernel: kernel, isTurned: isTurned, outputs: outputs, bias: bias?.pointer,
            residual: residual?.pointer, geometry: geometry)
        let tiles = geometry.winogradTiles(shape[0])
        let wide = 2 * Int(BAS_WINOGRAD_OUTPUTS)
        if outputs < wide {
            // Too few outputs to share: tasks are parts of the tiles, and each transforms the kernel.
            let tasks = max(
                (tiles + bas_convolution.tilesAtOnce - 1) / bas_convolution.tilesAtOnce,
                Parallel.tasks(work: 72 * tiles * outputs * geometry.C, limit: tiles / 16))
            Parallel.run(tasks: tasks) { product.run(tiles: Parallel.range($0, of: tasks, count: tiles), tasks: 1) }
            return result
        }
        let blocks = (tiles + bas_convolution.tilesAtOnce - 1) / bas_convolution.tilesAtOnce
        for block in 0..<blocks {
            product.run(tiles: Parallel.range(block, of: blocks, count: tiles), tasks: (outputs + wide - 1) / wide * 2)
        }
        return result
    }

    /// The gradient dW [O, 3, 3, C], where self is dy and `input` is x. Both sides have a row for each tile or, rounded,
    /// for two.
    func winogradWeightGradient(
        input: Tensor, _ geometry: bas_convolution, _ precision: ProductPrecision = .float32
    ) -> Tensor {
        var g = geometry
        let (channels, outputs, tiles) = (g.C, shape[3], g.winogradTiles(shape[0]))
        let result = Tensor(uninitialized: [outputs, 3, 3, channels])
        let rows = precision == .float32 ? tiles : (tiles + 1) / 2
        let multiply = precision == .float32 ? bas_winograd_weights : bas_winograd_weights_bfloat16
        let (v, z) = (Storage(count: 36 * rows * channels), Storage(count: 36 * rows * outputs))
        defer { keepAlive(self, input, v, z) }
        let (dy, x, dw, vp, zp) = (pointer, input.pointer, result.writable, v.pointer, z.pointer)
        let transforms = Parallel.tasks(work: 300 * tiles * (channels + outputs), limit: max(1, tiles / 4))
        Parallel.run(tasks: transforms) { task in
            let part = Parallel.range(task, of: transforms, count: rows)
            let (v, z) = (vp + part.lowerBound * channels, zp + part.lowerBound * outputs)
            if precision == .float32 {
                bas_winograd_input(v, rows, x, &g, part.lowerBound, part.upperBound)
                bas_winograd_output_gradient(z, rows, dy, &g, outputs, part.lowerBound, part.upperBound)
            } else {
                bas_winograd_input_pairs(v, rows, x, &g, tiles, part.lowerBound, part.upperBound)
                bas_winograd_output_gradient_pairs(z, rows, dy, &g, outputs, tiles, part.lowerBound, part.upperBound)
            }
        }
        let products = max((outputs + 31) / 32, Parallel.tasks(work: 72 * tiles * outputs * channels, limit: outputs / 8))
        Parallel.run(tasks: products) { task in
            let part = Parallel.range(task, of: products, count: outputs, alignment: 8)
            if part.isEmpty { return }
            let workspace = Storage(count: 36 * part.count * channels)
            defer { keepAlive(workspace) }
            multiply(dw, zp, vp, rows, channels, outputs, part.lowerBound, part.upperBound, workspace.pointer)
        }
        return result
    }
}

/// A convolution whose kernel is transformed part by part, where it is used.
private struct TransformedAnew: @unchecked Sendable {
    let x: UnsafePointer<Float>, y: UnsafeMutablePointer<Float>
    let kernel: Tensor, isTurned: Bool, outputs: Int
    let bias: UnsafePointer<Float>?, residual: UnsafePointer<Float>?
    let geometry: bas_convolution

    /// Computes the outputs of some tiles; tasks take parts of the output channels.
    func run(tiles: Range<Int>, tasks: Int) {
        var g = geometry
        let transformed = Storage(count: 36 * tiles.count * g.C)
        defer { keepAlive(transformed) }
        let v = transformed.pointer
        let transforms = tasks == 1 ? 1 : Parallel.tasks(work: 300 * tiles.count * g.C, limit: tiles.count)
        Parallel.run(tasks: transforms) { task in
            let own = Parallel.range(task, of: transforms, count: tiles.count)
            bas_winograd_input(
                v + own.lowerBound * g.C, tiles.count, x, &g, tiles.lowerBound + own.lowerBound, tiles.lowerBound + own.upperBound)
        }
        Parallel.run(tasks: tasks) { task in
            let own = Parallel.range(task, of: tasks, count: outputs, alignment: Int(BAS_WINOGRAD_LANES))
            if own.isEmpty { return }
            // Of a kernel in half precision, only the rows of the task's own outputs are widened.
            let rows = isTurned ? kernel : kernel.rows(own).widened
            let workspace = Storage(count: bas_winograd_multiply_workspace(tiles.count))
            defer { keepAlive(rows, workspace) }
            bas_winograd_multiply(
                y, v, tiles.count, &g, tiles.lowerBound, isTurned ? rows.pointer : rows.pointer - own.lowerBound * 9 * g.C, outputs,
                isTurned ? 1 : 0, own.lowerBound, own.upperBound, bias, residual, workspace.pointer)
        }
    }
}
