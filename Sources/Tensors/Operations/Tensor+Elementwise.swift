import CKernels

/// Elementwise operators of two operands; raw values are those of the kernel (`bas_binary_operator`).
public enum BinaryOperation: Int32, Sendable, CaseIterable {
    /// Comparisons give 1 or 0. `minimum` and `maximum` give the second operand where either is NaN.
    case add, subtract, multiply, divide, minimum, maximum, power, less, lessOrEqual, equal
}

/// Elementwise operators of one operand; raw values are those of the kernel (`bas_unary_operator`).
public enum UnaryOperation: Int32, Sendable, CaseIterable {
    /// `round` is to nearest, ties to even; `gelu` is exact (by erf), `quickGELU` is x · sigmoid(1.702 x); `sign` of NaN is
    /// 0.
    case negate, exp, log, sqrt, abs, square, reciprocal, sign, sin, cos, tanh, sigmoid, silu, gelu, quickGELU, floor, round
}

extension Tensor {
    /// `a op b` with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func binary(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor) -> Tensor {
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            preconditionFailure("\(operation): \(Shape.text(a.shape)) and \(Shape.text(b.shape)) do not broadcast")
        }
        let (a, b) = (a.widened, b.widened)
        defer { keepAlive(a, b) }
        let cost = Profile.Cost("elementwise", floats: a.count + b.count + Shape.count(shape))
        defer { cost.end() }
        let result = Tensor(uninitialized: shape)
        let (p, q, out, code) = (a.pointer, b.pointer, result.writable, operation.rawValue)
        if a.shape == b.shape || a.count == 1 || b.count == 1 {
            let (sa, sb) = (a.count == 1 ? 0 : 1, b.count == 1 ? 0 : 1)
            let tasks = Parallel.shortTasks(work: result.count * 16)
            Parallel.run(tasks: tasks) { task in
                let range = Parallel.range(task, of: tasks, count: result.count, alignment: 64)
                bas_binary(code, out + range.lowerBound, p + range.lowerBound * sa, sa, q + range.lowerBound * sb, sb, range.count)
            }
            return result
        }
        let plan = BroadcastPlan(shape, Shape.broadcastStrides(a.shape, to: shape), Shape.broadcastStrides(b.shape, to: shape))
        plan.forEachRun { start, i, j in
            for done in stride(from: 0, to: plan.run, by: Parallel.Question.piece) {
                if done > 0, Cancellation.isCancelled { return }
                let count = min(Parallel.Question.piece, plan.run - done)
                bas_binary(
                    code, out + start + done, p + i + done * plan.innerA, plan.innerA, q + j + done * plan.innerB, plan.innerB, count)
            }
        }
        return result
    }

    /// Elementwise, with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func + (a: Tensor, b: Tensor) -> Tensor { binary(.add, a, b) }
    /// Elementwise, with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func - (a: Tensor, b: Tensor) -> Tensor { binary(.subtract, a, b) }
    /// Elementwise (no matrix product), with NumPy's broadcasting; traps where the shapes do not broadcast.
    public static func * (a: Tensor, b: Tensor) -> Tensor { binary(.multiply, a, b) }
    /// Elementwise, with NumPy's broadcasting; traps where the shapes do not broadcast. Division by zero gives ±∞ or NaN.
    public static func / (a: Tensor, b: Tensor) -> Tensor { binary(.divide, a, b) }

    /// Elements of `a` where `flags` is not 0, and of `b` where it is; all three have one shape. Elements are picked, not
    /// multiplied: NaN in the operand that is not taken has no effect.
    public static func select(_ flags: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(
            flags.shape == a.shape && a.shape == b.shape,
            "select of \(Shape.text(flags.shape)), \(Shape.text(a.shape)), \(Shape.text(b.shape))")
        let (flags, a, b) = (flags.widened, a.widened, b.widened)
        defer { keepAlive(flags, a, b) }
        let result = Tensor(uninitialized: a.shape)
        let (f, p, q, out) = (flags.pointer, a.pointer, b.pointer, result.writable)
        Parallel.pieces(result.count, costs: 16) { part in
            for i in part { out[i] = f[i] != 0 ? p[i] : q[i] }
        }
        return result
    }

    /// The operation on every element.
    public func map(_ operation: UnaryOperation) -> Tensor {
        elementwise(costs: 32) { bas_unary(operation.rawValue, $0, $1, $2) }
    }

    /// scale · x + offset of every element x.
    public func scaled(by scale: Float, plus offset: Float = 0) -> Tensor {
        elementwise(costs: 8) { bas_scale($0, $1, scale, offset, $2) }
    }

    /// The gradient dx = dy · op'(x), where self is dy and `input` is x, for the activations SiLU, GELU, quick GELU,
    /// sigmoid and tanh; the result is uninitialized for other operations.
    public func activationBackward(_ operation: UnaryOperation, input: Tensor) -> Tensor {
        defer { keepAlive(input) }
        let (x, start) = (input.pointer, pointer)
        return elementwise(costs: 48) { bas_activation_backward(operation.rawValue, $0, $1, x + ($1 - start), $2) }
    }

    /// a · self + b · other in one pass; traps where the shapes differ.
    public func combined(_ a: Float, with other: Tensor, _ b: Float) -> Tensor {
        precondition(shape == other.shape, "combine \(Shape.text(shape)) and \(Shape.text(other.shape))")
        defer { keepAlive(other) }
        let (z, start) = (other.pointer, pointer)
        return elementwise(costs: 12) { bas_combine($0, $1, a, z + ($1 - start), b, $2) }
    }

    /// Adds scale · `other` in place (to a copy where the storage is shared); traps where the shapes differ. Gradients
    /// accumulate by it.
    public mutating func accumulate(_ other: Tensor, scale: Float = 1) {
        precondition(shape == other.shape, "accumulate \(Shape.text(other.shape)) onto \(Shape.text(shape))")
        defer { keepAlive(other) }
        let z = other.pointer
        let cost = Profile.Cost("accumulation", floats: 3 * count)
        defer { cost.end() }
        mutate { own in
            guard let y = own.baseAddress else { return }
            let tasks = Parallel.shortTasks(work: own.count * 12)
            Parallel.run(tasks: tasks) { task in
                let range = Parallel.range(task, of: tasks, count: own.count, alignment: 64)
                bas_axpy(y + range.lowerBound, z + range.lowerBound, scale, range.count)
            }
        }
    }

    /// Calls `body(y, x, count)` for parts of the elements, on all threads. `costs`: operations per element.
    private func elementwise(
        costs: Int, _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
    ) -> Tensor {
        let cost = Profile.Cost("elementwise", floats: 2 * count)
        defer { cost.end() }
        defer { keepAlive(self) }
        let result = Tensor(uninitialized: shape)
        let (x, y) = (pointer, result.writable)
        let tasks = Parallel.shortTasks(work: count * costs)
        Parallel.run(tasks: tasks) { task in
            let range = Parallel.range(task, of: tasks, count: count, alignment: 64)
            body(y + range.lowerBound, x + range.lowerBound, range.count)
        }
        return result
    }
}

