import CKernels

/// Counted randomness: every draw names a stream and is numbered within it. So results depend on the seed and on how often
/// that stream was drawn from, never on other draws, threads or the clock (Sources/Tensors/README.md, "Random streams").
public struct RandomState: Sendable, Equatable {
    /// The seed of all streams.
    public let seed: UInt64
    /// The scope, put before the names of streams: streams of equal names in different scopes are different streams, so
    /// that a second phase with the seed of the first draws other numbers. "" is no scope.
    public let scope: String
    /// How often each stream was drawn from; streams that were not are left out.
    public private(set) var steps: [String: UInt32] = [:]

    /// A state in which no stream was drawn from yet.
    public init(seed: Int, scope: String = "") { self.init(seed: UInt64(bitPattern: Int64(seed)), scope: scope, steps: [:]) }

    /// A state as it was after draws, such as a checkpoint keeps.
    public init(seed: UInt64, scope: String = "", steps: [String: UInt32]) {
        (self.seed, self.scope, self.steps) = (seed, scope, steps)
    }

    /// The next draw of `stream`, which is counted.
    public mutating func next(_ stream: String) -> RandomDraw {
        let step = steps[stream, default: 0]
        steps[stream] = step &+ 1
        return draw(stream, step)
    }

    /// The draw number `step` of `stream`, which is not counted.
    public func draw(_ stream: String, _ step: UInt32) -> RandomDraw {
        RandomDraw(seed: seed, stream: scope.isEmpty ? stream : scope + "/" + stream, step: step)
    }
}

/// One numbered draw of a stream: as many numbers as wanted, of which the i-th is always the same.
public struct RandomDraw: Sendable, Equatable {
    let seed: UInt64
    let stream: UInt64
    let step: UInt32

    /// The draw number `step` of a stream.
    public init(seed: UInt64, stream: String, step: UInt32) {
        (self.seed, self.step) = (seed, step)
        // FNV-1a of the stream's name.
        self.stream = stream.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    /// Standard normal numbers.
    public func normal(_ shape: [Int]) -> Tensor {
        filled(shape, costs: 150) { bas_normal($0, $1, $2, seed, stream, step) }
    }

    /// Uniform numbers in [0, 1), multiples of 2⁻²⁴.
    public func uniform(_ shape: [Int]) -> Tensor {
        filled(shape, costs: 40) { bas_uniform($0, $1, $2, seed, stream, step) }
    }

    /// Fills a tensor in parts, on all threads: numbers are addressed by their index, and four come from one block.
    private func filled(
        _ shape: [Int], costs: Int, _ draw: (UnsafeMutablePointer<Float>, Int, Int) -> Void
    ) -> Tensor {
        let result = Tensor(uninitialized: shape)
        let (out, count) = (result.writable, result.count)
        let tasks = Parallel.tasks(work: count * costs, limit: max(16, count / 1_000_000))
        Parallel.run(tasks: tasks) { task in
            let part = Parallel.range(task, of: tasks, count: count, alignment: 4)
            draw(out + part.lowerBound, part.lowerBound, part.count)
        }
        return result
    }

    /// The random word number `index`, counted from 0.
    public func word(_ index: Int) -> UInt32 {
        var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) {
            bas_philox($0.baseAddress!.assumingMemoryBound(to: UInt32.self), seed, stream, step, UInt32(truncatingIfNeeded: index / 4))
        }
        return [words.0, words.1, words.2, words.3][index % 4]
    }

    /// A whole number in 0..<bound from word `index`, almost uniform: `bound` should be far below 2³².
    public func integer(below bound: Int, index: Int = 0) -> Int {
        Int((UInt64(word(index)) * UInt64(bound)) >> 32)
    }

    /// A number in [0, 1) from word `index`.
    public func fraction(index: Int = 0) -> Double { Double(word(index)) / 4_294_967_296 }

    /// `count` different numbers of 0..<bound in random order (Fisher–Yates), from the words `index` on; all of them where
    /// `count` is larger.
    public func sample(_ count: Int, below bound: Int, index: Int = 0) -> [Int] {
        var pool = Array(0..<bound)
        for i in 0..<min(count, bound) { pool.swapAt(i, i + integer(below: bound - i, index: index + i)) }
        return Array(pool.prefix(count))
    }
}
