import CKernels

/// A matrix in memory: rows `stride` floats apart; where `isTransposed`, it stands for the transpose of what lies there.
public struct MatrixView {
    let pointer: UnsafePointer<Float>
    let stride: Int
    let isTransposed: Bool

    /// A matrix whose first element is at `pointer`, which must outlive the view.
    public init(_ pointer: UnsafePointer<Float>, stride: Int, isTransposed: Bool = false) {
        (self.pointer, self.stride, self.isTransposed) = (pointer, stride, isTransposed)
    }

    /// The view without its first `row` rows.
    func from(row: Int) -> MatrixView {
        MatrixView(pointer + (isTransposed ? row : row * stride), stride: stride, isTransposed: isTransposed)
    }

    /// The view without its first `column` columns.
    func from(column: Int) -> MatrixView {
        MatrixView(pointer + (isTransposed ? column * stride : column), stride: stride, isTransposed: isTransposed)
    }
}

/// C [m, n] = A [m, k] · B [k, n] + beta · C on the calling thread; rows of C are `stride` floats apart.
@inline(__always)
func product(
    _ a: MatrixView, _ b: MatrixView, m: Int, n: Int, k: Int, into c: UnsafeMutablePointer<Float>, stride: Int, beta: Float = 0
) {
    _ = BLAS.selection
    BLAS.sgemm(a.isTransposed, b.isTransposed, m, n, k, a.pointer, a.stride, b.pointer, b.stride, beta, c, stride)
}

/// The same on all threads, split along the longer side of C in multiples of a micro-kernel's. `prepare(rows, columns)`
/// runs in the task that then computes this part: it writes what beta = 1 adds to.
func parallelProduct(
    _ a: MatrixView, _ b: MatrixView, m: Int, n: Int, k: Int, into c: UnsafeMutablePointer<Float>, stride: Int, beta: Float = 0,
    prepare: ((Range<Int>, Range<Int>) -> Void)? = nil
) {
    // Huge products have more tasks: cancelling waits for one task to end.
    let flops = 2 * m * n * k
    let tasks = Parallel.tasks(work: flops, limit: max(16, flops / 2_000_000_000))
    let byRows = m >= n
    Parallel.run(tasks: tasks) { task in
        let part = Parallel.range(task, of: tasks, count: byRows ? m : n, alignment: 16)
        if part.isEmpty { return }
        let (rows, columns) = byRows ? (part, 0..<n) : (0..<m, part)
        prepare?(rows, columns)
        product(
            a.from(row: rows.lowerBound), b.from(column: columns.lowerBound), m: rows.count, n: columns.count, k: k,
            into: c + rows.lowerBound * stride + columns.lowerBound, stride: stride, beta: beta)
    }
}

extension Tensor {
    /// The batched product [..., m, k] · [..., k, n], leading axes broadcast by NumPy's rule; traps where shapes do not
    /// fit. Either operand can be read with its last two axes exchanged.
    public func matmul(_ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false) -> Tensor {
        precondition(rank >= 2 && other.rank >= 2)
        let (m, k) = transposeSelf ? (shape[rank - 1], shape[rank - 2]) : (shape[rank - 2], shape[rank - 1])
        let (k2, n) =
            transposeOther
            ? (other.shape[other.rank - 1], other.shape[other.rank - 2])
            : (other.shape[other.rank - 2], other.shape[other.rank - 1])
        guard k == k2, let batch = Shape.broadcast(Array(shape.dropLast(2)), Array(other.shape.dropLast(2))) else {
            preconditionFailure("matmul of \(Shape.text(shape)) and \(Shape.text(other.shape))")
        }
        defer { keepAlive(self, other) }
        let cost = Profile.Cost(
            "matmul", flops: 2 * Shape.count(batch) * m * n * k, floats: count + other.count + Shape.count(batch) * m * n)
        defer { cost.end() }
        let result = Tensor(uninitialized: batch + [m, n])
        guard result.count > 0 else { return result }
        if k == 0 { return .zeros(batch + [m, n]) }
        let (strideA, strideB) = (shape[rank - 1], other.shape[other.rank - 1])
        let (a, b, c) = (pointer, other.pointer, result.writable)
        let plan = BroadcastPlan.offsets(batch, Array(shape.dropLast(2)), m * k, Array(other.shape.dropLast(2)), n * k)
        if plan.count == 1 {
            parallelProduct(
                MatrixView(a, stride: strideA, isTransposed: transposeSelf), MatrixView(b, stride: strideB, isTransposed: transposeOther),
                m: m, n: n, k: k, into: c, stride: n)
        } else {
            let tasks = Parallel.tasks(work: 2 * m * n * k * plan.count, limit: plan.count)
            Parallel.run(tasks: tasks) { task in
                for i in Parallel.range(task, of: tasks, count: plan.count) {
                    product(
                        MatrixView(a + plan[i].0, stride: strideA, isTransposed: transposeSelf),
                        MatrixView(b + plan[i].1, stride: strideB, isTransposed: transposeOther), m: m, n: n, k: k, into: c + i * m * n,
                        stride: n)
                }
            }
        }
        return result
    }

