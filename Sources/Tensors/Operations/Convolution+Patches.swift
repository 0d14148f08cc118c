import CKernels

// Convolutions by im2col and a product: for the gradients of strided ones, and for kernels that `bas_convolve` cannot take.
extension Tensor {
    /// The convolution y [N, H', W', Cout] of x = self, tile by tile, so that patches stay in the cache.
    func conv2dByPatches(_ weight: Tensor, bias: Tensor?, residual: Tensor?, _ geometry: bas_convolution) -> Tensor {
        var g = geometry
        let weight = weight.widened
        let (n, pixels, k, outputs) = (shape[0], g.OH * g.OW, weight.count / weight.shape[0], weight.shape[0])
        let result = Tensor(uninitialized: [n, g.OH, g.OW, outputs])
        defer { keepAlive(self, weight, bias, residual) }
        let (x, y, w) = (pointer, result.writable, weight.pointer)
        let (start, added) = (bias?.pointer, residual?.pointer)
        let rounded = RoundedMatrix(weight, .forward(taps: 1))
        let tiles = Self.tiles(rows: pixels, flopsPerRow: 2 * k * outputs, bytesPerRow: 4 * k)
        Parallel.run(tasks: n * tiles) { task in
            let (sample, range) = (task / tiles, Parallel.range(task % tiles, of: tiles, count: pixels, alignment: 16))
            if range.isEmpty { return }
            let patches = Storage(count: range.count * k)
            defer { keepAlive(patches) }
            let rows = sample * pixels + range.lowerBound..<sample * pixels + range.upperBound
            bas_patches(patches.pointer, x + sample * g.H * g.W * g.C, &g, range.lowerBound, range.count)
            if let rounded {
                rounded.product(
                    y + rows.lowerBound * outputs, patches.pointer, rows: range.count, bias: start,
                    residual: added.map { $0 + rows.lowerBound * outputs })
                return
            }
            fillRows(y, stride: outputs, rows, 0..<outputs, bias: start, residual: added)
            product(
                MatrixView(patches.pointer, stride: k), MatrixView(w, stride: k, isTransposed: true), m: range.count, n: outputs, k: k,
                into: y + rows.lowerBound * outputs, stride: outputs, beta: start == nil && added == nil ? 0 : 1)
        }
        return result
    }

    /// The gradient dx [N, H, W, Cin], where self is dy [N, H', W', Cout]: the transposed product, whose patches are added
    /// up.
    func conv2dInputGradientByPatches(_ weight: Tensor, input: [Int], _ geometry: bas_convolution) -> Tensor {
        var g = geometry
        let weight = weight.widened
        let (n, pixels, k, outputs) = (input[0], g.OH * g.OW, weight.count / weight.shape[0], weight.shape[0])
        let result = Tensor.zeros(input)
        defer { keepAlive(self, weight) }
        let (dy, dx, w) = (pointer, result.writable, weight.pointer)
        let rounded = RoundedMatrix(weight, .inputGradient(taps: 1))
        let block = max(64, min(pixels, (1 << 18) / k))
        Parallel.run(tasks: n) { sample in
            let patches = Storage(count: block * k)
            defer { keepAlive(patches) }
            for first in stride(from: 0, to: pixels, by: block) {
                let count = min(block, pixels - first)
                let rows = dy + (sample * pixels + first) * outputs
                if let rounded {
                    rounded.product(patches.pointer, rows, rows: count)
                } else {
                    product(
                        MatrixView(rows, stride: outputs), MatrixView(w, stride: k), m: count, n: k, k: outputs, into: patches.pointer,
                        stride: k)
                }
                bas_patches_add(dx + sample * g.H * g.W * g.C, patches.pointer, &g, first, count)
            }
        }
        return result
    }

    /// The number of tiles of output rows: about 50 µs of work each, and patches of at most half a MiB.
    private static func tiles(rows: Int, flopsPerRow: Int, bytesPerRow: Int) -> Int {
        let byWork = Parallel.tasks(work: rows * flopsPerRow, limit: 64)
        let byCache = (rows * bytesPerRow + (1 << 19) - 1) >> 19
        return max(1, min(max(byWork, byCache), (rows + 15) / 16))
    }
}

/// Writes bias and residual into rows of y, to which a product with beta = 1 then adds.
private func fillRows(
    _ y: UnsafeMutablePointer<Float>, stride: Int, _ rows: Range<Int>, _ columns: Range<Int>, bias: UnsafePointer<Float>?,
    residual: UnsafePointer<Float>?
) {
    guard bias != nil || residual != nil else { return }
    for row in rows {
        let start = row * stride + columns.lowerBound
        switch (bias, residual) {
        case let (bias?, residual?): bas_add_rows(y + start, residual + start, bias + columns.lowerBound, 1, columns.count)
        case let (bias?, nil): (y + start).update(from: bias + columns.lowerBound, count: columns.count)
        case let (nil, residual?): (y + start).update(from: residual + start, count: columns.count)
        case (nil, nil): break
        }
    }
}
