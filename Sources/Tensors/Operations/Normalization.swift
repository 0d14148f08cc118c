import CKernels

/// The statistics that the backward pass of a normalization needs: the mean and 1/σ of every group or row.
public struct NormalizationStatistics: Sendable {
    let mean: Tensor
    let rstd: Tensor
}

extension Tensor {
    /// Group norm of x [N, ..., C] with `gamma` and `beta` [C], optionally followed by SiLU. Mean and variance are over a
    /// group's channels and all places. Traps where `groups` does not divide C, or C is above 4096.
    public func groupNorm(groups: Int, gamma: Tensor, beta: Tensor, eps: Float, silu: Bool) -> (Tensor, NormalizationStatistics) {
        let (n, channels) = (shape[0], shape[rank - 1])
        precondition(
            channels % groups == 0 && channels <= 4096 && gamma.count == channels, "group norm of \(Shape.text(shape)) in \(groups)")
        defer { keepAlive(self, gamma, beta) }
        let cost = Profile.Cost("group norm", floats: 2 * count)
        defer { cost.end() }
        let places = count / max(1, n * channels)
        let statistics = NormalizationStatistics(mean: Tensor(uninitialized: [n, groups]), rstd: Tensor(uninitialized: [n, groups]))
        let result = Tensor(uninitialized: shape)
        let (x, y, w, b) = (pointer, result.writable, gamma.pointer, beta.pointer)
        let (mean, rstd) = (statistics.mean.writable, statistics.rstd.writable)
        let parts = Self.groupParts(count: count / n, groups: groups, channels: channels)
        Parallel.run(tasks: n * parts) { task in
            let (sample, part) = (task / parts, Parallel.range(task % parts, of: parts, count: groups))
            let start = sample * places * channels
            bas_group_norm(
                y + start, x + start, w, b, mean + sample * groups, rstd + sample * groups, places, channels, groups, part.lowerBound,
                part.upperBound, eps, silu ? 1 : 0)
        }
        return (result, statistics)
    }

    /// The gradients dx, dgamma [C] and dbeta [C], where self is dy.
    public func groupNormBackward(
        input: Tensor, groups: Int, gamma: Tensor, beta: Tensor, statistics: NormalizationStatistics, silu: Bool
    ) -> (Tensor, Tensor, Tensor) {
        let (n, channels) = (shape[0], shape[rank - 1])
        defer { keepAlive(self, input, gamma, beta, statistics.mean, statistics.rstd) }
        let cost = Profile.Cost("group norm, gradients", floats: 3 * count)
        defer { cost.end() }
        let places = count / max(1, n * channels)
        let result = Tensor(uninitialized: shape)
        let (dgammas, dbetas) = (Tensor(uninitialized: [n, channels]), Tensor(uninitialized: [n, channels]))
        let (x, dx, dy, w, b) = (input.pointer, result.writable, pointer, gamma.pointer, beta.pointer)
        let (dw, db, mean, rstd) = (dgammas.writable, dbetas.writable, statistics.mean.pointer, statistics.rstd.pointer)
        let parts = Self.groupParts(count: count / n, groups: groups, channels: channels)
        Parallel.run(tasks: n * parts) { task in
            let (sample, part) = (task / parts, Parallel.range(task % parts, of: parts, count: groups))
            let start = sample * places * channels
            bas_group_norm_backward(
                dx + start, dw + sample * channels, db + sample * channels, dy + start, x + start, w, b, mean + sample * groups,
                rstd + sample * groups, places, channels, groups, part.lowerBound, part.upperBound, silu ? 1 : 0)
        }
        return (result, dgammas.sumOfRows, dbetas.sumOfRows)
    }

    /// The number of parts of the groups that threads take: at least 32 KiB of activations each, and whole vectors of
    /// channels (parts of other widths take three times as long per element).
    private static func groupParts(count: Int, groups: Int, channels: Int) -> Int {
        [4, 2].first { count / 8192 >= $0 && groups % $0 == 0 && channels / $0 % 16 == 0 } ?? 1
    }