    /// A linear layer or 1×1 convolution: y [..., N] = x [..., K] · Wᵀ + bias + residual, with W [N, K], as on disk.
    /// `weightChanges`: the weight is trained, so its packed form is not worth keeping.
    public func linear(
        _ weight: Tensor, bias: Tensor? = nil, residual: Tensor? = nil, weightChanges: Bool = false
    ) -> Tensor {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        precondition(shape.last == k, "linear \(Shape.text(weight.shape)) of \(Shape.text(shape))")
        precondition(bias.map { $0.count == n } ?? true)
        let cost = Profile.Cost("linear", flops: 2 * count * n, floats: count + n * k + count / k * n)
        defer { cost.end() }
        let m = count / k
        let precision = ProductPrecision.current
        if weightChanges && m <= Self.thinRows && precision == .float32 { return thinLinear(weight, bias: bias, residual: residual) }
        defer { keepAlive(self, weight, bias, residual) }
        let result = Tensor(uninitialized: shape.dropLast() + [n])
        precondition(residual.map { $0.count == result.count } ?? true)
        let (x, y, b, r) = (pointer, result.writable, bias?.pointer, residual?.pointer)
        let packed = PackedMatrix.of(weight, for: .forward(taps: 1), precision)
        defer { keepAlive(packed) }
        let w = packed.pointer
        ProductTasks(rows: m, columns: n, inner: k, flops: 2 * m * n * k).run { rows, panels in
            precision.product(
                y + rows.lowerBound * n, x + rows.lowerBound * k, rows: rows.count, k: k, by: w, n: n, panels: panels, bias: b,
                residual: r.map { $0 + rows.lowerBound * n })
        }
        return result
    }

    /// The gradient dx [..., K] = dy [..., N] · W, where self is dy.
    public func linearInputGradient(_ weight: Tensor, weightChanges: Bool = false) -> Tensor {
        let (n, k) = (weight.shape[0], weight.count / weight.shape[0])
        precondition(shape.last == n)
        let cost = Profile.Cost("linear, dx", flops: 2 * count * k, floats: count + n * k + count / n * k)
        defer { cost.end() }
        let precision = ProductPrecision.current
        if weightChanges && count / n <= Self.thinRows && precision == .float32 { return thinLinearInputGradient(weight) }
        defer { keepAlive(self, weight) }
        let result = Tensor(uninitialized: shape.dropLast() + [k])
        let (dy, dx) = (pointer, result.writable)
        let packed = PackedMatrix.of(weight, for: .inputGradient(taps: 1), precision)
        defer { keepAlive(packed) }
        let w = packed.pointer
        ProductTasks(rows: count / n, columns: k, inner: n, flops: 2 * count * k).run { rows, panels in
            precision.product(dx + rows.lowerBound * k, dy + rows.lowerBound * n, rows: rows.count, k: n, by: w, n: k, panels: panels)
        }
        return result
    }

    /// The gradient dW [N, K] = dyᵀ · x, where self is dy [..., N] and x is [..., K].
    public func linearWeightGradient(input x: Tensor) -> Tensor {
        let (n, k) = (shape[rank - 1], x.shape[x.rank - 1])
        precondition(count / n == x.count / k)
        let cost = Profile.Cost("linear, dW", flops: 2 * count * k, floats: count + n * k + x.count)
        defer { cost.end() }
        if ProductPrecision.current == .bfloat16 { return roundedLinearWeightGradient(input: x, [n, k]) }
        defer { keepAlive(self, x) }
        let result = Tensor(uninitialized: [n, k])
        let (dy, source, dw, rows) = (pointer, x.pointer, result.writable, count / n)
        let tasks = Parallel.tasks(work: 2 * count * k, limit: max(1, min(16, n / 8)))
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: n, alignment: 8)
            bas_outer_product(dw, k, dy, n, source, k, rows, part.lowerBound, part.upperBound, k)
        }
        return result
    }

    /// The sum of all rows [..., N], [N]: the gradient of a bias.
    public var sumOfRows: Tensor {
        let n = shape[rank - 1]
        defer { keepAlive(self) }
        let cost = Profile.Cost("sum of rows", floats: count + n)
        defer { cost.end() }
        let result = Tensor.zeros([n])
        bas_sum_rows(result.writable, pointer, count / n, n)
        return result
    }
}

extension BroadcastPlan {
    /// The offsets at which the matrices of both operands begin, for every index of `batch`.
    static func offsets(_ batch: [Int], _ a: [Int], _ sizeA: Int, _ b: [Int], _ sizeB: Int) -> [(Int, Int)] {
        let (sa, sb) = (Shape.broadcastStrides(a, to: batch), Shape.broadcastStrides(b, to: batch))
        var result: [(Int, Int)] = []
        walk(batch, sa, run: 1) { _, offset in result.append((offset * sizeA, 0)) }
        walk(batch, sb, run: 1) { index, offset in result[index].1 = offset * sizeB }
        return result
    }
}
