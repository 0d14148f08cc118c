import Testing

@testable import BreakAScene
@testable import Tensors

/// The laws of sampling as distributions, against the numbers that follow from the paper's code: k uniform in 1…N, then k of
/// N without replacement, in random order.
@Suite struct SamplingLawTests {
    private static let draws = 20_000

    private static func subsets(_ law: SamplingLaw, _ count: Int) -> [[Int]] {
        var random = RandomState(seed: 11)
        return (0..<draws).map { _ in law.sample(SamplingInput(count: count), random.next("union_sample")) }
    }

    /// χ² of counts against equal shares stays below the value that one in ten thousand exceeds (Wilson and Hilferty).
    private static func isUniform(_ counts: [Int]) -> Bool {
        let (expected, freedom) = (Double(draws(counts)) / Double(counts.count), Double(counts.count - 1))
        guard freedom > 0 else { return true }
        let statistic = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        let root = 1 - 2 / (9 * freedom) + 3.72 * (2 / (9 * freedom)).squareRoot()
        return statistic < freedom * root * root * root
    }

    private static func draws(_ counts: [Int]) -> Int { counts.reduce(0, +) }

    private static func share(_ subsets: [[Int]], _ property: ([Int]) -> Bool) -> Double {
        Double(subsets.count(where: property)) / Double(subsets.count)
    }

    /// Four standard deviations of a share.
    private static func isNear(_ share: Double, _ expected: Double) -> Bool {
        abs(share - expected) < 4 * (expected * (1 - expected) / Double(draws)).squareRoot()
    }