/// A walk over two operands that are read with strides over one result: the innermost axes are merged into runs that are as
/// long as both operands are either contiguous or constant along them.
struct BroadcastPlan {
    private(set) var run = 1
    private(set) var innerA = 0
    private(set) var innerB = 0
    private var sizes: [Int]
    private var stridesA: [Int]
    private var stridesB: [Int]

    init(_ shape: [Int], _ stridesA: [Int], _ stridesB: [Int]) {
        let kept = shape.indices.filter { shape[$0] != 1 }
        (sizes, self.stridesA, self.stridesB) = (kept.map { shape[$0] }, kept.map { stridesA[$0] }, kept.map { stridesB[$0] })
        if let a = self.stridesA.last, let b = self.stridesB.last { (innerA, innerB) = (min(a, 1), min(b, 1)) }
        while let size = sizes.last, self.stridesA.last == innerA * run, self.stridesB.last == innerB * run {
            run *= size
            sizes.removeLast()
            self.stridesA.removeLast()
            self.stridesB.removeLast()
        }
    }

    /// Calls `body(result offset, offset in a, offset in b)` for every run, until the work is cancelled.
    func forEachRun(_ body: (Int, Int, Int) -> Void) {
        var index = [Int](repeating: 0, count: sizes.count)
        var (a, b, question) = (0, 0, Parallel.Question())
        let total = sizes.reduce(1, *)
        for step in 0..<total {
            body(step * run, a, b)
            guard question.goesOn(after: run) else { return }
            var axis = sizes.count - 1
            while axis >= 0 {
                index[axis] += 1
                a += stridesA[axis]
                b += stridesB[axis]
                if index[axis] < sizes[axis] { break }
                a -= stridesA[axis] * sizes[axis]
                b -= stridesB[axis] * sizes[axis]
                index[axis] = 0
                axis -= 1
            }
        }
    }
}
