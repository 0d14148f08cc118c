import Synchronization
import TestSupport
import Testing

@testable import Tensors

/// Work is cut by its shape alone: however many threads take the tasks, and in whichever order, the bits
/// are equal.
@Suite struct ParallelTests {
    @Test func rangesPartitionExactly() {
        for count in Array(0...130) + [1000, 4097] {
            for tasks in [1, 2, 3, 7, 16, 64] {
                for alignment in [1, 16, 64] {
                    var next = 0
                    for task in 0..<tasks {
                        let range = Parallel.range(task, of: tasks, count: count, alignment: alignment)
                        #expect(range.lowerBound == next)
                        #expect(range.isEmpty || range.lowerBound % alignment == 0)
                        next = range.upperBound
                    }
                    #expect(next == count, "\(count) in \(tasks) by \(alignment)")
                }
            }
        }
    }

    @Test func tasksGrowWithWorkUpToTheLimit() {
        #expect(Parallel.tasks(work: 0) == 1 && Parallel.tasks(work: 1_999_999) == 1)
        #expect(Parallel.tasks(work: 2_000_000) == 2)
        #expect(Parallel.tasks(work: 6_400_000_000) == 16 && Parallel.tasks(work: 40_000_000_000) == 100)
        #expect(Parallel.tasks(work: .max, limit: 5) == 5)
        #expect(Parallel.tasks(work: .max, limit: 0) == 1)
    }

    @Test(arguments: [0, 1, 2, 3, 100], [1, 2, 5])
    func everyTaskRunsOnce(tasks: Int, threads: Int) {
        let runs = Mutex([Int](repeating: 0, count: tasks))
        Parallel.$schedule.withValue(.threads(threads)) {
            Parallel.run(tasks: tasks) { task in runs.withLock { $0[task] += 1 } }
        }
        #expect(runs.withLock { $0 } == [Int](repeating: 1, count: tasks))
    }

    struct Work: Sendable, CustomTestStringConvertible {
        let name: String
        let run: @Sendable () -> [Tensor]
        var testDescription: String { name }
        init(_ name: String, _ run: @escaping @Sendable () -> [Tensor]) {
            (self.name, self.run) = (name, run)
        }
    }

    private static func numbers(_ shape: [Int], _ seed: String) -> Tensor {
        var numbers = SeededNumbers(seed: seed)
        return numbers.tensor(shape)
    }

    private static let image = numbers([3, 33, 31, 32], "image")
    private static let kernel = numbers([48, 3, 3, 32], "kernel")
    private static let channels = numbers([32], "channels")
    private static let padded = ConvolutionGeometry(stride: 1, padding: 1)
    private static let tokens = numbers([2, 300, 64], "tokens")
    private static let matrix = numbers([700, 500], "matrix")
    private static let tiny = numbers([700, 500], "tiny").scaled(by: 1e-20)

    /// One of every kind that is split, each large enough to be.
    static let works: [Work] = [
        Work("convolution") { [image.conv2d(kernel, residual: nil, padded)] },
        Work("convolution's gradients") {
            let dy = image.conv2d(kernel, padded)
            return [
                dy.conv2dInputGradient(kernel, input: image.shape, padded),
                dy.conv2dWeightGradient(input: image, kernel: kernel.shape, padded),
            ]
        },
        Work("convolution by taps") {
            let (image, kernel) = (numbers([3, 33, 31, 24], "odd image"), numbers([40, 3, 3, 24], "odd kernel"))
            let dy = image.conv2d(kernel, padded)
            return [
                dy, dy.conv2dInputGradient(kernel, input: image.shape, padded),
                dy.conv2dWeightGradient(input: image, kernel: kernel.shape, padded),
            ]
        },
        Work("linear") { [matrix.linear(numbers([300, 500], "w"), bias: numbers([300], "b"))] },
        Work("linear's gradients") {
            [
                matrix.linearInputGradient(numbers([500, 300], "w")),
                matrix.linearWeightGradient(input: matrix),
            ]
        },
        Work("few rows") {
            let (few, w) = (matrix.rows(0..<40), numbers([300, 500], "w"))
            let y = few.linear(w, bias: numbers([300], "b"), weightChanges: true)
            let (small, kernel) = (numbers([2, 4, 4, 96], "small"), numbers([88, 3, 3, 96], "k"))
            let z = small.conv2d(kernel, padded, weightChanges: true)
            return [
                y, y.linearInputGradient(w, weightChanges: true), z,
                z.conv2dInputGradient(kernel, input: small.shape, padded, weightChanges: true),
            ]
        },
        Work("matmul") { [tokens.matmul(tokens, transposeOther: true)] },
        Work("attention") { [Tensor.attention(tokens, tokens, tokens, heads: 4)] },
        Work("attention's gradients, tile by tile") {
            let (y, sums) = Tensor.attentionForBackward(tokens, tokens, tokens, heads: 4)
            let gradients = y.attentionBackward(y, logSums: sums, tokens, tokens, tokens, heads: 4, wanted: [true, true, true])
            return [y, sums] + gradients.compactMap { $0 }
        },
        Work("attention kept") {
            let p = Tensor.attentionProbabilities(tokens, tokens, heads: 4)
            let y = p.attentionValues(tokens)
            let (dp, dv) = y.attentionValuesBackward(p, tokens, probabilities: true, values: true)
            let (dq, dk) = p.attentionProbabilitiesBackward(
                p, tokens, tokens, heads: 4, queries: true, keys: true)
            return [p, y, dp, dv, dq, dk].compactMap { $0 }
        },
        Work("group norm") {
            let (y, s) = image.groupNorm(groups: 8, gamma: channels, beta: channels, eps: 1e-5, silu: true)
            let (dx, dg, db) = y.groupNormBackward(
                input: image, groups: 8, gamma: channels, beta: channels, statistics: s, silu: true)
            return [y, dx, dg, db]
        },
        Work("layer norm") {
            let gamma = numbers([500], "gamma")
            let (y, s) = matrix.layerNorm(gamma: gamma, beta: gamma, eps: 1e-5)
            let (dx, dg, db) = y.layerNormBackward(input: matrix, gamma: gamma, statistics: s, weights: true)
            return [y, dx, dg, db].compactMap { $0 }
        },
        Work("softmax") {
            let p = matrix.softmax(scale: 2)
            return [
                p, matrix.softmaxBackward(probabilities: p), matrix.geglu(), p.map(.exp), matrix * matrix,
            ]
        },
        // Products of 1e-40: subnormal numbers are zero on every thread, also where there is one only.
        Work("subnormal numbers") { [tiny * tiny, Tensor(1e-20) * Tensor(1e-20)] },
    ]

    @Test(arguments: works)
    func bitsDoNotDependOnThreads(work: Work) {
        func bits(_ schedule: Parallel.Schedule) -> [[UInt32]] {
            Parallel.$schedule.withValue(schedule) { work.run().map { $0.values.map(\.bitPattern) } }
        }
        let expected = bits(.threads(1))
        for schedule in [
            Parallel.Schedule.threads(2), .threads(3), .threads(8), .reversed, .machine, .machine,
        ] {
            #expect(bits(schedule) == expected, "\(work.name), \(schedule)")
        }
    }

    /// The mode in which subnormal numbers vanish does not leak out of the tasks.
    @Test func subnormalNumbersLiveOutside() {
        for threads in [1, 2] {
            Parallel.$schedule.withValue(.threads(threads)) {
                Parallel.run(tasks: 4) { _ in }
                let tiny: [Float] = Tensor([1e-20], shape: [1]).values
                #expect(tiny[0] * tiny[0] > 0)
            }
        }
    }
}