    /// Layer norm over the last axis, with `gamma` and `beta` of its size.
    public func layerNorm(gamma: Tensor, beta: Tensor, eps: Float) -> (Tensor, NormalizationStatistics) {
        let width = shape[rank - 1]
        let rows = count / max(1, width)
        precondition(gamma.count == width)
        defer { keepAlive(self, gamma, beta) }
        let cost = Profile.Cost("layer norm", floats: 2 * count)
        defer { cost.end() }
        let statistics = NormalizationStatistics(mean: Tensor(uninitialized: [rows]), rstd: Tensor(uninitialized: [rows]))
        let result = Tensor(uninitialized: shape)
        let (x, y, w, b) = (pointer, result.writable, gamma.pointer, beta.pointer)
        let (mean, rstd) = (statistics.mean.writable, statistics.rstd.writable)
        let tasks = Parallel.tasks(work: count * 24)
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: rows)
            let start = part.lowerBound * width
            bas_layer_norm(y + start, x + start, w, b, mean + part.lowerBound, rstd + part.lowerBound, part.count, width, eps)
        }
        return (result, statistics)
    }

    /// The gradients dx, dgamma and dbeta, where self is dy; the latter two are nil without `weights`.
    public func layerNormBackward(
        input: Tensor, gamma: Tensor, statistics: NormalizationStatistics, weights: Bool
    ) -> (Tensor, Tensor?, Tensor?) {
        let width = shape[rank - 1]
        let rows = count / max(1, width)
        defer { keepAlive(self, input, gamma, statistics.mean, statistics.rstd) }
        let cost = Profile.Cost("layer norm, gradients", floats: 3 * count)
        defer { cost.end() }
        let result = Tensor(uninitialized: shape)
        let tasks = Parallel.tasks(work: count * 32, limit: 4)
        let (dgammas, dbetas) = weights ? (Tensor.zeros([tasks, width]), Tensor.zeros([tasks, width])) : (nil, nil)
        let (x, dx, dy, w) = (input.pointer, result.writable, pointer, gamma.pointer)
        let (dw, db, mean, rstd) = (dgammas?.writable, dbetas?.writable, statistics.mean.pointer, statistics.rstd.pointer)
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: rows)
            let start = part.lowerBound * width
            bas_layer_norm_backward(
                dx + start, dw.map { $0 + task * width }, db.map { $0 + task * width }, dy + start, x + start, w, mean + part.lowerBound,
                rstd + part.lowerBound, part.count, width)
        }
        return (result, dgammas?.sumOfRows, dbetas?.sumOfRows)
    }

    /// softmax(scale · x) over the last axis.
    public func softmax(scale: Float = 1) -> Tensor {
        rowwise { y, x, _, rows, width in bas_softmax(y, x, rows, width, scale) }
    }

    /// The gradient ds for p = softmax(scale · s), where self is dp.
    public func softmaxBackward(probabilities: Tensor, scale: Float = 1) -> Tensor {
        defer { keepAlive(probabilities) }
        let p = probabilities.pointer
        return rowwise { ds, dp, first, rows, width in bas_softmax_backward(ds, dp, p + first * width, rows, width, scale) }
    }

    /// GEGLU: value · gelu(gate) of x = self [..., 2D], value first: [..., D].
    public func geglu() -> Tensor {
        let width = shape[rank - 1] / 2
        defer { keepAlive(self) }
        let cost = Profile.Cost("GEGLU", floats: 3 * count / 2)
        defer { cost.end() }
        let result = Tensor(uninitialized: shape.dropLast() + [width])
        let (x, y, rows) = (pointer, result.writable, count / (2 * width))
        let tasks = Parallel.tasks(work: count * 24)
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: rows)
            bas_geglu(y + part.lowerBound * width, x + part.lowerBound * 2 * width, part.count, width)
        }
        return result
    }

    /// The gradient dx [..., 2D], where self is dy [..., D] and `input` is x.
    public func gegluBackward(input: Tensor) -> Tensor {
        let width = shape[rank - 1]
        defer { keepAlive(self, input) }
        let cost = Profile.Cost("GEGLU, gradients", floats: 5 * count)
        defer { cost.end() }
        let result = Tensor(uninitialized: input.shape)
        let (x, dx, dy, rows) = (input.pointer, result.writable, pointer, count / width)
        let tasks = Parallel.tasks(work: count * 48)
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: rows)
            let start = part.lowerBound * width
            bas_geglu_backward(dx + 2 * start, dy + start, x + 2 * start, part.count, width)
        }
        return result
    }

    /// Calls `body(y, x, first row, rows, width)` for parts of the rows of the last axis, on all threads.
    private func rowwise(
        _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int, Int, Int) -> Void
    ) -> Tensor {
        let width = shape[rank - 1]
        defer { keepAlive(self) }
        let cost = Profile.Cost("softmax", floats: 2 * count)
        defer { cost.end() }
        let result = Tensor(uninitialized: shape)
        let (x, y, rows) = (pointer, result.writable, count / max(1, width))
        let tasks = Parallel.shortTasks(work: count * 24)
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: rows)
            if part.isEmpty { return }
            body(y + part.lowerBound * width, x + part.lowerBound * width, part.lowerBound, part.count, width)
        }
        return result
    }
}
