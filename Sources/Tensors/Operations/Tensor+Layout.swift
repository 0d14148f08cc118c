import CKernels
import Glibc

extension Tensor {
    /// A contiguous copy with the axes in the order `order`, which must be a permutation of 0..<rank.
    public func permuted(_ order: [Int]) -> Tensor {
        precondition(order.sorted() == Array(0..<rank), "permutation \(order) of rank \(rank)")
        if order == Array(0..<rank) { return self }
        let own = Shape.strides(shape)
        return gathered(shape: order.map { shape[$0] }, strides: order.map { own[$0] }, start: 0)
    }

    /// A contiguous copy with the last two axes exchanged; traps below rank 2.
    public var transposed: Tensor {
        precondition(rank >= 2)
        return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
    }

    /// A slice along one axis: `count` elements from `start` on, in steps of `step`, which may be negative but not 0.
    public struct Slice: Sendable, Equatable {
        /// The first element.
        public var start: Int
        /// The number of elements.
        public var count: Int
        /// The distance from one element to the next.
        public var step: Int
        /// A slice; its bounds are not checked.
        public init(start: Int, count: Int, step: Int = 1) { (self.start, self.count, self.step) = (start, count, step) }
    }

    /// A copy of the elements that `slices[axis]` names along every axis; one slice for each axis.
    public func sliced(_ slices: [Slice]) -> Tensor {
        precondition(slices.count == rank)
        let own = Shape.strides(shape)
        let start = zip(slices, own).reduce(0) { $0 + $1.0.start * $1.1 }
        return gathered(shape: slices.map(\.count), strides: zip(slices, own).map { $0.step * $1 }, start: start)
    }

    /// The transpose of `sliced`: a tensor of zeros with `shape`, to which this tensor is added at the slices.
    public func scattered(to shape: [Int], _ slices: [Slice]) -> Tensor {
        let cost = Profile.Cost("copies", floats: 2 * Shape.count(shape))
        defer { cost.end() }
        let result = Tensor.zeros(shape)
        let own = Shape.strides(shape)
        let start = zip(slices, own).reduce(0) { $0 + $1.0.start * $1.1 }
        let (x, y) = (pointer, result.writable)
        defer { keepAlive(self) }
        Self.forEachRun(self.shape, zip(slices, own).map { $0.step * $1 }) { index, offset, run, step in
            for i in 0..<run { y[start + offset + i * step] += x[index + i] }
        }
        return result
    }

    /// The tensors joined along `axis`, which may count from the end; traps where their other axes differ, or for no
    /// tensors.
    public static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
        precondition(!tensors.isEmpty)
        let axis = Shape.axis(axis, rank: tensors[0].rank)
        if tensors.count == 1 { return tensors[0] }
        var shape = tensors[0].shape
        shape[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
        let cost = Profile.Cost("copies", floats: 2 * Shape.count(shape))
        defer { cost.end() }
        let result = Tensor(uninitialized: shape)
        let (outer, _, _) = tensors[0].split(at: axis)
        let row = outer == 0 ? 0 : result.count / outer
        var (column, question) = (0, Parallel.Question())
        for tensor in tensors {
            let tensor = tensor.widened
            precondition(tensor.rank == shape.count && tensor.shape.indices.allSatisfy { $0 == axis || tensor.shape[$0] == shape[$0] })
            let width = outer == 0 ? 0 : tensor.count / outer
            let source = tensor.pointer
            for o in 0..<outer {
                for start in stride(from: 0, to: width, by: Parallel.Question.piece) {
                    let count = min(Parallel.Question.piece, width - start)
                    (result.writable + o * row + column + start).update(from: source + o * width + start, count: count)
                    guard question.goesOn(after: count) else { return result }
                }
            }
            keepAlive(tensor)
            column += width
        }
        return result
    }

    /// The parts of `sizes` along `axis`, the inverse of `concatenated`; parts along axis 0 are not copied.
    public func split(_ sizes: [Int], axis: Int) -> [Tensor] {
        let axis = Shape.axis(axis, rank: rank)
        var start = 0
        return sizes.map { size in
            defer { start += size }
            if axis == 0 { return rows(start..<start + size) }
            return sliced(shape.indices.map { $0 == axis ? Slice(start: start, count: size) : Slice(start: 0, count: shape[$0]) })
        }
    }