    /// N, P(present) = (N + 1) / 2N, P(pair) = (N + 1) / 3N.
    @Test(arguments: [(2, 0.750, 0.500), (3, 0.667, 0.444), (4, 0.625, 0.417), (6, 0.583, 0.389)])
    func unionSamplingIsUniformInTheNumberOfHandles(_ n: Int, _ present: Double, _ pair: Double) {
        let subsets = Self.subsets(.union, n)
        #expect(Self.isUniform((1...n).map { k in subsets.count { $0.count == k } }))
        for handle in 0..<n { #expect(Self.isNear(Self.share(subsets) { $0.contains(handle) }, present), "handle \(handle)") }
        for (a, b) in [(0, 1), (0, n - 1), (n - 1, n - 2)] where a != b {
            #expect(Self.isNear(Self.share(subsets) { $0.contains(a) && $0.contains(b) }, pair), "\(a) and \(b)")
        }
        #expect(subsets.allSatisfy { Set($0).count == $0.count && $0.allSatisfy((0..<n).contains) })
        // Every order of all of them equally often, and every handle equally often in the first place of a pair.
        let whole = subsets.filter { $0.count == n }
        if n <= 4 {
            let orders = Dictionary(grouping: whole) { $0 }.mapValues(\.count)
            #expect(orders.count == (1...n).reduce(1, *) && Self.isUniform(Array(orders.values)))
        }
        #expect(Self.isUniform((0..<n).map { first in whole.count { $0[0] == first } }))
        #expect(Self.isUniform((0..<n).map { only in subsets.count { $0 == [only] } }))
    }

    /// P(present) = 2^(N−1) / (2^N − 1).
    @Test(arguments: [(2, 0.667), (3, 0.571), (4, 0.533), (6, 0.508)])
    func subsetsAreEquallyOften(_ n: Int, _ present: Double) {
        let subsets = Self.subsets(.subset, n)
        let counts = Dictionary(grouping: subsets) { Set($0) }.mapValues(\.count)
        #expect(counts.count == (1 << n) - 1 && Self.isUniform(Array(counts.values)))
        for handle in 0..<n { #expect(Self.isNear(Self.share(subsets) { $0.contains(handle) }, present), "handle \(handle)") }
        // The order within a pair is random too.
        #expect(Self.isUniform([[0, 1], [1, 0]].map { pair in subsets.count { $0 == pair } }))
    }

    @Test(arguments: [2, 3, 4, 6]) func oneHandleAStepIsEveryOneEquallyOften(_ n: Int) {
        let subsets = Self.subsets(.single, n)
        #expect(subsets.allSatisfy { $0.count == 1 } && Self.isUniform((0..<n).map { handle in subsets.count { $0 == [handle] } }))
    }

    @Test(arguments: [1, 2, 5]) func allHandlesComeInEveryOrder(_ n: Int) {
        let subsets = Self.subsets(.everything, n)
        #expect(subsets.allSatisfy { $0.sorted() == Array(0..<n) })
        #expect(Self.isUniform((0..<n).map { first in subsets.count { $0[0] == first } }))
    }

    /// P(k = 1) = share, the rest uniform in 2…N, whose subsets are those of the code's law.
    @Test(arguments: [(2, 0.75), (3, 0.75), (4, 0.2), (4, 1), (3, 0), (1, 0.5)])
    func theBiasedLawHasItsShareOfSingleHandles(_ n: Int, _ share: Double) {
        var random = RandomState(seed: 12)
        let input = SamplingInput(count: n, singleShare: share)
        let subsets = (0..<Self.draws).map { _ in SamplingLaw.biased.sample(input, random.next("union_sample")) }
        let (single, expected) = (Self.share(subsets) { $0.count == 1 }, n == 1 ? 1 : share)
        #expect(expected == 0 || expected == 1 ? single == expected : Self.isNear(single, expected), "\(single)")
        #expect(Self.isUniform((0..<n).map { handle in subsets.count { $0 == [handle] } }.filter { _ in expected > 0 }))
        if n > 1, share < 1 {
            let others = subsets.filter { $0.count > 1 }
            #expect(Self.isUniform((2...n).map { k in others.count { $0.count == k } }))
            #expect(Self.isUniform((0..<n).map { first in others.count { $0[0] == first } }))
        }
        #expect(subsets.allSatisfy { Set($0).count == $0.count && !$0.isEmpty && $0.allSatisfy((0..<n).contains) })
    }

    // MARK: adaptive

    /// Without losses, and with equal ones, the adaptive law is the code's.
    @Test(arguments: [[], [0.2, 0.2, 0.2]]) func theAdaptiveLawOfEqualLossesIsTheCodes(_ losses: [Float]) {
        var random = RandomState(seed: 13)
        let input = SamplingInput(count: 3, losses: losses)
        let subsets = (0..<Self.draws).map { _ in SamplingLaw.adaptive.sample(input, random.next("union_sample")) }
        #expect(Self.isUniform((1...3).map { k in subsets.count { $0.count == k } }))
        for handle in 0..<3 { #expect(Self.isNear(Self.share(subsets) { $0.contains(handle) }, 2.0 / 3)) }
        let orders = Dictionary(grouping: subsets.filter { $0.count == 3 }) { $0 }.mapValues(\.count)
        #expect(orders.count == 6 && Self.isUniform(Array(orders.values)))
    }

    /// A single handle is drawn by its weight, ½ · 1/N + ½ · its share of the losses, and of two the first by its weight and the
    /// second by what is left; the prompt's order is random all the same.
    @Test func theAdaptiveLawFollowsTheLosses() {
        let losses: [Float?] = [0.6, 0.1, nil, 0.1]
        let weights = AdaptiveSampling.weights(losses)
        // The handle without a loss counts as the highest: shares 6, 1, 6, 1 of 14.
        let expected = [6.0, 1, 6, 1].map { 0.125 + 0.5 * $0 / 14 }
        #expect(zip(weights, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        var random = RandomState(seed: 14)
        let input = SamplingInput(count: 4, losses: losses)
        let subsets = (0..<2 * Self.draws).map { _ in SamplingLaw.adaptive.sample(input, random.next("union_sample")) }
        func near(_ part: [[Int]], _ probability: Double, _ property: ([Int]) -> Bool) -> Bool {
            let share = Double(part.count(where: property)) / Double(part.count)
            return abs(share - probability) < 4 * (probability * (1 - probability) / Double(part.count)).squareRoot()
        }
        let (single, pairs, whole) = (subsets.filter { $0.count == 1 }, subsets.filter { $0.count == 2 }, subsets.filter { $0.count == 4 })
        for handle in 0..<4 { #expect(near(single, expected[handle]) { $0 == [handle] }) }
        for a in 0..<4 {
            for b in 0..<a {
                let either = expected[a] * expected[b] * (1 / (1 - expected[a]) + 1 / (1 - expected[b]))
                #expect(near(pairs, either) { Set($0) == [a, b] }, "\(a) and \(b)")
                #expect(near(pairs.filter { Set($0) == [a, b] }, 0.5) { $0 == [a, b] })
            }
        }
        #expect(Self.isUniform((0..<4).map { first in whole.count { $0[0] == first } }))
    }

    /// The running loss is an exponential average over the steps that name a handle; it follows from the history.
    @Test func runningLossesFollowFromTheHistory() {
        func entry(_ step: Int, _ losses: [String: Float]) -> History.Entry {
            .init(phase: 1, step: step, losses: LossValues([]), gradientNorm: 0, subsets: [Array(losses.keys)], handleLosses: losses)
        }
        let entries = [entry(1, ["<a>": 1]), entry(2, ["<b>": 4]), entry(3, ["<a>": 2, "<b>": 4]), entry(4, ["<a>": 0])]
        let running = AdaptiveSampling.losses(entries, ["<b>", "<a>", "<c>"])
        #expect(running[2] == nil && running[0] == 4)
        #expect(abs((running[1] ?? 0) - 0.9 * (0.9 * 1 + 0.1 * 2)) < 1e-6)
        #expect(AdaptiveSampling.weights([0, 0]) == [0.5, 0.5] && AdaptiveSampling.weights([.infinity, 1]) == [0.5, 0.5])
    }

    /// Beyond 31 handles every one still has a bit of its own.
    @Test func manyHandlesAreDrawnIndependently() {
        let n = 40
        let subsets = Self.subsets(.subset, n)
        for (a, b) in [(0, 31), (3, 34), (8, 39), (31, 32)] {
            #expect(Self.isNear(Self.share(subsets) { $0.contains(a) == $0.contains(b) }, 0.5), "\(a) and \(b)")
        }
        for handle in [0, 30, 31, 32, 39] { #expect(Self.isNear(Self.share(subsets) { $0.contains(handle) }, 0.5), "handle \(handle)") }
        #expect(subsets.allSatisfy { !$0.isEmpty && Set($0).count == $0.count })
    }

    /// A flip has the probability that is asked for, whatever the subset.
    @Test func flipsAreIndependentOfTheSubset() {
        var random = RandomState(seed: 4)
        let samples = (0..<Self.draws).map { _ in UnionSample(SamplingInput(count: 3), law: .union, flip: 0.5, random.next("union_sample"))
        }
        for k in 1...3 {
            let part = samples.filter { $0.chosen.count == k }
            let share = Double(part.count(where: \.isFlipped)) / Double(part.count)
            #expect(abs(share - 0.5) < 4 * (0.25 / Double(part.count)).squareRoot(), "k \(k): \(share)")
        }
    }
}
