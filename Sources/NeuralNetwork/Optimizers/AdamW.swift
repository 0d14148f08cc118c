import Autograd
import CKernels
import Tensors

/// AdamW (Loshchilov and Hutter 2019) as torch.optim.AdamW computes it: decoupled weight decay, bias correction.
///
/// It is a value that holds the moments of every parameter by name: a copy that was made before a step still continues from
/// there.
public struct AdamW: Sendable {
    /// The settings of the optimizer; the defaults are torch's.
    public struct Options: Sendable, Equatable {
        /// The learning rate.
        public var lr: Double
        /// The decay of the running mean of gradients.
        public var beta1: Double = 0.9
        /// The decay of the running mean of squared gradients.
        public var beta2: Double = 0.999
        /// The epsilon that is added to the root of the second moment.
        public var eps: Double = 1e-8
        /// The weight decay, multiplied by the learning rate.
        public var weightDecay: Double = 1e-2
        /// The bits of a moment, 32 or 8: with 8 a parameter's moments take 2 bytes per element instead of 8
        /// (`QuantizedMoments`).
        public var stateBits = 32

        /// The settings by their values.
        public init(
            lr: Double, beta1: Double = 0.9, beta2: Double = 0.999, eps: Double = 1e-8, weightDecay: Double = 1e-2, stateBits: Int = 32
        ) {
            (self.lr, self.beta1, self.beta2, self.eps, self.weightDecay) = (lr, beta1, beta2, eps, weightDecay)
            self.stateBits = stateBits
        }
    }

    /// The running means of a parameter's gradient and of its square.
    public struct Moments: Sendable {
        /// The mean of the gradient, of the parameter's shape.
        public var first: Tensor
        /// The mean of the squared gradient, of the parameter's shape.
        public var second: Tensor

        /// The two means, of one shape.
        public init(first: Tensor, second: Tensor) { (self.first, self.second) = (first, second) }
    }

    /// The settings, which may change between steps.
    public var options: Options
    /// The number of steps done.
    public private(set) var step = 0
    /// In how many of these steps a parameter that has moved had no gradient, by its name. As in torch, each parameter
    /// counts its own steps for the correction of its moments. Parameters that never missed a step are left out.
    public private(set) var missed: [String: Int] = [:]
    /// The moments in 32 bits, by the name of the parameter.
    public private(set) var moments: [String: Moments] = [:]
    /// The moments in 8 bits, by the name of the parameter.
    public private(set) var quantizedMoments: [String: QuantizedMoments] = [:]

    /// Calls `body` with both moments of every parameter that has moved; those in 8 bits are left out.
    public func forEachMoment(_ body: (Tensor) -> Void) {
        for moments in moments.values {
            body(moments.first)
            body(moments.second)
        }
    }

    /// An optimizer that has done no step.
    public init(_ options: Options) { self.options = options }

    /// An optimizer as it was after `step` steps, such as a checkpoint keeps.
    public init(
        _ options: Options, step: Int, moments: [String: Moments], quantizedMoments: [String: QuantizedMoments] = [:],
        missed: [String: Int] = [:]
    ) {
        (self.options, self.step, self.moments, self.quantizedMoments) = (options, step, moments, quantizedMoments)
        self.missed = missed
    }

    /// One parameter of a step, with its gradient.
    public struct Update {
        /// The parameter's name, under which its moments are kept.
        public let name: String
        var value: Tensor
        let gradient: Tensor
        /// The learning rate; nil is the optimizer's.
        let lr: Double?
        /// Whether the step's `gradientScale` applies.
        let isClipped: Bool

        /// A parameter with its value before the step, and a gradient of the same shape.
        public init(name: String, value: Tensor, gradient: Tensor, lr: Double? = nil, isClipped: Bool = true) {
            (self.name, self.value, self.gradient, self.lr, self.isClipped) = (name, value, gradient, lr, isClipped)
        }
    }