    /// The rows `indices` of a matrix [V, D]: [indices.count, D]. Traps for an index outside of 0..<V.
    public func gatherRows(_ indices: [Int]) -> Tensor {
        defer { keepAlive(self) }
        let width = count / max(1, shape[0])
        let result = Tensor(uninitialized: [indices.count] + shape.dropFirst())
        var question = Parallel.Question()
        for (row, index) in indices.enumerated() {
            guard question.goesOn(after: width) else { break }
            precondition(index >= 0 && index < shape[0])
            let target = result.writable + row * width
            if let halves, let format = format?.rawValue {
                bas_widen(target, halves + index * width, format, width)
            } else {
                target.update(from: pointer + index * width, count: width)
            }
        }
        return result
    }

    /// The transpose of `gatherRows`: a matrix of zeros [rows, D], to which row r of this tensor is added at `indices[r]`.
    /// Indices are not checked.
    public func scatterRows(_ indices: [Int], into rows: Int) -> Tensor {
        defer { keepAlive(self) }
        let width = count / max(1, shape[0])
        let result = Tensor.zeros([rows] + shape.dropFirst())
        var question = Parallel.Question()
        for (row, index) in indices.enumerated() {
            bas_axpy(result.writable + index * width, pointer + row * width, 1, width)
            guard question.goesOn(after: width) else { break }
        }
        return result
    }

    /// A contiguous copy of strided elements.
    private func gathered(shape: [Int], strides: [Int], start: Int) -> Tensor {
        let cost = Profile.Cost("copies", floats: 2 * Shape.count(shape))
        defer { cost.end() }
        let source = widened
        defer { keepAlive(source) }
        let result = Tensor(uninitialized: shape)
        let (x, y) = (source.pointer + start, result.writable)
        Self.forEachRun(shape, strides) { index, offset, run, step in
            if step == 1 {
                memcpy(y + index, x + offset, run * MemoryLayout<Float>.stride)
            } else {
                for i in 0..<run { y[index + i] = x[offset + i * step] }
            }
        }
        return result
    }

    /// Calls `body(contiguous index, strided offset, run, step)` for the innermost runs of a strided walk, until the work
    /// is cancelled.
    private static func forEachRun(_ shape: [Int], _ strides: [Int], _ body: (Int, Int, Int, Int) -> Void) {
        guard !shape.contains(0) else { return }
        var (sizes, steps) = (shape, strides)
        var (run, step) = (sizes.popLast() ?? 1, steps.popLast() ?? 1)
        while let size = sizes.last, let outer = steps.last, outer == step * run {
            run *= size
            sizes.removeLast()
            steps.removeLast()
        }
        if run == 1 { step = 1 }
        BroadcastPlan.walk(sizes, steps, run: run) { index, offset in
            for start in stride(from: 0, to: run, by: Parallel.Question.piece) {
                if start > 0, Cancellation.isCancelled { return }
                body(index * run + start, offset + start * step, min(Parallel.Question.piece, run - start), step)
            }
        }
    }
}

extension BroadcastPlan {
    /// Calls `body(index, strided offset)` for every index of `sizes` in order, until the work is cancelled. `run`: the
    /// elements that each index stands for.
    static func walk(_ sizes: [Int], _ strides: [Int], run: Int, _ body: (Int, Int) -> Void) {
        var index = [Int](repeating: 0, count: sizes.count)
        var (offset, question) = (0, Parallel.Question())
        for step in 0..<sizes.reduce(1, *) {
            body(step, offset)
            guard question.goesOn(after: run) else { return }
            var axis = sizes.count - 1
            while axis >= 0 {
                index[axis] += 1
                offset += strides[axis]
                if index[axis] < sizes[axis] { break }
                offset -= strides[axis] * sizes[axis]
                index[axis] = 0
                axis -= 1
            }
        }
    }
}
