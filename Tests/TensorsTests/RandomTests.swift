import CKernels
import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct RandomTests {
    /// Random123's known answers for Philox4x32-10: counter, key, result. The counter's words are index,
    /// step and the stream's low and high half; the key is the seed.
    static let knownAnswers: [([UInt32], [UInt32], [UInt32])] = [
        ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        (
            [UInt32](repeating: .max, count: 4), [.max, .max],
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
    ]

    @Test(arguments: knownAnswers)
    func philoxKnownAnswers(counter: [UInt32], key: [UInt32], expected: [UInt32]) {
        var words = [UInt32](repeating: 0, count: 4)
        func wide(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(low) | UInt64(high) << 32 }
        bas_philox(&words, wide(key[0], key[1]), wide(counter[2], counter[3]), counter[1], counter[0])
        #expect(words == expected)
    }

    @Test func normalMoments() {
        let n = 1_000_000
        let x = RandomDraw(seed: 7, stream: "noise", step: 3).normal([n]).values.map(Double.init)
        func moment(_ power: Double) -> Double { x.reduce(0) { $0 + pow($1, power) } / Double(n) }
        // Five standard errors of each moment.
        #expect(abs(moment(1)) < 5e-3)
        #expect(abs(moment(2) - 1) < 7e-3)
        #expect(abs(moment(3)) < 2e-2)
        #expect(abs(moment(4) - 3) < 5e-2)
        #expect(
            Double(x.count { abs($0) > 3 }) / Double(n) > 0.0024
                && Double(x.count { abs($0) > 3 }) / Double(n) < 0.003)
        // The two numbers of a pair, and of neighbouring blocks, do not hang together.
        for lag in [1, 2, 4] {
            let product = (0..<n - lag).reduce(0) { $0 + x[$1] * x[$1 + lag] } / Double(n)
            #expect(abs(product) < 5e-3)
        }
    }

    @Test func uniformMoments() {
        let n = 1_000_000
        let x = RandomDraw(seed: 7, stream: "noise", step: 3).uniform([n]).values.map(Double.init)
        #expect(x.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(x.reduce(0, +) / Double(n) - 0.5) < 1.5e-3)
        #expect(abs(x.reduce(0) { $0 + $1 * $1 } / Double(n) - 1.0 / 3) < 1.5e-3)
        // Sixteen equal bins, five standard errors each.
        var bins = [Int](repeating: 0, count: 16)
        for value in x { bins[Int(value * 16)] += 1 }
        #expect(bins.allSatisfy { abs($0 - n / 16) < 1300 })
    }

    /// A shorter draw is the beginning of a longer one.
    @Test(arguments: [1, 2, 3, 4, 5, 31, 64])
    func prefixesAgree(count: Int) {
        let draw = RandomDraw(seed: 1, stream: "latents", step: 0)
        #expect(draw.normal([count]).values == Array(draw.normal([100]).values.prefix(count)))
        #expect(draw.uniform([count]).values == Array(draw.uniform([10, 10]).values.prefix(count)))
    }

    @Test func drawsDoNotDependOnOrderOrOtherStreams() {
        var (a, b) = (RandomState(seed: 5), RandomState(seed: 5))
        let first = (a.next("noise").normal([8]), a.next("flip").uniform([8]), a.next("noise").normal([8]))
        for _ in 0..<3 { _ = b.next("other") }
        let flip = b.next("flip").uniform([8])
        let noise = (b.next("noise").normal([8]), b.next("noise").normal([8]))
        #expect(first.0.values == noise.0.values && first.2.values == noise.1.values)
        #expect(first.1.values == flip.values)
        #expect(first.0.values != first.2.values)
    }

    @Test func seedsStreamsAndStepsDiffer() {
        let base = RandomDraw(seed: 5, stream: "noise", step: 0).normal([4]).values
        #expect(RandomDraw(seed: 6, stream: "noise", step: 0).normal([4]).values != base)
        #expect(RandomDraw(seed: 5, stream: "noises", step: 0).normal([4]).values != base)
        #expect(RandomDraw(seed: 5, stream: "noise", step: 1).normal([4]).values != base)
        #expect(RandomState(seed: -1) == RandomState(seed: -1))
        #expect(RandomState(seed: -1).seed == .max)
    }

    @Test func wordsIntegersAndSamples() {
        let draw = RandomDraw(seed: 9, stream: "batch", step: 2)
        var block = [UInt32](repeating: 0, count: 4)
        bas_philox(&block, draw.seed, draw.stream, 2, 1)
        #expect((4..<8).map { draw.word($0) } == block)
        var seen = [Int](repeating: 0, count: 10)
        for i in 0..<10_000 { seen[draw.integer(below: 10, index: i)] += 1 }
        #expect(seen.allSatisfy { abs($0 - 1000) < 160 })
        #expect((0..<1000).allSatisfy { (0..<1).contains(draw.fraction(index: $0)) })
        #expect(draw.sample(10, below: 10).sorted() == Array(0..<10))
        #expect(Set(draw.sample(5, below: 1000)).count == 5)
        #expect(draw.sample(5, below: 3).sorted() == [0, 1, 2])
        #expect(draw.sample(0, below: 3).isEmpty)
    }

    /// Each of the 6 orders of three comes up about as often.
    @Test func samplesAreUniform() {
        var counts: [[Int]: Int] = [:]
        for step in 0..<6000 {
            counts[
                RandomDraw(seed: 3, stream: "order", step: UInt32(step)).sample(3, below: 3), default: 0] += 1
        }
        #expect(counts.count == 6 && counts.values.allSatisfy { abs($0 - 1000) < 150 })
    }
}