    /// Does one step on all `updates`, with gradients multiplied by `gradientScale` (for clipping); returns the new values
    /// in order. Values whose storage nobody else holds are changed in place; traps where a gradient has another shape than
    /// its value.
    public mutating func update(_ updates: consuming [Update], gradientScale: Double = 1) -> [Tensor] {
        let cost = Profile.Cost("AdamW", floats: 7 * updates.reduce(0) { $0 + $1.value.count })
        defer { cost.end() }
        countMissed(Set(updates.map(\.name)))
        step += 1
        let common = kernelOptions(step: step, gradientScale)
        var work: [Piece] = []
        for index in updates.indices {
            let (name, shape) = (updates[index].name, updates[index].value.shape)
            precondition(updates[index].gradient.shape == shape, "gradient of \(name)")
            let p = updates[index].value.mutate { $0 }
            var options = missed[name].map { kernelOptions(step: step - $0, gradientScale) } ?? common
            if let lr = updates[index].lr { options.lr = Float(lr) }
            if !updates[index].isClipped { options.gradientScale = 1 }
            if self.options.stateBits == 8, p.count >= QuantizedMoments.smallest {
                var quantized = quantizedMoments.removeValue(forKey: name) ?? QuantizedMoments(shape: shape)
                quantized.update(p, gradient: updates[index].gradient, &options)
                quantizedMoments[name] = quantized
                continue
            }
            let slot = moments[name, default: Moments(first: .zeros(shape), second: .zeros(shape))]
            moments[name] = nil
            var owned = consume slot
            let (m, v) = (owned.first.mutate { $0 }, owned.second.mutate { $0 })
            moments[name] = owned
            for start in stride(from: 0, to: p.count, by: Self.chunk) {
                work.append(
                    Piece(
                        p: p.baseAddress! + start, m: m.baseAddress! + start, v: v.baseAddress! + start,
                        g: updates[index].gradient.pointer + start, count: min(Self.chunk, p.count - start), options: options))
            }
        }
        let tasks = max(1, min(16, (work.count + 3) / 4))
        Parallel.run(tasks: tasks) { task in
            for i in Parallel.range(task, of: tasks, count: work.count) {
                withUnsafePointer(to: work[i].options) { bas_adamw(work[i].p, work[i].m, work[i].v, work[i].g, $0, work[i].count) }
            }
        }
        return updates.map(\.value)
    }

    private static let chunk = 1 << 14

    private struct Piece {
        let p: UnsafeMutablePointer<Float>, m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>
        let g: UnsafePointer<Float>
        let count: Int
        let options: bas_adamw_options
    }

    /// Counts missed steps before a step on the parameters `present`: one that has moved and is not among them misses it,
    /// and one that moves for the first time has missed all before.
    private mutating func countMissed(_ present: Set<String>) {
        guard step > 0 else { return }
        for name in moments.keys where !present.contains(name) { missed[name, default: 0] += 1 }
        for name in quantizedMoments.keys where !present.contains(name) { missed[name, default: 0] += 1 }
        for name in present where moments[name] == nil && quantizedMoments[name] == nil { missed[name] = step }
    }

    private func kernelOptions(step: Int, _ gradientScale: Double) -> bas_adamw_options {
        bas_adamw_options(
            lr: Float(options.lr), beta1: Float(options.beta1), beta2: Float(options.beta2), eps: Float(options.eps),
            weightDecay: Float(options.weightDecay), correction1: Float(1 - power(options.beta1, step)),
            correction2: Float(1 - power(options.beta2, step)), gradientScale: Float(gradientScale))
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<exponent { result *= base }
        return result
    }
}

/// Limits the global norm of gradients (torch.nn.utils.clip_grad_norm_).
public enum GradientClipping {
    /// The L2 norm of all gradients together.
    public static func norm(_ gradients: [Tensor]) -> Double {
        let cost = Profile.Cost("norm of gradients", floats: gradients.reduce(0) { $0 + $1.count })
        defer { cost.end() }
        var squares = [Double](repeating: 0, count: gradients.count)
        squares.withUnsafeMutableBufferPointer { squares in
            nonisolated(unsafe) let squares = squares
            Parallel.run(tasks: gradients.count) { squares[$0] = gradients[$0].sumOfSquares }
        }
        return squares.reduce(0, +).squareRoot()
    }

    /// The factor that brings gradients of this norm down to `limit`; 1 where they are below it, or there is no limit.
    public static func scale(norm: Double, limit: Double?) -> Double {
        guard let limit, norm > limit else { return 1 }
        return limit / (norm + 1e-6)
    }
}
