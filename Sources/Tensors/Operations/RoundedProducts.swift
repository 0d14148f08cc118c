import CKernels

// Products whose operands are rounded to bfloat16 (`ProductPrecision.bfloat16`), where they go other ways than those of
// float32: sums over many rows, and forward convolutions.

/// A weight [N, ...] packed in bfloat16.
struct RoundedMatrix {
    private let packed: PackedMatrix
    private let inner: Int, columns: Int

    /// Packs a weight; nil where products are in float32 now. `use`: `.forward(taps: 1)` or `.inputGradient(taps: 1)`.
    init?(_ weight: Tensor, _ use: PackedMatrix.Use) {
        guard ProductPrecision.current == .bfloat16 else { return nil }
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        (inner, columns) = use.isForward ? (k, n) : (n, k)
        packed = PackedMatrix.of(weight, for: use, .bfloat16)
    }

    /// y [rows, columns] = x [rows, inner] · weight + bias + residual on the calling thread.
    func product(
        _ y: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, rows: Int, bias: UnsafePointer<Float>? = nil,
        residual: UnsafePointer<Float>? = nil
    ) {
        defer { keepAlive(packed) }
        ProductPrecision.bfloat16.product(
            y, x, rows: rows, k: inner, by: packed.pointer, n: columns, panels: 0..<bas_panels(columns), bias: bias, residual: residual)
    }
}

extension Tensor {
    /// The gradient dW [N, K] = dyᵀ · x, where self is dy. Tasks take parts of the outputs, wide ones because each rounds x
    /// anew, and parts of the rows, whose sums are then added up.
    func roundedLinearWeightGradient(input x: Tensor, _ kernel: [Int]) -> Tensor {
        let (n, k, rows) = (kernel[0], kernel[1], count / kernel[0])
        let result = Tensor(uninitialized: kernel)
        defer { keepAlive(self, x) }
        let tasks = Parallel.tasks(work: 2 * rows * n * k)
        let outputParts = max(1, min(tasks, n / 48))
        let rowParts = max(1, min(tasks / outputParts, rows / 1024))
        let partial = rowParts > 1 ? Storage(count: (rowParts - 1) * n * k) : nil
        let (dy, source, dw, others) = (pointer, x.pointer, result.writable, partial?.pointer)
        Parallel.run(tasks: outputParts * rowParts) { task in
            let part = Parallel.range(task % outputParts, of: outputParts, count: n, alignment: 8)
            let own = Parallel.range(task / outputParts, of: rowParts, count: rows, alignment: 2)
            if part.isEmpty { return }
            let workspace = Storage(count: bas_outer_bfloat16_workspace(part.count, k))
            defer { keepAlive(workspace) }
            let at = task / outputParts
            let target = at == 0 ? dw : others.map { $0 + (at - 1) * n * k } ?? dw
            bas_outer_product_bfloat16(
                target, k, dy + own.lowerBound * n, n, source + own.lowerBound * k, k, own.count, part.lowerBound, part.upperBound, k,
                workspace.pointer)
        }
        if let others {
            Parallel.pieces(n * k, costs: 2 * rowParts) { piece in
                for at in 0..<rowParts - 1 { bas_axpy(dw + piece.lowerBound, others + at * n * k + piece.lowerBound, 1, piece.count) }
            }
        }
        keepAlive(partial)
        return result
    }

    /// y [N, H', W', O] of x = self [N, H, W, C] by `weight`, or the gradient of an input by the turned geometry.
    func roundedConvolved(
        by weight: Tensor, _ use: PackedMatrix.Use, outputs: Int, bias: Tensor?, residual: Tensor?, _ geometry: bas_convolution,
        _ weightChanges: Bool
    ) -> Tensor {
        var g = geometry
        if g.suitsRoundedWinograd(samples: shape[0], outputs: outputs, weightChanges: weightChanges) {
            return winogradConvolved(
                .of(weight, for: use.winograd, .bfloat16), .bfloat16, outputs: outputs, bias: bias, residual: residual, g)
        }
        let result = Tensor(uninitialized: [shape[0], g.OH, g.OW, outputs])
        let packed = PackedMatrix.of(weight, for: use, .bfloat16)
        let rounded = roundedRows()
        defer { keepAlive(bias, residual, packed, rounded) }
        let (x, y, w, b, r) = (rounded.pointer, result.writable, packed.pointer, bias?.pointer, residual?.pointer)
        let (pixels, inner) = (shape[0] * g.OH * g.OW, g.kernelH * g.kernelW * g.C)
        ProductTasks(rows: pixels, columns: outputs, inner: inner, flops: 2 * pixels * outputs * inner).run { rows, panels in
            bas_convolve_bfloat16(
                y, x, &g, rows.lowerBound, rows.upperBound, w, outputs, panels.lowerBound, panels.upperBound, b, r)
        }
        return result
    }

    /// The rows of the last axis rounded to bfloat16, as pairs.
    private func roundedRows() -> Storage {
        let channels = shape[rank - 1]
        let (rows, pairs) = (count / max(1, channels), (channels + 1) / 2)
        let result = Storage(count: rows * pairs)
        defer { keepAlive(self) }
        let (x, target) = (pointer, result.pointer)
        Parallel.pieces(rows, costs: channels) { part in
            bas_round_rows(target + part.lowerBound * pairs, x + part.lowerBound * channels, channels, part.count, channels)
        }
        return result
    }
}

extension bas_convolution {
    /// Whether tiles of 4×4 are worth it where operands are rounded.
    ///
    /// The transforms enlarge what rounding does: results are off by 0.012 of their size, those of plain sums by 0.002. In
    /// the embedded U-Net that is little beside its linear layers: its prediction is off by 0.0068 instead of 0.0060, its
    /// gradient by 0.0108 instead of 0.0092 (two halves of a batch of 16 differ by 0.74). Tiles of 2×2 (0.004) would save
    /// no time over tiles of 4×4 in float32, nor do plain sums: these are for kernels that stay in no cache.
    func suitsRoundedWinograd(samples: Int, outputs: Int, weightChanges: Bool) -> Bool {
        guard hasWholeTiles(outputs), 72 * C * outputs <= 8 << 20 else { return false }
        return weightChanges ? winogradTiles(samples) >= 8 : winogradTiles(1) >= 4
    }
}
