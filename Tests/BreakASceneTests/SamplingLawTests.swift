import Testing

@testable import BreakAScene
@testable import Tensors

/// The laws of sampling as distributions, against the numbers that follow from the paper's code: k uniform in 1…N, then k of
/// N without replacement, in random order.
@Suite struct SamplingLawTests {
    private static let draws = 20_000

    private static func subsets(_ law: SamplingLaw, _ count: Int) -> [[Int]] {
        var random = RandomState(seed: 11)
        return (0..<draws).map { _ in law.sample(count, random.next("union_sample")) }
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
        let samples = (0..<Self.draws).map { _ in UnionSample(handles: 3, law: .union, flip: 0.5, random.next("union_sample")) }
        for k in 1...3 {
            let part = samples.filter { $0.chosen.count == k }
            let share = Double(part.count(where: \.isFlipped)) / Double(part.count)
            #expect(abs(share - 0.5) < 4 * (0.25 / Double(part.count)).squareRoot(), "k \(k): \(share)")
        }
    }
}
