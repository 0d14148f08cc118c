import Autograd
import CKernels
import Tensors

/// AdamW (Loshchilov and Hutter 2019) as torch.optim.AdamW computes it: decoupled weight decay, bias correction.
///
/// A value: it holds the moments of every parameter by name, and a step returns through `inout`, so that a copy made
/// before the step still continues from where it was.
public struct AdamW: Sendable {
    public struct Options: Sendable, Equatable {
        public var lr: Double
        public var beta1: Double = 0.9
        public var beta2: Double = 0.999
        public var eps: Double = 1e-8
        public var weightDecay: Double = 1e-2
        /// Bits of a moment, 32 or 8: 2 bytes a parameter instead of 8 (`QuantizedMoments`).
        public var stateBits = 32

        public init(
            lr: Double, beta1: Double = 0.9, beta2: Double = 0.999, eps: Double = 1e-8, weightDecay: Double = 1e-2, stateBits: Int = 32
        ) {
            (self.lr, self.beta1, self.beta2, self.eps, self.weightDecay) = (lr, beta1, beta2, eps, weightDecay)
            self.stateBits = stateBits
        }
    }

    /// Running means of a parameter's gradient and of its square, both of its shape.
    public struct Moments: Sendable {
        public var first: Tensor
        public var second: Tensor

        public init(first: Tensor, second: Tensor) { (self.first, self.second) = (first, second) }
    }

    public var options: Options
    /// Steps taken.
    public private(set) var step = 0
    /// Of these steps, those in which a parameter that has moved had no gradient, by its name: as in torch each parameter
    /// counts its own steps, for the correction of its moments. Parameters that never missed one are left out.
    public private(set) var missed: [String: Int] = [:]
    /// By the name of the parameter.
    public private(set) var moments: [String: Moments] = [:]
    /// Those in 8 bits.
    public private(set) var quantizedMoments: [String: QuantizedMoments] = [:]

    /// Both moments of every parameter that has moved.
    public func forEachMoment(_ body: (Tensor) -> Void) {
        for moments in moments.values {
            body(moments.first)
            body(moments.second)
        }
    }

    public init(_ options: Options) { self.options = options }

    /// An optimizer as it was after `step` steps: what a checkpoint kept.
    public init(
        _ options: Options, step: Int, moments: [String: Moments], quantizedMoments: [String: QuantizedMoments] = [:],
        missed: [String: Int] = [:]
    ) {
        (self.options, self.step, self.moments, self.quantizedMoments) = (options, step, moments, quantizedMoments)
        self.missed = missed
    }

    /// One parameter of a step: its name, value (replaced) and gradient.
    public struct Update {
        public let name: String
        var value: Tensor
        let gradient: Tensor
        /// Instead of the optimizer's.
        let lr: Double?
        /// Whether the step's `gradientScale` applies.
        let isClipped: Bool

        public init(name: String, value: Tensor, gradient: Tensor, lr: Double? = nil, isClipped: Bool = true) {
            (self.name, self.value, self.gradient, self.lr, self.isClipped) = (name, value, gradient, lr, isClipped)
        }
    }

    /// One step over all `updates` at once, gradients multiplied by `gradientScale` (clipping); returns the new
    /// values in order. Values whose storage nobody else holds are changed in place.
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

    /// Before a step on the parameters `present`: what has moved and is not among them misses it, what moves for the first
    /// time has missed all before.
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

/// The global norm of gradients, and the factor that brings it down to `limit` (torch.nn.utils.clip_grad_norm_).
public enum GradientClipping {
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

    public static func scale(norm: Double, limit: Double?) -> Double {
        guard let limit, norm > limit else { return 1 }
        return limit / (norm + 1e-6)
    }
}
